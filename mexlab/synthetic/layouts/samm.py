"""Writes SAMM: a sheet with a low header, frames numbered as filmed, padded to 4 or 5 digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mexlab.data.databases.layouts.samm import APEX_OUT_OF_RANGE
from mexlab.synthetic.acting.scripts import draw_script, spell_units
from mexlab.synthetic.filming.takes import Take, View, film
from mexlab.synthetic.layouts.census import deal, emotion_counts
from mexlab.synthetic.person.faces import cast_persons
from mexlab.synthetic.sheets.workbook import Cell, write_workbook
from mexlab.synthetic.writer import LayoutWriter, Order, Quirk

FPS = 200.0

TREE = "SAMM"
SHEET = "SAMM_Micro_FACS_Codes_v2.xlsx"
WORKSHEET = "MICRO_ONLY"

#: As filmed, and as the smaller release has it.
FULL_SIZE, GREY_SIZE = (2040, 1088), (960, 650)

COLUMNS = (
    "Subject", "Filename", "Inducement Code", "Onset Frame", "Apex Frame", "Offset Frame",
    "Duration", "Micro", "Action Units", "Estimated Emotion", "Objective Classes", "Notes",
)  # fmt: skip

#: Rows above the header.
ABOVE = 13

#: The release's people; those whose rows have something to them first.
SUBJECTS = (
    28, 32, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 30, 31,
    33, 34, 35, 36, 37,
)  # fmt: skip

#: Clips whose apex lies outside their frames: which film of a person that is.
OUT_OF_RANGE = {
    int(subject): int(film_number)
    for subject, film_number, _ in (name.split("_") for name in sorted(APEX_OUT_OF_RANGE))
}

#: Emotions in the order in which a person's clips have them, by their shares in the release.
EMOTIONS = ("anger", "happiness", "other", "surprise", "anger", "contempt", "anger", "disgust",
            "anger", "happiness", "fear", "anger", "sadness")  # fmt: skip

#: Objective classes by the units that they are made of.
OBJECTIVE = {
    "happiness": "I",
    "surprise": "II",
    "anger": "III",
    "disgust": "IV",
    "sadness": "V",
    "fear": "VI",
    "contempt": "VII",
    "other": "VII",
}

#: What stands in the real sheet where a coder was in doubt or said more than units.
ODD_UNITS = (
    "(R6 or R12) + R15",
    "1A+2B+L14C",
    "ref(7B)+43C",
    "4A/B",
    "R14+17+soft focus",
)

QUIRKS = (
    Quirk("low-header", "the header stands on row 14 of the sheet, below a title"),
    Quirk("padding", "frame numbers padded to five digits in some clips, to four in others"),
    Quirk("apex-out-of-range", "the apex of 028_4_1 and 032_3_1 lies outside their frames"),
    Quirk("odd-units", "action units as coders wrote them, such as `(R6 or R12) + R15` and `4A/B`"),
    Quirk("mixed-subjects", "subject cells that are numbers for some subjects and text for others"),
    Quirk("notes", "remarks in the last column of some rows"),
    Quirk("full-size", "2040 x 1088 in colour, in place of the grey 960 x 650", default=False),
)


@dataclass(frozen=True, kw_only=True)
class SammTake(Take):
    """A clip with its row."""

    subject: int
    row: tuple[Cell, ...]


def plan(order: Order) -> list[SammTake]:
    """The clips of an order, four a person by default."""
    takes = []
    # One person has clips of no class alone, so that the composite has one person less.
    alone = {SUBJECTS[-1]: "other"}
    whole = deal(emotion_counts("samm", "SAMM"), SUBJECTS, alone=alone) if order.full else {}
    for index, person in enumerate(cast_persons(order.subjects, order.seed)):
        lap, place = divmod(index, len(SUBJECTS))
        subject = SUBJECTS[place] + 40 * lap
        # A person's films are numbered, and the expressions in each.
        film_number = OUT_OF_RANGE.get(subject, 1 + index % 5)
        clips = 4 if order.clips is None else order.clips
        emotions = whole.get(subject) or [
            EMOTIONS[(index + number) % len(EMOTIONS)] for number in range(clips)
        ]
        for number, emotion in enumerate(emotions):
            seed = (order.seed, 621, index, number)
            generator = np.random.default_rng([*seed, 1])
            recipe = "others" if emotion == "other" else emotion
            script, coded = draw_script(person, recipe, seed, FPS, frames=order.frames(FPS))
            name = f"{subject:03d}_{film_number}_{number + 1}"
            first = int(generator.integers(100, 9000))
            width = 4 if "padding" in order.quirks and (index + number) % 3 == 2 else 5
            full = "full-size" in order.quirks
            files = f"{TREE}/{subject:03d}/{name}/{subject:03d}_{{:0{width}d}}.jpg"
            size = order.size(FULL_SIZE if full else GREY_SIZE)
            apex = first + script.apex
            if "apex-out-of-range" in order.quirks and number == 0 and subject in OUT_OF_RANGE:
                apex = first + script.count + 40
            units: Cell = spell_units(coded)
            if "odd-units" in order.quirks and number % 2 == 1:
                units = ODD_UNITS[(index + number // 2) % len(ODD_UNITS)]
            noted = "notes" in order.quirks and number % 4 == 1
            mixed = "mixed-subjects" in order.quirks and index % 2 == 1
            row = (
                subject if mixed else f"{subject:03d}",
                name,
                film_number,
                first + script.onset,
                apex,
                first + script.offset,
                script.offset - script.onset + 1,
                "Micro - 1/2",
                units,
                emotion.capitalize(),
                OBJECTIVE[emotion],
                "gaze down" if noted else None,
            )
            takes.append(
                SammTake(
                    folder=f"{subject:03d}",
                    name=name,
                    person=person,
                    script=script,
                    first=first,
                    emotion=emotion,
                    views=(View(files, size, grey=not full),),
                    fps=FPS,
                    subject=subject,
                    row=row,
                )
            )
    return takes


def write_sheets(root: Path, takes: Sequence[SammTake], order: Order) -> None:
    """The sheet of micro-movements."""
    rows: list[Sequence[Cell]] = []
    if "low-header" in order.quirks:
        rows = [("SAMM Micro-Movements",), *[()] * (ABOVE - 1)]
    rows += [COLUMNS, *(take.row for take in takes)]
    write_workbook(root / SHEET, {WORKSHEET: rows})


WRITER = LayoutWriter(
    name="samm",
    title="SAMM",
    quirks=QUIRKS,
    fps=FPS,
    subjects=8,
    entries=(TREE, SHEET),
    plan=plan,
    write_clip=film,
    write_sheets=write_sheets,
    people=len(SUBJECTS),
)
