"""The machine's apex beside a coder's: found in the background, told when it may be seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mexlab.data.time_text import time_text

if TYPE_CHECKING:
    from mexlab.data.clips import Clip

#: What the methods are called on the page, in the order in which the key goes through them.
METHODS = {"dc_rois": "D&C-RoIs", "strain": "largest strain"}

#: Both methods look for the one apex of a clip: in a longer video there are several.
MOST_FRAMES = 4000


def find_apex(
    clip: Clip, onset: int | None, cache_dir: Path, should_stop: Callable[[], bool]
) -> dict[str, int] | None:
    """Both machines' apex frames by method; None where it was stopped or there is none.

    Parameters
    ----------
    clip : Clip
        With a frame source of its own.
    onset : int or None
        As coded; a number that is not among the frames counts as none.
    cache_dir : path
    should_stop : callable
    """
    from mexlab.features.cache import FlowCache
    from mexlab.features.curves import motion_curves
    from mexlab.features.face_motion import CURVE_SETTINGS
    from mexlab.spotting.apex import dc_rois_apex, strain_apex
    from mexlab.vision.landmarks import landmark_identity

    if clip.frames is None or not 3 <= len(clip.frames.numbers) <= MOST_FRAMES:
        return None
    numbers = [int(number) for number in clip.frames.numbers]
    cache = FlowCache(cache_dir, detached=True)
    reference = onset if onset in numbers else numbers[0]
    assert reference is not None
    # The ribbon has just computed and kept them.
    curves = motion_curves(clip.frames, reference, cache=cache, should_stop=should_stop)
    record = {
        "landmarks": landmark_identity(CURVE_SETTINGS.landmarks),
        "settings": CURVE_SETTINGS.maps_key(),
        "frames": [[number, clip.frames.fingerprint(number)] for number in numbers],
    }
    points = cache.landmarks(clip.frames, numbers[0], reference, CURVE_SETTINGS)
    dc_rois = dc_rois_apex(clip.frames, points, cache=cache, record=record, should_stop=should_stop)
    if curves is None or dc_rois is None:
        return None
    return {"dc_rois": dc_rois, "strain": strain_apex(curves)}


def machine_sentence(apex: int | None, found: dict[str, int], fps: float | None) -> str:
    """``Machine's apex: 72 (D&C-RoIs), 3 frames (15 ms) after yours · 70 (largest strain), …``."""
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
    frames = f"{abs(gap)} frame{'' if abs(gap) == 1 else 's'}"
    time = f" ({time_text(abs(gap) * 1000 / fps)})" if fps else ""
    return f", {frames}{time} {'after' if gap > 0 else 'before'} yours"


def machine_ghosts(found: dict[str, Any]) -> list[dict[str, Any]]:
    """What the timeline draws: one ghost a method, with an apex only."""
    return [
        {"coder": title, "machine": True, "onset": None, "apex": found[method], "offset": None}
        for method, title in METHODS.items()
        if method in found
    ]
