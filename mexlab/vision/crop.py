"""The face cut out of the frame, by the outermost landmarks and the paper's margins."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mexlab.errors import InputError


class CropBox(NamedTuple):
    """Half-open pixel box of a frame: columns ``left..right-1``, rows ``top..bottom-1``."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


def crop_box(
    landmarks: NDArray[np.floating],
    margins: tuple[int, int, int, int],
    shape: tuple[int, ...],
) -> CropBox:
    """Box around the outermost landmarks, enlarged by margins and clamped to the frame.

    Parameters
    ----------
    landmarks : array, shape (n, 2)
        x, y in pixels of the frame.
    margins : (top, bottom, left, right)
        Pixels of the frame. The paper takes 25, 0, 5, 5 (LAENet, 2.1.1).
    shape : (height, width, ...)
        Of the frame.

    Returns
    -------
    CropBox
        Holds the pixels of the outermost landmarks themselves.

    Raises
    ------
    InputError
        Where no part of the box lies inside the frame.
    """
    height, width = shape[:2]
    points = np.asarray(landmarks, dtype=np.float64)
    top, bottom, left, right = margins
    low = np.floor(points.min(axis=0)).astype(int)
    high = np.floor(points.max(axis=0)).astype(int) + 1
    box = CropBox(
        left=max(0, int(low[0]) - left),
        top=max(0, int(low[1]) - top),
        right=min(width, int(high[0]) + right),
        bottom=min(height, int(high[1]) + bottom),
    )
    if box.width < 2 or box.height < 2:
        raise InputError(
            f"the landmarks lie outside the frame of {width} x {height} px",
            where="landmarks",
            remedy="Look at the frame: the face may have been found in the wrong place",
        )
    return box


def crop_face(image: NDArray[np.uint8], box: CropBox, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Cut ``box`` out of ``image`` and resize it to ``size`` (width, height)."""
    cut = image[box.top : box.bottom, box.left : box.right]
    if (box.width, box.height) == tuple(size):
        return np.ascontiguousarray(cut)
    shrinks = box.width >= size[0] and box.height >= size[1]
    # Area averaging when shrinking: point sampling would alias pores and hair into false motion.
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(cut, tuple(size), interpolation=how), dtype=np.uint8)


def to_crop(
    points: NDArray[np.floating], box: CropBox, size: tuple[int, int]
) -> NDArray[np.float32]:
    """Carry points from pixels of the frame to pixels of the resized crop.

    Pixel centres sit on whole numbers on both sides, as in :func:`cv2.resize`.
    """
    scale = np.array([size[0] / box.width, size[1] / box.height])
    moved = (np.asarray(points, dtype=np.float64) - (box.left, box.top) + 0.5) * scale - 0.5
    return moved.astype(np.float32)


def face_region(points: NDArray[np.floating], size: tuple[int, int]) -> dict[str, int]:
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
