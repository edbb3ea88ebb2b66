"""Writes a planned database in CASME II's tree with a CASME II coding sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mexlab.data.synthetic.faces import COHORT
from mexlab.data.synthetic.photograph import FRAME_SIZE
from mexlab.data.synthetic.plan import FPS, FRAMES_FOLDER, QUIRKS, PlannedClip, plan_clips
from mexlab.data.synthetic.scripts import squeeze
from mexlab.data.synthetic.takes import film
from mexlab.data.synthetic.workbook import Cell, write_workbook
from mexlab.data.synthetic.writer import LayoutWriter, Order

SHEET_NAME = "CASME2-coding-20140508.xlsx"

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
    frames, size = order.frames(FPS), order.size(FRAME_SIZE)
    return [
        replace(clip, script=squeeze(clip.script, frames), size=size)
        for clip in plan_clips(order.subjects, order.seed, order.quirks, order.clips)
    ]


def write_sheets(root: Path, clips: Sequence[PlannedClip], order: Order) -> None:
    """Write the coding sheet of a planned database.

    Parameters
    ----------
    root : Path
    clips : sequence of PlannedClip
    order : Order
        Of its quirks, ``integer-units`` and ``mixed-subjects`` concern the sheet alone.
    """
    rows = [sheet_row(clip, order.quirks) for clip in clips if clip.in_sheet]
    write_workbook(root / SHEET_NAME, {"Sheet1": [COLUMNS, *rows]})


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
    entries=(FRAMES_FOLDER, SHEET_NAME),
    plan=plan,
    write_clip=film,
    write_sheets=write_sheets,
)
