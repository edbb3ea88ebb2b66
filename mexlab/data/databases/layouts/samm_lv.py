"""SAMM Long Videos: macro- and micro-expressions in videos whose frames are numbered from 1.

Source of the layout: the release's sheets and public loaders (Yap, Kendrick and Yap, 2020, "SAMM
long videos: a spontaneous facial micro- and macro-expressions dataset").
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding
from mexlab.data.databases.folders import list_folder
from mexlab.data.databases.layouts.samm import EMOTIONS
from mexlab.data.databases.layouts.samm import SHEETS as SAMM_SHEETS
from mexlab.data.databases.layouts.samm import SIMILAR as SAMM_SIMILAR
from mexlab.data.databases.layouts.samm_emotions import (
    WITHOUT,
    expression_kind,
    expression_note,
    merge_emotions,
    read_emotions,
)
from mexlab.data.databases.reading import Reading, nothing_found, release_reader
from mexlab.data.databases.sheets.cells import Once, names_a_clip, read_marks, read_units
from mexlab.data.databases.sheets.sheets import (
    Sheet,
    SheetRow,
    cell_text,
    frame_number,
    no_rows,
    read_sheet,
)
from mexlab.data.databases.trees.locate import find_sheet, find_tree, known_sheets
from mexlab.data.databases.trees.recognition import recognise_release
from mexlab.errors import InputError

LAYOUT = "samm_lv"
TITLE = "SAMM Long Videos"
FPS = 200.0

SHEETS = (
    "SAMM_LongVideos_V3_Release.xlsx",
    "SAMM_LongVideos_V2_Release.xlsx",
    "SAMM_LongVideos_V1_Release.xlsx",
)
SIMILAR = ("samm", "long")
TREES = ("SAMM_longvideos",)

FIELDS = {
    "subject": ("Subject",),
    "clip": ("Filename", "File name"),
    "onset": ("Onset", "Onset Frame"),
    "apex": ("Apex", "Apex Frame"),
    "offset": ("Offset", "Offset Frame"),
    "type": ("Type",),
    "action_units": ("Action Units", "AUs", "AU"),
    "notes": ("Notes", "Note"),
}

#: Expressions whose offset in the sheet lies behind the last frame of the video.
OVERRUNS = frozenset({"020_6_5", "036_7_4"})

NEEDS = (
    "A licence from Manchester Metropolitan University. Unpack into one folder: "
    "SAMM_LongVideos_V3_Release.xlsx (or V2, V1) beside SAMM_longvideos/006_1/006_1_0001.jpg. Put "
    "SAMM_Micro_FACS_Codes_v2.xlsx there too, or import SAMM first, for the emotions of the "
    "micro-expressions."
)

_VIDEO = re.compile(r"0*(\d+)_0*(\d+)")
_FILENAME = re.compile(r"0*(\d+)_0*(\d+)(?:_\d+)?")


@dataclass(slots=True)
class _Video:
    """A video's folder with the rows that speak of it."""

    key: ClipKey
    folder: Path
    rows: list[SheetRow] = field(default_factory=list)


def fill_samm_lv(reading: Reading) -> None:
    """Take in the long videos: one clip a video, with its expressions in the order of onset.

    Frames are numbered from 1 in every video, as the sheet has them: they are not the numbers
    of SAMM. The file name of an expression (``006_1_2``) comes first in its note. Corrections
    move an onset at 0 to the first frame, and the offsets that are known to overrun to the last.
    A video in which nothing is coded is kept, without a coding.

    Raises
    ------
    InputError
        No sheet, no tree, a sheet of another database, or no video with frames.
    """
    sheet = read_sheet(find_sheet(reading, SHEETS, SIMILAR), FIELDS, optional=("notes",))
    tree = find_tree(reading, TREES, holds=holds_videos, example="006_1, 006_2, …")
    videos = _group_rows(reading, sheet, _find_videos(reading, tree))
    for done, video in enumerate(videos, start=1):
        _read_video(reading, sheet, video)
        reading.step(done, len(videos))
    if not any(video.rows for video in videos) or not reading.clips:
        raise nothing_found(reading, len(sheet.rows), sheet.path.name, [tree], "expressions")
    _merge(reading)


def _find_videos(reading: Reading, tree: Path) -> dict[tuple[int, int], _Video]:
    videos: dict[tuple[int, int], _Video] = {}
    for folder in list_folder(tree, reading.root, reading.report).children.values():
        match = _VIDEO.fullmatch(folder.name.strip())
        if match is None:
            reading.report.add(
                "note",
                reading.shown(folder),
                "not a video's folder (006_1, 006_2, …): passed over",
            )
            continue
        subject, number = int(match[1]), int(match[2])
        key = reading.key(f"{subject:03d}", f"{subject:03d}_{number}")
        first = videos.setdefault((subject, number), _Video(key, folder))
        if first.folder != folder:
            reading.report.add(
                "warning",
                reading.shown(folder),
                f"the same video as {first.folder.name}, which is read. Remove one of them",
            )
    return videos


