"""Others' codings of a clip, and the machine's: hidden until the coder has committed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding
from mexlab.data.time_text import frames_text
from mexlab.pages.annotate.machine.apex import inside, machine_ghosts, machine_sentence
from mexlab.workspace.blindness import (
    ANNOTATE,
    MACHINE,
    disclose,
    may_see,
    opened_before_commit_of,
)

if TYPE_CHECKING:
    from mexlab.store.openings import Opening
    from mexlab.workspace.workspace import Workspace

MARKS = ("onset", "apex", "offset")


def reference_record(
    workspace: Workspace,
    mine: Coding,
    *,
    fps: float | None,
    machine: dict[str, int] | None,
) -> dict[str, Any]:
    """What the form and the timeline may show of others.

    Parameters
    ----------
    workspace : Workspace
    mine : Coding
    fps : float or None
    machine : dict or None
        Apex frames by method, as far as they have been found; None where there are no frames.

    Returns
    -------
    dict
        ``reference`` (marks to draw as ghosts) and ``reference_note`` (sentences).
    """
    other = workspace.store.coding(mine.clip, GROUND_TRUTH)
    known = mine.coder != GROUND_TRUTH and other.revision > 0
    seen = opened_sentence(opened_before_commit_of(workspace, mine.clip, mine.coder))
    if not may_see(workspace, mine.clip, GROUND_TRUTH, ANNOTATE):
        hidden = {
            (True, True): "Database and machine: shown after commit.",
            (True, False): "Database's coding: shown after commit.",
            (False, True): "Machine's apex: shown after commit.",
        }
        note = hidden.get((known, machine is not None), "")
        return {"reference": [], "reference_note": "\n".join(filter(None, (note, seen)))}
    ghosts: list[dict[str, Any]] = []
    sentences = []
    if known and disclose(workspace, (mine.clip,), GROUND_TRUTH, ANNOTATE):
        marks = {name: getattr(other.coding, name) for name in MARKS}
        ghosts.append({"coder": GROUND_TRUTH, **marks})
        sentences.append(reference_sentence(mine, other.coding, fps))
    machine = inside(machine or {}, mine)
    if machine and disclose(workspace, (mine.clip,), MACHINE, ANNOTATE):
        ghosts += machine_ghosts(machine)
        sentences.append(machine_sentence(mine.apex, machine, fps))
    if seen:
        sentences.append(seen)
    return {"reference": ghosts, "reference_note": "\n".join(sentences)}


def opened_sentence(opened: Iterable[Opening]) -> str:
    """``Seen before your first commit: database (flow, 3 Mar 14:05).``; empty where nothing was."""
    parts = [
        f"{one.whose} ({one.page}, {one.opened_at.astimezone():%-d %b %H:%M})" for one in opened
    ]
    return f"Seen before your first commit: {', '.join(parts)}." if parts else ""


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
    return f"{text} Your apex is {frames_text(gap, fps)} {'later' if gap > 0 else 'earlier'}."
