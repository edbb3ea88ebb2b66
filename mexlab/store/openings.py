"""What a coder has opened of others' before committing a clip; and how far each clip has come."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, and_, exists, select
from sqlalchemy.exc import IntegrityError

from mexlab.data.clips import ClipKey
from mexlab.data.coders import fold_coder
from mexlab.store.codings import now
from mexlab.store.connection import reading, writing
from mexlab.store.tables import clips, coding_changes, codings, databases, first_commits, openings

if TYPE_CHECKING:
    from mexlab.store.store import Store

#: A listing of more clips is asked for as a whole: no driver takes thousands of values.
_FEW = 200


@dataclass(frozen=True, slots=True)
class Opening:
    """What was opened of a clip before the first commit: whose coding, where, when (UTC)."""

    whose: str
    page: str
    opened_at: datetime

    def to_record(self) -> dict[str, str]:
        """Whose, where and when, as JSON takes them."""
        return {
            "whose": self.whose,
            "page": self.page,
            "at": self.opened_at.isoformat(timespec="milliseconds"),
        }


class Openings:
    """The record of what coders opened before they committed, in a store.

    Rows are only ever added, one for each clip, coder, whose coding and page: the first time is
    what counts.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self._engine = store._engine

    def committed(self, coder: str, keys: Collection[ClipKey]) -> set[ClipKey]:
        """Those of the clips that a coder has ever committed, be they drafts again by now."""
        of_coder = and_(first_commits.c.clip_id == clips.c.id, first_commits.c.coder == coder)
        query = _keys_of(keys).where(exists().where(of_coder))
        with reading(self._engine) as connection:
            return _found(connection, query, keys)

    def codable(self, keys: Collection[ClipKey]) -> set[ClipKey]:
        """Those of the clips that can be coded: they are here, and came with frames."""
        with reading(self._engine) as connection:
            return _found(connection, _keys_of(keys).where(clips.c.frames.is_not(None)), keys)

    def codes(self, coder: str, besides: str) -> bool:
        """Whether a person has ever changed a coding here, `besides` on the page of that name.

        Somebody whose name reads the same is taken for the same person: see :meth:`namesakes`.
        """
        query = (
            select(codings.c.id)
            .join(
                coding_changes,
                and_(
                    coding_changes.c.clip_id == codings.c.clip_id,
                    coding_changes.c.coder == codings.c.coder,
                ),
            )
            .where(
                codings.c.coder.in_([coder, *self.namesakes(coder)]),
                coding_changes.c.page != besides,
            )
            .limit(1)
        )
        with reading(self._engine) as connection:
            return connection.execute(query).first() is not None

    def namesakes(self, coder: str) -> list[str]:
        """Other coders of this store whose names read the same: ``ann``, beside ``ANN``."""
        with reading(self._engine) as connection:
            known = connection.execute(select(codings.c.coder).distinct()).scalars().all()
        folded = fold_coder(coder)
        return sorted(one for one in known if one != coder and fold_coder(one) == folded)

    def record(self, keys: Collection[ClipKey], coder: str, whose: str, page: str) -> None:
        """Put on record that a coder opened somebody's coding of some clips; on disk on return.

        What is on record already keeps its time.

        Raises
        ------
        WorkspaceError
            Where it cannot be written.
        """
        known = and_(
            openings.c.clip_id == clips.c.id,
            openings.c.coder == coder,
            openings.c.whose == whose,
            openings.c.page == page,
        )
        query = _keys_of(keys, clips.c.id).where(~exists().where(known))
        wanted = set(keys)
        with reading(self._engine) as connection:
            new = [row.id for row in connection.execute(query) if _key(row) in wanted]
        if not new:
            return
        moment = now()
        rows = [
            {"clip_id": number, "coder": coder, "whose": whose, "page": page, "opened_at": moment}
            for number in new
        ]
        try:
            with writing(self._engine) as connection:
                connection.execute(openings.insert(), rows)
        except IntegrityError:
            # Another tab put some on record in this moment: the rest is then written one by one.
            for row in rows:
                self._record_one(row)

    def _record_one(self, row: dict[str, Any]) -> None:
        try:
            with writing(self._engine) as connection:
                connection.execute(openings.insert(), [row])
        except IntegrityError:
            return

    def of_clips(self, coder: str, database: str | None = None) -> dict[ClipKey, list[Opening]]:
        """What a coder opened before committing, by clip, the first first."""
        query = (
            _keys_of((), openings.c.whose, openings.c.page, openings.c.opened_at)
            .join(openings, openings.c.clip_id == clips.c.id)
            .where(openings.c.coder == coder)
            .order_by(openings.c.opened_at, openings.c.id)
        )
        if database is not None:
            query = query.where(databases.c.name == database)
        with reading(self._engine) as connection:
            return _by_clip(connection.execute(query))

    def of_clip(self, key: ClipKey, coder: str) -> list[Opening]:
        """What a coder opened of one clip before committing it, the first first."""
        query = (
            _keys_of([key], openings.c.whose, openings.c.page, openings.c.opened_at)
            .join(openings, openings.c.clip_id == clips.c.id)
            .where(openings.c.coder == coder)
            .order_by(openings.c.opened_at, openings.c.id)
        )
        with reading(self._engine) as connection:
            return _by_clip(connection.execute(query)).get(key, [])


def _keys_of(keys: Collection[ClipKey], *columns: Any) -> Select[Any]:
    """Select the clips' keys; of few clips only theirs, else those of all."""
    query = select(
        databases.c.name.label("database"), clips.c.subject, clips.c.name, *columns
    ).join(databases, databases.c.id == clips.c.database_id)
    if keys and len(keys) <= _FEW:
        names = {key.name for key in keys}
        query = query.where(
            databases.c.name.in_({key.database for key in keys}), clips.c.name.in_(names)
        )
    return query


def _key(row: Any) -> ClipKey:
    return ClipKey(row.database, row.subject, row.name)


def _found(connection: Connection, query: Select[Any], keys: Collection[ClipKey]) -> set[ClipKey]:
    return {_key(row) for row in connection.execute(query)} & set(keys)


def _by_clip(rows: Iterable[Any]) -> dict[ClipKey, list[Opening]]:
    found: dict[ClipKey, list[Opening]] = {}
    for row in rows:
        moment = datetime.fromisoformat(row.opened_at)
        found.setdefault(_key(row), []).append(Opening(row.whose, row.page, moment))
    return found
