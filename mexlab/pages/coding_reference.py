"""Others' codings of a clip, and the machine's: hidden until the coder has committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mexlab.data.codings import DATABASE_CODER, Coding
from mexlab.data.time_text import time_text
from mexlab.pages.machine_apex import machine_ghosts, machine_sentence

if TYPE_CHECKING:
    from mexlab.store import Store

MARKS = ("onset", "apex", "offset")


def reference_record(
    store: Store,
    mine: Coding,
    *,
    fps: float | None,
    blind: bool,
    machine: dict[str, int] | None,
) -> dict[str, Any]:
    """What the form and the timeline may show of others.

    Parameters
    ----------
    store : Store
    mine : Coding
    fps : float or None
    blind : bool
        Hide all until the coder's first commit of this clip.
    machine : dict or None
        Apex frames by method, as far as they have been found; None where there are no frames.

    Returns
    -------
    dict
        ``reference`` (marks to draw as ghosts) and ``reference_note`` (sentences).
    """
    other = store.coding(mine.clip, DATABASE_CODER)
    known = mine.coder != DATABASE_CODER and other.revision > 0
    if blind and not store.has_committed(mine.clip, mine.coder):
        hidden = {
            (True, True): "Database and machine: shown after commit.",
            (True, False): "Database's coding: shown after commit.",
            (False, True): "Machine's apex: shown after commit.",
        }
        note = hidden.get((known, machine is not None), "")
        return {"reference": [], "reference_note": note}
    ghosts: list[dict[str, Any]] = []
    sentences = []
    if known:
        marks = {name: getattr(other.coding, name) for name in MARKS}
        ghosts.append({"coder": "database", **marks})
        sentences.append(reference_sentence(mine, other.coding, fps))
    if machine:
        ghosts += machine_ghosts(machine)
        sentences.append(machine_sentence(mine.apex, machine, fps))
    return {"reference": ghosts, "reference_note": "\n".join(sentences)}


def reference_sentence(mine: Coding, other: Coding, fps: float | None) -> str:
    """The other coding beside one's own: ``Database: 54 · 70 · 90 · happiness. Your apex is …``."""
    marks = [getattr(other, name) for name in MARKS]
    words = " · ".join("–" if mark is None else str(mark) for mark in marks)
    text = f"Database: {words}{f' · {other.emotion}' if other.emotion else ''}."
    if mine.apex is None or other.apex is None:
        return text
    gap = mine.apex - other.apex
    if gap == 0:
        return f"{text} Your apex is the same frame."
    frames = f"{abs(gap)} frame{'' if abs(gap) == 1 else 's'}"
    time = f" ({time_text(abs(gap) * 1000 / fps)})" if fps else ""
    return f"{text} Your apex is {frames}{time} {'later' if gap > 0 else 'earlier'}."
