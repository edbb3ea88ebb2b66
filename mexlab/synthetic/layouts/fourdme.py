"""Writes 4DME: grey clips, emotions that hold together, action units as text and as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mexlab.synthetic.acting.expressions import UNITS, UnitMove
from mexlab.synthetic.acting.scripts import draw_script
from mexlab.synthetic.filming.takes import Take, View, film
from mexlab.synthetic.layouts.census import deal, published
from mexlab.synthetic.person.faces import PersonParameters, cast_persons
from mexlab.synthetic.person.photograph import FRAME_SIZE
from mexlab.synthetic.sheets.workbook import Cell, write_workbook
from mexlab.synthetic.writer import LayoutWriter, Order, Quirk

FPS = 60.0

TREE = "gray_micro"
SHEET = "4DME_Labelling_Micro_release v1.xlsx"

COLUMNS = ("fold", "sub_ID", "fold_name", "Emotion", "Onset", "Apex", "Offset", "AUs")

CLIPS = 4

#: Of the whole release, by common knowledge; only the number of its clips is sure.
PEOPLE = 41

#: What the sheet calls a clip, what is played for it, and what else holds at the same time.
EMOTIONS = (
    ("Surprise", "surprise", "Positive"),
    ("Negative", "disgust", ""),
    ("Positive", "happiness", ""),
    ("Repression", "repression", "Negative"),
    ("Others", "others", ""),
)

QUIRKS = (
    Quirk("several-emotions", "clips of two emotions at once, joined with + (Surprise+Positive)"),
    Quirk("static-units", "action units with (k): there before the expression, and not moving"),
    Quirk("unit-columns", "one column of 0 and 1 for each action unit beside their text"),
)


@dataclass(frozen=True, kw_only=True)
class FourdmeTake(Take):
    """A clip with what the sheet says of it.

    Attributes
    ----------
    label : str
    units : str
    numbers : frozenset of int
        The units in the text, static ones too.
    """

    label: str
    units: str
    numbers: frozenset[int]


def plan(order: Order) -> list[FourdmeTake]:
    """The clips of an order, four a person by default."""
    takes = []
    whole = deal({"": published("4dme", "4DME")}, range(PEOPLE)) if order.full else {}
    for index, person in enumerate(cast_persons(order.subjects, order.seed)):
        clips = CLIPS if order.clips is None else order.clips
        for number in range(len(whole[index]) if whole else clips):
            takes.append(_take(order, index, number, person))
    return takes


def _take(order: Order, index: int, number: int, person: PersonParameters) -> FourdmeTake:
    seed = (order.seed, 671, index, number)
    generator = np.random.default_rng([*seed, 1])
    label, emotion, also = EMOTIONS[(3 * index + number) % len(EMOTIONS)]
    if also and "several-emotions" in order.quirks:
        label = f"{label}+{also}"
    script, coded = draw_script(person, emotion, seed, FPS, frames=order.frames(FPS))
    at_rest = (index + number) % 3 == 0 and "static-units" in order.quirks
    still = [unit for unit in UNITS if unit not in {move.number for move in coded}]
    static = int(generator.choice(still)) if at_rest else None
    subject, name = f"{index + 1}", f"f{number + 1}_{int(generator.integers(1, 10))}"
    return FourdmeTake(
        folder=subject,
        name=name,
        person=person,
        script=script,
        first=int(generator.integers(1, 60)),
        emotion=label.lower(),
        views=(View(f"{TREE}/{subject}/{name}/{{}}.jpg", order.size(FRAME_SIZE), grey=True),),
        fps=FPS,
        label=label,
        units=_spell(coded, static),
        numbers=frozenset(move.number for move in coded) | ({static} if static else frozenset()),
    )


def _spell(moves: Sequence[UnitMove], static: int | None) -> str:
    """``AU4(k)+L7``: units of a side with its letter, others with AU."""
    parts = [f"AU{static}(k)"] if static else []
    return "+".join([*parts, *(f"{move.side or 'AU'}{move.number}" for move in moves)])


def write_sheets(root: Path, takes: Sequence[FourdmeTake], order: Order) -> None:
    """The one sheet."""
    columns = UNITS if "unit-columns" in order.quirks else ()
    rows: list[Sequence[Cell]] = [(*COLUMNS, *(f"AU{unit}" for unit in columns))]
    for take in takes:
        flags = [int(unit in take.numbers) for unit in columns]
        subject = int(take.folder)
        marks = (take.onset, take.apex, take.offset)
        rows.append((subject, subject, take.name, take.label, *marks, take.units, *flags))
    write_workbook(root / SHEET, {"Sheet1": rows})


WRITER = LayoutWriter(
    name="4dme",
    title="4DME",
    quirks=QUIRKS,
    fps=FPS,
    subjects=4,
    people=PEOPLE,
    entries=(TREE, SHEET),
    plan=plan,
    write_clip=film,
    write_sheets=write_sheets,
)
