"""The tables of the store as they are today; how they came to be stands in ``migrations``."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

#: One row for each database that was imported. ``emotions`` and ``report`` hold JSON.
databases = Table(
    "databases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("layout", Text, nullable=False),
    Column("root", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("emotions", Text, nullable=False),
    Column("report", Text, nullable=False),
    Column("imported_at", Text, nullable=False),
)

#: ``frames`` is the JSON record of a frame source, NULL for a clip that exists as features only.
clips = Table(
    "clips",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("database_id", Integer, ForeignKey("databases.id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("fps", Float),
    Column("n_frames", Integer, nullable=False),
    Column("first_frame", Integer),
    Column("last_frame", Integer),
    Column("frames", Text),
    Column("features_file", Text),
    UniqueConstraint("database_id", "subject", "name", name="uq_clips_key"),
)

#: The codings as they stand. ``offset`` is a word of SQL, hence ``offset_frame``.
codings = Table(
    "codings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("clip_id", Integer, ForeignKey("clips.id"), nullable=False),
    Column("coder", Text, nullable=False),
    Column("expression", Integer, nullable=False),
    Column("onset_frame", Integer),
    Column("apex_frame", Integer),
    Column("offset_frame", Integer),
    Column("emotion", Text, nullable=False),
    Column("action_units", Text, nullable=False),
    Column("confidence", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("saved_at", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default=""),
    UniqueConstraint("clip_id", "coder", "expression", name="uq_codings_clip_coder_expression"),
    Index("ix_codings_coder", "coder"),
)

#: Every change ever made, oldest first by ``id``; rows are only ever added.
#: ``before`` and ``after`` hold the changed fields as JSON; ``page`` says where it was made,
#: ``act`` which changes are one act of the coder (the commit of a clip); NULL where it is its own.
coding_changes = Table(
    "coding_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("clip_id", Integer, ForeignKey("clips.id"), nullable=False),
    Column("coder", Text, nullable=False),
    Column("expression", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("act", Integer),
    Index("ix_coding_changes_clip_coder", "clip_id", "coder", "expression"),
)

#: What a coder had coded when she first committed a clip, before anything was revealed: a row for
#: each expression that was there; written once and never changed.
first_commits = Table(
    "first_commits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("clip_id", Integer, ForeignKey("clips.id"), nullable=False),
    Column("coder", Text, nullable=False),
    Column("expression", Integer, nullable=False),
    Column("onset_frame", Integer),
    Column("apex_frame", Integer),
    Column("offset_frame", Integer),
    Column("emotion", Text, nullable=False),
    Column("action_units", Text, nullable=False),
    Column("confidence", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("committed_at", Text, nullable=False),
    UniqueConstraint("clip_id", "coder", "expression", name="uq_first_commits_expression"),
)

#: What a coder opened of others' codings before the first commit of a clip; rows are only added.
#: ``whose`` is a coder's name, ``machine`` or ``run:<id>`` (a prediction); ``page`` says where.
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
