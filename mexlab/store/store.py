"""The store: databases, clips, codings and their history, in one file of the workspace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import IntegrityError

from mexlab.data.clips import ClipKey
from mexlab.data.coders import GROUND_TRUTH, check_coder
from mexlab.data.codings import Coding
from mexlab.errors import WorkspaceError
from mexlab.store import edits, imports, listing
from mexlab.store.codings import check_changes, clip_id, read_expressions, stale
from mexlab.store.connection import is_url, one_view, open_engine, reading, writing
from mexlab.store.first_commits import is_committed, list_first_commits, read_first_commit
from mexlab.store.history import read_changes
from mexlab.store.opening import bring_up_to_date
from mexlab.store.rows import (
    Change,
    ClipRow,
    ClipSource,
    CodingState,
    DatabaseRow,
    ImportChange,
)
from mexlab.store.tables import codings

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
        bring_up_to_date(store._engine, None if is_url(target) else Path(target))
        return store

    def close(self) -> None:
        """Let go of the file; the store can no longer be used."""
        self._engine.dispose()

    def one_view(self) -> AbstractContextManager[None]:
        """All that this thread reads in the block is of one moment; writes are not seen in it."""
        return one_view(self._engine)

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

        Beside the coding as it stands comes what the coder first committed of it.

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
        with reading(self._engine) as connection:
            return listing.read_clip(connection, key, self._home)

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
            return edits.read_state(connection, number, key, coder, expression)

    def change_coding(
        self,
        key: ClipKey,
        coder: str,
        changes: Mapping[str, Any],
        *,
        page: str,
        expected_revision: int | None = None,
        expression: int = 1,
        reserved: bool = False,
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
        reserved : bool
            Allow a reserved coder: for what adjudicates or spots, never for a person.

        Raises
        ------
        StaleCodingError
            Where the coding has moved on from ``expected_revision``; nothing was changed.
        InputError
            For an unknown clip or field, a value of the wrong kind, or a coder who is no person.
        """
        check_coder(coder, reserved=reserved)
        wanted = check_changes(changes)
        with self._editing(key, coder) as connection:
            return edits.change(
                connection,
                key,
                coder,
                wanted,
                page=page,
                expected_revision=expected_revision,
                expression=expression,
            )

    def commit_clip(
        self,
        key: ClipKey,
        coder: str,
        expression: int = 1,
        changes: Mapping[str, Any] | None = None,
        expected_revision: int | None = None,
        *,
        page: str = "",
    ) -> CodingState:
        """Commit all that a coder has of a clip, in one transaction and as one act.

        The other expressions and the events of the clip are committed with the one on the form.
        One that was begun and says nothing (no mark, label or note) is dropped: it is no event.
        The first commit of a clip is kept as such (:meth:`first_commit`).

        Parameters
        ----------
        key, coder, page : ClipKey, str, str
        expression, changes, expected_revision : int, mapping, int, optional
            The one on the form, its last changes, and the revision that they are based on.

        Raises
        ------
        StaleCodingError
            Where that expression has moved on; nothing was changed.
        InputError
            Where nothing is coded in the clip, or as for :meth:`change_coding`.
        """
        check_coder(coder)
        wanted = check_changes({**(changes or {}), "status": "committed"})
        with self._editing(key, coder) as connection:
            return edits.commit_clip(
                connection,
                key,
                coder,
                wanted,
                page=page,
                expected_revision=expected_revision,
                expression=expression,
            )

    @contextmanager
    def _editing(self, key: ClipKey, coder: str) -> Iterator[Connection]:
        try:
            with writing(self._engine) as connection:
                yield connection
        except IntegrityError as error:
            # Two first edits at once, on a server that lets writers run side by side.
            raise stale(key, coder) from error

    def undo(
        self,
        key: ClipKey,
        coder: str,
        page: str = "",
        *,
        expected_revision: int | None = None,
        expression: int = 1,
    ) -> CodingState:
        """Take back the last change of one coding, of an earlier session too, if there is one."""
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
        kind: edits.Step,
        expected_revision: int | None,
        expression: int,
    ) -> CodingState:
        check_coder(coder)
        with writing(self._engine) as connection:
            return edits.step(
                connection,
                key,
                coder,
                kind,
                page=page,
                expected_revision=expected_revision,
                expression=expression,
            )

    def undo_clip(
        self, key: ClipKey, coder: str, page: str = "", *, expected_change: int | None = None
    ) -> list[int]:
        """Take back the coder's last act in a clip, whichever of its expressions it was of.

        The commit of a clip with several expressions is one act, and is taken back whole.

        Parameters
        ----------
        key, coder, page : ClipKey, str, str
        expected_change : int, optional
            The number of the coder's newest change in the clip, as far as the caller knows.

        Returns
        -------
        list of int
            The expressions that were changed; empty where there was nothing to undo.

        Raises
        ------
        StaleCodingError
            Where the clip has moved on from ``expected_change``; nothing was changed.
        """
        return self._step_clip(key, coder, page, "undo", expected_change)

    def redo_clip(
        self, key: ClipKey, coder: str, page: str = "", *, expected_change: int | None = None
    ) -> list[int]:
        """Do the act again that was undone last; see :meth:`undo_clip`."""
        return self._step_clip(key, coder, page, "redo", expected_change)

    def _step_clip(
        self, key: ClipKey, coder: str, page: str, kind: edits.Step, expected_change: int | None
    ) -> list[int]:
        check_coder(coder)
        with writing(self._engine) as connection:
            return edits.step_clip(
                connection, key, coder, kind, page=page, expected_change=expected_change
            )

    # What was coded blind

    def has_committed(self, key: ClipKey, coder: str) -> bool:
        """Whether a coder has ever committed a clip, though it may be a draft again by now."""
        with reading(self._engine) as connection:
            return is_committed(connection, clip_id(connection, key), coder)

    def first_commit(self, key: ClipKey, coder: str) -> list[Coding]:
        """A coder's expressions as she first committed the clip; empty where she never did.

        Nothing of others or of the machine had been revealed then: agreement is computed on it.
        """
        with reading(self._engine) as connection:
            return read_first_commit(connection, clip_id(connection, key), key, coder)

    def first_codings(self, coder: str | None = None, database: str | None = None) -> list[Coding]:
        """Every coding as it was first committed, beside :meth:`codings`: as they stand now."""
        with reading(self._engine) as connection:
            found = list_first_commits(connection, coder=coder, database=database)
        return [coding for coding, _ in found]

    def history(self, key: ClipKey, coder: str, expression: int | None = 1) -> list[Change]:
        """Every change of a coding, oldest first: who, when, on which page, before and after.

        ``expression=None`` gives those of all expressions of the clip.
        """
        with reading(self._engine) as connection:
            return read_changes(connection, clip_id(connection, key), coder, expression)

    def expressions(self, key: ClipKey, coder: str) -> list[Coding]:
        """All that a coder found in a clip; see :func:`codings.read_expressions`."""
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
        return sorted(names, key=lambda name: (name != GROUND_TRUTH, name))
