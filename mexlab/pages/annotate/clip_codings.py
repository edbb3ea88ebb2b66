"""All that one coder has in one clip, as the browser takes it up: codings, undo, first commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from mexlab.store.history import acts_of, replay
from mexlab.store.rows import FINDINGS

if TYPE_CHECKING:
    from mexlab.data.clips import ClipKey
    from mexlab.data.codings import Coding
    from mexlab.store import Change, Store

#: So many acts are told with what they changed, so that undo shows before it is answered.
TOLD = 40


def clip_record(store: Store, key: ClipKey, coder: str, stored: Sequence[Coding]) -> dict[str, Any]:
    """What the form knows of a clip, whichever of its expressions is on it.

    Parameters
    ----------
    store : Store
    key : ClipKey
    coder : str
    stored : sequence of Coding
        All that the coder has in the clip, :meth:`mexlab.store.Store.expressions`.

    Returns
    -------
    dict
        ``codings``: ``expression``, ``revision`` and ``coding`` of each, emptied ones too, for
        their numbers are taken. ``steps``: ``number`` of the clip's newest change,
        ``undo_depth``, ``redo_depth``, and the last acts themselves (``undo``, ``redo``), the
        next one last. ``touched``: expression and revision of what the newest act changed.
        ``first_commit``: the findings by expression, or None before it.
    """
    changes = store.history(key, coder, None)
    revisions = {change.expression: change.revision for change in changes}
    stacks = replay(changes)
    undo, redo = acts_of(stacks.undo), acts_of(stacks.redo)
    first = store.first_commit(key, coder)
    return {
        "codings": [
            {
                "expression": one.expression,
                "revision": revisions.get(one.expression, 0),
                "coding": one.editable(),
            }
            for one in stored
        ],
        "steps": {
            "number": changes[-1].number if changes else 0,
            "undo_depth": len(undo),
            "redo_depth": len(redo),
            "undo": [_act_record(act) for act in undo[-TOLD:]],
            "redo": [_act_record(act) for act in redo[-TOLD:]],
        },
        "touched": [[change.expression, change.revision] for change in last_act(changes)],
        "first_commit": [
            {"expression": one.expression, **{name: getattr(one, name) for name in FINDINGS}}
            for one in first
        ]
        or None,
    }


def last_act(changes: list[Change]) -> list[Change]:
    """The newest changes that are one act."""
    if not changes:
        return []
    newest = changes[-1]
    last = [newest]
    for change in reversed(changes[:-1]):
        if newest.act is None or change.act != newest.act:
            break
        last.insert(0, change)
    return last


def _act_record(act: Iterable[Change]) -> list[dict[str, Any]]:
    return [{"expression": one.expression, "before": one.before, "after": one.after} for one in act]
