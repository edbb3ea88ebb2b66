"""CASME II: three sheets, three trees of frames, one set of clips.

Source of the layout: the release's readme and sheets (Yan et al., 2014, "CASME II: an improved
spontaneous micro-expression database and the baseline evaluation").
"""

from __future__ import annotations

from functools import partial

from mexlab.data.clips import Clip
from mexlab.data.codings import Coding
from mexlab.data.databases.folders import subject_number
from mexlab.data.databases.reading import Reading, release_reader
from mexlab.data.databases.sheets.cells import read_coding
from mexlab.data.databases.sheets.clip_sheets import ClipSheet, clip_rows, read_clips
from mexlab.data.databases.sheets.sheets import SheetRow, read_sheet
from mexlab.data.databases.trees.locate import find_sheet, find_tree, holds_subjects
from mexlab.data.databases.trees.recognition import recognise_release
from mexlab.data.databases.trees.subject_folders import SubjectFolders

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


def fill_casme2(reading: Reading) -> None:
    """Take in CASME II, or a synthetic database in its shape.

    Raises
    ------
    InputError
        No sheet, no tree, or a sheet that is not CASME II's.
    """
    sheet = read_sheet(find_sheet(reading, SHEETS, SIMILAR), FIELDS)
    tree = find_tree(reading, TREES)
    rows = clip_rows(reading, sheet, tuple(FIELDS), _subject_name)
    read_clips(reading, [ClipSheet(sheet, rows, SubjectFolders(reading, [tree]))], _code)


def _code(reading: Reading, row: SheetRow, clip: Clip, where: str) -> list[tuple[Coding, str]]:
    return [(read_coding(reading, row, clip.key, where, kind="micro"), where)]


def _subject_name(cell: str) -> str:
    return f"sub{subject_number(cell):02d}"


recognise_casme2 = partial(recognise_release, sheets=SHEETS, holds=holds_subjects, similar=SIMILAR)

READER = release_reader(LAYOUT, TITLE, NEEDS, EMOTIONS, FPS, fill_casme2, recognise_casme2)
