"""Apply the migrations that a store lacks, in order, and record each.

A migration is frozen once released: it defines its own tables and never imports
:mod:`mexlab.store.tables`, which follows the present. A test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, inspect, select

from mexlab.store.migrations import (
    m0001_founding,
    m0002_kind,
    m0003_first_commits,
    m0004_openings,
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: its number, its name, and what it does."""

    number: int
    name: str
    upgrade: Callable[[Connection], None]


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "founding", m0001_founding.upgrade),
    Migration(2, "kind", m0002_kind.upgrade),
    Migration(3, "first_commits", m0003_first_commits.upgrade),
    Migration(4, "openings", m0004_openings.upgrade),
)

_metadata = MetaData()
schema_migrations = Table(
    "schema_migrations",
    _metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("applied_at", Text, nullable=False),
)


def recorded_migrations(connection: Connection) -> list[tuple[int, str]]:
    """Number and name of the migrations that this store has, in order."""
    if not inspect(connection).has_table(schema_migrations.name):
        return []
    columns = (schema_migrations.c.number, schema_migrations.c.name)
    rows = connection.execute(select(*columns).order_by(schema_migrations.c.number))
    return [(number, name) for number, name in rows]


def newest_migration(migrations: Sequence[Migration] = MIGRATIONS) -> int:
    """The number of the newest schema that this version of mexlab knows."""
    return max(migration.number for migration in migrations)


def migrate(connection: Connection, migrations: Sequence[Migration] = MIGRATIONS) -> list[int]:
    """Bring the schema up to date within the caller's transaction.

    Parameters
    ----------
    connection : Connection
        In a write transaction: a migration that fails leaves nothing behind.
    migrations : sequence of Migration
        In order of their numbers.

    Returns
    -------
    list of int
        The numbers that were applied now; empty where nothing was missing.
    """
    schema_migrations.create(connection, checkfirst=True)
    done = {number for number, _ in recorded_migrations(connection)}
    applied = []
    for migration in sorted(migrations, key=lambda item: item.number):
        if migration.number in done:
            continue
        migration.upgrade(connection)
        connection.execute(
            schema_migrations.insert().values(
                number=migration.number,
                name=migration.name,
                applied_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            )
        )
        applied.append(migration.number)
    return applied
