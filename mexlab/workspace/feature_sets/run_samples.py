"""Which sample of a run is the expression on show, whoever's coding numbers it.

A run's samples are numbered by the coding that it was trained on. Another coder may have found
other expressions in the clip, or the same ones in another order: equal numbers mean nothing then,
and what shows the same moment is the same expression.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path

from mexlab.data.clips import ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding
from mexlab.runs.run import Run
from mexlab.workspace.workspace import Workspace

#: Onset and apex of a sample.
Marks = tuple[int | None, int | None]


def labels_coder(run: Run) -> str:
    """Whose coding a run was trained on."""
    return str((run.record.get("request") or {}).get("coder") or GROUND_TRUTH)


def coder_words(coder: str) -> str:
    """``the database's coding``, ``ada's coding``."""
    return "the database's coding" if coder == GROUND_TRUTH else f"{coder}'s coding"


def read_marks(path: Path) -> dict[ClipKey, Marks]:
    """Onset and apex of each clip as a run used them; empty where it kept none."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return {
                ClipKey(
                    row["database"], row["subject"], row["clip"], int(row.get("expression") or 1)
                ): (_number(row["onset"]), _number(row["apex"]))
                for row in csv.DictReader(stream)
            }
    except (OSError, KeyError, ValueError):
        return {}


def same_expression(
    workspace: Workspace,
    shown: Coding,
    samples: Collection[ClipKey],
    coder: str,
    used: dict[ClipKey, Marks],
) -> ClipKey | None:
    """The sample of a run that shows what a coding is of.

    Parameters
    ----------
    workspace : Workspace
    shown : Coding
        Of the expression on show, by its own coder.
    samples : collection of ClipKey
        The run's samples of that clip.
    coder : str
        Whose coding the run was trained on.
    used : dict
        The marks that the run used; of a sample that is not in it `coder`'s present ones.

    Returns
    -------
    ClipKey or None
        By its number where the run was trained on the same coder's coding. Else the sample with
        which it has most frames in common, of two with as many the one whose apex is nearer; None
        where it has none. Where no frame is marked, as in a clip that has none, its only sample.
    """
    key = shown.clip.of_expression(shown.expression)
    if coder == shown.coder:
        return key if key in samples else None
    own = _span(shown.onset, shown.apex, shown.offset)
    marked = False
    found: list[tuple[int, int, ClipKey]] = []
    for sample in samples:
        coding = workspace.store.coding(sample.clip, coder, sample.expression).coding
        onset, apex = used.get(sample, (coding.onset, coding.apex))
        # A run keeps no offset: the coder's own is of the sample as long as its onset is.
        span = _span(onset, apex, coding.offset if coding.onset == onset else None)
        if own is None or span is None:
            continue
        marked = True
        common = min(own[1], span[1]) - max(own[0], span[0])
        if common >= 0:
            # A clip's first frame may be 0, which is an apex like any other.
            here = own[1] if shown.apex is None else shown.apex
            apart = abs(here - (span[1] if apex is None else apex))
            found.append((-common, apart, sample))
    if not marked:
        return next(iter(samples)) if len(samples) == 1 else None
    return min(found)[2] if found else None


def _span(onset: int | None, apex: int | None, offset: int | None) -> tuple[int, int] | None:
    """First and last frame of an expression; None where no mark is set."""
    marks = [mark for mark in (onset, apex, offset) if mark is not None]
    return (min(marks), max(marks)) if marks else None


def _number(text: str | None) -> int | None:
    return int(text) if text else None
