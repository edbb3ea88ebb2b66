"""The ribbon under the player: strain and motion, computed in the background, kept on disk."""

from __future__ import annotations

import threading
import time
import traceback
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mexlab.data.clips import ClipKey
from mexlab.errors import FaceNotFoundError, MexlabError
from mexlab.pages.annotate.machine.apex import find_apex
from mexlab.pages.annotate.machine.curve_record import curve_record
from mexlab.workspace.feature_sets.face_places import FacePlaces

if TYPE_CHECKING:
    from mexlab.data.clips import Clip
    from mexlab.features.cache import FlowCache

#: How long the onset must rest before the curve against it is computed.
REST_S = 0.8
#: How long to wait for the clip's frames to have gone out: the curve never delays the picture.
FRAMES_FIRST_S = 4.0
#: A curve of every frame of a longer video would keep a core busy for minutes beside the coder:
#: it is sampled, see :mod:`mexlab.features.long_curve`.
MOST_FRAMES = 4000
#: A long video's curve waits while the player has asked for frames within this time.
PLAYER_FIRST_S = 0.15
#: Between two words about the progress.
_TELL_S = 0.3


@dataclass(frozen=True, slots=True)
class _Request:
    key: ClipKey
    onset: int | None
    offset: int | None
    # Which opening of a clip: the page forgets what it was told of an earlier one.
    opening: int


