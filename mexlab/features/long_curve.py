"""The curve of a long video: coarse over all of it first, then fine around what is on show."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mexlab.errors import FaceNotFoundError, InputError
from mexlab.features.curves import CURVES_VERSION
from mexlab.features.face_motion import CURVE_SETTINGS, PARTS, QUANTITIES, FaceMotion
from mexlab.vision.landmarks import landmark_identity

if TYPE_CHECKING:
    from mexlab.data.frames.frames import FrameSource
    from mexlab.features.cache import FlowCache

#: Without an onset each frame is compared with the one so long before it: over minutes the head
#: goes elsewhere, and the first frame says nothing any more. A micro-expression rises in less
#: than 0.25 s.
LAG_S = 0.2
#: Where the frame rate is not known, frames.
LAG_FRAMES = 20
#: With an onset, only frames so near to it are compared with it: farther away it is the head
#: that moved.
REACH_S = 10.0
REACH_FRAMES = 1000
#: The face is looked for anew so often; in between it stays in its box.
SECTION_S = 4.0
SECTION_FRAMES = 400

# What is measured, in this order: so many samples over the whole span, or every frame so near to
# the playhead. After the first there is an overview; after the last the whole span is known every
# 75 ms of five minutes, and a core has rest.
_STEPS: tuple[tuple[str, int], ...] = (
    ("over all", 64),
    ("near", 250),
    ("over all", 256),
    ("near", 1000),
    ("over all", 1024),
    ("over all", 4000),
)
# Frames near the playhead are measured in runs that read forward: videos decode that way.
_RUN = 32
# A batch is what is measured between two looks at what is wanted now.
_BATCH = 8
# Faces kept at hand, one a section.
_FACES = 8
# Fingerprints that stand for the video: hashing 60,000 picture files would take minutes.
_WITNESSES = 32


class LongCurve:
    """Strain and motion of a long video, sampled in the order in which they are wanted.

    Parameters
    ----------
    frames : FrameSource
    fps : float or None
    onset : int or None
        Native number. With it, frames within :data:`REACH_S` are compared with it; without,
        every frame with the one :data:`LAG_S` before.
    landmarks : callable
        Gives the points of the face in a frame, by its native number; raises
        FaceNotFoundError.

    Attributes
    ----------
    numbers : array of int64, shape (n,)
    done : array of bool, shape (n,)
        Which frames have been looked at.
    values : array of float32, shape (2, 5, n)
        As :meth:`~mexlab.features.face_motion.FaceMotion.measure`; NaN where not (yet) known.
    span : (int, int)
        First index that is measured at all, and the one after the last.
    """

    def __init__(
        self,
        frames: FrameSource,
        fps: float | None,
        onset: int | None,
        landmarks: Callable[[int], NDArray[np.float32]],
    ) -> None:
        self.numbers = np.array([int(number) for number in frames.numbers], np.int64)
        self.onset = onset
        self.lag = max(1, round(LAG_S * fps)) if fps else LAG_FRAMES
        self._frames = frames
        self._landmarks = landmarks
        self._section = max(1, round(SECTION_S * fps)) if fps else SECTION_FRAMES
        count = len(self.numbers)
        self.span = (0, count)
        if onset is not None:
            reach = round(REACH_S * fps) if fps else REACH_FRAMES
            at = int(np.searchsorted(self.numbers, onset))
            self.span = (max(0, at - reach), min(count, at + reach + 1))
        self.done = np.zeros(count, bool)
        self.values = np.full((len(QUANTITIES), len(PARTS), count), np.nan, np.float32)
        self._faces: OrderedDict[int, FaceMotion | None] = OrderedDict()
        self._still: NDArray[np.uint8] | None = None

    @property
    def overview(self) -> bool:
        """Whether the whole span has been looked at coarsely."""
        return not len(self._over_all(_STEPS[0][1]))

    def coarse_progress(self) -> tuple[int, int]:
        """Samples of the overview that are there, and their number."""
        samples = self._samples(_STEPS[0][1])
        return int(self.done[samples].sum()), len(samples)

    def next_batch(self, at: int) -> list[int]:
        """Indices to measure next, where the playhead is at index ``at``; none once all is done."""
        for where, count in _STEPS:
            due = self._near(at, count) if where == "near" else self._over_all(count)
            if len(due):
                return [int(index) for index in due[:_BATCH]]
        return []

    def measure(self, indices: list[int], should_stop: Callable[[], bool]) -> None:
        """Measure some frames; where one cannot be read or shows no face it stays NaN."""
        for index in indices:
            if should_stop():
                return
            try:
                self.values[..., index] = self._measured(index)
            except (InputError, FaceNotFoundError):
                self.values[..., index] = np.nan
            self.done[index] = True

    def known(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Native numbers and values (2, 5, m) of the frames that have been measured."""
        there = np.flatnonzero(self.done & np.isfinite(self.values[0, 0]))
        return self.numbers[there], self.values[..., there]

    def load(self, cache: FlowCache) -> None:
        """Take over what an earlier visit has measured."""
        stored = cache.arrays("long-curves", self._record())
        if stored is None or set(stored) != {"at", "values"}:
            return
        at, values = stored["at"], stored["values"]
        if values.shape == (*self.values.shape[:2], len(at)):
            self.done[at] = True
            self.values[..., at] = values

    def save(self, cache: FlowCache) -> None:
        """Keep what has been measured."""
        at = np.flatnonzero(self.done)
        cache.store_arrays("long-curves", self._record(), at=at, values=self.values[..., at])

    # ---- which ------------------------------------------------------------------------------

    def _samples(self, count: int) -> NDArray[np.intp]:
        return np.arange(*self.span, max(1, (self.span[1] - self.span[0]) // count))

    def _over_all(self, count: int) -> NDArray[np.intp]:
        samples = self._samples(count)
        return samples[~self.done[samples]]

    def _near(self, at: int, reach: int) -> NDArray[np.intp]:
        low, high = max(self.span[0], at - reach), min(self.span[1], at + reach)
        if low >= high:
            return np.empty(0, np.intp)
        due = low + np.flatnonzero(~self.done[low:high])
        if not len(due):
            return due
        runs = due // _RUN
        nearest = runs[np.argmin(np.abs(runs - at // _RUN))]
        return due[runs == nearest]

    # ---- how --------------------------------------------------------------------------------

    def _measured(self, index: int) -> NDArray[np.float32]:
        if self.onset is not None:
            face = self._face(self.onset)
            if self._still is None:
                self._still = face.cut(self._frames.read(self.onset))
            return face.measure(self._still, self._cut(face, index))
        face = self._face(int(self.numbers[index // self._section * self._section]))
        # A video keeps the frames that it decoded on its way here: the later one is read first.
        moved = self._cut(face, index)
        return face.measure(self._cut(face, max(0, index - self.lag)), moved)

    def _cut(self, face: FaceMotion, index: int) -> NDArray[np.uint8]:
        return face.cut(self._frames.read(int(self.numbers[index])))

    def _face(self, number: int) -> FaceMotion:
        if number not in self._faces:
            try:
                points = self._landmarks(number)
                self._faces[number] = FaceMotion(points, self._frames.read(number).shape)
            except (InputError, FaceNotFoundError):
                # Remembered, so that it is not looked for again at each frame of the section.
                self._faces[number] = None
            while len(self._faces) > _FACES:
                self._faces.popitem(last=False)
        face = self._faces[number]
        if face is None:
            raise FaceNotFoundError(f"no face found in frame {number}", where="landmarks")
        return face

    def _record(self) -> dict[str, Any]:
        spread = np.linspace(0, len(self.numbers) - 1, _WITNESSES).round().astype(int)
        witnesses = {int(self.numbers[i]) for i in spread}
        if self.onset is not None:
            witnesses.add(self.onset)
        return {
            "version": CURVES_VERSION,
            "opencv": cv2.__version__,
            "landmarks": landmark_identity(CURVE_SETTINGS.landmarks),
            "settings": CURVE_SETTINGS.maps_key(),
            "onset": self.onset,
            "lag": self.lag,
            "section": self._section,
            "frames": [int(self.numbers[0]), int(self.numbers[-1]), len(self.numbers)],
            "witnesses": [self._frames.fingerprint(number) for number in sorted(witnesses)],
        }
