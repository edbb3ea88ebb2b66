"""Spectacles: thin rims that follow the head but not the face, and a glare that wanders on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mexlab.synthetic.person.warps import Field, Frame, Points, pixel_grid, smooth_step


@dataclass(frozen=True)
class Glasses:
    """A pair of glasses drawn for one face.

    Attributes
    ----------
    rims : (H, W) float32
        Opacity of rims, bridge and temples.
    lenses : (H, W) float32
        1 within the lenses.
    colour : (3,) float32
        RGB of the rims.
    centres : (2, 2) float64
        Middle of either lens, px.
    """

    rims: Field
    lenses: Field
    colour: Field
    centres: Points


def fit_glasses(landmarks: Points, size: tuple[int, int], tone: float) -> Glasses:
    """Fit glasses to a face.

    Parameters
    ----------
    landmarks : (68, 2) array
    size : (width, height)
    tone : float
        0..1: dark metal to brown horn.
    """
    x, y = pixel_grid(size)
    span = float(np.linalg.norm(landmarks[45] - landmarks[36]))
    centres = np.array([landmarks[36:42].mean(0), landmarks[42:48].mean(0)])
    half = np.array([0.225, 0.165]) * span
    centres[:, 1] += 0.025 * span
    centres[:, 0] += np.array([-0.012, 0.012]) * span
    distance = np.full(x.shape, np.inf, np.float32)
    for centre in centres:
        distance = np.minimum(distance, _rounded_box(x - centre[0], y - centre[1], half))
    thickness = 2.1
    rims = smooth_step(0.5 + (thickness - np.abs(distance)) / 1.6)
    rims = np.maximum(rims, _bridge(x, y, centres, half))
    rims = np.maximum(rims, _temples(x, y, centres, half, landmarks))
    lenses = smooth_step(0.5 - (distance + thickness) / 1.6)
    colour = (1.0 - tone) * np.array([38, 38, 42]) + tone * np.array([74, 52, 38])
    return Glasses(rims, lenses, colour.astype(np.float32), centres)


def _rounded_box(dx: Field, dy: Field, half: Points, corner: float = 13.0) -> Field:
    """Signed distance to a rounded rectangle, px, negative inside."""
    ax = np.abs(dx) - (half[0] - corner)
    ay = np.abs(dy) - (half[1] - corner)
    outside = np.hypot(np.maximum(ax, 0), np.maximum(ay, 0))
    inside = np.minimum(np.maximum(ax, ay), 0)
    return (outside + inside - corner).astype(np.float32)


def _bridge(x: Field, y: Field, centres: Points, half: Points) -> Field:
    left, right = centres[0, 0] + half[0], centres[1, 0] - half[0]
    middle, level = (left + right) / 2.0, centres[:, 1].mean() - 0.25 * half[1]
    reach = (x - middle) / max(4.0, (right - left) / 2.0)
    arch = level + 4.0 * reach**2
    stroke = smooth_step(0.5 + (2.2 - np.abs(y - arch)) / 1.6)
    return stroke * (np.abs(reach) <= 1.05)


def _temples(x: Field, y: Field, centres: Points, half: Points, landmarks: Points) -> Field:
    """The arms, seen from the front: short strokes from the rims to the edge of the face."""
    stroke = np.zeros_like(x)
    for centre, edge, side in ((centres[0], landmarks[0], -1), (centres[1], landmarks[16], 1)):
        start = centre[0] + side * half[0]
        along = (x - start) * side
        length = max(6.0, abs(edge[0] - start) - 1.0)
        level = centre[1] - 0.45 * half[1] + 0.05 * along
        thin = smooth_step(0.5 + (2.4 - np.abs(y - level)) / 1.6)
        stroke = np.maximum(stroke, thin * (along >= -1) * smooth_step((length - along) / 4.0))
    return stroke


def glare(
    glasses: Glasses, position: tuple[float, float], strength: float, region: tuple[slice, slice]
) -> Field:
    """Light added by a reflection on both lenses.

    Parameters
    ----------
    glasses : Glasses
    position : (x, y)
        Offset of the reflection from the lens centres, px.
    strength : float
        Added grey levels at its middle.
    region : pair of slices
        Rows and columns to compute.

    Returns
    -------
    (h, w) float32
    """
    rows, columns = region
    y, x = np.mgrid[rows, columns].astype(np.float32)
    light = np.zeros(x.shape, np.float32)
    for centre in glasses.centres:
        dx, dy = x - centre[0] - position[0], y - centre[1] - position[1]
        # A slanted window's reflection: narrow across, long along.
        along, across = 0.5 * dx + 0.87 * dy, 0.87 * dx - 0.5 * dy
        light += np.exp(-((across / 5.0) ** 2) - (along / 13.0) ** 4)
    return strength * light * glasses.lenses[region]


def put_on(picture: Frame, glasses: Glasses, rims: Field, region: tuple[slice, slice]) -> None:
    """Draw the rims over a region of a picture, in place."""
    patch: Field = picture[region].astype(np.float32)
    alpha = (0.92 * rims)[..., None]
    patch = patch * (1.0 - alpha) + glasses.colour * alpha
    picture[region] = np.clip(np.rint(patch), 0, 255).astype(np.uint8)
