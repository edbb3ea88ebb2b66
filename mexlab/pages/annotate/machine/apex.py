"""The machine's apex beside a coder's: found in the background, told when it may be seen.

Offered by measured error, the smallest first, and never outside of what the coder has marked: where
there is an onset or an offset, the apex is looked for between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mexlab.data.time_text import frames_text
from mexlab.spotting.apex_methods import APEX_METHODS

if TYPE_CHECKING:
    from mexlab.data.clips import Clip
    from mexlab.data.codings import Coding

#: What the methods are called on the page, in the order in which the key goes through them.
METHODS = {method.name: method.title for method in APEX_METHODS}

#: All methods look for the one apex of a clip: in a longer video there are several.
MOST_FRAMES = 4000


def find_apex(
    clip: Clip,
    onset: int | None,
    offset: int | None,
    cache_dir: Path,
    should_stop: Callable[[], bool],
) -> dict[str, int] | None:
    """The machines' apex frames by method; None where it was stopped or there is none.

    Parameters
    ----------
    clip : Clip
        With a frame source of its own.
    onset, offset : int or None
        As coded; the apex is looked for between them, both included. A number that is not among
        the frames counts as none, and so do two that are out of order.
    cache_dir : path
    should_stop : callable
    """
    from mexlab.features.cache import FlowCache
    from mexlab.features.curves import motion_curves
    from mexlab.features.face_motion import CURVE_SETTINGS
    from mexlab.spotting.apex import dc_rois_apex, motion_apex, strain_apex
    from mexlab.vision.landmarks import landmark_identity

    if clip.frames is None or not 3 <= len(clip.frames.numbers) <= MOST_FRAMES:
        return None
    numbers = [int(number) for number in clip.frames.numbers]
    cache = FlowCache(cache_dir, detached=True)
    reference = onset if onset in numbers else numbers[0]
    assert reference is not None
    within = between(numbers, onset, offset)
    # The ribbon has just computed and kept them.
    curves = motion_curves(clip.frames, reference, cache=cache, should_stop=should_stop)
    record = {
        "landmarks": landmark_identity(CURVE_SETTINGS.landmarks),
        "settings": CURVE_SETTINGS.maps_key(),
        "frames": [[number, clip.frames.fingerprint(number)] for number in within],
    }
    points = cache.landmarks(clip.frames, numbers[0], reference, CURVE_SETTINGS)
    dc_rois = dc_rois_apex(
        clip.frames, points, cache=cache, record=record, within=within, should_stop=should_stop
    )
    if curves is None or dc_rois is None:
        return None
    return {
        "motion": motion_apex(curves, within),
        "strain": strain_apex(curves, within),
        "dc_rois": dc_rois,
    }


def between(numbers: Sequence[int], onset: int | None, offset: int | None) -> list[int]:
    """The frames from onset to offset, as far as they are marked and in order; else all.

    >>> between([5, 6, 7, 8, 9], 6, None)
    [6, 7, 8, 9]
    >>> between([5, 6, 7, 8, 9], 8, 6)
    [5, 6, 7, 8, 9]
    """
    first = onset if onset in numbers else numbers[0]
    last = offset if offset in numbers else numbers[-1]
    assert first is not None
    assert last is not None
    # With two frames there is nothing between them to be found.
    if last - first < 2:
        return list(numbers)
    return [number for number in numbers if first <= number <= last]


def inside(found: dict[str, int], mine: Coding) -> dict[str, int]:
    """What was found within the coder's onset and offset as they are now.

    They may have been moved since it was looked for, or another expression of the clip be on show:
    what lies outside is not offered, and is looked for anew.
    """
    onset, offset = mine.onset, mine.offset
    if onset is not None and offset is not None and offset - onset < 2:
        return found
    return {
        method: apex
        for method, apex in found.items()
        if (onset is None or onset <= apex) and (offset is None or apex <= offset)
    }


def machine_sentence(apex: int | None, found: dict[str, int], fps: float | None) -> str:
    """``Machine's apex: 72 (largest motion), 3 frames (15 ms) after yours · 70 (largest …``."""
    parts = []
    for method, title in METHODS.items():
        if method in found:
            parts.append(f"{found[method]} ({title}){gap_words(apex, found[method], fps)}")
    return f"Machine's apex: {' · '.join(parts)}." if parts else ""


def gap_words(mine: int | None, theirs: int, fps: float | None) -> str:
    """``, 3 frames (15 ms) after yours``; empty without an apex of one's own."""
    if mine is None:
        return ""
    gap = theirs - mine
    if gap == 0:
        return ", the same frame as yours"
    return f", {frames_text(gap, fps)} {'after' if gap > 0 else 'before'} yours"


def machine_ghosts(found: dict[str, Any]) -> list[dict[str, Any]]:
    """What the timeline draws: one ghost a method, with an apex only."""
    return [
        {"coder": title, "machine": True, "onset": None, "apex": found[method], "offset": None}
        for method, title in METHODS.items()
        if method in found
    ]
