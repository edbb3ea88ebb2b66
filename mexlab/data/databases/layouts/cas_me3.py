"""CAS(ME)3 part A: clips of single micro-expressions, or the long videos that they are cut from.

Source of the layout: the release's sheet and public loaders (Li et al., 2022, "CAS(ME)3: a third
generation facial spontaneous micro-expression database with depth information and high
ecological validity").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from mexlab.data.clips import ClipKey
from mexlab.data.codings import Coding, Kind
from mexlab.data.databases.folders import Folder, fold, list_folder, subject_number
from mexlab.data.databases.reading import Reading, nothing_found, release_reader
from mexlab.data.databases.sheets.cells import Once, names_a_clip, read_coding
from mexlab.data.databases.sheets.sheets import Sheet, SheetRow, frame_number, no_rows, read_sheet
from mexlab.data.databases.trees.locate import find_sheet, find_tree, holds_subjects, known_sheets
from mexlab.data.databases.trees.recognition import recognise_release
from mexlab.data.databases.trees.subject_folders import SubjectFolders

LAYOUT = "cas_me3"
TITLE = "CAS(ME)3 part A"
FPS = 30.0
EMOTIONS = ("happy", "surprise", "disgust", "fear", "anger", "sad", "others")

#: The sheet of the micro-expressions, and that of the macro-expressions for the long videos.
SHEETS = (
    "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx",
    "cas(me)3_part_A_ME_label_JpgIndex.xlsx",
)
SIMILAR = ("me_label",)
MACRO_SHEETS = (
    "cas(me)3_part_A_MaE_label_JpgIndex_v2.xlsx",
    "cas(me)3_part_A_MaE_label_JpgIndex.xlsx",
)

#: The clips of single expressions, then the long videos; colour frames only.
TREES = ("Part_A_ME_clip", "part_A")

FIELDS = {
    "subject": ("Subject",),
    "clip": ("Filename", "File name"),
    "onset": ("Onset", "OnsetFrame"),
    "apex": ("Apex", "ApexFrame"),
    "offset": ("Offset", "OffsetFrame"),
    "action_units": ("AU", "AUs", "Action Units"),
    "objective": ("Objective class", "Objective classes"),
    "emotion": ("emotion", "Estimated Emotion"),
}

NEEDS = (
    "A licence from the Institute of Psychology, Chinese Academy of Sciences. Unpack into one "
    "folder: cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx beside "
    "Part_A_ME_clip/frame/spNO.10_a_116/116.jpg (clips), or beside part_A/spNO.1/a/color/355.jpg "
    "(long videos; there the MaE sheet is read as well). Depth frames are not read."
)

_EXAMPLE = "spNO.1/a/color or spNO.10_a_116"
_CLIP = re.compile(r"spno\.?\s*(\d+)_(.+)_0*(\d+)", re.IGNORECASE)


@dataclass(slots=True)
class _Expressions:
    """The rows of one clip, with where its frames lie."""

    folder: Path
    rows: list[tuple[Sheet, SheetRow, Kind]] = field(default_factory=list)


def fill_cas_me3(reading: Reading) -> None:
    """Take in CAS(ME)3 part A: its clips, or its long videos with all their expressions.

    A clip is known by subject, file name and onset, as clips of one video may overlap. A long
    video in which nothing is coded is kept, without a coding. Where both trees are there the
    clips are read; for the long videos the folder ``part_A`` itself is given, with the sheet
    beside it.

    Raises
    ------
    InputError
        No sheet, no tree, a sheet of another database, or no clip with frames.
    """
    sheet = read_sheet(find_sheet(reading, SHEETS, SIMILAR), FIELDS, optional=("objective",))
    tree = find_tree(reading, TREES, holds=_holds_clips, example=_EXAMPLE)
    long = not _holds_single_clips(tree)
    sheets: list[tuple[Sheet, Kind]] = [(sheet, "micro")]
    if long:
        found, _ = known_sheets(reading.root, MACRO_SHEETS)
        sheets += [
            (read_sheet(one, FIELDS, optional=("objective", "apex", "emotion")), "macro")
            for one in list(found.values())[:1]
        ]
    place = _LongVideos(reading, tree) if long else _SingleClips(reading, tree)
    grouped = _group_rows(reading, sheets, place)
    for done, (key, expressions) in enumerate(grouped.items(), start=1):
        _read_clip(reading, key, expressions)
        reading.step(done, len(grouped))
    if not reading.clips:
        names = ", ".join(one.path.name for one, _ in sheets)
        rows = sum(len(one.rows) for one, _ in sheets)
        raise nothing_found(reading, rows, names, [tree], "expressions")
    place.finish()


def _group_rows(
    reading: Reading, sheets: list[tuple[Sheet, Kind]], place: _LongVideos | _SingleClips
) -> dict[ClipKey, _Expressions]:
    grouped: dict[ClipKey, _Expressions] = {}
    once = Once(reading, tuple(FIELDS))
    for sheet, kind in sheets:
        named = False
        for row in sheet.rows:
            if not names_a_clip(reading, sheet, row):
                continue
            named = True
            subject = subject_number(row.text("subject")) or 0
            video, onset = row.text("clip"), frame_number(row["onset"])
            where = f"{reading.key(f'spNO.{subject}', video)} ({sheet.place(row)})"
            if onset is None:
                reading.report.add(
                    "skipped",
                    where,
                    f"onset is {row.text('onset')!r}, by which an expression is known. Complete "
                    "the row and import again",
                )
                continue
            if not once.is_new(
                f"{reading.key(f'spNO.{subject}', video)}, onset {onset}",
                sheet,
                row,
                str(subject),
                video,
                str(onset),
                kind,
            ):
                continue
            found = place.find(subject, video, onset, where)
            if found is not None:
                clip, folder = found
                key = reading.key(f"spNO.{subject}", clip)
                grouped.setdefault(key, _Expressions(folder)).rows.append((sheet, row, kind))
        if not named:
            raise no_rows(sheet)
    return grouped


def _read_clip(reading: Reading, key: ClipKey, expressions: _Expressions) -> None:
    rows = sorted(expressions.rows, key=lambda entry: frame_number(entry[1]["onset"]) or 0)
    sheet, row, _ = rows[0]
    clip = reading.scan_clip(key, expressions.folder, f"{key} ({sheet.place(row)})")
    if clip is None:
        return
    codings: list[tuple[Coding, str]] = []
    for expression, (sheet, row, kind) in enumerate(rows, start=1):
        where = f"{key} ({sheet.place(row)})"
        objective = row.text("objective")
        coding = read_coding(
            reading,
            row,
            key,
            where,
            kind=kind,
            expression=expression,
            note=f"objective class {objective}" if objective else "",
        )
        codings.append((coding, where))
    reading.add(clip, codings)


class _SingleClips:
    """``Part_A_ME_clip/frame/spNO.10_a_116``: a folder an expression."""

    def __init__(self, reading: Reading, tree: Path) -> None:
        self._reading = reading
        self._tree = tree
        self._matched: set[Path] = set()
        self._folders: dict[tuple[int, str, int], Path] = {}
        for path in list_folder(tree, reading.root, reading.report).children.values():
            match = _CLIP.fullmatch(path.name)
            if match is None:
                reading.report.add(
                    "note", reading.shown(path), f"not a clip's folder ({_EXAMPLE}): passed over"
                )
                continue
            name = int(match[1]), fold(match[2]), int(match[3])
            first = self._folders.setdefault(name, path)
            if first != path:
                reading.report.add(
                    "warning",
                    reading.shown(path),
                    f"the same clip as {first.name}, which is read. Remove one of them",
                )

    def find(self, subject: int, video: str, onset: int, where: str) -> tuple[str, Path] | None:
        """The name of the clip (``a_116``) and its folder."""
        path = self._folders.get((subject, fold(video), onset))
        if path is None:
            tree = self._reading.shown(self._tree)
            self._reading.report_missing(where, f"spNO.{subject}_{video}_{onset}", tree)
            return None
        self._matched.add(path)
        match = _CLIP.fullmatch(path.name)
        assert match is not None
        return f"{match[2]}_{int(match[3])}", path

    def finish(self) -> None:
        for path in self._folders.values():
            if path not in self._matched:
                self._reading.report_left_out(path, "the sheet")


class _LongVideos:
    """``part_A/spNO.1/a/color``: a folder a video."""

    def __init__(self, reading: Reading, tree: Path) -> None:
        self._reading = reading
        self._folders = SubjectFolders(reading, [tree], example="spNO.1, spNO.2, …")
        self._colour: dict[Path, Path] = {}

    def find(self, subject: int, video: str, onset: int, where: str) -> tuple[str, Path] | None:
        """The name of the video, as its folder has it, and the folder of its colour frames."""
        path = self._folders.find(subject, video)
        if path is None:
            self._folders.report_missing(where, f"spNO.{subject}/{video}")
            return None
        return path.name, self._frames_of(path)

    def finish(self) -> None:
        """Take in the videos of which the sheet says nothing."""
        for subject, path in self._folders.unmatched():
            key = self._reading.key(f"spNO.{subject}", path.name)
            clip = self._reading.scan_clip(key, self._frames_of(path), str(key))
            if clip is not None:
                self._reading.add_uncoded(clip)

    def _frames_of(self, video: Path) -> Path:
        if video not in self._colour:
            inside: Folder = list_folder(video, self._reading.root, self._reading.report)
            self._colour[video] = inside.child("color") or video
        return self._colour[video]


def _holds_clips(folder: Path) -> bool:
    return holds_subjects(folder, "spno") or _holds_single_clips(folder)


def _holds_single_clips(folder: Path) -> bool:
    """Whether a folder has clips' folders in it, and not those of the depth camera."""
    if fold(folder.name) == "depth":
        return False
    try:
        return any(_CLIP.fullmatch(child.name) and child.is_dir() for child in folder.iterdir())
    except OSError:
        return False


recognise_cas_me3 = partial(recognise_release, sheets=SHEETS, holds=_holds_clips, similar=SIMILAR)

READER = release_reader(LAYOUT, TITLE, NEEDS, EMOTIONS, FPS, fill_cas_me3, recognise_cas_me3)
