"""CAS(ME)2: long videos with several macro- and micro-expressions each; a sheet without headers.

Source of the layout: the release's sheet and public loaders (Qu et al., 2018, "CAS(ME)^2: a
database for spontaneous macro-expression and micro-expression spotting and recognition").
"""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from pathlib import Path

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.codings import Coding, Kind
from mexlab.data.databases.folders import children, subject_number
from mexlab.data.databases.layouts.cas_me2_sheet import (
    FIELDS,
    SUBJECT_FOLDER,
    WORKSHEETS,
    Code,
    read_code,
    video_name,
    word_key,
)
from mexlab.data.databases.reading import Reading, nothing_found, release_reader
from mexlab.data.databases.sheets.cells import Once, read_coding, row_words
from mexlab.data.databases.sheets.sheets import Sheet, SheetRow, frame_number
from mexlab.data.databases.trees.locate import find_sheet, find_tree
from mexlab.data.databases.trees.recognition import recognise_release
from mexlab.data.databases.trees.subject_folders import SubjectFolders
from mexlab.data.databases.trees.videos import scan_video, videos_in
from mexlab.data.frames.frames import VIDEO_SUFFIXES

LAYOUT = "cas_me2"
TITLE = "CAS(ME)2"
FPS = 30.0
EMOTIONS = (
    "positive",
    "negative",
    "surprise",
    "others",
    "happiness",
    "anger",
    "disgust",
    "fear",
    "sadness",
)

SHEETS = ("CAS(ME)^2code_final.xlsx", "CAS(ME)2code_final.xlsx", "code_final.xlsx")
SIMILAR = ("code_final",)

#: The long videos as frames, the same cropped, the coded parts alone, the long videos as filmed.
TREES = ("rawpic", "cropped", "selectedpic", "rawvideo")

KINDS: dict[str, Kind] = {"micro": "micro", "macro": "macro"}

NEEDS = (
    "A licence from the Institute of Psychology, Chinese Academy of Sciences. Unpack into one "
    "folder: CAS(ME)^2code_final.xlsx (with its worksheets CASFEcode_final, naming rule1 and "
    "naming rule2) beside rawpic/s15/15_0101disgustingteeth/img001.jpg (or cropped/, "
    "selectedpic/, or rawvideo/s15/15_0101disgustingteeth.avi)."
)

_VIDEO = re.compile(r"(?:\d+_)?(\d{4})(?!\d)")


def fill_cas_me2(reading: Reading) -> None:
    """Take in CAS(ME)2: one clip a long video, with all its expressions in the order of onset.

    Where only ``selectedpic`` is there, each expression is a clip of its own. A long video in
    which no expression is coded is kept, without a coding: spotting needs it. What the sheet
    gives as 0 is corrected: an offset by the apex, an apex by the middle of onset and offset;
    without corrections those stay empty.

    Raises
    ------
    InputError
        No sheet, a sheet without its three worksheets, no tree, or no clip with frames.
    """
    code = read_code(find_sheet(reading, SHEETS, SIMILAR))
    tree = find_tree(reading, TREES, holds=_holds_videos, example="s15, s16, …")
    folders = SubjectFolders(reading, [tree], example="s15, s16, …")
    videos = _Videos(reading, folders)
    grouped = _group_rows(reading, code, videos)
    for done, (key, (place, rows)) in enumerate(grouped.items(), start=1):
        _read_clip(reading, code.sheet, key, place, rows)
        reading.step(done, len(grouped))
    if not reading.clips:
        sheet = code.sheet
        raise nothing_found(reading, len(sheet.rows), sheet.path.name, [tree], "expressions")
    videos.read_uncoded()


def _group_rows(
    reading: Reading, code: Code, videos: _Videos
) -> dict[ClipKey, tuple[Path, list[SheetRow]]]:
    """The rows by the clip that they speak of, clips in the order of the sheet."""
    grouped: dict[ClipKey, tuple[Path, list[SheetRow]]] = {}
    once = Once(reading, FIELDS)
    for row in code.sheet.rows:
        participant, expression = row.text("subject"), row.text("clip")
        where = code.sheet.place(row)
        if frame_number(row["onset"]) is None and frame_number(row["offset"]) is None:
            reading.report.add("note", where, f"not an expression, passed over: {row_words(row)}")
            continue
        subject = code.subjects.get(word_key(participant))
        number = code.videos.get(word_key(video_name(expression)))
        if subject is None or number is None:
            what = (
                f"{WORKSHEETS[1]!r} does not know participant {participant!r}"
                if subject is None
                else f"{WORKSHEETS[2]!r} does not know the video of {expression!r}"
            )
            reading.report.add("skipped", where, f"{what}. Complete it and import again")
            continue
        subject = f"s{subject_number(subject):02d}"
        named = reading.key(subject, expression)
        if not once.is_new(
            named, code.sheet, row, subject, expression, row.text("onset"), row.text("offset")
        ):
            continue
        place = videos.find(subject, number, expression)
        if place is None:
            videos.folders.report_missing(f"{named} ({where})", f"{subject}/…_{number}…")
            continue
        key = reading.key(subject, videos.clip_name(place))
        grouped.setdefault(key, (place, []))[1].append(row)
    return grouped


