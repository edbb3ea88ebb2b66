"""The history of a clip in words, and the state of the coding after each change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from mexlab.data.codings import EDITABLE, Coding

if TYPE_CHECKING:
    from mexlab.data.clips import ClipKey
    from mexlab.store.rows import Change

TITLES = {"action_units": "action units"}


def history_record(key: ClipKey, coder: str, changes: Iterable[Change]) -> list[dict[str, Any]]:
    """What the history panel lists, the newest change first.

    Parameters
    ----------
    key : ClipKey
    coder : str
    changes : iterable of Change
        Oldest first, of all expressions and events of the clip.

    Returns
    -------
    list of dict
        ``number``, ``expression`` (that it is of), ``whole`` (an act on all of the clip),
        ``kind``, ``who``, ``page``, ``at`` (ISO, UTC), ``what`` (words) and ``after``: every field
        of that expression as it was after the change, to restore it.
    """
    state: dict[int, dict[str, Any]] = {}
    lines: list[dict[str, Any]] = []
    last_act: int | None = None
    for change in changes:
        blank = Coding(key, coder).editable()
        fields = state.setdefault(change.expression, blank)
        fields.update({n: v for n, v in change.after.items() if n in EDITABLE})
        # The commit of a clip is one act, of all that is in it: one line, and no single one's.
        whole = change.act is not None and change.act == last_act
        last_act = change.act
        what = change_words(change)
        if whole:
            before = lines.pop()
            # An expression that said nothing is dropped by the way: the act is the commit.
            what = before["what"] if change.after.get("status") == "untouched" else what
        lines.append(
            {
                "whole": whole,
                "number": change.number,
                "expression": change.expression,
                "kind": change.kind,
                "who": change.coder,
                "page": change.page,
                "at": change.made_at.isoformat(),
                "what": what,
                "after": dict(fields),
            }
        )
    return lines[::-1]


def change_words(change: Change) -> str:
    """``onset 54 → 56, emotion – → happiness``."""
    parts = []
    for name in EDITABLE:
        if name in change.after:
            before, after = (_shown(values.get(name)) for values in (change.before, change.after))
            parts.append(f"{TITLES.get(name, name)} {before} → {after}")
    return ", ".join(parts)


def _shown(value: Any) -> str:
    return "–" if value in (None, "") else str(value)
