"""The motion curve under the player: computed in the background, kept on disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from mexlab.data.clips import ClipKey
from mexlab.errors import FaceNotFoundError, MexlabError
from mexlab.pages.machine_apex import find_apex

#: How long the onset must rest before the curve against it is computed.
REST_S = 0.8
#: How long to wait for the clip's frames to have gone out: the curve never delays the picture.
FRAMES_FIRST_S = 4.0
#: A curve over more frames would keep a core busy for minutes beside the coder.
MOST_FRAMES = 4000
#: Between two words about the progress.
_TELL_S = 0.3


def face_region(points: NDArray[Any], size: tuple[int, int]) -> dict[str, int]:
    """The part of the frame that shows the whole face, hair line to below the chin.

    Parameters
    ----------
    points : array, shape (68, 2)
        Landmarks, x and y in pixels of the frame: they reach from the brows to the chin.
    size : (width, height)
        Of the frame.

    Returns
    -------
    dict
        ``left``, ``top``, ``width``, ``height`` in whole pixels, within the frame.
    """
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    width, height = right - left, bottom - top
    x0 = max(0, int(left - 0.22 * width))
    y0 = max(0, int(top - 0.5 * height))
    x1 = min(size[0], int(right + 0.22 * width) + 1)
    y1 = min(size[1], int(bottom + 0.16 * height) + 1)
    return {"left": x0, "top": y0, "width": max(1, x1 - x0), "height": max(1, y1 - y0)}


@dataclass(frozen=True, slots=True)
class _Request:
    key: ClipKey
    onset: int | None


class MotionRibbon:
    """Computes motion curves in one background thread; the latest request wins.

    Parameters
    ----------
    load : callable
        Gives the clip of a key, with a frame source of its own: sources are not shared between
        threads.
    cache : path
        The workspace's cache folder.
    tell : callable
        Gets the record that the timeline draws; called in the background thread.
    found : callable, optional
        Gets the clip and the machine's apex frames by method, once the curve has been told.
    """

    def __init__(
        self,
        load: Callable[[ClipKey], Any],
        cache: Path,
        tell: Callable[[dict[str, Any]], None],
        found: Callable[[ClipKey, dict[str, int]], None] | None = None,
    ) -> None:
        self._load = load
        self._cache = cache
        self._tell = tell
        self._found = found
        self._changed = threading.Condition()
        self._wanted: _Request | None = None
        self._told: _Request | None = None
        self._since = 0.0
        self._frames_out = threading.Event()
        self._thread: threading.Thread | None = None

    def open(self, key: ClipKey, onset: int | None) -> None:
        """A clip was opened: its curve is wanted once its frames have gone out."""
        self._frames_out.clear()
        # The page forgot what it was told of the clip, if it was on show before.
        self._told = None
        self._ask(_Request(key, onset), rest=0.0)

    def frames_are_out(self) -> None:
        """The clip's frames have been sent: the machine is free for the curve."""
        self._frames_out.set()

    def onset_changed(self, key: ClipKey, onset: int | None) -> None:
        """The coder moved the onset: compute against it once it rests."""
        request = _Request(key, onset)
        if request != self._wanted:
            self._ask(request, rest=REST_S)

    def _ask(self, request: _Request, rest: float) -> None:
        with self._changed:
            self._wanted = request
            self._since = time.monotonic() + rest
            self._changed.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True, name="motion")
                self._thread.start()

    def _work(self) -> None:
        while True:
            with self._changed:
                while self._wanted is None or self._wanted == self._told:
                    self._changed.wait()
                request = self._wanted
                while (rest := self._since - time.monotonic()) > 0:
                    self._changed.wait(rest)
                    request = self._wanted
            self._frames_out.wait(FRAMES_FIRST_S)
            if self._superseded(request):
                continue
            record = self._compute(request)
            if record is not None and not self._superseded(request):
                self._told = request
                self._tell(record)
                if self._found is not None and record["state"] == "ready":
                    self._find_apex(request)

    def _find_apex(self, request: _Request) -> None:
        try:
            spot = find_apex(
                self._load(request.key),
                request.onset,
                self._cache,
                lambda: self._superseded(request),
            )
        except Exception:
            # The ghost is an aid, and the curve has already said what is wrong with the clip.
            return
        if spot is not None and self._found is not None and not self._superseded(request):
            self._found(request.key, spot)

    def _superseded(self, request: _Request) -> bool:
        return self._wanted != request

    def _compute(self, request: _Request) -> dict[str, Any] | None:
        record: dict[str, Any] = {"clip": str(request.key), "state": "computing"}
        try:
            clip = self._load(request.key)
            if clip.frames is None or len(clip.frames.numbers) < 2:
                return {"clip": str(request.key), "state": "none"}
            # OpenCV and dlib are not needed for the first picture, and not loaded before it.
            from mexlab.features.cache import FlowCache
            from mexlab.features.curves import CURVE_SETTINGS, motion_curves

            numbers = {int(number) for number in clip.frames.numbers}
            onset = request.onset if request.onset in numbers else None
            said = time.monotonic()
            cache = FlowCache(self._cache, detached=True)
            reference = min(numbers) if onset is None else onset
            points = cache.landmarks(clip.frames, reference, reference, CURVE_SETTINGS)
            record["face"] = face_region(points, clip.frames.size)
            if not self._superseded(request):
                self._tell(dict(record))

            if len(numbers) > MOST_FRAMES:
                message = f"no motion curve: {len(numbers)} frames are more than {MOST_FRAMES}"
                return record | {"state": "failed", "message": message}

            def progress(done: int, of: int) -> None:
                nonlocal said
                if time.monotonic() - said >= _TELL_S and not self._superseded(request):
                    said = time.monotonic()
                    self._tell({**record, "done": done, "of": of})

            curves = motion_curves(
                clip.frames,
                onset,
                cache=cache,
                should_stop=lambda: self._superseded(request),
                progress=progress,
            )
        except FaceNotFoundError:
            return record | {
                "state": "failed",
                "message": "no motion curve: no face was found in the reference frame",
            }
        except (MexlabError, OSError) as error:
            return record | {"state": "failed", "message": f"no motion curve: {error}"}
        except Exception as error:
            # The curve is an aid: whatever fails in it must not end the thread or the coding.
            return record | {
                "state": "failed",
                "message": f"no motion curve ({type(error).__name__}: {error})",
            }
        if curves is None:
            return None
        values = curves.to_record()
        return record | {
            "state": "ready",
            "numbers": values["numbers"],
            "reference": values["reference"],
            "marked": onset is not None,
            "series": {name: values[name] for name in ("face", "brows", "eyes", "mouth", "cheeks")},
        }
