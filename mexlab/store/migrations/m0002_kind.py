"""Micro- or macro-expression: a coding says which, as spotting and long videos need it."""

from __future__ import annotations

from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    # Codings from before stay without: nobody had said.
    connection.exec_driver_sql("ALTER TABLE codings ADD COLUMN kind TEXT DEFAULT '' NOT NULL")
