"""Numbered, named migrations: each runs once, in a transaction, and is recorded."""

from mexlab.store.migrations.apply import (
    MIGRATIONS,
    Migration,
    migrate,
    newest_migration,
    recorded_migrations,
)

__all__ = ["MIGRATIONS", "Migration", "migrate", "newest_migration", "recorded_migrations"]