def _read_clip(
    reading: Reading, sheet: Sheet, key: ClipKey, place: Path, rows: list[SheetRow]
) -> None:
    last = float("inf")
    rows = sorted(
        rows, key=lambda row: n if (n := frame_number(row["onset"])) is not None else last
    )
    clip = _open(reading, key, place, f"{key} ({sheet.place(rows[0])})")
    if clip is None:
        return
    codings: list[tuple[Coding, str]] = []
    for expression, row in enumerate(rows, start=1):
        where = f"{key}, {row.text('clip')} ({sheet.place(row)})"
        kind = KINDS.get(row.text("kind").lower().split("-")[0].strip(), "")
        if not kind:
            reading.report.add(
                "warning", where, f"type {row.text('kind')!r} is neither micro nor macro: left open"
            )
        said = row.text("self_report")
        coding = read_coding(
            reading,
            row,
            key,
            where,
            kind=kind,
            expression=expression,
            note=f"self-report: {said}" if said else "",
        )
        codings.append((_fill_zeros(reading, coding, where), where))
    reading.add(clip, codings)


def _fill_zeros(reading: Reading, coding: Coding, where: str) -> Coding:
    """The sheet gives 0 for a mark that was not found: an expression that stays, no clear apex."""
    changes: dict[str, tuple[int | None, str]] = {}
    onset, apex, offset = coding.onset, coding.apex, coding.offset
    if offset == 0:
        offset = apex if apex and reading.correcting else None
        changes["offset"] = offset, "the apex, as the face does not come back to rest"
    if apex == 0:
        known = onset is not None and offset is not None and reading.correcting
        apex = (onset + offset) // 2 if known else None  # type: ignore[operator]
        changes["apex"] = apex, "the middle of onset and offset"
    for name, (value, meaning) in changes.items():
        if value is None:
            reading.report.add("warning", where, f"{name} is 0, which means missing: kept without")
        else:
            reading.report.add(
                "corrected",
                where,
                f"{name} 0 -> {value}: 0 means missing; {meaning}. Import with --no-corrections "
                "to keep it empty",
            )
    return coding.with_changes(apex=apex, offset=offset)


class _Videos:
    """The long videos (or clips of single expressions) of every subject."""

    def __init__(self, reading: Reading, folders: SubjectFolders) -> None:
        self.reading = reading
        self.folders = folders
        self._by_code: dict[int, dict[str, Path]] = {}
        self._matched: set[Path] = set()

    def find(self, subject: str, code: str, expression: str) -> Path | None:
        """The place of an expression's frames: its own folder, else the video's."""
        number = subject_number(subject) or 0
        place = self.folders.find(number, expression) or self._of(number).get(code)
        if place is not None:
            self._matched.add(place)
        return place

    @staticmethod
    def clip_name(place: Path) -> str:
        return place.stem if place.suffix.lower() in VIDEO_SUFFIXES else place.name

    def _of(self, subject: int) -> dict[str, Path]:
        if subject not in self._by_code:
            found: dict[str, Path] = {}
            for folder in self.folders.folders(subject):
                videos = videos_in(folder.path, self.reading.root, self.reading.report)
                for place in [*folder.children.values(), *videos]:
                    match = _VIDEO.match(place.name)
                    if match and match[1] in found:
                        self.reading.report.add(
                            "warning",
                            self.reading.shown(place),
                            f"the same video {match[1]} as {found[match[1]].name}, which is read",
                        )
                    elif match:
                        found[match[1]] = place
            self._by_code[subject] = found
        return self._by_code[subject]

    def read_uncoded(self) -> None:
        """Take in the long videos of which the sheet says nothing; other folders are told."""
        reading = self.reading
        names = Counter(clip.key for clip in reading.clips)
        for subject in self.folders.subjects:
            number = int(subject)
            coded_by_code = set(self._of(number).values())
            for place in sorted({*self.folders.children(number), *coded_by_code}):
                if place in self._matched:
                    continue
                key = reading.key(f"s{number:02d}", self.clip_name(place))
                if place not in coded_by_code or names[key]:
                    reading.report.add(
                        "skipped",
                        reading.shown(place),
                        "no row in the sheet and no video's code in the name: left out",
                    )
                    continue
                clip = _open(reading, key, place, str(key))
                if clip is not None:
                    reading.add_uncoded(clip)


def _open(reading: Reading, key: ClipKey, place: Path, where: str) -> Clip | None:
    if place.suffix.lower() in VIDEO_SUFFIXES and place.is_file():
        return scan_video(key, place, reading.fps, reading.root, reading.report)
    return reading.scan_clip(key, place, where)


def _holds_videos(folder: Path) -> bool:
    """Whether a folder has ``s15``-like folders with folders or videos in them."""
    return any(
        SUBJECT_FOLDER.fullmatch(child.name) is not None
        and any(one.is_dir() or one.suffix.lower() in VIDEO_SUFFIXES for one in children(child))
        for child in children(folder)
    )


recognise_cas_me2 = partial(recognise_release, sheets=SHEETS, holds=_holds_videos, similar=SIMILAR)

READER = release_reader(LAYOUT, TITLE, NEEDS, EMOTIONS, FPS, fill_cas_me2, recognise_cas_me2)
