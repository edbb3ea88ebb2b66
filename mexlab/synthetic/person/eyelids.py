"""Blinks: the upper lid's skin comes down over the eye, and the eye stays where it is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mexlab.synthetic.person.texture import grain
from mexlab.synthetic.person.warps import Field, Frame, Points, smooth_step

_LASHES = np.array([44.0, 31.0, 27.0], np.float32)


@dataclass(frozen=True)
class Eye:
    """One eye of a resting face and the lid that can cover it, in a box of the picture.

    Attributes
    ----------
    box : pair of slices
        Rows and columns of the picture.
    skin : (h, w, 3) float32
        The box as it would look with neither eye nor lashes: the lid's own skin.
    upper, lower : (w,) float32
        Height of the open upper lid's edge and of the lower lid's, px of the picture.
    fold : (w,) float32
        Height above which the lid stays as it is.
    taper : (w,) float32
        1 over the eye, 0 beside its corners.
    """

    box: tuple[slice, slice]
    skin: Field
    upper: Field
    lower: Field
    fold: Field
    taper: Field


def find_eyes(picture: Frame, landmarks: Points) -> tuple[Eye, Eye]:
    """Both eyes of a resting face.

    Parameters
    ----------
    picture : (H, W, 3) uint8
        The resting face, eyes open.
    landmarks : (68, 2) array
    """
    return (
        _prepare(picture, landmarks[[36, 37, 38, 39]], landmarks[[36, 41, 40, 39]]),
        _prepare(picture, landmarks[[42, 43, 44, 45]], landmarks[[42, 47, 46, 45]]),
    )


def _prepare(picture: Frame, upper: Points, lower: Points) -> Eye:
    width = float(upper[-1, 0] - upper[0, 0])
    reach = int(0.3 * width)
    columns = slice(int(upper[0, 0]) - reach, int(upper[-1, 0]) + reach)
    rows = slice(int(upper[:, 1].min() - 0.62 * width), int(lower[:, 1].max() + 0.45 * width))
    x = np.arange(columns.start, columns.stop, dtype=np.float64)
    inside = np.clip(x, upper[0, 0], upper[-1, 0])
    corner = np.interp(inside, upper[[0, -1], 0], upper[[0, -1], 1])
    top = np.minimum(np.polyval(np.polyfit(upper[:, 0], upper[:, 1], 2), inside), corner) - 1.0
    bottom = np.maximum(np.polyval(np.polyfit(lower[:, 0], lower[:, 1], 2), inside), corner) + 2.0
    beside = np.maximum(0.0, np.maximum(upper[0, 0] - x, x - upper[-1, 0]))
    return Eye(
        (rows, columns),
        _lid_skin(picture[rows, columns], top - rows.start, bottom - rows.start, beside, width),
        top.astype(np.float32),
        bottom.astype(np.float32),
        (top - 0.27 * width).astype(np.float32),
        smooth_step(1.0 - beside / (0.16 * width)),
    )


def _lid_skin(patch: Frame, top: Points, bottom: Points, beside: Points, width: float) -> Field:
    """Paint the eye and its lashes over with the skin around them."""
    y = np.arange(patch.shape[0], dtype=np.float64)[:, None]
    within = (y > top - 0.26 * width) & (y < bottom + 0.10 * width) & (beside < 0.17 * width)
    filled = cv2.inpaint(patch, within.astype(np.uint8), 7, cv2.INPAINT_TELEA).astype(np.float32)
    smooth = cv2.GaussianBlur(filled, (0, 0), 0.12 * width)
    soft = cv2.GaussianBlur(within.astype(np.float32), (0, 0), 0.05 * width)[..., None]
    skin = filled * (1.0 - soft) + smooth * soft
    # Inpainted skin has no pores; borrowed grain keeps it from looking like wax.
    return skin + (1.8 * grain(patch.shape[:2], 1.0, 36))[..., None] * soft


def close_lids(picture: Frame, eyes: tuple[Eye, Eye], closed: float) -> None:
    """Draw the lids partly closed on a picture of the resting face, in place.

    Parameters
    ----------
    picture : (H, W, 3) uint8
    eyes : pair of Eye
    closed : float
        0 open, 1 shut.
    """
    if closed <= 0.0:
        return
    arrival = float(smooth_step(np.float32(closed * 7.0)))
    for eye in eyes:
        rows, _ = eye.box
        y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None]
        edge = eye.upper + np.float32(closed) * (eye.lower - eye.upper)
        cover = smooth_step(0.5 + (edge - y) / 2.0) * smooth_step((y - eye.fold) / 9.0)
        cover = cover * (arrival * eye.taper)
        # The lid is round: lighter on the eyeball's bulge, darker towards lashes and fold.
        along = (y - eye.fold) / np.maximum(edge - eye.fold, 1.0)
        round_shade = 1.0 - 0.10 * np.clip(along, 0.0, 1.0) ** 2
        crease = 1.0 - 0.13 * np.exp(-(((y - eye.fold - 5.0) / 2.2) ** 2)) * eye.taper
        lashes = np.exp(-((np.where(y < edge, y - edge, 0.55 * (y - edge)) / 1.9) ** 2))
        lashes = (0.82 * arrival * lashes * eye.taper)[..., None]
        patch = picture[eye.box].astype(np.float32)
        lid = eye.skin * (round_shade * crease)[..., None]
        patch += cover[..., None] * (lid - patch)
        patch += lashes * (_LASHES - patch)
        picture[eye.box] = np.clip(np.rint(patch), 0, 255).astype(np.uint8)
