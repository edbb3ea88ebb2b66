"""SMIC-E, the long clips: up to three micro-expressions in each, in absolute frame numbers.

Source of the layout: the release's sheet and public loaders (Tran et al., 2021, "Micro-expression
spotting: a new benchmark").
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding
from mexlab.data.databases.layouts.smic import (
    CLIP_NAME,
    EMOTIONS,
    INFIXES,
    SUBJECT,
    infix_label,
    subject_name,
)
from mexlab.data.databases.reading import Reading, release_reader
from mexlab.data.databases.sheets.cells import read_emotion, read_mark
from mexlab.data.databases.sheets.clip_sheets import ClipSheet, clip_rows, read_clips
from mexlab.data.databases.sheets.sheets import SheetRow, frame_number, read_sheet
from mexlab.data.databases.trees.locate import find_sheet, find_tree, holds_named, known_sheets
from mexlab.data.databases.trees.recognition import recognise_release
from mexlab.data.databases.trees.subject_folders import SubjectFolders

LAYOUT = "smic_e"
TITLE = "SMIC-E (long clips)"
FPS = 100.0

SHEETS = ("SMIC-HS-E_annotation_2019.xlsx", "SMIC-HS-E_annotation.xlsx")
SIMILAR = ("smic", "annotation")
TREES = ("SMIC-HS-E", "HS_long")

#: The tree lies as deep as ``SMIC-E_raw image/HS_long/SMIC-HS-E/HS``.
DEPTH = 4

FIELDS = {
    "subject": ("Subject",),
    "clip": ("Filename", "File name"),
    "onset1": ("OnsetF", "Onset1F", "Onset"),
    "offset1": ("OffsetF", "Offset1F", "Offset"),
    "onset2": ("Onset2F",),
    "offset2": ("Offset2F",),
    "onset3": ("Onset3F",),
    "offset3": ("Offset3F",),
    "first": ("FirstF",),
    "last": ("LastF",),
    "emotion": ("Emotion",),
}
OPTIONAL = ("onset2", "offset2", "onset3", "offset3", "first", "last")

NEEDS = (
    "A licence from the Center for Machine Vision and Signal Analysis, University of Oulu. Unpack "
    "into one folder: SMIC-HS-E_annotation.xlsx (or _2019) beside "
    "SMIC-E_raw image/HS_long/SMIC-HS-E/s03/s3_sur_01/image308866.jpg."
)

#: Whether a folder has ``s03/s3_sur_01`` in it.
holds_clips = partial(holds_named, outer=SUBJECT, inner=CLIP_NAME)


def fill_smic_e(reading: Reading) -> None:
    """Take in the long clips of SMIC-E, each with its one to three expressions.

    Frame numbers are the recording's own, up to eight digits; there is no apex.

    Raises
    ------
    InputError
        No sheet, no tree, a sheet of another database, or no clip with frames.
    """
    tree = find_tree(reading, TREES, holds=holds_clips, example="s03/s3_sur_01", depth=DEPTH)
    place = _sheet_place(reading.root, tree)
    sheet = read_sheet(find_sheet(reading, SHEETS, SIMILAR, place), FIELDS, optional=OPTIONAL)
    folders = SubjectFolders(reading, [tree], example="s01, s02, …")
    rows = clip_rows(reading, sheet, tuple(FIELDS), subject_name)
    read_clips(reading, [ClipSheet(sheet, rows, folders)], _code)
    reading.report.add(
        "note",
        TITLE,
        "the sheet tells onsets and offsets but no apex: expressions can be spotted, and trained "
        "on once an apex is coded or spotted",
    )


def _sheet_place(root: Path, tree: Path) -> Path:
    """Where the sheet is looked for: the root, else a folder between it and the frames."""
    places = [root]
    for folder in tree.parents:
        if root not in folder.parents:
            break
        places.append(folder)
    return next((place for place in places if any(known_sheets(place, SHEETS, SIMILAR))), root)


def _code(reading: Reading, row: SheetRow, clip: Clip, where: str) -> list[tuple[Coding, str]]:
    _check_span(reading, row, clip, where)
    emotion = _emotion(reading, row, clip.key, where)
    return [
        (
            Coding(
                clip=clip.key,
                coder=GROUND_TRUTH,
                onset=onset,
                offset=offset,
                emotion=emotion,
                status="committed",
                kind="micro",
                expression=expression,
            ),
            where if expression == 1 else f"{where}, expression {expression}",
        )
        for expression, onset, offset in _expressions(reading, row, where)
    ]


def _expressions(
    reading: Reading, row: SheetRow, where: str
) -> Iterator[tuple[int, int | None, int | None]]:
    """Number, onset and offset of the expressions; a second and third only where told."""
    for expression in (1, 2, 3):
        cells = row[f"onset{expression}"], row[f"offset{expression}"]
        # Absent expressions are blank, a slash or 0, as no recording starts at frame 0.
        if expression > 1 and not any(frame_number(cell) for cell in cells):
            continue
        onset, offset = (
            read_mark(reading, cell, f"{name} of expression {expression}", where)
            for cell, name in zip(cells, ("onset", "offset"), strict=True)
        )
        yield expression, onset, offset


def _emotion(reading: Reading, row: SheetRow, key: ClipKey, where: str) -> str:
    text = row.text("emotion").lower()
    emotion = read_emotion(reading, INFIXES.get(text, text), where)
    inside = infix_label(key.name)
    if emotion and inside and emotion != inside:
        reading.report.add(
            "warning",
            where,
            f"emotion {emotion!r}, but the clip is called after {inside}: taken as {emotion}. "
            "Check which is right",
        )
    return emotion


def _check_span(reading: Reading, row: SheetRow, clip: Clip, where: str) -> None:
    assert clip.frames is not None
    numbers = clip.frames.numbers
    told = frame_number(row["first"]), frame_number(row["last"])
    found = numbers[0], numbers[-1]
    if any(one is not None and one != other for one, other in zip(told, found, strict=True)):
        reading.report.add(
            "warning",
            where,
            f"the sheet has frames {told[0]}–{told[1]}, the folder {found[0]}–{found[1]}. Unpack "
            "the clip again if frames are missing",
        )


recognise_smic_e = partial(
    recognise_release, sheets=SHEETS, holds=holds_clips, similar=SIMILAR, depth=DEPTH
)

READER = release_reader(
    LAYOUT, TITLE, NEEDS, EMOTIONS, FPS, fill_smic_e, recognise_smic_e, people="smic"
)
