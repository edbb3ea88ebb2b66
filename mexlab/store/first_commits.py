"""What a coder had coded when she first committed a clip: before anything was revealed to her.

Agreement between coders is computed on it; what was changed afterwards may have been changed
because of what was then seen.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.engine import Row

from mexlab.data.clips import ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding, what_counts
from mexlab.store.codings import COLUMNS, coding_of_row, in_order_of_clips, now
from mexlab.store.rows import FirstCommit
from mexlab.store.tables import codings, first_commits

#: Where a field is kept here; a status is none: all of it was committed.
_KEPT = {name: first_commits.c[column.name] for name, column in COLUMNS.items() if name != "status"}


def keep_first_commit(connection: Connection, clip: int, coder: str) -> None:
    """Keep what a coder has of a clip, where this is her first commit of it; once and for all.

    Parameters
    ----------
    connection : Connection
        In the transaction of the commit, after its changes.
    clip : int
        Row number of the clip.
    coder : str
        Of the database's own coder nothing is kept: nobody was blind.
    """
    if coder == GROUND_TRUTH or is_committed(connection, clip, coder):
        return
    moment = now()
    stored = connection.execute(
        select(codings).where(
            codings.c.clip_id == clip,
            codings.c.coder == coder,
            codings.c.status != "untouched",
        )
    )
    # Of which clip they are is known by its number here.
    found = [coding_of_row(ClipKey("", "", ""), row) for row in stored]
    rows = [
        {
            "clip_id": clip,
            "coder": coder,
            "expression": one.expression,
            "committed_at": moment,
            **{column.name: getattr(one, name) for name, column in _KEPT.items()},
        }
        for one in what_counts(found)
    ]
    connection.execute(insert(first_commits), rows)


def is_committed(connection: Connection, clip: int, coder: str) -> bool:
    """Whether a coder has ever committed a clip; an undo does not make it unseen."""
    query = select(first_commits.c.id).where(
        first_commits.c.clip_id == clip, first_commits.c.coder == coder
    )
    return connection.execute(query.limit(1)).first() is not None


def read_first_commit(connection: Connection, clip: int, key: ClipKey, coder: str) -> list[Coding]:
    """The expressions of the first commit by number; empty where there was none."""
    rows = connection.execute(
        select(first_commits)
        .where(first_commits.c.clip_id == clip, first_commits.c.coder == coder)
        .order_by(first_commits.c.expression)
    )
    return [_coding(key, row) for row in rows]


def list_first_commits(
    connection: Connection, *, coder: str | None = None, database: str | None = None
) -> list[tuple[Coding, datetime]]:
    """Every expression of every first commit, in the order of the clips, and when it was made."""
    query = in_order_of_clips(first_commits, coder, database)
    return [
        (
            _coding(ClipKey(row.database, row.subject, row.name), row),
            datetime.fromisoformat(row.committed_at),
        )
        for row in connection.execute(query)
    ]


def first_commits_by_clip(
    connection: Connection, coder: str, database: str | None = None
) -> dict[ClipKey, dict[int | None, FirstCommit]]:
    """The first commits of a coder for a listing: by clip and expression.

    Under None stands what an expression has that was added after the reveal.
    """
    found: dict[ClipKey, dict[int | None, FirstCommit]] = {}
    for coding, moment in list_first_commits(connection, coder=coder, database=database):
        of_clip = found.setdefault(coding.clip, {None: FirstCommit(None, moment)})
        of_clip[coding.expression] = FirstCommit(coding, moment)
    return found


def _coding(key: ClipKey, row: Row[Any]) -> Coding:
    fields = row._mapping
    return Coding(
        clip=key,
        coder=fields["coder"],
        expression=fields["expression"],
        status="committed",
        **{name: fields[column.name] for name, column in _KEPT.items()},
    )
