"""Writes a planned database in CASME II's tree with a CASME II coding sheet."""

from __future__ import annotations

import datetime
import io
import zipfile
from functools import lru_cache
from pathlib import Path

import cv2

from mexlab.data.synthetic.faces import PersonParameters
from mexlab.data.synthetic.performance import Performance
from mexlab.data.synthetic.persons import Person, build_person
from mexlab.data.synthetic.plan import PlannedClip
from mexlab.data.synthetic.truth import truth_bytes, truth_path

FRAMES_FOLDER = "CASME2_RAW_selected"
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

#: Written into the workbook instead of today, so that the same seed gives the same bytes.
_DATE = datetime.datetime(2014, 5, 8)


@lru_cache(maxsize=3)
def _person(parameters: PersonParameters) -> Person:
    return build_person(parameters)


def write_clip(root: Path, clip: PlannedClip) -> int:
    """Draw one clip and write its frames and its truth.

    Returns
    -------
    int
        Number of frames written.
    """
    # One thread each: clips are drawn side by side in processes.
    cv2.setNumThreads(1)
    performance = Performance(_person(clip.person), clip.script)
    folder = root / FRAMES_FOLDER / clip.folder / clip.name
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in zip(clip.numbers, performance.frames(), strict=True):
        (folder / f"img{number}.jpg").write_bytes(data)
    path = truth_path(root, clip.folder, clip.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(truth_bytes(clip, performance))
    return clip.script.count


def write_sheet(root: Path, plan: list[PlannedClip], quirks: tuple[str, ...]) -> None:
    """Write the coding sheet of a planned database.

    Parameters
    ----------
    root : Path
    plan : list of PlannedClip
    quirks : tuple of str
        ``integer-units`` and ``mixed-subjects`` concern the sheet alone.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sheet1"
    sheet.append(COLUMNS)
    for clip in plan:
        if clip.in_sheet:
            sheet.append(sheet_row(clip, quirks))
    book.properties.creator = "mexlab synthetic"
    book.properties.created = _DATE
    buffer = io.BytesIO()
    book.save(buffer)
    (root / SHEET_NAME).write_bytes(_with_fixed_dates(buffer.getvalue()))


def sheet_row(clip: PlannedClip, quirks: tuple[str, ...]) -> list[str | int | None]:
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


def _with_fixed_dates(workbook: bytes) -> bytes:
    """Repack a workbook without the time of writing, which openpyxl always puts in."""
    packed = io.BytesIO()
    stamp = _DATE.isoformat() + "Z"
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(packed, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "docProps/core.xml":
                data = _replace_modified(data.decode(), stamp).encode()
            entry = zipfile.ZipInfo(info.filename, _DATE.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, data)
    return packed.getvalue()


def _replace_modified(core: str, stamp: str) -> str:
    start = core.find(">", core.find("<dcterms:modified")) + 1
    end = core.find("</dcterms:modified>")
    return core[:start] + stamp + core[end:] if 0 < start <= end else core
