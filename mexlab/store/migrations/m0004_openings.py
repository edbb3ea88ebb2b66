"""What coders opened of others' codings before they committed a clip is kept on record."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)


def upgrade(connection: Connection) -> None:
    metadata = MetaData()
    Table("clips", metadata, Column("id", Integer, primary_key=True))
    openings = Table(
        "openings",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("clip_id", Integer, ForeignKey("clips.id"), nullable=False),
        Column("coder", Text, nullable=False),
        Column("whose", Text, nullable=False),
        Column("page", Text, nullable=False),
        Column("opened_at", Text, nullable=False),
        UniqueConstraint("clip_id", "coder", "whose", "page", name="uq_openings_once"),
        Index("ix_openings_coder", "coder"),
    )
    openings.create(connection)