def same_curve(one: _Request, other: _Request) -> bool:
    """Whether two requests differ in nothing that a curve depends on."""
    return replace(one, offset=other.offset) == other


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
        Gets the clip and the machine's apex frames by method, once the curve has been told. Not
        of long videos: both methods look for the one apex of a clip.
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
        self._openings = 0
        self._playhead: int | None = None
        self._since = 0.0
        self._player_asked = 0.0
        self._frames_out = threading.Event()
        self._thread: threading.Thread | None = None

    def open(
        self,
        key: ClipKey,
        onset: int | None,
        frame: int | None = None,
        offset: int | None = None,
    ) -> None:
        """A clip was opened at a frame: its curve is wanted once its frames have gone out."""
        self._frames_out.clear()
        self._openings += 1
        self._playhead = frame
        self._ask(_Request(key, onset, offset, self._openings), rest=0.0)

    def frames_are_out(self) -> None:
        """The clip's frames have been sent: the machine is free for the curve."""
        self._frames_out.set()

    def player_asked(self) -> None:
        """The player has asked for frames: it goes first."""
        self._player_asked = time.monotonic()

    def look(self, frame: int | None) -> None:
        """The coder is at this frame: a long video's curve becomes fine around it."""
        with self._changed:
            self._playhead = frame
            self._changed.notify_all()

    def marks_changed(self, key: ClipKey, onset: int | None, offset: int | None) -> None:
        """The coder moved a mark: compute against the onset, look between, once they rest."""
        request = _Request(key, onset, offset, self._openings)
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
            try:
                self._answer(request)
            except Exception:
                # With the thread gone no later clip would get a curve, and none would say why.
                traceback.print_exc()
                self._told = request

    def _answer(self, request: _Request) -> None:
        if self._told is not None and same_curve(self._told, request):
            # The curve does not depend on the offset; the apex is looked for before it.
            self._told = request
            self._find_apex(request)
            return
        record = self._compute(request)
        if record is not None and not self._superseded(request):
            self._told = request
            self._tell(record)
            if record["state"] == "ready":
                self._find_apex(request)

    def _find_apex(self, request: _Request) -> None:
        if self._found is None:
            return
        try:
            spot = find_apex(
                self._load(request.key),
                request.onset,
                request.offset,
                self._cache,
                lambda: self._wanted != request,
            )
        except Exception:
            # The ghost is an aid, and the curve has already said what is wrong with the clip.
            return
        if spot is not None and self._wanted == request:
            self._found(request.key, spot)

    def _superseded(self, request: _Request) -> bool:
        """Whether another curve is wanted; a moved offset wants no other."""
        wanted = self._wanted
        return wanted is None or not same_curve(wanted, request)

    def _compute(self, request: _Request) -> dict[str, Any] | None:
        record: dict[str, Any] = {"clip": str(request.key), "state": "computing"}
        failed = record | {"state": "failed"}
        try:
            clip = self._load(request.key)
            if clip.frames is None or len(clip.frames.numbers) < 2:
                return {"clip": str(request.key), "state": "none"}
            # OpenCV and dlib are not needed for the first picture, and not loaded before it.
            from mexlab.features.cache import FlowCache
            from mexlab.features.face_motion import CURVE_SETTINGS
            from mexlab.vision.crop import face_region

            numbers = clip.frames.numbers
            onset = request.onset if request.onset in numbers else None
            cache = FlowCache(self._cache, detached=True)
            long = len(numbers) > MOST_FRAMES
            reference = onset
            if reference is None:
                reference = int(numbers[self._index(numbers) if long else 0])
            try:
                points = cache.landmarks(clip.frames, reference, reference, CURVE_SETTINGS)
                width, height = clip.frames.size
                face = record["face"] = face_region(points, (width, height))
                size = {"width": width, "height": height}
                FacePlaces(self._cache).learn(request.key, face, size)
            except FaceNotFoundError:
                # In a long video without an onset the face is looked for in many places.
                if not long or onset is not None:
                    raise
            if not self._superseded(request):
                self._tell(dict(record))
            if long:
                self._long_curve(request, clip, onset, cache, record)
                return None
            return self._whole_curve(request, clip, onset, cache, record)
        except FaceNotFoundError:
            message = "no motion curve: no face was found in the reference frame"
            failed["faceless"] = True
        except (MexlabError, OSError) as error:
            message = f"no motion curve: {error}"
        except Exception as error:
            # The curve is an aid: whatever fails in it must not end the thread or the coding.
            message = f"no motion curve ({type(error).__name__}: {error})"
        return failed | {"message": message}

    def _whole_curve(
        self,
        request: _Request,
        clip: Clip,
        onset: int | None,
        cache: FlowCache,
        record: dict[str, Any],
    ) -> dict[str, Any] | None:
        """Every frame against the onset, or the first frame; None once it is superseded."""
        from mexlab.features.curves import motion_curves

        assert clip.frames is not None
        said = time.monotonic()

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
        if curves is None:
            return None
        drawn = curve_record(
            curves.numbers,
            curves.values,
            reference=curves.reference,
            marked=onset is not None,
        )
        return record | {"state": "ready", **drawn}

    def _long_curve(
        self,
        request: _Request,
        clip: Clip,
        onset: int | None,
        cache: FlowCache,
        record: dict[str, Any],
    ) -> None:
        """Sample a long video, told as it grows, until something else is wanted."""
        from mexlab.features.face_motion import CURVE_SETTINGS
        from mexlab.features.long_curve import LongCurve
        from mexlab.pages.annotate.machine.long_ribbon import sample_long_video

        frames = clip.frames
        assert frames is not None
        sample_long_video(
            LongCurve(
                frames,
                clip.fps,
                onset,
                lambda number: cache.landmarks(frames, number, number, CURVE_SETTINGS),
            ),
            cache,
            tell=lambda drawn: self._tell(record | drawn),
            playhead=lambda: self._index(frames.numbers),
            rest=lambda seconds: self._rest(request, seconds),
            should_stop=lambda: self._superseded(request),
        )

    def _index(self, numbers: Sequence[int]) -> int:
        """Where in a clip the coder looks; its beginning where that is not known."""
        frame = self._playhead
        return 0 if frame is None else min(bisect_left(numbers, frame), len(numbers) - 1)

    def _rest(self, request: _Request, seconds: float) -> None:
        """Wait, and for as long as the player is fetching frames, but no longer than a second."""
        end = time.monotonic() + seconds
        latest = max(end, time.monotonic() + 1.0)
        with self._changed:
            while not self._superseded(request):
                now = time.monotonic()
                until = min(latest, max(end, self._player_asked + PLAYER_FIRST_S))
                if now >= until:
                    return
                self._changed.wait(until - now)
