"""Smooth displacement fields: thin plates through landmarks, their inversion, and sampling."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

#: (H, W) float32 by convention; OpenCV's annotations promise less than it returns.
Field = npt.NDArray[Any]
#: (N, 2) coordinates, x before y, px.
Points = npt.NDArray[np.float64]
#: (H, W, 3) RGB, uint8.
Frame = npt.NDArray[np.uint8]

#: Fields are evaluated on a grid this coarse and enlarged: they are smooth by construction.
GRID_STEP = 8


def pixel_grid(size: tuple[int, int]) -> tuple[Field, Field]:
    """Coordinates ``(x, y)`` of every pixel of a picture of ``(width, height)``."""
    width, height = size
    x, y = np.meshgrid(
        np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32), copy=True
    )
    return x, y


def thin_plate_map(
    target: Points, source: Points, size: tuple[int, int], *, stiffness: float = 0.0
) -> tuple[Field, Field]:
    """Backward map that carries the source points onto the target points.

    Parameters
    ----------
    target, source : (N, 2) arrays
        Where each point shall be, and where it is in the picture that is sampled.
    size : (width, height)
        Size of the wanted picture, px.
    stiffness : float
        Smoothing of the plate, px² in its kernel's units; 0 passes through every point.

    Returns
    -------
    map_x, map_y : (height, width) float32
        For ``cv2.remap``: the picture's pixel ``(x, y)`` is read at ``(map_x, map_y)``.
    """
    weights, affine = _solve_thin_plate(target, source - target, stiffness)
    width, height = size
    columns = width // GRID_STEP + 2
    rows = height // GRID_STEP + 2
    grid = np.stack(
        np.meshgrid(np.arange(columns) * GRID_STEP, np.arange(rows) * GRID_STEP), axis=-1
    ).reshape(-1, 2)
    shift = _evaluate_thin_plate(grid.astype(np.float64), target, weights, affine)
    coarse = shift.reshape(rows, columns, 2).astype(np.float32)
    x, y = pixel_grid(size)
    dense = cv2.remap(coarse, x / GRID_STEP, y / GRID_STEP, cv2.INTER_CUBIC)
    return x + dense[..., 0], y + dense[..., 1]


def _kernel(squared: Points) -> Points:
    return squared * np.log(squared + 1e-9)


def _solve_thin_plate(centres: Points, values: Points, stiffness: float) -> tuple[Points, Points]:
    # Unit scale keeps the system well conditioned.
    scaled = centres / 100.0
    count = len(scaled)
    squared = ((scaled[:, None] - scaled[None]) ** 2).sum(-1)
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _kernel(squared) + stiffness * np.eye(count)
    system[:count, count] = 1.0
    system[:count, count + 1 :] = scaled
    system[count:, :count] = system[:count, count:].T
    right = np.zeros((count + 3, 2))
    right[:count] = values
    solution = np.asarray(np.linalg.solve(system, right), dtype=np.float64)
    return solution[:count], solution[count:]


def _evaluate_thin_plate(
    points: Points, centres: Points, weights: Points, affine: Points
) -> Points:
    at, scaled = points / 100.0, centres / 100.0
    squared = ((at[:, None] - scaled[None]) ** 2).sum(-1)
    return _kernel(squared) @ weights + affine[0] + at @ affine[1:]


def invert_displacement(
    onset: tuple[Field, Field], apex: tuple[Field, Field], *, iterations: int = 12
) -> Field:
    """Forward flow between two pictures that were both drawn by backward displacement.

    A picture drawn with displacement ``D`` shows at ``x`` what the neutral face has at
    ``x - D(x)``. What lies at ``x`` in the first picture is therefore found in the second at
    the ``z`` with ``z - D2(z) = x - D1(x)``, by fixed-point iteration, which converges
    because the fields' slopes are well below one.

    Parameters
    ----------
    onset, apex : pair of (H, W) float32
        Displacement ``(dx, dy)`` of the first and of the second picture, px.
    iterations : int
        Twelve leave an error below 0.01 px for slopes up to 0.6.

    Returns
    -------
    (H, W, 2) float32
        Flow ``z - x``, px, on the first picture's pixels.
    """
    height, width = onset[0].shape
    x, y = pixel_grid((width, height))
    neutral_x, neutral_y = x - onset[0], y - onset[1]
    at_x, at_y = neutral_x + apex[0], neutral_y + apex[1]
    stacked = np.dstack(apex)
    for _ in range(iterations):
        shift = cv2.remap(stacked, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        at_x, at_y = neutral_x + shift[..., 0], neutral_y + shift[..., 1]
    return np.dstack((at_x - x, at_y - y)).astype(np.float32)


def smooth_step(value: Any) -> Field:
    """0 below 0, 1 above 1, and a cubic with level ends in between."""
    clipped = np.clip(value, 0.0, 1.0)
    return (clipped * clipped * (3.0 - 2.0 * clipped)).astype(np.float32)
