"""The store: databases, clips, codings and their history, in one file of the workspace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from mexlab.data.clips import ClipKey
from mexlab.data.codings import DATABASE_CODER, Coding
from mexlab.errors import InputError, WorkspaceError
from mexlab.store import imports, listing
from mexlab.store.codings import (
    check_changes,
    clip_id,
    coding_of_row,
    find_row,
    stale,
    write_coding,
)
from mexlab.store.connection import backup, is_url, open_engine, reading, writing
from mexlab.store.expressions import read_expressions
from mexlab.store.history import Stacks, read_changes, replay
from mexlab.store.migrations import migrate, newest_migration, recorded_migrations
from mexlab.store.rows import (
    Change,
    ClipRow,
    ClipSource,
    CodingState,
    DatabaseRow,
    ImportChange,
)
from mexlab.store.tables import clips, coding_changes, codings, databases

if TYPE_CHECKING:
    from mexlab.data.clips import Clip
    from mexlab.data.databases.imported import ImportedDatabase


class Store:
    """Codings in SQL; open one with :meth:`open`.

    A method that changes something returns when it is committed and on the disk: whoever then
    says "saved" tells the truth, and a kernel or server that is killed loses nothing. Every
    instance may be used from several threads, and several processes may share a file.
    """

    def __init__(self, engine: Engine, home: Path | None) -> None:
        self._engine = engine
        self._home = home

    @classmethod
    def open(cls, target: str | Path, *, must_exist: bool = False) -> Store:
        """Open a store, make it where there is none, and bring its schema up to date.

        Parameters
        ----------
        target : path or str
            A SQLite file, or the URL of a server (``postgresql+psycopg://...``).
        must_exist : bool
            Refuse to make a new file; by default one is made.

        Raises
        ------
        WorkspaceError
            Where it is missing, read-only, damaged or from a newer version of mexlab.
        """
        if is_url(target):
            store = cls(open_engine(target), None)
        else:
            path = Path(target)
            if not path.exists() and must_exist:
                raise WorkspaceError(
                    "there is no codings store here",
                    where=path,
                    remedy="`mexlab init` makes a workspace; a lost file comes from a backup",
                )
            store = cls(open_engine(path), path.parent.resolve())
        store._bring_up_to_date(None if is_url(target) else Path(target))
        return store

    def _bring_up_to_date(self, path: Path | None) -> None:
        newest = newest_migration()
        with reading(self._engine) as connection:
            recorded = [number for number, _ in recorded_migrations(connection)]
        if recorded and max(recorded) > newest:
            raise WorkspaceError(
                f"comes from a newer version of mexlab (schema {max(recorded)}, "
                f"this one knows {newest}); nothing was changed",
                where=path,
                remedy="Please update mexlab",
            )
        if recorded and max(recorded) == newest:
            return
        if recorded and path is not None:
            # An upgrade never touches the only copy.
            backup(path, path.with_name(f"{path.stem}.schema-{max(recorded)}{path.suffix}"))
        with writing(self._engine) as connection:
            migrate(connection)

    def close(self) -> None:
        """Let go of the file; the store can no longer be used."""
        self._engine.dispose()

    # Databases and clips

    def databases(self) -> list[DatabaseRow]:
        """The databases in the order of their names."""
        with reading(self._engine) as connection:
            return listing.list_databases(connection, self._home)

    def put_database(self, imported: ImportedDatabase) -> ImportChange:
        """Take in what a reader read; see :func:`mexlab.store.imports.put_database`."""
        with writing(self._engine) as connection:
            return imports.put_database(connection, imported, self._home)

    def clips(
        self,
        database: str | None = None,
        subject: str | None = None,
        text: str | None = None,
        emotion: str | None = None,
        status: str | None = None,
        coder: str | None = None,
        every_expression: bool = False,
    ) -> list[ClipRow]:
        """The clips that meet every given condition, with ``coder``'s coding of each.

        Parameters
        ----------
        database, subject : str, optional
        text : str, optional
            Words that must all occur in the key, emotion, action units or note.
        emotion, status : str, optional
            Of the coder's coding; a clip without one counts as ``untouched``.
        coder : str, optional
        every_expression : bool
            A row for each expression that the coder found in a clip; by default the first alone.
        """
        with reading(self._engine) as connection:
            return listing.list_clips(
                connection,
                database=database,
                subject=subject,
                text=text,
                emotion=emotion,
                status=status,
                coder=coder,
                every_expression=every_expression,
            )

    def clip(self, key: ClipKey) -> Clip:
        """A clip with its frame source ready; no frame is opened yet.

        Raises
        ------
        InputError
            Where there is no such clip.
        """
        # Listings must not pay for the image library that reading frames needs.
        from mexlab.data.clips import Clip
        from mexlab.data.frames import frames_from_record

        with reading(self._engine) as connection:
            number = clip_id(connection, key)
            row = connection.execute(
                select(clips.c.fps, clips.c.frames, clips.c.features_file, databases.c.root)
                .join(databases, databases.c.id == clips.c.database_id)
                .where(clips.c.id == number)
            ).one()
        root = listing.absolute_root(row.root, self._home)
        return Clip(
            key=key,
            fps=row.fps,
            frames=None if row.frames is None else frames_from_record(json.loads(row.frames), root),
            features_file=None if row.features_file is None else Path(row.features_file),
        )

    def sources(self) -> list[ClipSource]:
        """Where the frames or features of every clip lie; opens none of them."""
        with reading(self._engine) as connection:
            return listing.list_sources(connection, self._home)

    # Codings

    def coding(self, key: ClipKey, coder: str, expression: int = 1) -> CodingState:
        """A coder's coding of a clip; an untouched one where nothing was saved yet.

        Raises
        ------
        InputError
            Where there is no such clip.
        """
        with reading(self._engine) as connection:
            number = clip_id(connection, key)
            return self._state(connection, number, key, coder, expression)[0]

    def change_coding(
        self,
        key: ClipKey,
        coder: str,
        changes: Mapping[str, Any],
        *,
        page: str,
        expected_revision: int | None = None,
        expression: int = 1,
    ) -> CodingState:
        """Change fields of a coding; committed when this returns.

        The first edit of an untouched coding makes it a draft. A change to the values that are
        already there is none: nothing is recorded.

        Parameters
        ----------
        key : ClipKey
        coder : str
        changes : mapping
            Any of :data:`mexlab.data.codings.EDITABLE` to its new value.
        page : str
            Where the change is made; stands in the history.
        expected_revision : int, optional
            The revision that the change is based on. By default the change is made to
            whatever is stored.
        expression : int
            1 for the first expression of the clip.

        Raises
        ------
        StaleCodingError
            Where the coding has moved on from ``expected_revision``; nothing was changed.
        InputError
            For an unknown clip or field, or a value of the wrong kind.
        """
        _require_coder(coder)
        wanted = check_changes(changes)
        try:
            with writing(self._engine) as connection:
                number, state, _ = self._expected(
                    connection, key, coder, expression, expected_revision
                )
                real = {
                    name: value
                    for name, value in wanted.items()
                    if getattr(state.coding, name) != value
                }
                if not real:
                    return state
                if state.coding.status == "untouched" and "status" not in real:
                    real["status"] = "draft"
                write_coding(
                    connection,
                    number,
                    state.coding,
                    real,
                    revision=state.revision,
                    kind="edit",
                    page=page,
                )
                after, _ = self._state(connection, number, key, coder, expression)
        except IntegrityError as error:
            # Two first edits at once, on a server that lets writers run side by side.
            raise stale(key, coder) from error
        return after

    def undo(
        self,
        key: ClipKey,
        coder: str,
        page: str = "",
        *,
        expected_revision: int | None = None,
        expression: int = 1,
    ) -> CodingState:
        """Take back the last change, of this session or an earlier one.

        Where there is nothing to undo the coding is returned as it is.
        """
        return self._step(key, coder, page, "undo", expected_revision, expression)

    def redo(
        self,
        key: ClipKey,
        coder: str,
        page: str = "",
        *,
        expected_revision: int | None = None,
        expression: int = 1,
    ) -> CodingState:
        """Make the change again that was undone last; nothing where there is none."""
        return self._step(key, coder, page, "redo", expected_revision, expression)

    def _step(
        self,
        key: ClipKey,
        coder: str,
        page: str,
        kind: Any,
        expected_revision: int | None,
        expression: int,
    ) -> CodingState:
        with writing(self._engine) as connection:
            number, state, stacks = self._expected(
                connection, key, coder, expression, expected_revision
            )
            stack = stacks.undo if kind == "undo" else stacks.redo
            if not stack:
                return state
            values = stack[-1].before if kind == "undo" else stack[-1].after
            write_coding(
                connection,
                number,
                state.coding,
                values,
                revision=state.revision,
                kind=kind,
                page=page,
            )
            after, _ = self._state(connection, number, key, coder, expression)
        return after

    def _expected(
        self,
        connection: Any,
        key: ClipKey,
        coder: str,
        expression: int,
        expected_revision: int | None,
    ) -> tuple[int, CodingState, Stacks]:
        """The clip's number, the coding and its changes, if it has not moved on meanwhile."""
        number = clip_id(connection, key)
        state, stacks = self._state(connection, number, key, coder, expression)
        if expected_revision is not None and expected_revision != state.revision:
            raise stale(key, coder)
        return number, state, stacks

    def history(self, key: ClipKey, coder: str, expression: int | None = 1) -> list[Change]:
        """Every change of a coding, oldest first: who, when, on which page, before and after.

        ``expression=None`` gives those of all expressions of the clip.
        """
        with reading(self._engine) as connection:
            return read_changes(connection, clip_id(connection, key), coder, expression)

    def expressions(self, key: ClipKey, coder: str) -> list[Coding]:
        """All that a coder found in a clip; see :func:`expressions.read_expressions`."""
        with reading(self._engine) as connection:
            return read_expressions(connection, key, coder)

    def codings(self, coder: str | None = None, database: str | None = None) -> list[Coding]:
        """Every stored coding of a coder or a database, in the order of the clips."""
        with reading(self._engine) as connection:
            return listing.list_codings(connection, coder=coder, database=database)

    def coders(self) -> list[str]:
        """All who have coded, the database's own coder first where it has."""
        with reading(self._engine) as connection:
            names = connection.execute(select(codings.c.coder).distinct()).scalars().all()
        return sorted(names, key=lambda name: (name != DATABASE_CODER, name))

    def last_change(self) -> int:
        """The number of the newest change in the history: a cheap way to notice any change."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(coding_changes.c.id))).scalar() or 0

    @staticmethod
    def _state(
        connection: Any, number: int, key: ClipKey, coder: str, expression: int
    ) -> tuple[CodingState, Stacks]:
        row = find_row(connection, number, coder, expression)
        if row is None:
            return CodingState(Coding(key, coder, expression=expression)), Stacks()
        stacks = replay(read_changes(connection, number, coder, expression))
        state = CodingState(
            coding=coding_of_row(key, row),
            revision=row.revision,
            undo_depth=len(stacks.undo),
            redo_depth=len(stacks.redo),
            saved_at=datetime.fromisoformat(row.saved_at),
        )
        return state, stacks


def _require_coder(coder: str) -> None:
    if not coder or coder != coder.strip():
        raise InputError(f"expected a name without blanks around it, got {coder!r}", where="coder")
