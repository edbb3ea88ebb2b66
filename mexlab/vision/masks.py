"""The eye mask: where blinks and the glare of glasses would pass for expression."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

#: dlib's 0-based indices of the paper's points 37-42 and 43-48 (LAENet, 2.2.4).
EYES = (slice(36, 42), slice(42, 48))


def eye_mask(
    landmarks: NDArray[np.floating], shape: tuple[int, ...], margin: float = 0.0
) -> NDArray[np.bool_]:
    """True where motion belongs to the eyes and is to be set to zero.

    Parameters
    ----------
    landmarks : array, shape (68, 2)
        x, y in pixels of the image that is masked.
    shape : (height, width, ...)
    margin : float
        Pixels by which the two polygons are enlarged on all sides. 0 is the paper's bare
        polygon, which leaves a rim: the lids move outside the opening that the six points
        outline.

    Returns
    -------
    array of bool, shape (height, width)
    """
    points = np.asarray(landmarks, dtype=np.float64)
    return polygon_mask((points[eye] for eye in EYES), shape, margin)


def polygon_mask(
    polygons: Iterable[NDArray[np.floating]], shape: tuple[int, ...], margin: float = 0.0
) -> NDArray[np.bool_]:
    """True at pixel centres inside any polygon, or within ``margin`` of one.

    The area is that of the polygon grown by a disc: A + P m + pi m^2 for a convex one with
    perimeter P.
    """
    height, width = shape[:2]
    mask = np.zeros((height, width), dtype=bool)
    for polygon in polygons:
        points = np.asarray(polygon, dtype=np.float64)
        reach = int(np.ceil(margin)) + 1
        # Only the neighbourhood of the polygon is looked at: the mask is drawn per frame pair.
        x0, y0 = np.maximum(np.floor(points.min(axis=0)).astype(int) - reach, 0)
        x1 = min(int(np.ceil(points[:, 0].max())) + reach + 1, width)
        y1 = min(int(np.ceil(points[:, 1].max())) + reach + 1, height)
        if x0 >= x1 or y0 >= y1:
            continue
        ys, xs = np.mgrid[y0:y1, x0:x1].astype(np.float64)
        inside, distance = _polygon_distance(points, xs, ys)
        mask[y0:y1, x0:x1] |= inside | (distance <= margin)
    return mask


def _polygon_distance(
    points: NDArray[np.float64], xs: NDArray[np.float64], ys: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Even-odd inside test and distance to the outline, for every pixel of a grid."""
    inside = np.zeros(xs.shape, dtype=bool)
    nearest = np.full(xs.shape, np.inf)
    for (ax, ay), (bx, by) in zip(points, np.roll(points, -1, axis=0), strict=True):
        dx, dy = bx - ax, by - ay
        if dy != 0:
            crosses = (ay > ys) != (by > ys)
            inside ^= crosses & (xs < ax + dx * (ys - ay) / dy)
        length2 = dx * dx + dy * dy
        along = np.zeros_like(xs) if length2 == 0 else ((xs - ax) * dx + (ys - ay) * dy) / length2
        along = np.clip(along, 0.0, 1.0)
        nearest = np.minimum(nearest, np.hypot(xs - ax - along * dx, ys - ay - along * dy))
    return inside, nearest
