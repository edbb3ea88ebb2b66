"""Writes a folder of own recordings: frames and videos by subject, with a coding sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mexlab.synthetic.acting.scripts import draw_script, spell_units
from mexlab.synthetic.filming.takes import Take, View, film
from mexlab.synthetic.person.faces import cast_persons
from mexlab.synthetic.person.photograph import FRAME_SIZE
from mexlab.synthetic.sheets.workbook import Cell, write_workbook
from mexlab.synthetic.writer import LayoutWriter, Order, Quirk

FPS = 100.0

CSV_SHEET, EXCEL_SHEET = "codings.csv", "codings.xlsx"

COLUMNS = ("Subject", "Clip", "Onset", "Apex", "Offset", "Emotion", "Action units")

#: What no reader can guess: the user names them with ``--columns``.
OWN_COLUMNS = ("Who", "Trial", "From", "Top", "To", "Felt", "Muscles")

#: A person's clips in turn: as frames, and as videos of two kinds.
FORMS = ("{folder}/frame_{{:04d}}.jpg", "{folder}.mp4", "{folder}.avi")

EMOTIONS = ("happiness", "surprise", "disgust", "repression", "fear", "sadness")

QUIRKS = (
    Quirk("gaps", "two frames are missing in the middle of each folder of frames"),
    Quirk("uncoded", "the last clip of every person has no row in the sheet"),
    Quirk("excel", f"the sheet is {EXCEL_SHEET}, not {CSV_SHEET}", default=False),
    Quirk("own-headers", f"columns called {', '.join(OWN_COLUMNS)}", default=False),
    Quirk("no-sheet", "no coding sheet lies in the folder", default=False),
)


@dataclass(frozen=True, kw_only=True)
class OwnTake(Take):
    """A recording with its row in the sheet, None where it was not coded."""

    row: tuple[Cell, ...] | None


def plan(order: Order) -> list[OwnTake]:
    """The recordings of an order, three a person by default."""
    takes = []
    clips = 3 if order.clips is None else order.clips
    for index, person in enumerate(cast_persons(order.subjects, order.seed)):
        subject = f"P{index + 1:02d}"
        for number in range(clips):
            seed = (order.seed, 651, index, number)
            generator = np.random.default_rng([*seed, 1])
            emotion = EMOTIONS[(index + number) % len(EMOTIONS)]
            script, coded = draw_script(person, emotion, seed, FPS, frames=order.frames(FPS))
            name = f"trial_{number + 1}"
            files = FORMS[number % len(FORMS)].format(folder=f"{subject}/{name}")
            video = not files.endswith(".jpg")
            # The frames of a video are counted from 1.
            first = 1 if video else int(generator.integers(1, 200))
            middle = first + (script.apex + script.offset) // 2 + 1
            gaps = "gaps" in order.quirks and not video
            view = View(
                files,
                order.size(FRAME_SIZE),
                lacking=frozenset((middle, middle + 1)) if gaps else frozenset(),
            )
            marks = (first + script.onset, first + script.apex, first + script.offset)
            left_out = "uncoded" in order.quirks and clips > 1 and number == clips - 1
            takes.append(
                OwnTake(
                    folder=subject,
                    name=name,
                    person=person,
                    script=script,
                    first=first,
                    emotion=emotion,
                    views=(view,),
                    fps=FPS,
                    row=None if left_out else (subject, name, *marks, emotion, spell_units(coded)),
                )
            )
    return takes


def write_sheets(root: Path, takes: Sequence[OwnTake], order: Order) -> None:
    """The coding sheet, unless none was ordered."""
    if "no-sheet" in order.quirks:
        return
    header = OWN_COLUMNS if "own-headers" in order.quirks else COLUMNS
    rows: list[Sequence[Cell]] = [header, *(take.row for take in takes if take.row is not None)]
    if "excel" in order.quirks:
        write_workbook(root / EXCEL_SHEET, {"codings": rows})
        return
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    (root / CSV_SHEET).write_text(text.getvalue(), encoding="utf-8", newline="\n")


WRITER = LayoutWriter(
    name="folder",
    title="Folder of own recordings",
    quirks=QUIRKS,
    fps=FPS,
    subjects=4,
    entries=("P[0-9]*", CSV_SHEET, EXCEL_SHEET),
    plan=plan,
    write_clip=film,
    write_sheets=write_sheets,
)
