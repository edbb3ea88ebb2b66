"""Head motion: the part of the flow that the whole face shares, and its removal."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Bridge of the nose and the eyes' corners: bone beneath, little muscle above. The tip and the
#: wings of the nose are left out: a smile or a raised lip drags them along.
STABLE = (27, 28, 29, 36, 39, 42, 45)

#: Before the ears, where the face is widest: they pin down turn and scale.
TEMPLES = (0, 1, 15, 16)

# Residuals below this are the flow's own noise and all count alike, pixels.
_NOISE = 0.03


class Similarity(NamedTuple):
    """Motion (u, v) = (a x - b y + tx, b x + a y + ty) of a pixel at x, y."""

    a: float
    b: float
    tx: float
    ty: float

    def field(self, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """The motion at each pixel, shape (height, width, 2)."""
        ys, xs = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
        u = self.a * xs - self.b * ys + self.tx
        v = self.b * xs + self.a * ys + self.ty
        return np.stack([u, v], axis=-1).astype(np.float32)


def estimate_head_motion(
    flow: NDArray[np.floating], landmarks: NDArray[np.floating], radius: int = 4
) -> Similarity:
    """Similarity motion (shift, turn, scale) of the head, fitted to the stable landmarks.

    Iteratively re-weighted least squares with Tukey's weights: the bridge wrinkles with AU 9 and
    the eyes' corners move in a blink, and such pixels lose their say.

    Parameters
    ----------
    flow : array, shape (height, width, 2)
        Pixels.
    landmarks : array, shape (68, 2)
        In pixels of the flow.
    radius : int
        Half side of the window read around each stable landmark, pixels.
    """
    height, width = flow.shape[:2]
    points = _stable_points(np.asarray(landmarks, dtype=np.float64))
    offsets = np.arange(-radius, radius + 1, 2)
    dx, dy = (grid.ravel() for grid in np.meshgrid(offsets, offsets))
    xs = np.clip(np.rint(points[:, :1] + dx), 0, width - 1).astype(int).ravel()
    ys = np.clip(np.rint(points[:, 1:] + dy), 0, height - 1).astype(int).ravel()
    moved = flow[ys, xs].astype(np.float64)
    # Centred coordinates keep the normal equations well conditioned.
    cx, cy = xs.mean(), ys.mean()
    x, y = xs - cx, ys - cy
    zero, one = np.zeros_like(x), np.ones_like(x)
    design = np.concatenate(
        [np.stack([x, -y, one, zero], axis=1), np.stack([y, x, zero, one], axis=1)]
    )
    target = np.concatenate([moved[:, 0], moved[:, 1]])
    start = np.median(moved, axis=0)
    solution = np.array([0.0, 0.0, start[0], start[1]])
    for _ in range(10):
        residual = (target - design @ solution).reshape(2, -1)
        size = np.hypot(*residual)
        limit = 4.685 * max(float(np.median(size)) / 0.6745, _NOISE)
        weight = np.clip(1.0 - (size / limit) ** 2, 0.0, None) ** 2
        root = np.sqrt(np.tile(weight, 2))
        solution = np.linalg.lstsq(design * root[:, None], target * root, rcond=None)[0]
    a, b, tx, ty = (float(value) for value in solution)
    return Similarity(a, b, tx - a * cx + b * cy, ty - b * cx - a * cy)


def _stable_points(points: NDArray[np.float64]) -> NDArray[np.float64]:
    # The outline itself borders on hair and background: a little inwards is skin.
    temples = 0.85 * points[list(TEMPLES)] + 0.15 * points[28]
    return np.concatenate([points[list(STABLE)], temples])


def remove_head_motion(
    flow: NDArray[np.floating], landmarks: NDArray[np.floating]
) -> tuple[NDArray[np.float32], Similarity]:
    """Flow relative to the head, and the head's motion that was taken off."""
    head = estimate_head_motion(flow, landmarks)
    return (flow - head.field(flow.shape)).astype(np.float32), head
