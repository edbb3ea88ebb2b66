"""Writes MMEW: micro-expressions with a sheet, macro-expressions in folders of their emotion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mexlab.synthetic.acting.recordings import draw_recording
from mexlab.synthetic.acting.scripts import draw_script, spell_units
from mexlab.synthetic.filming.takes import Take, View, face_box, film
from mexlab.synthetic.layouts.census import deal, published
from mexlab.synthetic.person.faces import PersonParameters, cast_persons
from mexlab.synthetic.person.warps import Points
from mexlab.synthetic.sheets.workbook import write_workbook
from mexlab.synthetic.writer import LayoutWriter, Order, Quirk

FPS = 90.0

#: Faces alone, all of one size.
SIZE = (231, 231)

TOP, MICRO_TREE, MACRO_TREE = "MMEW_Final", "Micro_Expression", "Macro_Expression"
SHEET = "MMEW_Micro_Exp.xlsx"

COLUMNS = (
    "Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame", "Action Units",
    "Estimated Emotion", "remarks",
)  # fmt: skip

#: In the order in which they are played; macro-expressions know no others.
EMOTIONS = ("happiness", "surprise", "disgust", "others", "fear", "sadness", "anger")
MACRO_EMOTIONS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise")

#: Micro- and macro-expressions of a person.
CLIPS, MACRO_CLIPS = 4, 2

#: Of the whole release, by common knowledge; only the number of its micro-expressions is sure.
PEOPLE = 30

#: Seconds of a macro-expression, unless others are ordered.
MACRO_SECONDS = 1.0

QUIRKS = (
    Quirk("outer-folder", f"trees and sheet in one more folder, {TOP}"),
    Quirk("macro", f"the tree {MACRO_TREE} beside, whose files are called after their clip"),
    Quirk("remarks", "remarks in the last column of the sheet"),
)


@dataclass(frozen=True)
class SquareView(View):
    """The face as high as in other cropped releases, and as wide as high."""

    def box(self, landmarks: Points) -> tuple[slice, slice]:
        rows, columns = face_box(landmarks)
        height = rows.stop - rows.start
        left = max(0, (columns.start + columns.stop - height) // 2)
        return rows, slice(left, left + height)


@dataclass(frozen=True, kw_only=True)
class MmewTake(Take):
    """A clip with what the sheet says of it; macro-expressions do not stand there."""

    macro: bool
    units: str
    remark: str


def plan(order: Order) -> list[MmewTake]:
    """The clips of an order, four micro- and two macro-expressions a person by default."""
    takes = []
    whole = deal({"": published("mmew", "MMEW")}, range(PEOPLE)) if order.full else {}
    for index, person in enumerate(cast_persons(order.subjects, order.seed)):
        clips = CLIPS if order.clips is None else order.clips
        for number in range(len(whole[index]) if whole else clips):
            takes.append(_micro(order, index, number, person))
        if "macro" in order.quirks:
            for number in range(MACRO_CLIPS):
                takes.append(_macro(order, index, number, person))
    return takes


def _top(order: Order) -> str:
    return f"{TOP}/" if "outer-folder" in order.quirks else ""


def _micro(order: Order, index: int, number: int, person: PersonParameters) -> MmewTake:
    seed = (order.seed, 661, index, number)
    generator = np.random.default_rng([*seed, 1])
    emotion = EMOTIONS[(3 * index + number) % len(EMOTIONS)]
    script, coded = draw_script(person, emotion, seed, FPS, frames=order.frames(FPS))
    subject = f"S{index + 1:02d}"
    name = f"{subject}-{int(generator.integers(1, 20)):02d}-{number + 1:03d}"
    files = f"{MICRO_TREE}/{emotion}/{name}/{{}}.jpg"
    remark = ""
    if "remarks" in order.quirks and number % 3 == 0:
        remark = "weak" if max(move.amplitude for move in coded) < 1.0 else "head moves"
    return MmewTake(
        **_common(order, subject, person, files),
        name=name,
        script=script,
        emotion=emotion,
        macro=False,
        units=spell_units(coded),
        remark=remark,
    )


def _macro(order: Order, index: int, number: int, person: PersonParameters) -> MmewTake:
    frames = order.frames(FPS, MACRO_SECONDS)
    assert frames is not None
    seed = (order.seed, 662, index, number)
    emotion = MACRO_EMOTIONS[(2 * index + number) % len(MACRO_EMOTIONS)]
    script, shown = draw_recording(person, [("macro", emotion)], seed, FPS, frames)
    subject = f"S{index + 1:02d}"
    clip = f"{subject}-{number + 1:02d}"
    files = f"{MACRO_TREE}/{subject}/{emotion}/{clip}-{{:03d}}.jpg"
    return MmewTake(
        **_common(order, subject, person, files),
        name=f"{emotion}-{clip}",
        script=script,
        emotion=emotion,
        macro=True,
        units=spell_units(shown[0].moves),
        remark="",
    )


def _common(order: Order, subject: str, person: PersonParameters, files: str) -> dict[str, Any]:
    """What micro- and macro-expressions have alike."""
    view = SquareView(f"{_top(order)}{files}", order.size(SIZE), crop=True)
    return {"folder": subject, "person": person, "first": 1, "views": (view,), "fps": FPS}


def write_sheets(root: Path, takes: Sequence[MmewTake], order: Order) -> None:
    """The sheet of the micro-expressions."""
    rows = [
        (int(take.folder[1:]), take.name, take.onset, take.apex, take.offset, take.units,
         take.emotion, take.remark or None)
        for take in takes
        if not take.macro
    ]  # fmt: skip
    write_workbook(root / _top(order) / SHEET, {"Sheet1": [COLUMNS, *rows]})


WRITER = LayoutWriter(
    name="mmew",
    title="MMEW",
    quirks=QUIRKS,
    fps=FPS,
    subjects=3,
    people=PEOPLE,
    entries=(TOP, MICRO_TREE, MACRO_TREE, SHEET),
    plan=plan,
    write_clip=film,
    write_sheets=write_sheets,
)
