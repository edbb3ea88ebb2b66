"""Fields of the skin's motion for the player, which magnifies it: computed in the background."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mexlab.data.clips import ClipKey
from mexlab.errors import FaceNotFoundError
from mexlab.pages.shell.latest_task import LatestTask

if TYPE_CHECKING:
    from mexlab.data.frames.frames import FrameSource
    from mexlab.features.warp_field import FaceWarp

#: Of the frames that the player may ask for next, at most so many are computed ahead.
MOST_AHEAD = 6


# Compared by identity: the same question asked again, after a lost answer, is another.
@dataclass(frozen=True, slots=True, eq=False)
class _Request:
    key: ClipKey
    token: str
    reference: int
    numbers: tuple[int, ...]


class FrameWarps:
    """Answers the player's ``warp`` messages: the frame on show first, then its neighbours.

    What is no longer on show is not computed: a further message takes the place of the one
    before, its neighbours included.

    Parameters
    ----------
    load : callable
        Gives the clip of a key, with a frame source of its own.
    cache : path
        The workspace's cache folder.
    tell : callable
        Gets the answer and its buffers; called in the background thread.
    """

    def __init__(
        self,
        load: Callable[[ClipKey], Any],
        cache: Path,
        tell: Callable[[dict[str, Any], list[bytes]], None],
    ) -> None:
        self._load = load
        self._cache = cache
        self._tell = tell
        self._task: LatestTask[_Request] = LatestTask(self._answer, "warps")
        # Of the clip and reference asked for last; used in the thread alone.
        self._open: tuple[tuple[ClipKey, int], FrameSource, FaceWarp] | None = None

    def ask(self, key: ClipKey, token: str, message: Mapping[str, Any]) -> None:
        """Send the field of a frame, ``number``, and of those in ``ahead``; returns at once."""
        ahead = [int(number) for number in message.get("ahead") or []][:MOST_AHEAD]
        numbers = (int(message["number"]), *ahead)
        self._task.ask(_Request(key, token, int(message["reference"]), numbers))

    def _answer(self, request: _Request) -> None:
        for number in request.numbers:
            if not self._task.is_latest(request):
                return
            answer: dict[str, Any] = {
                "kind": "warp",
                "token": request.token,
                "reference": request.reference,
                "number": number,
            }
            try:
                frames, warp = self._warp(request)
                field = warp.to(frames.read(number))
            except FaceNotFoundError:
                self._tell(answer | {"message": "no face was found in the onset frame"}, [])
                return
            except Exception as error:
                # An aid: whatever fails in it is told and must not end the thread.
                self._tell(answer | {"message": f"the motion cannot be magnified: {error}"}, [])
                continue
            rows, columns = field.field.shape[:2]
            answer |= {"box": list(field.box), "rows": rows, "columns": columns}
            self._tell(answer, [field.to_steps().tobytes()])

    def _warp(self, request: _Request) -> tuple[FrameSource, FaceWarp]:
        name = (request.key, request.reference)
        if self._open is None or self._open[0] != name:
            from mexlab.features.cache import FlowCache
            from mexlab.features.face_motion import CURVE_SETTINGS
            from mexlab.features.warp_field import FaceWarp

            frames = self._load(request.key).frames
            points = FlowCache(self._cache, detached=True).landmarks(
                frames, request.reference, request.reference, CURVE_SETTINGS
            )
            self._open = (name, frames, FaceWarp(frames.read(request.reference), points))
        return self._open[1:]
