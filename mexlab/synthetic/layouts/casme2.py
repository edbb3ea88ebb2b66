"""Writes a planned database in CASME II's tree with a CASME II coding sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mexlab.synthetic.acting.scripts import squeeze
from mexlab.synthetic.filming.takes import Outside, film
from mexlab.synthetic.layouts.casme2_plan import (
    CROPPED_FOLDER,
    FPS,
    FRAMES_FOLDER,
    FULL_FOLDER,
    PEOPLE,
    QUIRKS,
    PlannedClip,
    plan_clips,
)
from mexlab.synthetic.person.faces import COHORT
from mexlab.synthetic.person.photograph import FRAME_SIZE
from mexlab.synthetic.sheets.legacy_workbook import write_legacy_workbook
from mexlab.synthetic.sheets.workbook import Cell, write_workbook
from mexlab.synthetic.writer import LayoutWriter, Order

SHEET_NAME = "CASME2-coding-20140508.xlsx"
SHEET_2019, SHEET_VER_2 = "CASME2-coding-20190701.xlsx", "CASME2_label_Ver_2.xls"

CROPPED_SIZE = (280, 340)

#: Frames of a full clip before the selected ones and after them, where there are as many.
AROUND = 40

#: The sheet's header; two of its columns have no name.
COLUMNS = (
    "Subject",
    "Filename",
    None,
    "OnsetFrame",
    "ApexFrame",
    "OffsetFrame",
    None,
    "Action Units",
    "Estimated Emotion",
)


def plan(order: Order) -> list[PlannedClip]:
    """The clips of an order; see :func:`plan.plan_clips`."""
    drawn = plan_clips(order.subjects, order.seed, order.quirks, order.clips, full=order.full)
    frames, size = order.frames(FPS), order.size(FRAME_SIZE)
    cropping = {"cropped", "cropped-lacks-frames"} & set(order.quirks)
    cropped_size = order.size(CROPPED_SIZE) if cropping else None
    clips = [
        replace(clip, script=squeeze(clip.script, frames), size=size, cropped_size=cropped_size)
        for clip in drawn
    ]
    if "full-clips" not in order.quirks:
        return clips
    return [_in_full(clip, AROUND if frames is None else min(AROUND, frames)) for clip in clips]


def _in_full(clip: PlannedClip, around: int) -> PlannedClip:
    """The clip as it was cut out of a full recording; its marks keep their native numbers."""
    lead = min(around, clip.first - 1)
    script = clip.script
    return replace(
        clip,
        first=clip.first - lead,
        script=replace(
            script,
            count=lead + script.count + around,
            onset=lead + script.onset,
            apex=lead + script.apex,
            offset=lead + script.offset,
            blinks=tuple(replace(blink, start=lead + blink.start) for blink in script.blinks),
        ),
        selected=Outside(clip.first, clip.first + script.count - 1),
    )


def write_sheets(root: Path, clips: Sequence[PlannedClip], order: Order) -> None:
    """Write the coding sheet of a planned database, in the edition that its quirks name.

    Parameters
    ----------
    root : Path
    clips : sequence of PlannedClip
    order : Order
        Of its quirks, ``integer-units`` and ``mixed-subjects`` concern the sheet alone.
    """
    rows = [sheet_row(clip, order.quirks) for clip in clips if clip.in_sheet]
    grid: list[Sequence[Cell]] = [COLUMNS, *rows]
    if "sheet-ver-2" in order.quirks:
        write_legacy_workbook(root / SHEET_VER_2, "Sheet1", grid)
    if "sheet-2019" in order.quirks:
        write_workbook(root / SHEET_2019, {"Sheet1": grid})
    if not {"sheet-ver-2", "sheet-2019"} & set(order.quirks):
        write_workbook(root / SHEET_NAME, {"Sheet1": grid})


def sheet_row(clip: PlannedClip, quirks: tuple[str, ...]) -> list[Cell]:
    """One row of the sheet, in the order of :data:`COLUMNS`."""
    script = clip.script
    subject: str | int = f"{clip.subject:02d}"
    if "mixed-subjects" in quirks and clip.subject % 3 == 0:
        subject = clip.subject
    text = clip.action_units if clip.units_known else "?"
    units = int(text) if "integer-units" in quirks and text.isdigit() else text
    apex: str | int = clip.first + script.apex if clip.apex_written else "/"
    return [
        subject,
        clip.name,
        None,
        clip.first + script.onset,
        apex,
        clip.first + script.offset,
        None,
        units,
        clip.emotion,
    ]


WRITER = LayoutWriter(
    name="casme2",
    title="CASME II",
    quirks=QUIRKS,
    fps=FPS,
    subjects=COHORT,
    entries=(
        FRAMES_FOLDER,
        CROPPED_FOLDER,
        FULL_FOLDER,
        SHEET_NAME,
        SHEET_2019,
        SHEET_VER_2,
    ),
    plan=plan,
    write_clip=film,
    write_sheets=write_sheets,
    people=PEOPLE,
)
