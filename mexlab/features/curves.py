"""Motion curves: how far each region of the face has moved, frame by frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mexlab.features.cache import FlowCache
from mexlab.features.flow_maps import check_frames, find_landmarks
from mexlab.features.settings import FlowSettings
from mexlab.vision.crop import crop_box, crop_face, to_crop
from mexlab.vision.flow import compute_flow, to_grey
from mexlab.vision.head_motion import remove_head_motion
from mexlab.vision.landmarks import landmark_identity
from mexlab.vision.regions import region_masks, strongest_mean

if TYPE_CHECKING:
    from mexlab.data.frames import FrameSource

CURVES_VERSION = 1

#: Name of the curve -> the regions whose pixels it reads.
CURVES: dict[str, tuple[str, ...]] = {
    "brows": ("brows",),
    "eyes": ("lids",),
    "mouth": ("mouth", "lip corners"),
    "cheeks": ("cheeks",),
}

#: DIS is fast enough for every frame of a clip, and the head's own motion would drown the
#: expression's in a curve.
CURVE_SETTINGS = FlowSettings(flow="dis", head_motion="compensated")


@dataclass(frozen=True, slots=True)
class MotionCurves:
    """Motion against the reference frame, pixels of the resized crop.

    Attributes
    ----------
    numbers : array of int64, shape (n,)
        Native frame numbers.
    reference : int
        The frame that all others are compared with.
    face, brows, eyes, mouth, cheeks : array of float32, shape (n,)
        Mean magnitude of the strongest 20 % of the region's pixels; ``face`` is the greatest
        of brows, mouth and cheeks (the eyes blink).
    """

    numbers: NDArray[np.int64]
    reference: int
    face: NDArray[np.float32]
    brows: NDArray[np.float32]
    eyes: NDArray[np.float32]
    mouth: NDArray[np.float32]
    cheeks: NDArray[np.float32]

    def to_record(self) -> dict[str, Any]:
        """Plain values for JSON."""
        curves = {name: getattr(self, name) for name in ("face", *CURVES)}
        return {
            "numbers": [int(number) for number in self.numbers],
            "reference": self.reference,
            **{name: [round(float(v), 4) for v in values] for name, values in curves.items()},
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
    """Motion of each region in every frame against the onset.

    Made for a background thread: OpenCV releases the interpreter while it computes.

    Parameters
    ----------
    frames : FrameSource
    onset : int, optional
        Native number of the reference frame; the clip's first where left out.
    settings : FlowSettings, optional
        :data:`CURVE_SETTINGS` where left out.
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
        stored = cache.arrays("curves", record)
        if stored is not None and set(stored) == {"face", *CURVES}:
            return MotionCurves(numbers, reference, **stored)
        points = cache.landmarks(frames, reference, reference, settings)
    else:
        points = find_landmarks(frames, reference, reference, settings)
    curves = _compute(frames, numbers, reference, settings, points, should_stop, progress)
    if curves is None:
        return None
    if cache is not None:
        cache.store_arrays("curves", record, **curves)
    return MotionCurves(numbers, reference, **curves)


def _compute(
    frames: FrameSource,
    numbers: NDArray[np.int64],
    reference: int,
    settings: FlowSettings,
    points: NDArray[np.float32],
    should_stop: Callable[[], bool] | None,
    progress: Callable[[int, int], None] | None,
) -> dict[str, NDArray[np.float32]] | None:
    first = frames.read(reference)
    box = crop_box(points, settings.margins, first.shape)
    still = to_grey(crop_face(first, box, settings.face_size))
    landmarks = to_crop(points, box, settings.face_size)
    masks = region_masks(landmarks, still.shape)
    regions = {
        name: np.logical_or.reduce([masks[part] for part in parts])
        for name, parts in CURVES.items()
    }
    curves = {name: np.zeros(len(numbers), np.float32) for name in ("face", *CURVES)}
    for i, number in enumerate(numbers):
        if should_stop is not None and should_stop():
            return None
        if number != reference:
            moved = to_grey(crop_face(frames.read(int(number)), box, settings.face_size))
            flow = compute_flow(still, moved, settings.flow)
            if settings.head_motion == "compensated":
                flow, _ = remove_head_motion(flow, landmarks)
            magnitude = cv2.magnitude(
                np.ascontiguousarray(flow[..., 0]), np.ascontiguousarray(flow[..., 1])
            )
            for name, region in regions.items():
                curves[name][i] = np.nan_to_num(strongest_mean(magnitude[region]))
        if progress is not None:
            progress(i + 1, len(numbers))
    curves["face"] = np.maximum.reduce([curves["brows"], curves["mouth"], curves["cheeks"]])
    return curves


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
