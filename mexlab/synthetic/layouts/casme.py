"""Writes CASME: the merged release with one sheet, or its sections A and B with a sheet each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mexlab.synthetic.acting.scripts import draw_script, spell_units
from mexlab.synthetic.filming.takes import Take, View, film
from mexlab.synthetic.layouts.census import deal, evenly, published
from mexlab.synthetic.person.faces import PersonParameters, cast_persons
from mexlab.synthetic.sheets.legacy_workbook import write_legacy_workbook
from mexlab.synthetic.sheets.workbook import Cell, write_workbook
from mexlab.synthetic.writer import LayoutWriter, Order, Quirk

FPS = 60.0

RAW, CROPPED, SHEET = "CASME_raw_selected", "Cropped", "casme.xlsx"
SECTION_SHEETS = {"A": "CASME_SectionA.xls", "B": "CASME_SectionB.xls"}

#: Each section has a camera of its own.
SIZES = {"A": (1280, 720), "B": (640, 480)}
CROPPED_SIZE = (280, 340)

#: The release's people, those of section A (1 to 7) and of section B in turn.
SUBJECTS = (1, 8, 2, 9, 3, 10, 4, 11, 5, 12, 6, 13, 7, 14, 15, 16, 17, 18, 19)
LAST_OF_A = 7

CLIPS = 4

#: Emotions in the order in which they are played, and as the sheets spell them.
EMOTIONS = (
    "tense", "contempt", "happiness", "repression", "disgust", "surprise", "fear", "sadness",
)  # fmt: skip
MISSPELT = "comtempt"

#: Two columns have no name.
COLUMNS = (
    "Subject", "Filename", None, "OnsetF", "ApexF1", "ApexF2", "OffsetF", None, "AU", "Emotion",
)  # fmt: skip

#: How the sheets write what is missing.
MISSING = "\\"

QUIRKS = (
    Quirk("padding", "frame numbers of section B padded to three digits, those of A not at all"),
    Quirk("two-apexes", "two apex columns, the first and the last frame of an apex that lasts"),
    Quirk("missing-apex", "rows whose apex cells are a backslash"),
    Quirk("misspelt-contempt", "contempt spelt comtempt"),
    Quirk("cropped", "the tree Cropped beside that of the raw frames (merged release)"),
    Quirk(
        "sections",
        "not the merged release but CASME_A and CASME_B, each with an .xls sheet",
        default=False,
    ),
)


@dataclass(frozen=True, kw_only=True)
class CasmeTake(Take):
    """A clip with what the sheet says beside its marks.

    Attributes
    ----------
    subject : int
    section : {"A", "B"}
    units : str
    last_apex : int
        Native number of the last frame of the apex.
    apex_written : bool
    """

    subject: int
    section: str
    units: str
    last_apex: int
    apex_written: bool


def plan(order: Order) -> list[CasmeTake]:
    """The clips of an order, four a person by default."""
    takes = []
    whole = deal(evenly(published("casme", "CASME"), EMOTIONS), SUBJECTS) if order.full else {}
    for index, person in enumerate(cast_persons(order.subjects, order.seed)):
        clips = range(CLIPS if order.clips is None else order.clips)
        emotions = [EMOTIONS[(3 * index + number) % len(EMOTIONS)] for number in clips]
        if whole:
            emotions = whole[SUBJECTS[index]]
        for number, emotion in enumerate(emotions):
            takes.append(_take(order, index, number, emotion, person))
    return takes


def _take(
    order: Order, index: int, number: int, emotion: str, person: PersonParameters
) -> CasmeTake:
    lap, place = divmod(index, len(SUBJECTS))
    subject = SUBJECTS[place] + 20 * lap
    section = "A" if SUBJECTS[place] <= LAST_OF_A else "B"
    seed = (order.seed, 631, index, number)
    generator = np.random.default_rng([*seed, 1])
    script, coded = draw_script(person, emotion, seed, FPS, frames=order.frames(FPS))
    first = int(generator.integers(60, 95))
    lasting = int(generator.integers(1, 3)) if "two-apexes" in order.quirks else 0
    name = f"EP{number + 1:02d}_{int(generator.integers(1, 16))}"
    folder = f"sub{subject:02d}"
    digits = "{:03d}" if section == "B" and "padding" in order.quirks else "{}"
    inside = f"{folder}/{name}"
    size = order.size(SIZES[section])
    if "sections" in order.quirks:
        tree = f"CASME_{section}/Section {section}"
        views = [View(f"{tree}/{inside}/{name}-{digits}.jpg", size)]
    else:
        views = [View(f"{RAW}/{inside}/{name}-{digits}.jpg", size)]
        if "cropped" in order.quirks:
            small = order.size(CROPPED_SIZE)
            views.append(View(f"{CROPPED}/{inside}/reg_{name}-{digits}.jpg", small, crop=True))
    return CasmeTake(
        folder=folder,
        name=name,
        person=person,
        script=script,
        first=first,
        emotion=emotion,
        views=tuple(views),
        fps=FPS,
        subject=subject,
        section=section,
        units=spell_units(coded),
        last_apex=min(first + script.apex + lasting, first + script.offset),
        apex_written=not ("missing-apex" in order.quirks and (index + number) % 5 == 2),
    )


def write_sheets(root: Path, takes: Sequence[CasmeTake], order: Order) -> None:
    """One sheet, or one a section."""
    if "sections" not in order.quirks:
        write_workbook(root / SHEET, {"Sheet1": [COLUMNS, *(_row(take, order) for take in takes)]})
        return
    for section, sheet in SECTION_SHEETS.items():
        rows = [_row(take, order) for take in takes if take.section == section]
        # Of one person alone there is one section.
        if rows:
            write_legacy_workbook(root / sheet, "Sheet1", [COLUMNS, *rows])


def _row(take: CasmeTake, order: Order) -> list[Cell]:
    misspelt = "misspelt-contempt" in order.quirks and take.emotion == "contempt"
    apexes: tuple[Cell, Cell] = (
        (take.apex, take.last_apex) if take.apex_written else (MISSING, MISSING)
    )
    return [
        take.subject,
        take.name,
        None,
        take.onset,
        *apexes,
        take.offset,
        None,
        take.units,
        MISSPELT if misspelt else take.emotion,
    ]


WRITER = LayoutWriter(
    name="casme",
    title="CASME",
    quirks=QUIRKS,
    fps=FPS,
    subjects=4,
    people=len(SUBJECTS),
    entries=(RAW, CROPPED, SHEET, "CASME_A", "CASME_B", *SECTION_SHEETS.values()),
    plan=plan,
    write_clip=film,
    write_sheets=write_sheets,
)
