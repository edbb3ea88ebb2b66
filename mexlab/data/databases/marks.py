"""Checks of a sheet's onset, apex and offset against each other and against the frames on disk."""

from __future__ import annotations

from mexlab.data.codings import Coding
from mexlab.data.frames.source import FrameSource, count_numbers, describe_runs, missing_runs


def mark_faults(coding: Coding) -> list[str]:
    """What is odd about the frames of a coding taken by themselves; one sentence each.

    Nothing is changed: a warning in the report, never a refusal.
    """
    onset, apex, offset = coding.onset, coding.apex, coding.offset
    faults: list[str] = []
    negative = [
        f"{name} {value}"
        for name, value in (("onset", onset), ("apex", apex), ("offset", offset))
        if value is not None and value < 0
    ]
    if negative:
        faults.append(f"negative frame number: {', '.join(negative)}")
    if onset is not None and offset is not None and onset > offset:
        faults.append(f"onset {onset} comes after offset {offset}")
    elif apex is not None:
        if (onset is not None and apex < onset) or (offset is not None and apex > offset):
            faults.append(f"apex {apex} lies outside onset–offset ({onset}–{offset})")
        elif apex in (onset, offset):
            which = "onset" if apex == onset else "offset"
            faults.append(f"apex {apex} is the {which} frame itself")
    return faults


def frame_faults(coding: Coding, frames: FrameSource) -> list[str]:
    """What is missing on disk of a clip, and which of its marks have no picture."""
    numbers = frames.numbers
    faults: list[str] = []
    gaps = missing_runs(numbers)
    if gaps:
        faults.append(
            f"{count_numbers(gaps)} of the frames {numbers[0]}–{numbers[-1]} are missing: "
            f"{describe_runs(gaps)}; kept as gaps, nothing is shifted"
        )
    onset, offset = coding.onset, coding.offset
    if onset is not None and offset is not None and onset <= offset:
        before = numbers[0] - onset
        after = offset - numbers[-1]
        if before > 0:
            faults.append(f"frames start at {numbers[0]}, {before} after the onset {onset}")
        if after > 0:
            faults.append(f"frames end at {numbers[-1]}, {after} before the offset {offset}")
    blind = [
        f"{name} {value}"
        for name, value in (("onset", onset), ("apex", coding.apex), ("offset", offset))
        if value is not None and value not in numbers
    ]
    if blind:
        faults.append(f"no picture of {', '.join(blind)}")
    return faults
