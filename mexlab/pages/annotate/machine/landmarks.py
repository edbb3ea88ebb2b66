"""Landmarks of single frames for the player, found in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mexlab.data.clips import ClipKey
from mexlab.errors import FaceNotFoundError
from mexlab.pages.shell.latest_task import LatestTask


@dataclass(frozen=True, slots=True)
class _Request:
    key: ClipKey
    token: str
    number: int


class FrameLandmarks:
    """Answers the player's ``landmarks`` messages; what is no longer on show is not computed.

    Parameters
    ----------
    load : callable
        Gives the clip of a key, with a frame source of its own.
    cache : path
        The workspace's cache folder.
    tell : callable
        Gets the answer; called in the background thread.
    """

    def __init__(
        self, load: Callable[[ClipKey], Any], cache: Path, tell: Callable[[dict[str, Any]], None]
    ) -> None:
        self._load = load
        self._cache = cache
        self._tell = tell
        self._task: LatestTask[_Request] = LatestTask(self._find, "landmarks")

    def ask(self, key: ClipKey, token: str, number: int) -> None:
        """Find the landmarks of one frame; returns at once."""
        self._task.ask(_Request(key, token, number))

    def _find(self, request: _Request) -> None:
        from mexlab.features.cache import FlowCache
        from mexlab.features.face_motion import CURVE_SETTINGS

        answer = {"kind": "landmarks", "token": request.token, "number": request.number}
        try:
            frames = self._load(request.key).frames
            cache = FlowCache(self._cache, detached=True)
            points = cache.landmarks(frames, request.number, request.number, CURVE_SETTINGS)
        except FaceNotFoundError:
            self._tell(answer | {"message": "no face was found in this frame"})
        except Exception as error:
            # An aid: whatever fails in it is told and must not end the thread.
            self._tell(answer | {"message": f"no landmarks: {error}"})
        else:
            rounded = [[round(float(x), 1), round(float(y), 1)] for x, y in points]
            self._tell(answer | {"points": rounded})
