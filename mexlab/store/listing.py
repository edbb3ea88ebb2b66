"""Listings of databases and clips; they open no frame and no reader."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, func, or_, select

from mexlab.data.clips import ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import STATUSES, Coding
from mexlab.errors import InputError
from mexlab.store.codings import COLUMNS, clip_id, coding_of_row, in_order_of_clips
from mexlab.store.first_commits import first_commits_by_clip
from mexlab.store.rows import ClipRow, ClipSource, DatabaseRow, FirstCommit
from mexlab.store.tables import clips, codings, databases

if TYPE_CHECKING:
    from mexlab.data.clips import Clip


def list_databases(connection: Connection, home: Path | None) -> list[DatabaseRow]:
    """The databases in the order of their names.

    Parameters
    ----------
    connection : Connection
    home : Path or None
        The folder to which relative roots belong.
    """
    subjects = func.count(clips.c.subject.distinct())
    counts = (
        select(
            clips.c.database_id,
            func.count(clips.c.id).label("n_clips"),
            subjects.label("n_subjects"),
            func.min(clips.c.fps).label("least"),
            func.max(clips.c.fps).label("most"),
        )
        .group_by(clips.c.database_id)
        .subquery()
    )
    query = (
        select(databases, counts)
        .outerjoin(counts, counts.c.database_id == databases.c.id)
        .order_by(databases.c.name)
    )
    without_units = _databases_without_units(connection)
    listed = []
    for row in connection.execute(query):
        fields = row._mapping
        listed.append(
            DatabaseRow(
                name=fields["name"],
                title=fields["title"],
                layout=fields["layout"],
                root=absolute_root(fields["root"], home),
                synthetic=bool(fields["synthetic"]),
                fps=fields["least"] if fields["least"] == fields["most"] else None,
                emotions=tuple(json.loads(fields["emotions"])),
                clips=fields["n_clips"] or 0,
                subjects=fields["n_subjects"] or 0,
                imported_at=datetime.fromisoformat(fields["imported_at"]),
                report=json.loads(fields["report"]),
                codes_units=fields["name"] not in without_units,
            )
        )
    return listed


def _databases_without_units(connection: Connection) -> frozenset[str]:
    """Names of the databases that have codings of their own, none of them with a unit."""
    units = func.max(func.length(func.trim(codings.c.action_units)))
    query = (
        select(databases.c.name)
        .join(clips, clips.c.database_id == databases.c.id)
        .join(codings, codings.c.clip_id == clips.c.id)
        .where(codings.c.coder == GROUND_TRUTH)
        .group_by(databases.c.name)
        .having(units == 0)
    )
    return frozenset(connection.execute(query).scalars())


def absolute_root(stored: str, home: Path | None) -> Path:
    """Where a database lies: roots below the workspace are kept relative, so that it can move."""
    root = Path(stored)
    return root if root.is_absolute() or home is None else home / root


def list_clips(
    connection: Connection,
    *,
    database: str | None = None,
    subject: str | None = None,
    text: str | None = None,
    emotion: str | None = None,
    status: str | None = None,
    coder: str | None = None,
    every_expression: bool = False,
) -> list[ClipRow]:
    """The clips that meet every given condition, in the order of their keys.

    With `every_expression` a clip has a row for each expression that the coder found in it, and
    the conditions on a coding are on that expression; a clip without a coding has one row still.
    An expression that says nothing is no row, unless it said something when first committed; the
    first one is none only where it was committed and others say something.

    Raises
    ------
    InputError
        For a status that there is none of, or a condition on a coding without a coder.
    """
    if status is not None and status not in STATUSES:
        raise InputError(f"expected one of {', '.join(STATUSES)}, got {status!r}", where="status")
    if coder is None and (status is not None or emotion is not None):
        raise InputError("emotion and status are a coder's, but no coder was given", where="coder")
    joined = [codings.c.clip_id == clips.c.id, codings.c.coder == (coder or "")]
    if not every_expression:
        joined.append(codings.c.expression == 1)
    query = (
        select(*_LISTED)
        .join(databases, databases.c.id == clips.c.database_id)
        .outerjoin(codings, and_(*joined))
        .order_by(databases.c.name, clips.c.subject, clips.c.name, codings.c.expression)
    )
    if database is not None:
        query = query.where(databases.c.name == database)
    if subject is not None:
        query = query.where(clips.c.subject == subject)
    if emotion is not None:
        query = query.where(codings.c.emotion == emotion.strip().lower())
    if status == "untouched":
        query = query.where(or_(codings.c.status == status, codings.c.status.is_(None)))
    elif status is not None:
        query = query.where(codings.c.status == status)
    for word in (text or "").lower().split():
        places = (
            databases.c.name + "/" + clips.c.subject + "/" + clips.c.name,
            codings.c.emotion,
            codings.c.action_units,
            codings.c.note,
        )
        query = query.where(
            or_(*(func.lower(place).contains(word, autoescape=True) for place in places))
        )
    rows = [_clip_row(*row) for row in connection.execute(query)]
    first = first_commits_by_clip(connection, coder, database) if coder is not None else {}
    if first:
        rows = [_with_first_commit(row, first.get(row.key)) for row in rows]
    return _without_empty_first([row for row in rows if not _is_emptied(row)])


def _without_empty_first(rows: list[ClipRow]) -> list[ClipRow]:
    """Leave out a first expression that is committed for its clip only: others say something.

    Not where it is listed alone, nor where it said something at first.
    """
    several = Counter(row.key for row in rows)
    return [
        row
        for row in rows
        if several[row.key] == 1
        or row.coding is None
        or row.coding.says_something
        or row.coding.status != "committed"
        or (row.first_commit is not None and row.first_commit.coding is not None)
    ]


def _is_emptied(row: ClipRow) -> bool:
    """A further expression that was begun or emptied and says nothing, now and at first."""
    coding, first = row.coding, row.first_commit
    if coding is None or coding.expression == 1 or coding.says_something:
        return False
    return first is None or first.coding is None


def _with_first_commit(row: ClipRow, first: dict[int | None, FirstCommit] | None) -> ClipRow:
    if first is None:
        return row
    expression = row.coding.expression if row.coding is not None else 1
    return replace(row, first_commit=first.get(expression, first[None]))


#: What a row of a listing is made of; the frames' records stay where they are, as they are long.
_LISTED = (
    databases.c.name.label("database"),
    clips.c.subject,
    clips.c.name,
    clips.c.fps,
    clips.c.n_frames,
    clips.c.first_frame,
    clips.c.last_frame,
    clips.c.frames.is_(None).label("features_only"),
    codings.c.coder,
    codings.c.expression,
    *COLUMNS.values(),
)


def _clip_row(
    database: str,
    subject: str,
    name: str,
    fps: float | None,
    n_frames: int,
    first: int | None,
    last: int | None,
    features_only: bool,
    coder: str | None,
    expression: int | None,
    *fields: Any,
) -> ClipRow:
    key = ClipKey(database, subject, name)
    coding = None
    if coder is not None and expression is not None:
        coding = Coding(
            key, coder, expression=expression, **dict(zip(COLUMNS, fields, strict=True))
        )
    return ClipRow(key, fps, n_frames, first, last, bool(features_only), coding)


def read_clip(connection: Connection, key: ClipKey, home: Path | None) -> Clip:
    """A clip with its frame source ready; no frame is opened yet."""
    # Listings must not pay for the image library that reading frames needs.
    from mexlab.data.clips import Clip
    from mexlab.data.frames.frames import frames_from_record

    row = connection.execute(
        select(clips.c.fps, clips.c.frames, clips.c.features_file, databases.c.root)
        .join(databases, databases.c.id == clips.c.database_id)
        .where(clips.c.id == clip_id(connection, key))
    ).one()
    root = absolute_root(row.root, home)
    return Clip(
        key=key,
        fps=row.fps,
        frames=None if row.frames is None else frames_from_record(json.loads(row.frames), root),
        features_file=None if row.features_file is None else Path(row.features_file),
    )


def list_sources(connection: Connection, home: Path | None) -> list[ClipSource]:
    """Where the frames or features of every clip lie, in the order of the keys."""
    query = (
        select(clips, databases.c.name.label("database"), databases.c.layout, databases.c.root)
        .join(databases, databases.c.id == clips.c.database_id)
        .order_by(databases.c.name, clips.c.subject, clips.c.name)
    )
    return [
        ClipSource(
            key=ClipKey(row.database, row.subject, row.name),
            layout=row.layout,
            root=absolute_root(row.root, home),
            frames=None if row.frames is None else json.loads(row.frames),
            features_file=None if row.features_file is None else Path(row.features_file),
        )
        for row in connection.execute(query)
    ]


def list_codings(
    connection: Connection, *, coder: str | None = None, database: str | None = None
) -> list[Coding]:
    """Every stored coding, all expressions, in the order of the clips' keys.

    A further expression that says nothing is none: it was begun or emptied. Nor is a first one
    that was committed for its clip only, where others say something.
    """
    query = in_order_of_clips(codings, coder, database)
    found = (
        coding_of_row(ClipKey(row.database, row.subject, row.name), row)
        for row in connection.execute(query)
    )
    listed = [coding for coding in found if coding.expression == 1 or coding.says_something]
    several = Counter((coding.clip, coding.coder) for coding in listed)
    return [
        coding
        for coding in listed
        if coding.says_something
        or coding.status != "committed"
        or several[coding.clip, coding.coder] == 1
    ]
