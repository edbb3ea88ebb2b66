"""Open the database behind the store: SQLite in the workspace, or a server by its URL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from mexlab.errors import WorkspaceError
from mexlab.whole_files import whole_file

#: How long a writer waits for another process, before it gives up.
BUSY_TIMEOUT_S = 10.0

_WRITE = "mexlab_write"

#: What `one_view` holds open; of one thread, for others have contexts of their own.
_view: ContextVar[tuple[Engine, Connection] | None] = ContextVar("view", default=None)


def is_url(target: str | Path) -> bool:
    """Tell a server's URL from the path of a SQLite file."""
    return isinstance(target, str) and "://" in target


def open_engine(target: str | Path) -> Engine:
    """Make an engine for a SQLite file (or, later, for a server's URL).

    SQLite runs with a write-ahead log, so that a reader never waits for a writer, and with
    ``synchronous=FULL``, so that a committed coding survives a loss of power.

    Raises
    ------
    WorkspaceError
        Where the file or its folder is read-only.
    """
    if is_url(target):
        return create_engine(str(target), pool_pre_ping=True)
    path = Path(target)
    require_writable(path)
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        # mexlab says BEGIN itself (below): pysqlite's own would leave DDL outside of it.
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(raw: Any, _record: object) -> None:
    raw.isolation_level = None
    cursor = raw.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
    finally:
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: a transaction that reads first and writes later
    # could fail with "database is locked" without ever having waited.
    write = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view of the store; within :func:`one_view`, that one."""
    held = _view.get()
    if held is not None and held[0] is engine:
        yield held[1]
        return
    with _explained(engine), engine.connect() as connection:
        yield connection


@contextmanager
def one_view(engine: Engine) -> Iterator[None]:
    """All that is read in this block, by whatever it calls, is read in one transaction."""
    with reading(engine) as connection:
        token = _view.set((engine, connection))
        try:
            yield
        finally:
            _view.reset(token)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction: on disk when the block has ended, gone without a trace if it raises."""
    with _explained(engine), engine.connect() as connection:
        connection = connection.execution_options(**{_WRITE: True})
        with connection.begin():
            yield connection


def require_writable(path: Path) -> None:
    """Refuse a store that could not keep what is entered.

    The mode bits are looked at as well, for the superuser may write everywhere, and whoever
    made a folder read-only meant it.

    Raises
    ------
    WorkspaceError
        Naming the folder or file that cannot be written.
    """
    places = [path.parent] + [
        place
        for place in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm"))
        if place.exists()
    ]
    for place in places:
        try:
            marked = place.stat().st_mode & 0o222 == 0
        except OSError as error:
            raise WorkspaceError(
                f"cannot be read ({error.strerror})",
                where=place,
                remedy="Check that the folder exists and is yours",
            ) from error
        if marked or not os.access(place, os.W_OK):
            raise _read_only(place)


def _read_only(place: str | Path) -> WorkspaceError:
    return WorkspaceError(
        "is read-only, so that no coding could be kept",
        where=place,
        remedy=f"Make it writable (chmod -R u+w {place}) or copy the workspace to another place",
    )


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    """Turn what the driver says into what a person can act on."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _explain(error, engine) from error


def _explain(error: SQLAlchemyError, engine: Engine) -> Exception:
    where = engine.url.database if engine.dialect.name == "sqlite" else _without_password(engine)
    text = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    if "readonly" in text:
        return _read_only(where or "")
    if "not a database" in text or "malformed" in text:
        return WorkspaceError(
            f"is damaged ({text})",
            where=where,
            remedy="Restore it from a backup; the file was left as it is",
        )
    if "database is locked" in text:
        return WorkspaceError(
            f"another process has been writing for {BUSY_TIMEOUT_S:.0f} s; nothing was changed",
            where=where,
            remedy="Try again, or close the other mexlab",
        )
    if "disk is full" in text or "disk I/O" in text:
        return WorkspaceError(
            f"cannot be written ({text}); nothing was changed",
            where=where,
            remedy="Make room on the disk",
        )
    if isinstance(error, OperationalError):
        return WorkspaceError(f"cannot be opened ({text})", where=where)
    return error


def _without_password(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def backup(source: Path, target: Path) -> None:
    """Copy a SQLite file while it may be in use; ``target`` is complete or absent."""
    with (
        whole_file(target) as draft,
        closing(sqlite3.connect(source)) as old,
        closing(sqlite3.connect(draft)) as new,
    ):
        old.backup(new)
