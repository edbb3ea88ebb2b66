"""Writes SMIC-E: long clips with one to three micro-expressions, in absolute frame numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mexlab.synthetic.acting.recordings import Kind, Shown, draw_recording
from mexlab.synthetic.filming.takes import Take, View, film
from mexlab.synthetic.layouts.census import deal
from mexlab.synthetic.layouts.smic import CLASSES, EMOTIONS, FPS, INFIXES, SUBJECTS
from mexlab.synthetic.person.faces import cast_persons
from mexlab.synthetic.person.photograph import FRAME_SIZE
from mexlab.synthetic.sheets.workbook import Cell, write_workbook
from mexlab.synthetic.writer import LayoutWriter, Order, Quirk

TREE = "SMIC-E_raw image"
SHEET, SHEET_2019 = "SMIC-HS-E_annotation.xlsx", "SMIC-HS-E_annotation_2019.xlsx"

#: Two columns have no name.
COLUMNS = (
    "Subject", "Filename", None, "OnsetF", "OffsetF", "Onset2F", "Offset2F", "Onset3F", "Offset3F",
    None, "FirstF", "LastF", "TotalMF1", "TotalMF2", "TotalMF3", "TotalVL", "Emotion",
)  # fmt: skip

FOOTER = ("Notes: MF = micro-expression frames, VL = video length",)

#: Seconds of a clip, unless others are ordered.
SECONDS = 6.0

#: Clips of the whole release, 157; how many of each emotion is not published.
CLIPS = {"negative": 66, "positive": 51, "surprise": 40}

QUIRKS = (
    Quirk("several-expressions", "clips with a second and a third micro-expression"),
    Quirk("long-numbers", "recordings whose frame numbers have eight digits"),
    Quirk("footer", "text below the last row of the sheet"),
    Quirk("hs-folder", "one more folder, HS, above the subjects", default=False),
    Quirk("sheet-2019", f"the sheet is called {SHEET_2019}", default=False),
)


@dataclass(frozen=True, kw_only=True)
class LongTake(Take):
    """A long clip with its expressions; frames of `shown` are indices."""

    subject: int
    shown: tuple[Shown, ...]


def plan(order: Order) -> list[LongTake]:
    """The clips of an order, three a person by default."""
    frames = order.frames(FPS, SECONDS)
    assert frames is not None
    takes = []
    whole = deal(CLIPS, SUBJECTS) if order.full else {}
    for index, person in enumerate(cast_persons(order.subjects, order.seed)):
        lap, place = divmod(index, len(SUBJECTS))
        subject = SUBJECTS[place] + 20 * lap
        clips = 3 if order.clips is None else order.clips
        labels = whole.get(subject) or [CLASSES[number % 3] for number in range(clips)]
        for number, label in enumerate(labels):
            name = f"s{subject}_{INFIXES[label]}_{labels[:number].count(label) + 1:02d}"
            seed = (order.seed, 612, index, number)
            generator = np.random.default_rng([*seed, 1])
            count = 1 + (index + number) % 3 if "several-expressions" in order.quirks else 1
            wanted: list[tuple[Kind, str]] = [
                ("micro", str(generator.choice(EMOTIONS[label]))) for _ in range(count)
            ]
            script, shown = draw_recording(person, wanted, seed, FPS, frames)
            long = "long-numbers" in order.quirks and number % 2 == 1
            first = int(
                generator.integers(10_000_000, 60_000_000)
                if long
                else generator.integers(1000, 900_000)
            )
            above = "SMIC-HS-E/HS" if "hs-folder" in order.quirks else "SMIC-HS-E"
            files = f"{TREE}/HS_long/{above}/s{subject:02d}/{name}/image{{}}.jpg"
            takes.append(
                LongTake(
                    folder=f"s{subject:02d}",
                    name=name,
                    person=person,
                    script=script,
                    first=first,
                    emotion=label,
                    views=(View(files, order.size(FRAME_SIZE)),),
                    fps=FPS,
                    subject=subject,
                    shown=tuple(shown),
                )
            )
    return takes


def write_sheets(root: Path, takes: Sequence[LongTake], order: Order) -> None:
    """The one sheet, with its footer."""
    rows: list[Sequence[Cell]] = [COLUMNS, *map(_row, takes)]
    if "footer" in order.quirks:
        rows += [(), FOOTER]
    name = SHEET_2019 if "sheet-2019" in order.quirks else SHEET
    write_workbook(root / name, {"Sheet1": rows})


def _row(take: LongTake) -> list[Cell]:
    marks: list[Cell] = []
    lengths: list[Cell] = []
    for one in take.shown:
        marks += [take.first + one.expression.onset, take.first + one.expression.offset]
        lengths.append(one.expression.offset - one.expression.onset + 1)
    marks += [None] * (6 - len(marks))
    lengths += [None] * (3 - len(lengths))
    span = (take.first, take.last)
    return [
        take.subject, take.name, None, *marks, None, *span, *lengths, take.script.count,
        take.emotion,
    ]  # fmt: skip


WRITER = LayoutWriter(
    name="smic_e",
    title="SMIC-E (long clips)",
    quirks=QUIRKS,
    fps=FPS,
    subjects=3,
    seconds=SECONDS,
    entries=(TREE, SHEET, SHEET_2019),
    plan=plan,
    write_clip=film,
    write_sheets=write_sheets,
    people=len(SUBJECTS),
)