def _group_rows(
    reading: Reading, sheet: Sheet, videos: dict[tuple[int, int], _Video]
) -> list[_Video]:
    once = Once(reading, tuple(FIELDS))
    named = fractions = 0
    for row in sheet.rows:
        if not names_a_clip(reading, sheet, row):
            continue
        named += 1
        rounded = _rounded(row)
        fractions += rounded is not row
        filename = row.text("clip")
        match = _FILENAME.fullmatch(filename)
        if match is None:
            reading.report.add(
                "skipped",
                sheet.place(row),
                f"{filename!r} is not called as the expressions are (006_1_2). Put its name right",
            )
            continue
        video = videos.get((int(match[1]), int(match[2])))
        where = f"{filename} ({sheet.place(row)})"
        if video is None:
            reading.report.add(
                "skipped",
                where,
                f"no folder {match[1].zfill(3)}_{match[2]} among the videos. Unpack the frames "
                "again, or check the row",
            )
            continue
        parts = (filename, row.text("type"), rounded.text("onset"), rounded.text("offset"))
        if once.is_new(where, sheet, rounded, *parts):
            _check_subject(reading, row, video, where)
            video.rows.append(rounded)
    if not named:
        raise no_rows(sheet)
    if fractions:
        reading.report.add(
            "note",
            sheet.path.name,
            f"{fractions} rows give frames with a fraction: rounded to whole frames",
        )
    return list(videos.values())


def _rounded(row: SheetRow) -> SheetRow:
    """The row with whole frame numbers; the row itself where it has them already."""
    cells = {name: _whole(row[name]) for name in ("onset", "apex", "offset")}
    if all(cell_text(cell) == row.text(name) for name, cell in cells.items()):
        return row
    return SheetRow(row.number, {**row.cells, **cells})


def _whole(cell: Any) -> Any:
    try:
        number = float(cell_text(cell))
    except ValueError:
        return cell
    return math.floor(number + 0.5) if math.isfinite(number) else cell


def _check_subject(reading: Reading, row: SheetRow, video: _Video, where: str) -> None:
    subject = frame_number(row["subject"])
    if subject is not None and subject != int(video.key.subject):
        reading.report.add(
            "warning",
            where,
            f"the row is of subject {subject}, the file name of {video.key.subject}: taken as "
            f"{video.key.subject}. Check which is right",
        )


def _read_video(reading: Reading, sheet: Sheet, video: _Video) -> None:
    rows = sorted(video.rows, key=lambda row: frame_number(row["onset"]) or 0)
    place = f"{video.key} ({sheet.place(rows[0])})" if rows else str(video.key)
    clip = reading.scan_clip(video.key, video.folder, place)
    if clip is None:
        return
    if not rows:
        reading.add_uncoded(clip)
        return
    codings = []
    for expression, row in enumerate(rows, start=1):
        where = f"{row.text('clip')} ({sheet.place(row)})"
        codings.append((_read_coding(reading, row, clip, expression, where), where))
    reading.add(clip, codings)


def _read_coding(
    reading: Reading, row: SheetRow, clip: Clip, expression: int, where: str
) -> Coding:
    kind = expression_kind(row.text("type"))
    if not kind:
        reading.report.add(
            "warning",
            where,
            f"type {row.text('type')!r} is neither Macro nor Micro - 1/2: kept without",
        )
    coding = Coding(
        clip=clip.key,
        coder=GROUND_TRUTH,
        **read_marks(reading, row, where),
        action_units=read_units(reading, row.text("action_units"), where),
        note=expression_note(row.text("clip"), row.text("notes")),
        status="committed",
        expression=expression,
        kind=kind,
    )
    return _within(reading, coding, clip, row.text("clip"), where) if reading.correcting else coding


def _within(reading: Reading, coding: Coding, clip: Clip, filename: str, where: str) -> Coding:
    """The coding with the marks that are known to lie outside the video moved to its ends."""
    assert clip.frames is not None
    first, last = clip.frames.numbers[0], clip.frames.numbers[-1]
    changes: dict[str, int] = {}
    if coding.onset == 0 and first > 0:
        changes["onset"] = first
    onset = coding.onset if coding.onset is not None else last
    if filename in OVERRUNS and onset <= last:
        for name in ("apex", "offset"):
            mark = getattr(coding, name)
            if mark is not None and mark > last:
                changes[name] = last
    for name, value in changes.items():
        why = (
            "frames are numbered from 1, and the sheet means the first"
            if name == "onset"
            else "the sheet is known to run past the end of this video"
        )
        reading.report.add(
            "corrected",
            where,
            f"{name} {getattr(coding, name)} -> {value}: {why}. Import with --no-corrections to "
            "keep the sheet's value",
        )
    return coding.with_changes(**changes)


def _merge(reading: Reading) -> None:
    """Take the emotions from SAMM's own sheet where it is at hand."""
    found, others = known_sheets(reading.root, SAMM_SHEETS, SAMM_SIMILAR)
    sheets = [*found.values(), *others]
    if macros := sum(coding.kind == "macro" for coding in reading.codings):
        reading.report.add(
            "note", TITLE, f"no sheet tells the emotions of the {macros} macro-expressions"
        )
    if not sheets:
        reading.report.add("warning", TITLE, WITHOUT)
        return
    try:
        emotions = read_emotions(sheets[0])
    except InputError as error:
        reading.report.add("warning", sheets[0].name, f"{error.problem}: no emotions from it")
        reading.report.add("warning", TITLE, WITHOUT)
        return
    reading.codings = merge_emotions(reading.codings, emotions, sheets[0].name, reading.report)


def holds_videos(folder: Path) -> bool:
    """Whether a folder has folders ``006_1`` in it."""
    try:
        return any(
            re.fullmatch(r"\d{3}_\d+", child.name) is not None and child.is_dir()
            for child in folder.iterdir()
        )
    except OSError:
        return False


recognise_samm_lv = partial(recognise_release, sheets=SHEETS, holds=holds_videos, similar=SIMILAR)

READER = release_reader(
    LAYOUT, TITLE, NEEDS, EMOTIONS, FPS, fill_samm_lv, recognise_samm_lv, people="samm"
)
