"""The history of a coding, and undo and redo that are read off it, over all sessions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mexlab.store.rows import Change
from mexlab.store.tables import coding_changes


@dataclass(slots=True)
class Stacks:
    """What can be undone and redone, the next one last."""

    undo: list[Change] = field(default_factory=list)
    redo: list[Change] = field(default_factory=list)


def acts_of(stack: Iterable[Change]) -> list[list[Change]]:
    """A stack by acts, the last act last: what one press of undo or redo takes in one go."""
    acts: list[list[Change]] = []
    for change in stack:
        if acts and change.act is not None and acts[-1][-1].act == change.act:
            acts[-1].append(change)
        else:
            acts.append([change])
    return acts


def read_changes(
    connection: Connection, clip: int, coder: str, expression: int | None
) -> list[Change]:
    """Every change of one coding, or of all of the clip's, oldest first."""
    query = select(coding_changes).where(
        coding_changes.c.clip_id == clip, coding_changes.c.coder == coder
    )
    if expression is not None:
        query = query.where(coding_changes.c.expression == expression)
    rows = connection.execute(query.order_by(coding_changes.c.id))
    return [_change(row._mapping) for row in rows]


def replay(changes: Iterable[Change]) -> Stacks:
    """Walk the history into the two stacks.

    The history only ever grows: an undo is one more line of it, so that nothing that was
    undone is lost, and the stacks are the same after a restart or a crash. A new edit after an
    undo ends what could be redone, as in every editor. What an import wrote cannot be undone,
    and nothing before it either, for the values under it have been replaced.

    Of the changes of several expressions of a clip, the stacks are the clip's: the last change
    is undone first, whichever expression it was made to.
    """
    stacks = Stacks()
    for change in changes:
        if change.kind == "edit":
            stacks.undo.append(change)
            stacks.redo.clear()
        elif change.kind == "undo":
            _move_last(stacks.undo, stacks.redo, change.expression)
        elif change.kind == "redo":
            _move_last(stacks.redo, stacks.undo, change.expression)
        elif change.kind == "import":
            for stack in (stacks.undo, stacks.redo):
                stack[:] = [each for each in stack if each.expression != change.expression]
    return stacks


def _move_last(source: list[Change], target: list[Change], expression: int) -> None:
    for at in range(len(source) - 1, -1, -1):
        if source[at].expression == expression:
            target.append(source.pop(at))
            return


def _change(row: Any) -> Change:
    return Change(
        number=row["id"],
        revision=row["revision"],
        kind=row["kind"],
        coder=row["coder"],
        page=row["page"],
        made_at=datetime.fromisoformat(row["made_at"]),
        before=json.loads(row["before"]),
        after=json.loads(row["after"]),
        expression=row["expression"],
        act=row["act"],
    )
