"""The apex frame of a clip, as a machine finds it: D&C-RoIs, and the largest strain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mexlab.features.face_motion import FaceMotion

if TYPE_CHECKING:
    from mexlab.data.frames.frames import FrameSource
    from mexlab.features.cache import FlowCache
    from mexlab.features.curves import MotionCurves

#: Raised whenever a change of code finds another apex in the same frames.
APEX_VERSION = 2

#: Landmarks of the three regions of D&C-RoIs: each eye with its brow, and the mouth.
ROIS: dict[str, tuple[int, ...]] = {
    "left eye": (*range(17, 22), *range(36, 42)),
    "right eye": (*range(22, 27), *range(42, 48)),
    "mouth": tuple(range(48, 68)),
}


def local_binary_pattern(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """LBP(8,1): a bit for each of eight neighbours at distance 1 that is at least as bright.

    Parameters
    ----------
    grey : array, shape (height, width)

    Returns
    -------
    array of uint8, shape (height - 2, width - 2)
        Diagonal neighbours lie on the circle and are interpolated (Ojala et al. 2002).
    """
    values = grey.astype(np.float32)
    centre = values[1:-1, 1:-1]
    height, width = centre.shape
    shifted = {
        (dy, dx): values[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width]
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
    }
    s = float(np.sqrt(0.5))
    pattern = np.zeros(centre.shape, np.uint8)
    ring = ((0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1))
    for bit, (dy, dx) in enumerate(ring):
        neighbour = shifted[dy, dx]
        if dy and dx:
            neighbour = (
                s * s * neighbour
                + s * (1 - s) * (shifted[dy, 0] + shifted[0, dx])
                + (1 - s) ** 2 * centre
            )
        # The blend of equal values may fall short by rounding.
        pattern |= (neighbour >= centre - 1e-3).astype(np.uint8) << bit
    return pattern


def divide_and_conquer(distances: NDArray[np.floating]) -> int:
    """The one peak that is left when the half with the smaller sum of peaks is dropped.

    Parameters
    ----------
    distances : array, shape (n,)
        Of each frame to the first.

    Returns
    -------
    int
        Its index; that of the largest value where there is no peak.

    References
    ----------
    Liong et al. (2015), "Automatic apex frame spotting in micro-expression database".
    """
    d = np.asarray(distances, np.float64)
    inner = np.arange(1, len(d) - 1)
    peaks = [int(i) for i in inner if d[i] > d[i - 1] and d[i] >= d[i + 1]]
    if not peaks:
        return int(np.argmax(d))
    low, high = 0, len(d)
    while len(peaks) > 1:
        middle = (low + high) // 2
        left = [i for i in peaks if i < middle]
        right = [i for i in peaks if i >= middle]
        if d[left].sum() >= d[right].sum():
            peaks, high = left, middle
        else:
            peaks, low = right, middle
    return peaks[0]


def dc_rois_apex(
    frames: FrameSource,
    points: NDArray[np.floating],
    *,
    cache: FlowCache | None = None,
    record: dict[str, Any] | None = None,
    within: Sequence[int] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> int | None:
    """The apex by D&C-RoIs: where the LBP histograms differ most from the first frame's.

    Parameters
    ----------
    frames : FrameSource
        Of one clip, at least two.
    points : array, shape (68, 2)
        Landmarks in pixels of the first frame; the camera and, but for the expression, the head
        stay where they are.
    cache, record : FlowCache and dict, optional
        Where to look first and to keep the answer; the record names the frames by their
        fingerprints.
    within : sequence of int, optional
        The native numbers to look among, the first of them the one to compare with; all by
        default.
    should_stop : callable, optional
        Asked before each frame; where it says yes the answer is None.

    Returns
    -------
    int or None
        Native frame number.
    """
    numbers = [int(number) for number in (frames.numbers if within is None else within)]
    name = {**(record or {}), "apex": APEX_VERSION}
    if cache is not None and record is not None:
        stored = (cache.arrays("apex", name) or {}).get("dc_rois")
        if stored is not None and stored.shape == (1,):
            return int(stored[0])
    distances = _distances(frames, numbers, points, should_stop)
    if distances is None:
        return None
    apex = numbers[divide_and_conquer(distances)]
    if cache is not None and record is not None:
        cache.store_arrays("apex", name, dc_rois=np.array([apex], np.int64))
    return apex


def motion_apex(curves: MotionCurves, within: Sequence[int] | None = None) -> int:
    """The frame of the largest motion against the reference, anywhere but at the eyes: they blink.

    Parameters
    ----------
    curves : MotionCurves
    within : sequence of int, optional
        The native numbers to look among; all by default.
    """
    return _peak(curves, "motion", within)


def strain_apex(curves: MotionCurves, within: Sequence[int] | None = None) -> int:
    """The frame of the largest strain; otherwise as :func:`motion_apex`.

    This is the highest point of the ribbon's line of the whole face.
    """
    return _peak(curves, "strain", within)


def _peak(curves: MotionCurves, quantity: str, within: Sequence[int] | None) -> int:
    values = curves.of(quantity).astype(np.float64)
    if within is not None:
        values = np.where(np.isin(curves.numbers, within), values, -np.inf)
    return int(curves.numbers[int(np.argmax(values))])


def _distances(
    frames: FrameSource,
    numbers: list[int],
    points: NDArray[np.floating],
    should_stop: Callable[[], bool] | None,
) -> NDArray[np.float64] | None:
    face = FaceMotion(points, frames.read(numbers[0]).shape)
    width, height = face.settings.face_size
    rois = [_roi(face.landmarks[list(indices)], (height, width)) for indices in ROIS.values()]
    first: list[NDArray[np.float64]] | None = None
    distances = np.zeros(len(numbers))
    for at, number in enumerate(numbers):
        if should_stop is not None and should_stop():
            return None
        grey = face.cut(frames.read(number))
        histograms = [
            np.bincount(local_binary_pattern(grey[roi]).ravel(), minlength=256).astype(float)
            for roi in rois
        ]
        first = first or histograms
        distances[at] = sum(map(histogram_distance, first, histograms))
    return distances


def histogram_distance(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """1 - sum(a b) / sqrt(sum a^2 sum b^2): 0 for the same shape, 1 for nothing in common."""
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return 0.0 if norm == 0 else max(0.0, 1.0 - float((a * b).sum()) / norm)


def _roi(points: NDArray[np.floating], shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The box round landmarks with a margin of a fifth of its width, within the picture."""
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    margin = 0.2 * (right - left)
    y0 = int(np.clip(top - margin, 0, shape[0] - 4))
    x0 = int(np.clip(left - margin, 0, shape[1] - 4))
    y1 = int(np.clip(np.ceil(bottom + margin), y0 + 4, shape[0]))
    x1 = int(np.clip(np.ceil(right + margin), x0 + 4, shape[1]))
    return slice(y0, y1), slice(x0, x1)
