"""MMEW: micro-expressions with a coding sheet, macro-expressions by folder.

Source of the layout: public loaders (Ben et al., 2021, "Video-based facial micro-expression
analysis: a survey of datasets, features and algorithms").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from mexlab.data.clips import Clip
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding
from mexlab.data.databases.folders import find_folders, fold, list_folder, subject_number
from mexlab.data.databases.layouts import casme2
from mexlab.data.databases.reading import Reading, nothing_found, release_reader
from mexlab.data.databases.sheets.cells import read_coding, read_emotion
from mexlab.data.databases.sheets.clip_sheets import clip_rows
from mexlab.data.databases.sheets.sheets import Sheet, read_sheet
from mexlab.data.databases.trees.locate import find_sheet
from mexlab.data.databases.trees.recognition import recognise_release
from mexlab.data.databases.trees.subject_folders import SubjectFolders
from mexlab.data.frames.frames import ImageFrames, natural_number, scan_images
from mexlab.data.labels.schemes import normal_emotion
from mexlab.errors import InputError

LAYOUT = "mmew"
TITLE = "MMEW"
FPS = 90.0
EMOTIONS = ("happiness", "surprise", "anger", "disgust", "fear", "sadness", "others")

SHEETS = ("MMEW_Micro_Exp.xlsx", "MMEW_Micro_Exp.xls")
MICRO_TREE = "Micro_Expression"
MACRO_TREE = "Macro_Expression"

#: The columns of the sheet of CASME II, and one of its own.
FIELDS = {**casme2.FIELDS, "remarks": ("remarks", "remark")}

NEEDS = (
    "A licence from the authors at Shandong University. Unpack into one folder: "
    "MMEW_Micro_Exp.xlsx beside Micro_Expression/<emotion>/S13-07-001/1.jpg, and beside it "
    "Macro_Expression/S01/anger/S01-07-001.jpg. Either tree may be missing; the macro-expressions "
    "need no sheet."
)


def fill_mmew(reading: Reading) -> None:
    """Take in MMEW: micro-expressions as coded, macro-expressions with their folder's emotion.

    A macro-expression's clip is called after its emotion and file names (``anger-S01-07``); it
    comes without onset, apex and offset.

    Raises
    ------
    InputError
        Neither tree, micro-expressions without their sheet, or no clip with frames.
    """
    micro = next(find_folders(reading.root, _named(MICRO_TREE)), None)
    macro = next(find_folders(reading.root, _named(MACRO_TREE)), None)
    if micro is None and macro is None:
        raise InputError(
            f"no folder of frames found; expected {MICRO_TREE} or {MACRO_TREE}",
            where=reading.root,
            remedy=NEEDS,
        )
    rows = 0
    sheets = ""
    if micro is not None:
        sheet = read_sheet(find_sheet(reading, SHEETS, ("mmew",)), FIELDS, optional=("remarks",))
        rows, sheets = len(sheet.rows), sheet.path.name
        _read_micro(reading, sheet, micro)
    if macro is not None:
        _read_macro(reading, macro)
    if not reading.clips:
        trees = [tree for tree in (micro, macro) if tree is not None]
        raise nothing_found(reading, rows, sheets or "the release", trees)


def _read_micro(reading: Reading, sheet: Sheet, tree: Path) -> None:
    folders: dict[str, tuple[str, Path]] = {}
    for emotion in list_folder(tree, reading.root, reading.report).children.values():
        for path in list_folder(emotion, reading.root, reading.report).children.values():
            first = folders.setdefault(fold(path.name), (emotion.name, path))
            if first[1] != path:
                reading.report.add(
                    "warning",
                    reading.shown(path),
                    f"the clip lies in {reading.shown(first[1])} as well, which is read. Remove "
                    "one of them",
                )
    # Clip names are unique over all subjects, and lie in one folder.
    rows = clip_rows(reading, sheet, tuple(FIELDS), _subject_name, known_by=lambda key: (key.name,))
    for done, (row, key) in enumerate(rows, start=1):
        where = f"{key} ({sheet.place(row)})"
        emotion_name, folder = folders.pop(fold(key.name), ("", None))
        if folder is None:
            reading.report_missing(where, key.name, f"{reading.shown(tree)}/<emotion>")
        elif (clip := reading.scan_clip(key, folder, where)) is not None:
            coding = read_coding(reading, row, key, where, kind="micro", note=row.text("remarks"))
            if coding.emotion and normal_emotion(emotion_name) != normal_emotion(coding.emotion):
                reading.report.add(
                    "warning",
                    where,
                    f"the sheet says {coding.emotion!r}, its folder {emotion_name!r}: the sheet "
                    "is followed",
                )
            reading.add(clip, [(coding, where)])
        reading.step(done, len(rows))
    for _, left in folders.values():
        reading.report_left_out(left, sheet.path.name)


def _subject_name(cell: str) -> str:
    return f"S{subject_number(cell):02d}"


def _read_macro(reading: Reading, tree: Path) -> None:
    folders = SubjectFolders(reading, [tree], example="S01, S02, …")
    found = [(int(subject), path) for subject, path in folders.unmatched()]
    for done, (subject, folder) in enumerate(found, start=1):
        for clip in _macro_clips(reading, f"S{subject:02d}", folder):
            where = str(clip.key)
            emotion = read_emotion(reading, folder.name, where)
            coding = Coding(
                clip.key, GROUND_TRUTH, emotion=emotion, status="committed", kind="macro"
            )
            reading.add(clip, [(coding, where)])
        reading.step(done, len(found))


def _macro_clips(reading: Reading, subject: str, folder: Path) -> Iterator[Clip]:
    """The clips of an emotion's folder: files of one beginning (``S01-07-``) are one clip."""
    scan = scan_images(folder, reading.root)
    # Two clips in one folder have the same numbers; those are no clashes.
    kept = {name for pair in scan.clashes for name in pair}
    if scan.frames is not None:
        kept |= {scan.frames.path(number).name for number in scan.frames.numbers}
    scan.clashes.clear()
    for fault in scan.faults():
        reading.report.add(
            "warning",
            reading.shown(folder),
            f"{fault}. Unpack those files again and import again",
        )
    if not kept:
        reading.report.add(
            "skipped",
            reading.shown(folder),
            "its folder has no readable image. Unpack it again and import again",
        )
    series: dict[str, dict[int, str]] = {}
    for file in sorted(kept):
        beginning = Path(file).stem.rstrip("0123456789").rstrip("-_ ")
        number = natural_number(file)
        assert number is not None
        taken = series.setdefault(beginning, {}).setdefault(number, file)
        if taken != file:
            reading.report.add(
                "warning",
                reading.shown(folder),
                f"{taken} and {file} have the same frame number: {file} left out",
            )
    for beginning, files in series.items():
        numbers = sorted(files)
        name = "-".join(filter(None, (folder.name.lower(), beginning)))
        frames = ImageFrames(folder, numbers, [files[number] for number in numbers])
        yield Clip(reading.key(subject, name), reading.fps, frames)


def _named(tree: str) -> Callable[[Path], bool]:
    def wanted(folder: Path) -> bool:
        if fold(folder.name) != fold(tree):
            return False
        # An archive often unpacks as Micro_Expression/Micro_Expression.
        return not (folder / folder.name).is_dir()

    return wanted


def recognise_mmew(path: Path) -> str | None:
    """By its sheet beside the micro-expressions, or by the folders of the macro-expressions."""
    if not path.is_dir():
        return None
    micro = recognise_release(path, SHEETS, _named(MICRO_TREE), similar=("mmew",))
    if micro is not None:
        return micro
    macro = next(find_folders(path, _named(MACRO_TREE)), None)
    return None if macro is None else f"the folder {macro.name}"


READER = release_reader(LAYOUT, TITLE, NEEDS, EMOTIONS, FPS, fill_mmew, recognise_mmew)
