"""CASME II: three sheets, three trees of frames, one set of clips.

Source of the layout: the release's readme and sheets (Yan et al., 2014, "CASME II: an improved
spontaneous micro-expression database and the baseline evaluation").
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from mexlab.data.clips import ClipKey
from mexlab.data.databases.cells import clip_rows, read_coding
from mexlab.data.databases.folders import subject_number
from mexlab.data.databases.imported import DatabaseReader, ImportedDatabase, Progress
from mexlab.data.databases.locate import find_sheet, find_tree, holds_subjects
from mexlab.data.databases.reading import Reading, begin_reading, nothing_found
from mexlab.data.databases.recognition import recognise_release
from mexlab.data.databases.sheets import Sheet, SheetRow, read_sheet
from mexlab.data.databases.subject_folders import SubjectFolders

LAYOUT = "casme2"
TITLE = "CASME II"
FPS = 200.0
EMOTIONS = ("happiness", "surprise", "disgust", "repression", "sadness", "fear", "others")

#: Sheets of the release, the newest first: the first one found is read.
SHEETS = (
    "CASME2-coding-20190701.xlsx",
    "CASME2-coding-20140508.xlsx",
    "CASME2_label_Ver_2.xls",
)

#: What a renamed sheet is known by.
SIMILAR = ("casme2",)

#: Trees of the release, by the share of the question they answer: the coded part of each clip as
#: filmed, then the same cropped and aligned, then the full recordings.
TREES = ("CASME2_RAW_selected", "Cropped", "CASME2-RAW")

FIELDS = {
    "subject": ("Subject",),
    "clip": ("Filename", "File name"),
    "onset": ("OnsetFrame", "Onset"),
    "apex": ("ApexFrame", "Apex"),
    "offset": ("OffsetFrame", "Offset"),
    "action_units": ("Action Units", "AUs", "AU"),
    "emotion": ("Estimated Emotion", "Emotion"),
}

NEEDS = (
    "A licence from the Institute of Psychology, Chinese Academy of Sciences. Unpack into one "
    "folder: CASME2-coding-20140508.xlsx (or -20190701.xlsx, or CASME2_label_Ver_2.xls) beside "
    "CASME2_RAW_selected/sub01/EP02_01f/img46.jpg (or Cropped/, or CASME2-RAW/)."
)


def read_casme2(
    path: Path,
    *,
    name: str | None = None,
    apply_corrections: bool = True,
    fps: float | None = None,
    progress: Progress | None = None,
) -> list[ImportedDatabase]:
    """Read CASME II, or a synthetic database in its shape.

    Parameters
    ----------
    path : Path
        The folder with sheet and trees, or a tree itself with the sheet beside it.
    name : str, optional
        ``casme2`` by default.
    apply_corrections : bool
        Put known mistakes of the sheet right; each is listed in the report.
    fps : float, optional
        200 by default, as the release says.
    progress : callable, optional

    Returns
    -------
    list of ImportedDatabase
        One.

    Raises
    ------
    InputError
        No sheet, no tree, or a sheet that is not CASME II's; whatever concerns single clips is
        in the report instead.
    """
    reading = begin_reading(
        LAYOUT,
        TITLE,
        path,
        name=name,
        fps=fps,
        release_fps=FPS,
        emotions=EMOTIONS,
        apply_corrections=apply_corrections,
        progress=progress,
    )
    report = reading.report
    sheet = read_sheet(find_sheet(reading.root, SHEETS, SIMILAR, report), FIELDS)
    tree = find_tree(reading.root, TREES, NEEDS, report)
    rows = clip_rows(reading, sheet, tuple(FIELDS), _subject_name)
    folders = SubjectFolders(reading, [tree])
    for done, (row, key) in enumerate(rows, start=1):
        _read_clip(reading, folders, sheet, row, key)
        reading.step(done, len(rows))
    folders.report_unmatched(sheet.path.name)
    if not reading.clips:
        raise nothing_found(reading, len(rows), sheet.path.name, [tree], NEEDS)
    return [reading.finish()]


def _read_clip(
    reading: Reading, folders: SubjectFolders, sheet: Sheet, row: SheetRow, key: ClipKey
) -> None:
    where = f"{key} ({sheet.place(row)})"
    found = folders.find(subject_number(key.subject) or 0, key.name)
    if found is None:
        folders.report_missing(where, f"{key.subject}/{key.name}")
        return
    clip = reading.scan_clip(key, found, where)
    if clip is None:
        return
    coding = read_coding(reading, row, key, where, kind="micro")
    reading.add(clip, [(coding, where)])


def _subject_name(cell: str) -> str:
    return f"sub{subject_number(cell):02d}"


READER = DatabaseReader(
    name=LAYOUT,
    title=TITLE,
    needs=NEEDS,
    emotions=EMOTIONS,
    fps=FPS,
    read=read_casme2,
    recognise=partial(recognise_release, sheets=SHEETS, holds=holds_subjects, similar=SIMILAR),
)
