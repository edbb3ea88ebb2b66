"""A person performing a script: every frame of a clip, and the truth of what moved in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mexlab.synthetic.acting.expressions import UnitMove, displacement_at_apex
from mexlab.synthetic.acting.motion import (
    Blink,
    Nod,
    blink_course,
    expression_course,
    glare_course,
    head_course,
    nod_course,
)
from mexlab.synthetic.filming.camera import Camera, CameraSettings
from mexlab.synthetic.person.eyelids import close_lids, find_eyes
from mexlab.synthetic.person.glasses import glare, put_on
from mexlab.synthetic.person.persons import Person
from mexlab.synthetic.person.photograph import FRAME_SIZE
from mexlab.synthetic.person.warps import Field, Frame, invert_displacement, pixel_grid


@dataclass(frozen=True)
class Expression:
    """One rise and fall of action units; frames are indices from 0.

    Attributes
    ----------
    onset, apex, offset : int
    moves : tuple of UnitMove
    residue : float
        Share of the expression that is left at the offset.
    """

    onset: int
    apex: int
    offset: int
    moves: tuple[UnitMove, ...]
    residue: float = 0.0


@dataclass(frozen=True)
class Script:
    """What a person does in one clip; frames are indices from 0.

    Attributes
    ----------
    count : int
        Frames of the clip.
    onset, apex, offset : int
    moves : tuple of UnitMove
    blinks : tuple of Blink
    head_travel : float
        Typical drift of the head within the clip, frame px.
    glare : bool
        A reflection wanders over the glasses, where there are any.
    residue : float
        Share of the expression that is left at the offset.
    seed : tuple of int
        Of everything random in the clip.
    more : tuple of Expression
        What follows the first expression in a long video, in the order of onset.
    nods : tuple of Nod
        Movements of the head beyond its drift.
    """

    count: int
    onset: int
    apex: int
    offset: int
    moves: tuple[UnitMove, ...]
    blinks: tuple[Blink, ...]
    head_travel: float
    glare: bool
    residue: float
    seed: tuple[int, ...]
    more: tuple[Expression, ...] = ()
    nods: tuple[Nod, ...] = ()

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """All of them, the first one too."""
        first = Expression(self.onset, self.apex, self.offset, self.moves, self.residue)
        return (first, *self.more)


class Performance:
    """Draws the frames of one script by one person.

    Parameters
    ----------
    person : Person
    script : Script
    camera : CameraSettings, optional
    """

    def __init__(
        self, person: Person, script: Script, camera: CameraSettings | None = None
    ) -> None:
        self.person = person
        self.script = script
        generator = np.random.default_rng([*script.seed, 7])
        settings = camera or CameraSettings()
        whole = expression_course(
            script.count, script.onset, script.apex, script.offset, script.residue, settings.fps
        )
        self._courses = [(0, whole), *(_course(one, settings.fps) for one in script.more)]
        self.course = whole.copy()
        for begin, course in self._courses[1:]:
            span = self.course[begin : begin + len(course)]
            np.maximum(span, course[: len(span)], out=span)
        self.closed = blink_course(script.count, script.blinks)
        self.head = head_course(script.count, script.head_travel, generator, settings.fps)
        self.head += nod_course(script.count, script.nods)
        self._glare_path = glare_course(script.count, generator)
        self.camera = Camera(settings, generator)
        self._fields: dict[int, tuple[Field, Field]] = {}
        self._eyes = find_eyes(person.picture, person.landmarks)
        self._region = _region(person.head)
        x, y = pixel_grid(FRAME_SIZE)
        self._x, self._y = x[self._region], y[self._region]
        self._weight = person.head[self._region]
        self._pivot = (float(person.landmarks[8, 0]), float(person.landmarks[8, 1]) + 40.0)

    def recorded(self) -> Iterator[Frame]:
        """The clip's frames as the camera sees them, ``(480, 640, 3)`` RGB, in order."""
        for index in range(self.script.count):
            yield self.camera.record(self.picture(index), index)

    def picture(self, index: int) -> Frame:
        """What is before the camera at one frame: ``(480, 640, 3)`` RGB without noise."""
        head_x, head_y = self._head_displacement(index)
        map_x, map_y = self._x - head_x, self._y - head_y
        for share, (expression_x, expression_y) in self._showing(index):
            map_x = map_x - share * expression_x[self._region]
            map_y = map_y - share * expression_y[self._region]
        face = self.person.picture.copy()
        close_lids(face, self._eyes, float(self.closed[index]))
        picture = self.person.picture.copy()
        picture[self._region] = cv2.remap(
            face, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        if self.person.glasses is not None:
            self._put_on_glasses(picture, index, head_x, head_y)
        return picture

    def displacement(self, index: int) -> tuple[Field, Field]:
        """Backward displacement ``(dx, dy)`` of expression and head at one frame, px, full size."""
        dx, dy = np.zeros((2, *self.person.head.shape), np.float32)
        for share, (expression_x, expression_y) in self._showing(index):
            dx += share * expression_x
            dy += share * expression_y
        head_x, head_y = self._head_displacement(index)
        dx[self._region] += head_x
        dy[self._region] += head_y
        return dx, dy

    def flow(self, first: int, second: int) -> Field:
        """True forward flow between two frames, ``(480, 640, 2)`` px, lids and glare left out."""
        return invert_displacement(self.displacement(first), self.displacement(second))

    def _showing(self, index: int) -> Iterator[tuple[np.float32, tuple[Field, Field]]]:
        """The expressions that show at a frame: their share, and their displacement at the apex."""
        for which, (begin, course) in enumerate(self._courses):
            at = index - begin
            share = np.float32(course[at]) if 0 <= at < len(course) else np.float32(0.0)
            if not share:
                continue
            if which not in self._fields:
                # A long video has dozens, of 2 MB each: only the last few are kept.
                if len(self._fields) > 2:
                    del self._fields[next(iter(self._fields))]
                moves = self.script.expressions[which].moves
                self._fields[which] = displacement_at_apex(self.person, moves)
            yield share, self._fields[which]

    def _head_displacement(self, index: int) -> tuple[Field, Field]:
        shift_x, shift_y, turn = (np.float32(v) for v in self.head[index])
        dx = self._weight * (shift_x - turn * (self._y - np.float32(self._pivot[1])))
        dy = self._weight * (shift_y + turn * (self._x - np.float32(self._pivot[0])))
        return dx, dy

    def _put_on_glasses(self, picture: Frame, index: int, head_x: Field, head_y: Field) -> None:
        """Rims and glare move with the head alone."""
        glasses = self.person.glasses
        assert glasses is not None
        rows, columns = self._region
        top, bottom = _rows_of(glasses.rims)
        top, bottom = max(top - 4, rows.start), min(bottom + 4, rows.stop)
        band = slice(top - rows.start, bottom - rows.start)
        map_x, map_y = self._x[band] - head_x[band], self._y[band] - head_y[band]
        region = (slice(top, bottom), columns)
        rims = cv2.remap(glasses.rims, map_x, map_y, cv2.INTER_LINEAR)
        if self.script.glare:
            x, y, strength = (float(v) for v in self._glare_path[index])
            light = glare(glasses, (x, y), strength, region)[..., None]
            lit = picture[region].astype(np.float32) + light
            picture[region] = np.clip(np.rint(lit), 0, 255).astype(np.uint8)
        put_on(picture, glasses, rims, region)


def _course(one: Expression, fps: float) -> tuple[int, npt.NDArray[np.float64]]:
    """Where a later expression begins, and its course from there until it has faded.

    Not as long as the video: dozens of those would fill the memory.
    """
    apex, offset = one.apex - one.onset, one.offset - one.onset
    count = offset + round(0.06 * fps) + 2
    return one.onset, expression_course(count, 0, apex, offset, one.residue, fps)


def _region(head: Field) -> tuple[slice, slice]:
    """The part of the frame in which anything can move."""
    rows = np.flatnonzero(head.max(1) > 0.001)
    columns = np.flatnonzero(head.max(0) > 0.001)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _rows_of(mask: Field) -> tuple[int, int]:
    rows = np.flatnonzero(mask.max(1) > 0.01)
    return int(rows[0]), int(rows[-1]) + 1
