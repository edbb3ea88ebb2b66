"""Expressions as displacement: one or more bumps an action unit, one recipe or more an emotion.

A bump is a Gaussian tied to landmarks. Lengths are in eye spans (distance of the outer eye
corners); a unit's amplitude is the displacement at its strongest bump. Sides are the person's
own, as FACS has it: the person's left is on the right of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mexlab.synthetic.person.persons import Person
from mexlab.synthetic.person.photograph import FRAME_SIZE
from mexlab.synthetic.person.portrait import lip_line
from mexlab.synthetic.person.warps import Field, Points, pixel_grid, smooth_step


@dataclass(frozen=True)
class Bump:
    """A push on the face, given for the person's right half and mirrored for the left.

    Attributes
    ----------
    landmarks : tuple of int
        Its centre is their mean (iBUG order, right half of the face: 0-8, 17-21, 36-41 ...).
    outwards, down : float
        Direction and share of the unit's amplitude; negative is inwards, upwards.
    width, height : float
        Standard deviations across and along the face, eye spans.
    shift : (float, float)
        Offset of the centre from the landmarks (outwards, down), eye spans.
    """

    landmarks: tuple[int, ...]
    outwards: float
    down: float
    width: float
    height: float
    shift: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class UnitMove:
    """One action unit in one clip.

    Attributes
    ----------
    number : int
    side : {"", "L", "R"}
    amplitude : float
        Displacement of its strongest point at the apex, px of a 170 x 140 face.
    """

    number: int
    side: str
    amplitude: float


#: Same landmark on the other half of the face.
_OTHER_HALF = {
    17: 26, 18: 25, 19: 24, 20: 23, 21: 22, 31: 35, 32: 34, 36: 45, 37: 44, 38: 43, 39: 42,
    40: 47, 41: 46, 48: 54, 49: 53, 50: 52, 59: 55, 58: 56, 4: 12, 5: 11, 6: 10, 7: 9, 3: 13,
    2: 14, 8: 8, 57: 57, 51: 51, 27: 27, 28: 28, 33: 33, 66: 66,
}  # fmt: skip

BUMPS: dict[int, tuple[Bump, ...]] = {
    1: (
        Bump((20, 21), 0.05, -1.0, 0.13, 0.12),
        Bump((20, 21), 0.0, -0.45, 0.15, 0.14, (0.0, -0.16)),
    ),
    2: (
        Bump((17, 18, 19), 0.1, -1.0, 0.14, 0.12),
        Bump((18,), 0.0, -0.4, 0.16, 0.12, (0.0, -0.14)),
    ),
    4: (
        Bump((21,), -0.65, 0.8, 0.11, 0.10),
        Bump((19, 20), -0.25, 0.5, 0.13, 0.11),
    ),
    5: (Bump((37, 38), 0.0, -0.7, 0.09, 0.045),),
    6: (
        Bump((41, 40), 0.12, -0.85, 0.16, 0.13, (0.05, 0.20)),
        Bump((41, 40), 0.0, -0.45, 0.10, 0.05),
        Bump((36,), -0.3, 0.15, 0.08, 0.08, (0.07, 0.0)),
    ),
    7: (Bump((41, 40), 0.0, -0.7, 0.10, 0.05), Bump((37, 38), 0.0, 0.35, 0.10, 0.05)),
    9: (
        Bump((31,), 0.1, -0.9, 0.09, 0.10, (0.01, -0.03)),
        Bump((28,), 0.0, -0.5, 0.10, 0.09, (0.06, 0.0)),
        Bump((21,), -0.3, 0.45, 0.10, 0.09),
        Bump((49, 50), 0.0, -0.45, 0.11, 0.08),
    ),
    10: (
        Bump((49, 50), 0.1, -0.95, 0.11, 0.085),
        Bump((31, 49), 0.2, -0.65, 0.11, 0.11, (0.07, 0.0)),
    ),
    12: (
        Bump((48,), 0.76, -0.78, 0.125, 0.105),
        Bump((48,), 0.25, -0.50, 0.15, 0.13, (0.10, -0.19)),
    ),
    14: (
        Bump((48,), 0.95, -0.1, 0.085, 0.075),
        Bump((48,), -0.35, 0.0, 0.06, 0.08, (0.16, 0.0)),
    ),
    15: (
        Bump((48,), 0.2, 0.98, 0.10, 0.09),
        Bump((48,), 0.1, 0.5, 0.10, 0.10, (0.03, 0.12)),
    ),
    17: (
        Bump((57, 8), 0.0, -0.9, 0.16, 0.10),
        Bump((57,), 0.0, -0.55, 0.13, 0.06),
    ),
    20: (
        Bump((48,), 1.0, 0.15, 0.14, 0.11),
        Bump((48,), 0.55, 0.15, 0.14, 0.13, (0.06, 0.12)),
    ),
    23: (
        Bump((48,), -0.8, 0.0, 0.10, 0.08),
        Bump((51,), 0.0, 0.35, 0.14, 0.05),
        Bump((57,), 0.0, -0.4, 0.14, 0.05),
    ),
    24: (Bump((51,), 0.0, 0.7, 0.14, 0.055), Bump((57,), 0.0, -0.8, 0.14, 0.055)),
}

#: Units on the middle line: their bumps are not mirrored.
_MIDDLE = {8, 51, 57, 33, 66}

#: Units that part the lips: share of the amplitude that opens them, and that lowers the chin.
PARTING = {25: (0.8, 0.1), 26: (0.55, 1.0)}

#: Units known to this writer.
UNITS = tuple(sorted({*BUMPS, *PARTING}))

#: Recipes of the emotions: units with their share of the clip's amplitude.
RECIPES: dict[str, tuple[dict[int, float], ...]] = {
    "happiness": ({12: 1.0, 6: 0.6}, {12: 1.0, 6: 0.8}, {12: 1.0}, {12: 1.0, 6: 0.5, 25: 0.3}),
    "surprise": ({1: 0.9, 2: 1.0}, {1: 0.8, 2: 1.0, 26: 0.5}, {1: 0.9, 2: 0.9, 5: 0.5}),
    "disgust": (
        {4: 0.9, 9: 1.0}, {4: 1.0, 7: 0.7}, {10: 1.0, 4: 0.4}, {4: 1.0}, {4: 0.8, 7: 0.5, 9: 0.8},
        {10: 1.0, 17: 0.4},
    ),
    "repression": (
        {14: 0.9, 17: 0.8}, {15: 1.0}, {17: 1.0}, {12: 0.6, 15: 0.8}, {14: 1.0},
        {12: 0.8, 14: 0.7}, {12: 0.7, 17: 0.9},
    ),
    "fear": ({1: 0.8, 4: 0.7, 20: 1.0},),
    "sadness": ({1: 0.8, 15: 1.0}, {1: 0.8, 4: 0.5, 15: 0.8}),
    "anger": (
        {4: 1.0, 7: 0.7}, {4: 1.0, 23: 0.7}, {4: 0.9, 7: 0.6, 24: 0.8}, {4: 0.8, 5: 0.5, 7: 0.6},
    ),
    "contempt": ({14: 1.0}, {14: 1.0, 12: 0.4}),
    "tense": ({4: 0.8, 24: 1.0}, {23: 1.0, 17: 0.5}, {4: 1.0, 7: 0.6, 23: 0.6}),
    "others": (
        {4: 1.0}, {14: 1.0}, {4: 0.8, 14: 0.6}, {24: 1.0}, {4: 0.8, 7: 0.8}, {17: 0.8, 23: 0.6},
        {1: 0.6, 4: 0.8}, {12: 0.7, 14: 0.6},
    ),
}  # fmt: skip


def displacement_at_apex(person: Person, moves: tuple[UnitMove, ...]) -> tuple[Field, Field]:
    """The backward displacement that draws a person's face at the apex of an expression.

    Parameters
    ----------
    person : Person
    moves : tuple of UnitMove

    Returns
    -------
    dx, dy : (480, 640) float32
        px of the frame: what is drawn at ``x`` is the resting face's ``x - d(x)``.
    """
    width, height = FRAME_SIZE
    dx = np.zeros((height, width), np.float32)
    dy = np.zeros((height, width), np.float32)
    for move in moves:
        pixels = move.amplitude * person.raw_per_crop
        for bump in BUMPS.get(move.number, ()):
            _add_bump(dx, dy, bump, pixels, move.side, person)
        if move.number in PARTING:
            _part_lips(dy, *PARTING[move.number], pixels, person)
    return dx, dy


def _sides(side: str, bump: Bump) -> tuple[str, ...]:
    if set(bump.landmarks) <= _MIDDLE:
        return ("R",)
    return (side,) if side else ("R", "L")


def _add_bump(dx: Field, dy: Field, bump: Bump, pixels: float, side: str, person: Person) -> None:
    span = person.eye_span
    for half in _sides(side, bump):
        sign = -1.0 if half == "R" else 1.0
        indices = [i if half == "R" else _OTHER_HALF[i] for i in bump.landmarks]
        centre = person.landmarks[indices].mean(0)
        centre = centre + np.array([sign * bump.shift[0], bump.shift[1]]) * span
        push = np.array([sign * bump.outwards, bump.down]) * pixels
        # Backward fields are read at the destination, so the bump stands where its centre goes.
        _accumulate(dx, dy, centre + push, push, (bump.width * span, bump.height * span))


def _accumulate(
    dx: Field, dy: Field, centre: Points, push: Points, sigma: tuple[float, float]
) -> None:
    height, width = dx.shape
    left, right = int(max(0, centre[0] - 4 * sigma[0])), int(min(width, centre[0] + 4 * sigma[0]))
    top, bottom = int(max(0, centre[1] - 4 * sigma[1])), int(min(height, centre[1] + 4 * sigma[1]))
    across = np.exp(-0.5 * ((np.arange(left, right) - centre[0]) / sigma[0]) ** 2)
    along = np.exp(-0.5 * ((np.arange(top, bottom) - centre[1]) / sigma[1]) ** 2)
    bell = (along[:, None] * across[None, :]).astype(np.float32)
    dx[top:bottom, left:right] += np.float32(push[0]) * bell
    dy[top:bottom, left:right] += np.float32(push[1]) * bell


def _part_lips(dy: Field, opening: float, lowering: float, pixels: float, person: Person) -> None:
    """Lower lip and chin go down; the dark line between the lips widens to a gap."""
    marks, span = person.landmarks, person.eye_span
    x, y = pixel_grid(FRAME_SIZE)
    line, _ = lip_line(marks)
    middle, half = marks[[48, 54], 0].mean(), np.ptp(marks[[48, 54], 0]) / 2.0
    within = np.clip(1.0 - ((x - middle) / half) ** 2, 0.0, 1.0)
    gap = opening * pixels * within
    depth = y - line[None, :]
    # Steep over the gap (the lip line is stretched there), then fading towards the chin.
    step = np.clip(depth / (gap + 2.0), 0.0, 1.0)
    fade = np.exp(-0.5 * (np.clip(depth - 0.10 * span, 0.0, None) / (0.10 * span)) ** 2)
    dy += (gap * step * fade).astype(np.float32)
    chin = marks[8]
    jaw = smooth_step(depth / (0.30 * span))
    sides = np.exp(-0.5 * ((x - chin[0]) / (0.38 * span)) ** 2)
    under = np.exp(-0.5 * (np.clip(y - chin[1], 0.0, None) / (0.12 * span)) ** 2)
    dy += (lowering * pixels * jaw * sides * under).astype(np.float32)
