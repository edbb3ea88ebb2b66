"""What moves when: the expression's rise and fall, blinks, the head's drift, the glare's path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Course = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Blink:
    """One blink, in frames from the start of the clip.

    Attributes
    ----------
    start, length : int
    depth : float
        1 closes the eye.
    """

    start: int
    length: int
    depth: float

    @property
    def frames(self) -> range:
        return range(self.start + 1, self.start + self.length)


@dataclass(frozen=True)
class Nod:
    """A movement of the head and back, in frames from the start of the clip.

    Attributes
    ----------
    start, length : int
    shift : (float, float)
        How far it goes, px to the right and down.
    turn : float
        Radians.
    """

    start: int
    length: int
    shift: tuple[float, float]
    turn: float


def expression_course(
    count: int, onset: int, apex: int, offset: int, residue: float, fps: float = 200.0
) -> Course:
    """Share of the expression that shows in every frame.

    Rises from 0 at the onset to 1 at the apex and falls to ``residue`` at the offset, then
    fades away; both flanks start and end level, so that the extremes are where the sheet says.

    Parameters
    ----------
    count : int
        Frames of the clip.
    onset, apex, offset : int
        Indices from 0; onset < apex <= offset or onset <= apex < offset.
    residue : float
        What is left at the offset; it fades within 60 ms.
    fps : float

    Returns
    -------
    (count,) float64
    """
    frame = np.arange(count, dtype=np.float64)
    rise = _ease((frame - onset) / max(1, apex - onset), 1.25)
    fall = 1.0 - (1.0 - residue) * _ease((frame - apex) / max(1, offset - apex), 0.85)
    settle = residue * (1.0 - _ease((frame - offset) / (0.06 * fps), 1.0))
    course = np.where(frame <= apex, rise, np.where(frame <= offset, fall, settle))
    # Where the apex is the onset itself the expression is already there in that frame.
    if apex == onset:
        course[apex] = 1.0
    return course


def _ease(value: Course, skew: float) -> Course:
    clipped = np.clip(value, 0.0, 1.0) ** skew
    return 0.5 - 0.5 * np.cos(np.pi * clipped)


def blink_course(count: int, blinks: tuple[Blink, ...]) -> Course:
    """How far the lids are closed in every frame: fast down, slower up."""
    closed = np.zeros(count)
    frame = np.arange(count, dtype=np.float64)
    for blink in blinks:
        at = (frame - blink.start) / blink.length
        down = _ease(at / 0.35, 1.0)
        up = _ease((at - 0.42) / 0.58, 1.0)
        shut = np.where((at > 0) & (at < 1), down * (1.0 - up), 0.0) * blink.depth
        closed = np.maximum(closed, shut)
    return closed


def nod_course(count: int, nods: tuple[Nod, ...]) -> Course:
    """Movements of the head beyond its drift, as :func:`head_course` gives that."""
    course = np.zeros((count, 3))
    frame = np.arange(count, dtype=np.float64)
    for nod in nods:
        at = (frame - nod.start) / max(1, nod.length)
        share = _ease(at / 0.4, 1.0) * (1.0 - _ease((at - 0.6) / 0.4, 1.0))
        course += share[:, None] * np.array([*nod.shift, nod.turn])
    return course


def head_course(
    count: int, size: float, generator: np.random.Generator, fps: float = 200.0
) -> Course:
    """Slow drift of the head.

    Parameters
    ----------
    count : int
    size : float
        Typical travel within the clip, px.
    generator : numpy Generator
    fps : float

    Returns
    -------
    (count, 3) float64
        Shift in x and y (px) and rotation (radians) of every frame, zero in the first.
    """
    time = np.arange(count) / fps
    course = np.zeros((count, 3))
    for axis, scale in enumerate((size, 0.7 * size, 0.0045 * size)):
        for frequency in (0.4, 1.1, 2.3):
            amplitude = scale * generator.normal() / (1.0 + frequency)
            phase = generator.uniform(0.0, 2.0 * np.pi)
            course[:, axis] += amplitude * np.sin(2.0 * np.pi * frequency * time + phase)
        # Nobody holds perfectly still: a tremor far below a pixel.
        tremor = np.cumsum(generator.normal(0.0, 1.0, count))
        tremor -= np.linspace(tremor[0], tremor[-1], count)
        course[:, axis] += 0.012 * scale * tremor
    return course - course[0]


def glare_course(count: int, generator: np.random.Generator) -> Course:
    """Path of a reflection: ``(count, 3)`` of x and y (px from the lens) and grey levels."""
    frame = np.linspace(0.0, 1.0, count)
    start, travel = generator.uniform(-14.0, 14.0, 2), generator.uniform(-10.0, 10.0, 2)
    wobble = generator.uniform(0.5, 2.0) * np.sin(2 * np.pi * (frame + generator.uniform()))
    strength = generator.uniform(40.0, 95.0) * (
        1.0 + 0.35 * np.sin(2 * np.pi * (generator.uniform(0.5, 1.5) * frame + generator.uniform()))
    )
    return np.column_stack(
        [start[0] + travel[0] * frame + wobble, 0.5 * (start[1] + travel[1] * frame), strength]
    )
