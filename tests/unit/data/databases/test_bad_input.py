"""Bad input, as tables over the layouts: each fault is told, and the rest goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mexlab.data.databases.registry import recognise
from mexlab.errors import InputError

CELLS = {"onset": 11, "apex": 12, "offset": 13, "units": "4", "emotion": "surprise"}


@dataclass
class Written:
    """A database of two clips: the first may be damaged, the second is whole."""

    layout: str
    root: Path
    sheet: Path
    tree: Path
    first: Path
    second: Path


def build(layout: str, root: Path, disk: Any, rows: int = 1, **cells: object) -> Written:
    """The layout with the first clip's row as `cells` say, repeated `rows` times."""
    one, two = ({**CELLS, **changed} for changed in (cells, {}))
    names, sheet, folders, pattern = LAYOUTS[layout]
    written = [names(0, one)] * rows + [names(1, two)]
    header = HEADERS.get(layout)
    if header is None:
        _headless(root / sheet, written)
    else:
        disk.sheet(root / sheet, written, header)
    first, second = (disk.frames(root / folder, 10, 14, pattern) for folder in folders)
    tree = root / Path(folders[0]).parts[0]
    return Written(layout, root, root / sheet, tree, first, second)


def _headless(path: Path, rows: list[tuple[object, ...]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    rules = [(1, "s15", 1), (2, "s16", 2)], [("0101", "disgust1"), ("0401", "anger1")]
    titles = ("CASFEcode_final", "naming rule1", "naming rule2")
    for title, cells in zip(titles, (rows, *rules), strict=True):
        page = book.create_sheet(title)
        for one in cells:
            page.append(list(one))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def _marks(cells: dict[str, Any]) -> tuple[object, ...]:
    return cells["onset"], cells["apex"], cells["offset"]


LAYOUTS: dict[str, tuple[Callable[[int, dict[str, Any]], tuple[object, ...]], str, Any, str]] = {
    "casme": (
        lambda n, c: (n + 1, "EP01_5", *_marks(c), c["units"], c["emotion"]),
        "casme.xlsx",
        ("CASME_raw_selected/sub01/EP01_5", "CASME_raw_selected/sub02/EP01_5"),
        "EP01_5-{}.jpg",
    ),
    "cas_me2": (
        lambda n, c: (
            n + 1,
            ("disgust1_1", "anger1_1")[n],
            *_marks(c),
            c["units"],
            c["emotion"],
            "micro-expression",
        ),
        "CAS(ME)^2code_final.xlsx",
        ("rawpic/s15/15_0101disgustingteeth", "rawpic/s16/16_0401girl"),
        "img{:03d}.jpg",
    ),
    "cas_me3": (
        lambda n, c: (f"spNO.{n + 1}", "a", *_marks(c), c["units"], c["emotion"]),
        "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx",
        ("part_A/spNO.1/a/color", "part_A/spNO.2/a/color"),
        "{}.jpg",
    ),
    "mmew": (
        lambda n, c: (n + 1, f"S0{n + 1}-07-001", *_marks(c), c["units"], c["emotion"]),
        "MMEW_Micro_Exp.xlsx",
        ("Micro_Expression/surprise/S01-07-001", "Micro_Expression/surprise/S02-07-001"),
        "{}.jpg",
    ),
    "4dme": (
        lambda n, c: (n + 1, "f1", *_marks(c), c["units"], c["emotion"]),
        "4DME_Labelling_Micro_release v1.xlsx",
        ("gray_micro/1/f1", "gray_micro/2/f1"),
        "{}.jpg",
    ),
    "casme2": (
        lambda n, c: (n + 1, "EP02_01f", *_marks(c), c["units"], c["emotion"]),
        "CASME2-coding-20140508.xlsx",
        ("CASME2_RAW_selected/sub01/EP02_01f", "CASME2_RAW_selected/sub02/EP02_01f"),
        "img{}.jpg",
    ),
    "samm": (
        lambda n, c: (n + 6, f"00{n + 6}_1_2", *_marks(c), c["units"], c["emotion"]),
        "SAMM_Micro_FACS_Codes_v2.xlsx",
        ("SAMM/006/006_1_2", "SAMM/007/007_1_2"),
        "006_{:05d}.jpg",
    ),
}
_NAMES = ("Onset", "Apex", "Offset")
HEADERS = {
    "casme": ("Subject", "Filename", "OnsetF", "ApexF1", "OffsetF", "AU", "Emotion"),
    "cas_me3": ("Subject", "Filename", *_NAMES, "AU", "emotion"),
    "mmew": ("Subject", "Filename", *_NAMES, "Action Units", "Estimated Emotion"),
    "casme2": ("Subject", "Filename", *_NAMES, "Action Units", "Estimated Emotion"),
    "samm": ("Subject", "Filename", *_NAMES, "Action Units", "Estimated Emotion"),
    "4dme": ("sub_ID", "fold_name", *_NAMES, "AUs", "Emotion"),
}
every_layout = pytest.mark.parametrize("layout", list(LAYOUTS))


@every_layout
def test_undamaged_there_is_nothing_to_tell(
    tmp_path: Path, disk: Any, report: Any, layout: str
) -> None:
    built = build(layout, tmp_path / "root", disk)
    imported = report.read(layout, built.root)
    assert report.quiet(imported)
    assert len(imported.clips) == len(imported.codings) == 2


# What stops the import: the damage, and the words of the error.


def drop_tree(built: Written) -> None:
    shutil.rmtree(built.tree)


def put_sheet(content: bytes) -> Callable[[Written], None]:
    def damage(built: Written) -> None:
        built.sheet.write_bytes(content)

    return damage


def cut_sheet(built: Written) -> None:
    built.sheet.write_bytes(built.sheet.read_bytes()[:2500])


def another_sheet(built: Written) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Pupil", "Mark"])
    book.save(built.sheet)


def no_frames(built: Written) -> None:
    for folder in (built.first, built.second):
        for file in folder.iterdir():
            file.write_bytes(b"")


def other_folders(built: Written) -> None:
    for number, folder in enumerate((built.first, built.second)):
        place = folder.parent if folder.name == "color" else folder
        place.rename(place.with_name(f"8888_9999_other_{number}"))


STOPS: dict[str, tuple[Callable[[Written], None], str]] = {
    "no sheet": (lambda built: built.sheet.unlink(), "no coding sheet found"),
    "empty sheet": (put_sheet(b""), "zero bytes"),
    "text as sheet": (put_sheet(b"Subject,Filename\n1,EP01\n"), "not an Excel file"),
    "cut sheet": (cut_sheet, "truncated, damaged"),
    "broken old sheet": (put_sheet(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 no"), "truncated, damaged"),
    "another sheet": (another_sheet, "no worksheet "),
    "no tree": (drop_tree, "no folder of frames"),
    "no readable frame": (no_frames, "has readable frames in"),
    "folders of others": (other_folders, "has readable frames in"),
}


@every_layout
@pytest.mark.parametrize("fault", list(STOPS))
def test_what_stops_an_import_is_said(
    tmp_path: Path, disk: Any, report: Any, layout: str, fault: str
) -> None:
    damage, words = STOPS[fault]
    built = build(layout, tmp_path / "root", disk)
    damage(built)
    with pytest.raises(InputError, match=words) as caught:
        report.read(layout, built.root)
    assert str(caught.value.where).startswith(str(built.root))
    assert caught.value.remedy


@every_layout
@pytest.mark.parametrize(
    ("options", "words"),
    [({"fps": 0.0}, "above 0"), ({"fps": float("inf")}, "above 0"), ({"name": "a/b"}, "name of")],
)
def test_wrong_options_are_refused(
    tmp_path: Path, disk: Any, report: Any, layout: str, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        report.read(layout, build(layout, tmp_path / "root", disk).root, **options)


@every_layout
@pytest.mark.parametrize(("path", "words"), [("nowhere", "no such folder"), ("a.zip", "Unpack")])
def test_a_root_that_is_no_folder_is_refused(
    tmp_path: Path, report: Any, layout: str, path: str, words: str
) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x05\x06")
    with pytest.raises(InputError) as caught:
        report.read(layout, tmp_path / path)
    assert words in f"{caught.value.problem} {caught.value.remedy}"


# What is told of one clip while the other is read: cells of its row.

ROWS: dict[str, tuple[dict[str, object], str, str]] = {
    "text in a number": ({"apex": "twelve"}, "warning", "apex is 'twelve', not a frame number"),
    "empty number": ({"apex": None}, "warning", "no apex"),
    "not a number": ({"offset": "NaN"}, "warning", "offset is 'NaN'"),
    "endless number": ({"offset": "1e999"}, "warning", "offset is '1e999'"),
    "negative number": ({"apex": -3}, "warning", "negative frame number: apex -3"),
    "reversed": ({"onset": 13, "apex": 12, "offset": 11}, "warning", "onset 13 comes after offset"),
    "apex outside": ({"apex": 14}, "warning", "apex 14 lies outside onset–offset (11–13)"),
    "apex on onset": ({"apex": 11}, "warning", "apex 11 is the onset frame itself"),
    "beyond the frames": ({"offset": 900}, "warning", "frames end at 14, 886 before the offset"),
    "before the frames": ({"onset": 3}, "warning", "frames start at 10, 7 after the onset 3"),
    "unknown emotion": ({"emotion": "awe"}, "warning", "emotion 'awe' is not of"),
    "no emotion": ({"emotion": " "}, "warning", "no emotion"),
    "swapped columns": ({"emotion": "4", "units": "surprise"}, "warning", "is no action unit"),
    "unparsed unit": ({"units": "4+foo"}, "warning", "at sign 3: 'foo'"),
    "no such unit": ({"units": "4+999"}, "warning", "there is no action unit 999"),
    "open bracket": ({"units": "(4+7"}, "warning", "brackets"),
}


@every_layout
@pytest.mark.parametrize("fault", list(ROWS))
def test_a_bad_row_is_told_and_the_clip_kept(
    tmp_path: Path, disk: Any, report: Any, layout: str, fault: str
) -> None:
    cells, kind, words = ROWS[fault]
    imported = report.read(layout, build(layout, tmp_path / "root", disk, **cells).root)
    assert len(imported.clips) == len(imported.codings) == 2
    found = report.only(imported, kind, words)
    row = 1 if layout == "cas_me2" else 2
    assert f", row {row})" in found.where
    second = f", row {row + 1})"
    assert not [e for e in imported.report.entries if second in e.where]


@every_layout
@pytest.mark.parametrize("value", ["11", " 11 ", "11.0", 11.0, "\u00a011"])
def test_numbers_as_sheets_write_them(
    tmp_path: Path, disk: Any, report: Any, layout: str, value: object
) -> None:
    imported = report.read(layout, build(layout, tmp_path / "root", disk, onset=value).root)
    assert report.quiet(imported)
    assert imported.codings[0].onset == 11


@every_layout
def test_a_row_given_twice_is_read_once(
    tmp_path: Path, disk: Any, report: Any, layout: str
) -> None:
    imported = report.read(layout, build(layout, tmp_path / "root", disk, rows=3).root)
    assert len(imported.codings) == 2
    assert len(report.entries(imported, "skipped", "already stands in row")) == 2


# What is told of one clip while the other is read: its frames.


def zero_byte(built: Written) -> None:
    _frame(built, 12).write_bytes(b"")


def missing(built: Written) -> None:
    _frame(built, 12).unlink()


def all_zero(built: Written) -> None:
    for file in built.first.iterdir():
        file.write_bytes(b"")


def no_images(built: Written) -> None:
    shutil.rmtree(built.first)
    built.first.mkdir()


def no_folder(built: Written) -> None:
    shutil.rmtree(built.first.parent if built.first.name == "color" else built.first)


def unnumbered(built: Written) -> None:
    shutil.copy(_frame(built, 12), built.first / "cover.jpg")


def twin(built: Written) -> None:
    shutil.copy(_frame(built, 12), built.first / "twin_0012.jpg")


def linked_out(built: Written) -> None:
    outside = built.root.parent / "outside.jpg"
    _frame(built, 12).rename(outside)
    (built.first / outside.with_name("copy-12.jpg").name).symlink_to(outside)


def folder_linked_out(built: Written) -> None:
    place = built.first.parent if built.first.name == "color" else built.first
    outside = built.root.parent / "outside"
    place.rename(outside)
    place.symlink_to(outside)


def folder_linked_to_itself(built: Written) -> None:
    place = built.first.parent if built.first.name == "color" else built.first
    shutil.rmtree(place)
    place.symlink_to(place.name)


def _frame(built: Written, number: int) -> Path:
    return next(file for file in built.first.iterdir() if file.stem.endswith(str(number)))


FRAMES: dict[str, tuple[Callable[[Written], None], str, str, bool]] = {
    "zero bytes": (zero_byte, "warning", "of zero bytes", True),
    "a frame is missing": (missing, "warning", "1 of the frames 10–14 are missing: 12", True),
    "no number in the name": (unnumbered, "warning", "without a number", True),
    "two files of a number": (twin, "warning", "same frame number", True),
    "frame linked outside": (linked_out, "warning", "linked to outside", True),
    "all of zero bytes": (all_zero, "skipped", "none of its files is readable", False),
    "no images": (no_images, "skipped", "its folder has no images", False),
    "no folder": (no_folder, "skipped", "no folder ", False),
    "folder linked outside": (folder_linked_out, "skipped", "leaves the database's folder", False),
    "folder linked to itself": (folder_linked_to_itself, "skipped", "leads nowhere", False),
}


@every_layout
@pytest.mark.parametrize("fault", list(FRAMES))
def test_bad_frames_are_told_and_the_rest_goes_on(
    tmp_path: Path, disk: Any, report: Any, layout: str, fault: str
) -> None:
    damage, kind, words, kept = FRAMES[fault]
    built = build(layout, tmp_path / "root", disk)
    damage(built)
    imported = report.read(layout, built.root)
    assert report.entries(imported, kind, words), imported.report.entries
    assert len(imported.clips) == len(imported.codings) == (2 if kept else 1)
    assert imported.clips[-1].frames.folder == built.second
    assert list(imported.clips[-1].frames.numbers) == [10, 11, 12, 13, 14]


@every_layout
def test_frames_that_are_no_images_or_too_large_are_named_when_they_are_read(
    tmp_path: Path, disk: Any, report: Any, huge: Callable[[str], bytes], layout: str
) -> None:
    built = build(layout, tmp_path / "root", disk)
    for number, content in ((11, b"not an image"), (12, huge(".png"))):
        _frame(built, number).write_bytes(content)
    imported = report.read(layout, built.root)
    assert report.quiet(imported)
    for number, words in ((11, "not an image"), (12, "20000 x 20000 pixels")):
        with pytest.raises(InputError, match=words) as caught:
            imported.clips[0].frames.read(number)
        assert caught.value.where == str(_frame(built, number))


@every_layout
def test_a_tree_that_loops_is_read_once(
    tmp_path: Path, disk: Any, report: Any, layout: str
) -> None:
    built = build(layout, tmp_path / "root", disk)
    (built.root / "loop").symlink_to(built.root)
    (built.tree / "self").symlink_to("self")
    assert len(report.read(layout, built.root).clips) == 2


@every_layout
def test_each_layout_is_recognised_and_no_other(tmp_path: Path, disk: Any, layout: str) -> None:
    built = build(layout, tmp_path / "root", disk)
    ((found, reason),) = recognise(built.root)
    assert found == layout
    assert built.sheet.name in reason
