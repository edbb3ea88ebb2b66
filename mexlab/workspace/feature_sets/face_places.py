"""Where faces were found in the clips of each database, so that the first picture shows one.

A browser that has never shown a database knows of no face, and to find one takes longer than a
picture may. Whoever sat before a camera sat much where the others do: the place of any face of a
database, found when its flow maps were computed or a clip was looked at, is the guess for all.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mexlab.data.clips import ClipKey
from mexlab.whole_files import write_whole

#: In the workspace's cache.
FACES_FILE = "faces.json"

_WRITING = threading.Lock()


class FacePlaces:
    """The latest place of a face, by person and by database.

    Parameters
    ----------
    cache : Path
        The workspace's cache folder; what cannot be read or written there is done without.
    """

    def __init__(self, cache: Path) -> None:
        self._path = cache / FACES_FILE

    def guess(self, key: ClipKey, size: Mapping[str, int]) -> dict[str, int] | None:
        """``left``, ``top``, ``width``, ``height`` of the face most likely; None for no idea.

        Parameters
        ----------
        key : ClipKey
        size : mapping
            ``width`` and ``height`` of the frames; places in others mean nothing.
        """
        known = self._read()
        for name in ("/".join(key.group), key.database):
            found = known.get(name)
            if isinstance(found, dict) and found.get("of") == _spell(size):
                return {side: int(found[side]) for side in ("left", "top", "width", "height")}
        return None

    def learn(self, key: ClipKey, face: Mapping[str, int], size: Mapping[str, int]) -> None:
        """A face was found in a clip of frames of this size."""
        entry = {**face, "of": _spell(size)}
        with _WRITING:
            known = self._read()
            names = ("/".join(key.group), key.database)
            if all(known.get(name) == entry for name in names):
                return
            known.update(dict.fromkeys(names, entry))
            # A full disk costs a guess, nothing else.
            with contextlib.suppress(OSError):
                write_whole(self._path, json.dumps(known), durable=False)

    def knows(self, database: str) -> bool:
        return database in self._read()

    def _read(self) -> dict[str, Any]:
        try:
            known = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


def find_face(key: ClipKey, frames: Any, number: int, cache: Path) -> dict[str, int] | None:
    """The part of a frame that shows the face; None where there is none.

    By the landmarks of the motion curve, which are kept; what is found is remembered for the
    other clips of the database.
    """
    # OpenCV is not loaded before the first picture.
    from mexlab.errors import FaceNotFoundError
    from mexlab.features.cache import FlowCache
    from mexlab.features.face_motion import CURVE_SETTINGS
    from mexlab.vision.crop import face_region

    try:
        points = FlowCache(cache, detached=True).landmarks(frames, number, number, CURVE_SETTINGS)
    except FaceNotFoundError:
        return None
    width, height = frames.size
    face = face_region(points, (width, height))
    FacePlaces(cache).learn(key, face, {"width": width, "height": height})
    return face


def _spell(size: Mapping[str, int]) -> str:
    return f"{size['width']}x{size['height']}"
