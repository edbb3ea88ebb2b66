"""Codings in SQL: every change is committed when it is made, and every change is kept."""

from mexlab.store.rows import (
    Change,
    ClipRow,
    ClipSource,
    CodingState,
    DatabaseRow,
    FirstCommit,
    ImportChange,
)
from mexlab.store.store import Store

__all__ = [
    "Change",
    "ClipRow",
    "ClipSource",
    "CodingState",
    "DatabaseRow",
    "FirstCommit",
    "ImportChange",
    "Store",
]
