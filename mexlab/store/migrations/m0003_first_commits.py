"""What was coded before the reveal: the state of each clip's first commit; acts of many changes.

Of a store from before, the first commits are read off the history, which was always complete.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

_BLANK: dict[str, Any] = {
    "onset": None,
    "apex": None,
    "offset": None,
    "emotion": "",
    "action_units": "",
    "confidence": "",
    "note": "",
    "kind": "",
    "status": "untouched",
}
#: A database's own codings come committed; nobody was blind.
_NO_PERSON = "database"


def upgrade(connection: Connection) -> None:
    # Changes that belong to one act of a coder, such as the commit of a whole clip.
    connection.exec_driver_sql("ALTER TABLE coding_changes ADD COLUMN act INTEGER")
    metadata = MetaData()
    Table("clips", metadata, Column("id", Integer, primary_key=True))
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
    first_commits.create(connection)
    rows = _from_history(connection)
    if rows:
        connection.execute(first_commits.insert(), rows)


def _from_history(connection: Connection) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    changes: list[Any] = []
    for change in connection.exec_driver_sql(
        "SELECT clip_id, coder, expression, after, made_at FROM coding_changes "
        f"WHERE coder <> '{_NO_PERSON}' ORDER BY clip_id, coder, id"
    ):
        if changes and (changes[-1].clip_id, changes[-1].coder) != (change.clip_id, change.coder):
            rows += _first_commit(changes)
            changes = []
        changes.append(change)
    return rows + (_first_commit(changes) if changes else [])


def _first_commit(changes: list[Any]) -> list[dict[str, Any]]:
    """The state of one coder's clip when it was first committed; empty where it never was."""
    state: dict[int, dict[str, Any]] = {}
    moment = ""
    for change in changes:
        after = json.loads(change.after)
        # A clip of several expressions was committed by one change each, all in a row.
        if moment and after != {"status": "committed"}:
            break
        state.setdefault(change.expression, dict(_BLANK)).update(
            {name: value for name, value in after.items() if name in _BLANK}
        )
        if after.get("status") == "committed":
            moment = change.made_at
    if not moment:
        return []
    return [
        {
            "clip_id": changes[0].clip_id,
            "coder": changes[0].coder,
            "expression": expression,
            "onset_frame": fields["onset"],
            "apex_frame": fields["apex"],
            "offset_frame": fields["offset"],
            **{
                name: fields[name] or ""
                for name in ("emotion", "action_units", "confidence", "note", "kind")
            },
            "committed_at": moment,
        }
        for expression, fields in sorted(state.items())
        if fields["status"] != "untouched"
    ]
