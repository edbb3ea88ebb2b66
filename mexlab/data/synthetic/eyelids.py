"""Blinks: the upper lid comes down over the eye, its skin drawn out, the eye left where it is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mexlab.data.synthetic.warps import Field, Points


@dataclass(frozen=True)
class Eye:
    """One eye's outline, column by column.

    Attributes
    ----------
    left, right : int
        Columns it spans, px.
    upper, lower, fold : (right - left,) float32
        Height of the upper lid's edge, of the lower lid's, and of the fold above from which
        the lid's skin is drawn.
    """

    left: int
    right: int
    upper: Field
    lower: Field
    fold: Field


def find_eyes(landmarks: Points) -> tuple[Eye, Eye]:
    """Outlines of both eyes of a resting face, from its 68 landmarks."""
    return (
        _outline(landmarks[[36, 37, 38, 39]], landmarks[[36, 41, 40, 39]], landmarks[17:22]),
        _outline(landmarks[[42, 43, 44, 45]], landmarks[[42, 47, 46, 45]], landmarks[22:27]),
    )


def _outline(upper: Points, lower: Points, brow: Points) -> Eye:
    left, right = int(np.floor(upper[0, 0])) - 3, int(np.ceil(upper[-1, 0])) + 4
    columns = np.arange(left, right, dtype=np.float64)
    inside = np.clip(columns, upper[0, 0], upper[-1, 0])
    corner = np.interp(inside, upper[[0, -1], 0], upper[[0, -1], 1])
    # dlib's lid points lie on the lashes' middle: the edge that comes down is a little higher.
    top = np.minimum(np.polyval(np.polyfit(upper[:, 0], upper[:, 1], 2), inside), corner) - 1.5
    bottom = np.maximum(np.polyval(np.polyfit(lower[:, 0], lower[:, 1], 2), inside), corner) + 1.0
    fold = top - 0.6 * (top.min() - brow[:, 1].mean())
    return Eye(left, right, *(np.asarray(v, np.float32) for v in (top, bottom, fold)))


def close_lids(
    map_x: Field, map_y: Field, eyes: tuple[Eye, Eye], closed: float, origin: tuple[int, int]
) -> None:
    """Change a backward map so that it draws the lids partly closed, in place.

    Parameters
    ----------
    map_x, map_y : (h, w) float32
        Where each pixel of the region reads the resting face, px of the whole frame.
    eyes : pair of Eye
    closed : float
        0 open, 1 shut.
    origin : (int, int)
        Row and column of the region's first pixel in the frame.
    """
    if closed <= 0.0:
        return
    for eye in eyes:
        rows = slice(
            max(0, int(eye.fold.min()) - 8 - origin[0]), int(eye.lower.max()) + 9 - origin[0]
        )
        columns = slice(max(0, eye.left - 8 - origin[1]), eye.right + 8 - origin[1])
        x, y = map_x[rows, columns], map_y[rows, columns]
        at = np.clip(x - eye.left, 0, eye.right - eye.left - 1)
        zeros = np.zeros_like(at)

        def read(line: Field, at: Field = at, zeros: Field = zeros) -> Field:
            return cv2.remap(line[None, :], at, zeros, cv2.INTER_LINEAR)

        upper, lower, fold = read(eye.upper), read(eye.lower), read(eye.fold)
        edge = upper + closed * (lower - upper)
        drawn = fold + (y - fold) * (upper - fold) / np.maximum(edge - fold, 1.0)
        inside = (x >= eye.left) & (x <= eye.right - 1) & (y >= fold) & (y <= edge)
        y[inside] = drawn[inside]
