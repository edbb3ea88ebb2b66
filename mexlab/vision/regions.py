"""Named regions of the face, drawn from the 68 landmarks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mexlab.vision.masks import EYES, polygon_mask

#: In the order in which they are listed beside the maps.
REGIONS = ("brows", "lids", "nose", "cheeks", "lip corners", "mouth", "chin")


def region_masks(
    landmarks: NDArray[np.floating], shape: tuple[int, ...]
) -> dict[str, NDArray[np.bool_]]:
    """A mask for each of :data:`REGIONS`.

    Margins follow the distance between the eyes, so that the regions scale with the face.

    Parameters
    ----------
    landmarks : array, shape (68, 2)
        In pixels of the image.
    shape : (height, width, ...)
    """
    p = np.asarray(landmarks, dtype=np.float64)
    unit = max(float(np.hypot(*(p[36:42].mean(axis=0) - p[42:48].mean(axis=0)))), 1.0)
    left_cheek = np.array([p[36], p[39], p[31], p[48], p[3], p[1]])
    right_cheek = np.array([p[45], p[42], p[35], p[54], p[13], p[15]])
    lids = polygon_mask([p[eye] for eye in EYES], shape, 0.10 * unit)
    mouth = polygon_mask([p[48:60]], shape, 0.08 * unit)
    corners = polygon_mask([p[[48]], p[[54]]], shape, 0.22 * unit)
    brows = polygon_mask([p[17:22], p[22:27]], shape, 0.16 * unit)
    return {
        "brows": brows & ~lids,
        "lids": lids,
        "nose": polygon_mask([p[[27, 31, 32, 33, 34, 35]]], shape, 0.05 * unit),
        "cheeks": polygon_mask([left_cheek, right_cheek], shape) & ~(lids | mouth | corners),
        "lip corners": corners,
        "mouth": mouth,
        "chin": polygon_mask([p[[59, 58, 57, 56, 55, 10, 9, 8, 7, 6]]], shape) & ~mouth,
    }


def strongest_mean(values: NDArray[np.floating], share: float = 0.2) -> float:
    """Mean of the strongest ``share`` of the values; NaN where there are none.

    An expression moves part of a region: the plain mean would dilute it by what stays still.
    """
    if values.size == 0:
        return float("nan")
    count = max(1, int(np.ceil(values.size * share)))
    return float(np.partition(values, values.size - count)[-count:].mean())
