"""Bring a store that is opened to the schema of today; a newer one is left alone."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from mexlab.errors import WorkspaceError
from mexlab.store.connection import backup, reading, writing
from mexlab.store.migrations import migrate, newest_migration, recorded_migrations


def bring_up_to_date(engine: Engine, path: Path | None) -> None:
    """Apply the migrations that a store lacks, after a copy of the file as it was.

    Parameters
    ----------
    engine : Engine
    path : Path or None
        The file of an embedded store; None for a server, which has backups of its own.

    Raises
    ------
    WorkspaceError
        Where it comes from a newer version of mexlab; nothing was changed.
    """
    newest = newest_migration()
    with reading(engine) as connection:
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
    with writing(engine) as connection:
        migrate(connection)
