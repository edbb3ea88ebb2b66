"""Take in what a reader read; a second time changes nothing, and a person's coding never."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select, update

from mexlab.data.clips import ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding
from mexlab.errors import InputError, WorkspaceError
from mexlab.store.codings import now, to_json
from mexlab.store.imported_codings import ImportedCodings
from mexlab.store.listing import absolute_root
from mexlab.store.rows import ImportChange
from mexlab.store.tables import clips, databases

if TYPE_CHECKING:
    from mexlab.data.clips import Clip
    from mexlab.data.databases.imported import ImportedDatabase


def put_database(
    connection: Connection, imported: ImportedDatabase, home: Path | None
) -> ImportChange:
    """Add or refresh one database within the caller's transaction.

    Only what differs is written: a second import of the same files writes nothing at all.

    Parameters
    ----------
    connection : Connection
        In a write transaction: an import is kept whole or not at all.
    imported : ImportedDatabase
    home : Path or None
        Folder of the store; a root below it is kept relative, so that a workspace with its
        database inside can be moved.

    Returns
    -------
    ImportChange
        Clips that went away on disk are kept and listed as ``missing``: they may carry codings.
        An expression of the database's own that a corrected sheet no longer has is removed, its
        clip listed as changed.

    Raises
    ------
    WorkspaceError
        Where the name belongs to another database, whose files are still there.
    """
    root = imported.root.resolve()
    existing = connection.execute(
        select(databases).where(databases.c.name == imported.name)
    ).first()
    if existing is not None:
        _refuse_another(existing._mapping, imported, root, home)
    codings = _database_codings(imported)
    values = _database_values(imported, root, home)
    if existing is not None:
        database_id = int(existing.id)
        known = _known_clips(connection, database_id)
    else:
        created = connection.execute(insert(databases).values(**values, imported_at=now()))
        database_id = int(created.inserted_primary_key[0])  # type: ignore[index]
        known = {}

    change = ImportChange()
    rows = {(row["subject"], row["name"]): row for row in _clip_rows(imported, database_id)}
    new = [row for pair, row in rows.items() if pair not in known]
    if new:
        connection.execute(insert(clips), new)
    numbers = _clip_numbers(connection, database_id) if new else {}
    writer = ImportedCodings(connection, database_id)
    for clip in imported.clips:
        key = clip.key
        pair = (key.subject, key.name)
        old = known.pop(pair, None)
        number = numbers[pair] if old is None else int(old["id"])
        differs = old is not None and any(old[name] != rows[pair][name] for name in rows[pair])
        if differs:
            connection.execute(update(clips).where(clips.c.id == number).values(**rows[pair]))
        touched, gone = writer.put(key, number, codings.pop(key, []))
        change.removed.extend(gone)
        names = (
            change.added
            if old is None
            else change.changed
            if differs or touched
            else change.unchanged
        )
        names.append(str(key))
    writer.finish()
    if codings:
        raise InputError(
            f"the reader gave codings of clips that it did not give: {next(iter(codings))}",
            where=imported.root,
        )
    change.missing = [str(ClipKey(imported.name, *pair)) for pair in sorted(known)]
    if existing is not None:
        stored = existing._mapping
        if change.anything or any(stored[name] != value for name, value in values.items()):
            connection.execute(
                update(databases)
                .where(databases.c.id == database_id)
                .values(**values, imported_at=now())
            )
    return change


def _refuse_another(stored: Any, imported: ImportedDatabase, root: Path, home: Path | None) -> None:
    place = absolute_root(stored["root"], home)
    same = stored["layout"] == imported.layout and place == root
    if not same and (place.exists() or stored["layout"] != imported.layout):
        raise WorkspaceError(
            f"the name {imported.name!r} is taken by another database "
            f"({stored['layout']} at {place})",
            where=root,
            remedy=f"Give this one its own with --name, for example --name {imported.name}-2",
        )


def _database_values(imported: ImportedDatabase, root: Path, home: Path | None) -> dict[str, Any]:
    below = home is not None and root.is_relative_to(home.resolve())
    stored_root = root.relative_to(home.resolve()) if below and home is not None else root
    return {
        "name": imported.name,
        "title": imported.title,
        "layout": imported.layout,
        "root": stored_root.as_posix(),
        "synthetic": imported.synthetic,
        "emotions": to_json(list(imported.emotions)),
        "report": to_json(imported.report.to_record()),
    }


def _clip_rows(imported: ImportedDatabase, database_id: int) -> Iterator[dict[str, Any]]:
    seen: set[ClipKey] = set()
    for clip in imported.clips:
        if clip.key in seen:
            raise InputError(f"the reader gave the clip {clip.key} twice", where=imported.root)
        seen.add(clip.key)
        yield {"database_id": database_id, **_clip_values(clip, imported.root)}


def _clip_values(clip: Clip, root: Path) -> dict[str, Any]:
    numbers = clip.frames.numbers if clip.frames is not None else ()
    return {
        "subject": clip.key.subject,
        "name": clip.key.name,
        "fps": None if clip.fps is None else float(clip.fps),
        "n_frames": len(numbers),
        "first_frame": int(numbers[0]) if len(numbers) else None,
        "last_frame": int(numbers[-1]) if len(numbers) else None,
        "frames": None if clip.frames is None else to_json(clip.frames.to_record(root)),
        "features_file": None
        if clip.features_file is None
        else Path(clip.features_file).as_posix(),
    }


def _known_clips(connection: Connection, database_id: int) -> dict[tuple[str, str], Any]:
    rows = connection.execute(select(clips).where(clips.c.database_id == database_id))
    return {(row.subject, row.name): row._mapping for row in rows}


def _clip_numbers(connection: Connection, database_id: int) -> dict[tuple[str, str], int]:
    rows = connection.execute(
        select(clips.c.subject, clips.c.name, clips.c.id).where(clips.c.database_id == database_id)
    )
    return {(subject, name): int(number) for subject, name, number in rows}


def _database_codings(imported: ImportedDatabase) -> dict[ClipKey, list[Coding]]:
    grouped: dict[ClipKey, list[Coding]] = {}
    for coding in imported.codings:
        if coding.coder != GROUND_TRUTH:
            raise InputError(
                f"a reader may only give codings of coder {GROUND_TRUTH!r}, "
                f"got one of {coding.coder!r}",
                where=imported.root,
            )
        grouped.setdefault(coding.clip, []).append(coding)
    return grouped
