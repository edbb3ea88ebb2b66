"""Edits, undo, redo and commits of codings, each within its caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, func, select

from mexlab.data.clips import ClipKey
from mexlab.data.codings import Coding
from mexlab.errors import NotTakenError
from mexlab.store.codings import (
    clip_id,
    coding_of_row,
    find_row,
    read_expressions,
    stale,
    write_coding,
)
from mexlab.store.first_commits import keep_first_commit, read_first_commit
from mexlab.store.history import acts_of, read_changes, replay
from mexlab.store.rows import Change, CodingState
from mexlab.store.tables import coding_changes

Step = Literal["undo", "redo"]


def read_state(
    connection: Connection, number: int, key: ClipKey, coder: str, expression: int
) -> CodingState:
    """A coding as it stands; its history, which may be long, is not read."""
    row = find_row(connection, number, coder, expression)
    if row is None:
        return CodingState(Coding(key, coder, expression=expression))
    return CodingState(
        coding=coding_of_row(key, row),
        revision=row.revision,
        saved_at=datetime.fromisoformat(row.saved_at),
    )


def change(
    connection: Connection,
    key: ClipKey,
    coder: str,
    wanted: Mapping[str, Any],
    *,
    page: str,
    expected_revision: int | None,
    expression: int,
    act: int | None = None,
) -> CodingState:
    """Change fields of one coding; see :meth:`mexlab.store.Store.change_coding`."""
    number, state = _expected(connection, key, coder, expression, expected_revision)
    real = {name: value for name, value in wanted.items() if getattr(state.coding, name) != value}
    if not real:
        return state
    if state.coding.status == "untouched" and "status" not in real:
        real["status"] = "draft"
    committed = real.get("status") == "committed"
    if committed and expression > 1 and not state.coding.with_changes(**real).says_something:
        raise NotTakenError(
            f"expression {expression} of {key} says nothing: it is no event",
            where="commit",
            remedy="Mark it or name it first",
        )
    options = {"revision": state.revision, "kind": "edit", "page": page, "act": act}
    written = write_coding(connection, number, state.coding, real, **options)  # type: ignore[arg-type]
    if committed and act is None:
        keep_first_commit(connection, number, coder)
    return written


def step(
    connection: Connection,
    key: ClipKey,
    coder: str,
    kind: Step,
    *,
    page: str,
    expected_revision: int | None,
    expression: int,
) -> CodingState:
    """Undo or redo the last change of one coding."""
    number, state = _expected(connection, key, coder, expression, expected_revision)
    stacks = replay(read_changes(connection, number, coder, expression))
    stack = stacks.undo if kind == "undo" else stacks.redo
    if not stack:
        return state
    return _write_step(connection, number, state, kind, stack[-1], page, None)


def step_clip(
    connection: Connection,
    key: ClipKey,
    coder: str,
    kind: Step,
    *,
    page: str,
    expected_change: int | None,
) -> list[int]:
    """Undo or redo the coder's last act in a clip; see :meth:`mexlab.store.Store.undo_clip`."""
    number = clip_id(connection, key)
    changes = read_changes(connection, number, coder, None)
    newest = changes[-1].number if changes else 0
    if expected_change is not None and expected_change != newest:
        raise stale(key, coder)
    stacks = replay(changes)
    acts = acts_of(stacks.undo if kind == "undo" else stacks.redo)
    if not acts:
        return []
    act = _next_act(connection) if len(acts[-1]) > 1 else None
    for one in reversed(acts[-1]):
        state = read_state(connection, number, key, coder, one.expression)
        _write_step(connection, number, state, kind, one, page, act)
    return sorted({one.expression for one in acts[-1]})


def commit_clip(
    connection: Connection,
    key: ClipKey,
    coder: str,
    wanted: Mapping[str, Any],
    *,
    page: str,
    expected_revision: int | None,
    expression: int,
) -> CodingState:
    """Commit all that a coder has of a clip; see :meth:`mexlab.store.Store.commit_clip`."""
    number, state = _expected(connection, key, coder, expression, expected_revision)
    found = {one.expression: one for one in read_expressions(connection, key, coder)}
    found.setdefault(1, Coding(key, coder))
    found[expression] = state.coding.with_changes(**wanted)
    if not any(one.says_something for one in found.values()):
        raise NotTakenError(
            f"nothing is coded in {key}: a commit would say so of a clip that was not looked at",
            where="commit",
            remedy="Mark or name what you see; where nothing moves, write 0 as its action units",
        )
    act = _next_act(connection)
    kept = {one.expression for one in read_first_commit(connection, number, key, coder)}
    moved = _becomes_first(found, kept)
    states: dict[int, CodingState] = {}
    # The one on the form last: the history ends with what was pressed.
    for name, one in sorted(found.items(), key=lambda item: (item[0] == expression, item[0])):
        changes = dict(wanted) if name == expression else {}
        if name == 1 and moved is not None:
            changes = {**found[moved].editable(), "status": "committed"}
        elif name == moved:
            changes = Coding(key, coder).editable()
        elif name == 1 or one.says_something:
            changes["status"] = "committed"
        elif one.status != "untouched":
            # Begun, and nothing said of it: no event.
            changes = {**Coding(key, coder).editable()}
        else:
            continue
        states[name] = change(
            connection,
            key,
            coder,
            changes,
            page=page,
            expected_revision=None,
            expression=name,
            act=act,
        )
    keep_first_commit(connection, number, coder)
    return states[1 if expression == moved else expression]


def _becomes_first(found: Mapping[int, Coding], kept: Collection[int]) -> int | None:
    """Which expression a commit puts in the place of a first one that says nothing, if any.

    The first one's coding stands for the clip: in the list, in training, in what is given out.
    What was `kept` of an earlier commit keeps its number, else it would be compared with another.
    """
    if found[1].says_something:
        return None
    said = [number for number, one in found.items() if one.says_something and not one.is_event]
    number = min(said, default=None)
    return None if number in kept else number


def _expected(
    connection: Connection, key: ClipKey, coder: str, expression: int, expected: int | None
) -> tuple[int, CodingState]:
    """The clip's number and the coding, if it has not moved on meanwhile."""
    number = clip_id(connection, key)
    state = read_state(connection, number, key, coder, expression)
    if expected is not None and expected != state.revision:
        raise stale(key, coder)
    return number, state


def _write_step(
    connection: Connection,
    number: int,
    state: CodingState,
    kind: Step,
    of: Change,
    page: str,
    act: int | None,
) -> CodingState:
    values = of.before if kind == "undo" else of.after
    return write_coding(
        connection,
        number,
        state.coding,
        values,
        revision=state.revision,
        kind=kind,
        page=page,
        act=act,
    )


def _next_act(connection: Connection) -> int:
    """A number that no other act of the clip has: that of its first change, or above it."""
    return (connection.execute(select(func.max(coding_changes.c.id))).scalar() or 0) + 1
