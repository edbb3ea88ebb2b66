"""SAMM: a sheet whose header may stand on row 14, frames numbered as filmed.

Source of the layout: the release's sheet and public loaders (Davison et al., 2018, "SAMM: a
spontaneous micro-facial movement dataset").
"""

from __future__ import annotations

import re
from functools import partial

from mexlab.data.clips import Clip
from mexlab.data.codings import Coding
from mexlab.data.databases.folders import subject_number
from mexlab.data.databases.reading import Reading, release_reader
from mexlab.data.databases.sheets.cells import read_coding
from mexlab.data.databases.sheets.clip_sheets import ClipSheet, clip_rows, read_clips
from mexlab.data.databases.sheets.sheets import SheetRow, read_sheet
from mexlab.data.databases.trees.locate import find_sheet, find_tree, holds_named
from mexlab.data.databases.trees.recognition import recognise_release
from mexlab.data.databases.trees.subject_folders import SubjectFolders

LAYOUT = "samm"
TITLE = "SAMM"
FPS = 200.0
EMOTIONS = (
    "anger",
    "happiness",
    "surprise",
    "contempt",
    "disgust",
    "fear",
    "sadness",
    "other",
)

SHEETS = (
    "SAMM_Micro_FACS_Codes_v2.xlsx",
    "SAMM_Micro_FACS_Codes_v2.xls",
    "SAMM_Micro_FACS_Codes.xlsx",
)
SIMILAR = ("samm", "micro")
TREES = ("SAMM",)

FIELDS = {
    "subject": ("Subject",),
    "clip": ("Filename", "File name"),
    "onset": ("Onset Frame", "Onset"),
    "apex": ("Apex Frame", "Apex"),
    "offset": ("Offset Frame", "Offset"),
    "type": ("Micro", "Type"),
    "action_units": ("Action Units", "AUs", "AU"),
    "emotion": ("Estimated Emotion", "Emotion"),
    "objective": ("Objective Classes", "Objective Class"),
    "notes": ("Notes", "Note"),
}
OPTIONAL = ("type", "objective", "notes")

#: Clips whose apex in the sheet lies outside their own frames.
APEX_OUT_OF_RANGE = frozenset({"028_4_1", "032_3_1"})

NEEDS = (
    "A licence from Manchester Metropolitan University. Unpack into one folder: "
    "SAMM_Micro_FACS_Codes_v2.xlsx beside SAMM/006/006_1_2/006_05562.jpg (or the folders 006, "
    "007, … right beside it). The grey release is read just so."
)

_SUBJECT = re.compile(r"\d{3}")
_CLIP = re.compile(r"\d+_\d+_\w+")

#: Whether a folder has ``006/006_1_2`` in it.
holds_clips = partial(holds_named, outer=_SUBJECT, inner=_CLIP)


def fill_samm(reading: Reading) -> None:
    """Take in SAMM, in colour or as the smaller grey release.

    The objective class and the sheet's notes are kept in the note of the coding.

    Raises
    ------
    InputError
        No sheet, no tree, a sheet of another database, or no clip with frames.
    """
    sheet = read_sheet(find_sheet(reading, SHEETS, SIMILAR), FIELDS, optional=OPTIONAL)
    tree = find_tree(reading, TREES, holds=holds_clips, example="006/006_1_2")
    folders = SubjectFolders(reading, [tree], example="006, 007, …", number=_person)
    rows = clip_rows(reading, sheet, tuple(FIELDS), subject_name)
    read_clips(reading, [ClipSheet(sheet, rows, folders)], _code)


def _code(reading: Reading, row: SheetRow, clip: Clip, where: str) -> list[tuple[Coding, str]]:
    objective, notes = row.text("objective"), row.text("notes")
    parts = [f"objective class {objective}" if objective else "", notes]
    coding = read_coding(
        reading, row, clip.key, where, kind="micro", note="; ".join(filter(None, parts))
    )
    assert clip.frames is not None
    if clip.key.name in APEX_OUT_OF_RANGE and coding.apex not in (None, *clip.frames.numbers):
        reading.report.add(
            "warning",
            where,
            f"the apex {coding.apex} out of range is a known mistake of the sheet, whose right "
            "value nobody published: kept as it is. Code the apex anew before training on it",
        )
    return [(coding, where)]


def subject_name(cell: str) -> str:
    """A subject as its folder is called: ``6`` -> ``006``."""
    return f"{subject_number(cell):03d}"


def _person(name: str) -> int | None:
    return int(name) if _SUBJECT.fullmatch(name.strip()) else None


recognise_samm = partial(recognise_release, sheets=SHEETS, holds=holds_clips, similar=SIMILAR)

READER = release_reader(LAYOUT, TITLE, NEEDS, EMOTIONS, FPS, fill_samm, recognise_samm)
