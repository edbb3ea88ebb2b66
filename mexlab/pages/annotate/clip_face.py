"""Where the face is in a clip, for the player's view of it; by the landmarks that are kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mexlab.data.clips import ClipKey
from mexlab.workspace.feature_sets.face_places import find_face


def face_finder(
    load: Callable[[ClipKey], Any], cache: Path
) -> Callable[[ClipKey, int], dict[str, int] | None]:
    """Make the function that gives the part of a frame that shows the face.

    It is that of the motion curve, which finds the same landmarks kept when the clip is opened.

    Parameters
    ----------
    load : callable
        Gives the clip of a key, with a frame source of its own.
    cache : path
        The workspace's cache folder.

    Returns
    -------
    callable
        Gets a clip's key and a native frame number; gives ``left``, ``top``, ``width``, ``height``
        in pixels of the frame, or None where there is no face.
    """

    def find(key: ClipKey, number: int) -> dict[str, int] | None:
        return find_face(key, load(key).frames, number, cache)

    return find
