"""Motion curves: how far each region of the face has moved and is strained, frame by frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mexlab.features.cache import FlowCache
from mexlab.features.face_motion import CURVE_SETTINGS, PARTS, QUANTITIES, FaceMotion
from mexlab.features.flow_maps import check_frames, find_landmarks
from mexlab.features.settings import FlowSettings
from mexlab.vision.landmarks import landmark_identity

if TYPE_CHECKING:
    from mexlab.data.frames.frames import FrameSource

#: 3: strain beside motion, and a rim round the lids that counts for the eyes alone.
CURVES_VERSION = 3


@dataclass(frozen=True, slots=True)
class MotionCurves:
    """Motion and strain against the reference frame.

    Attributes
    ----------
    numbers : array of int64, shape (n,)
        Native frame numbers.
    reference : int
        The frame that all others are compared with.
    values : array of float32, shape (2, 5, n)
        :data:`~mexlab.features.face_motion.QUANTITIES` (strain in px/px, motion in pixels of the
        resized crop) by :data:`~mexlab.features.face_motion.PARTS`; see
        :meth:`~mexlab.features.face_motion.FaceMotion.measure`.
    """

    numbers: NDArray[np.int64]
    reference: int
    values: NDArray[np.float32]

    def of(self, quantity: str, part: str = "face") -> NDArray[np.float32]:
        """One curve, shape (n,): ``of("strain", "mouth")``."""
        return self.values[QUANTITIES.index(quantity), PARTS.index(part)]

    def to_record(self) -> dict[str, Any]:
        """Plain values for JSON: ``numbers``, ``reference``, and by quantity the curve by part."""
        return {
            "numbers": [int(number) for number in self.numbers],
            "reference": self.reference,
            **{
                quantity: {
                    part: [round(float(v), 5) for v in self.of(quantity, part)] for part in PARTS
                }
                for quantity in QUANTITIES
            },
        }


def motion_curves(
    frames: FrameSource,
    onset: int | None = None,
    settings: FlowSettings | None = None,
    *,
    cache: FlowCache | None = None,
    should_stop: Callable[[], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> MotionCurves | None:
    """Motion and strain of each region in every frame against the onset.

    Made for a background thread: OpenCV releases the interpreter while it computes.

    Parameters
    ----------
    frames : FrameSource
    onset : int, optional
        Native number of the reference frame; the clip's first where left out.
    settings : FlowSettings, optional
        :data:`~mexlab.features.face_motion.CURVE_SETTINGS` where left out.
    cache : FlowCache, optional
    should_stop : callable, optional
        Asked before each frame; the result is None once it says True.
    progress : callable, optional
        Told the frames done and their number.

    Raises
    ------
    FaceNotFoundError
        Where the reference frame shows no face.
    InputError
        Where a frame cannot be read, or the reference is not among them.
    """
    settings = settings or CURVE_SETTINGS
    numbers = np.array([int(number) for number in frames.numbers], dtype=np.int64)
    reference = int(numbers[0]) if onset is None else onset
    check_frames(frames, onset=reference)
    record: dict[str, Any] = {}
    if cache is not None:
        record = _record(frames, numbers, reference, settings)
        stored = (cache.arrays("curves", record) or {}).get("values")
        if stored is not None and stored.shape == (len(QUANTITIES), len(PARTS), len(numbers)):
            return MotionCurves(numbers, reference, stored)
        points = cache.landmarks(frames, reference, reference, settings)
    else:
        points = find_landmarks(frames, reference, reference, settings)
    first = frames.read(reference)
    face = FaceMotion(points, first.shape, settings)
    still = face.cut(first)
    values = np.zeros((len(QUANTITIES), len(PARTS), len(numbers)), np.float32)
    for i, number in enumerate(numbers):
        if should_stop is not None and should_stop():
            return None
        if number != reference:
            values[..., i] = face.measure(still, face.cut(frames.read(int(number))))
        if progress is not None:
            progress(i + 1, len(numbers))
    if cache is not None:
        cache.store_arrays("curves", record, values=values)
    return MotionCurves(numbers, reference, values)


def _record(
    frames: FrameSource, numbers: NDArray[np.int64], reference: int, settings: FlowSettings
) -> dict[str, Any]:
    return {
        "version": CURVES_VERSION,
        "opencv": cv2.__version__,
        "landmarks": landmark_identity(settings.landmarks),
        "settings": settings.maps_key(),
        "reference": reference,
        "frames": [[int(number), frames.fingerprint(int(number))] for number in numbers],
    }
