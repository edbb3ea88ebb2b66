"""CASME II as it comes damaged: each fault is told, and the rest of the import goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.databases.registry import read_database
from mexlab.errors import InputError

Write = Callable[..., Path]


def read(root: Path, **options: Any) -> ImportedDatabase:
    return read_database("casme2", root, **options)


def test_a_missing_sheet_names_the_files_that_would_do(casme2: Write, disk: Any) -> None:
    root = casme2()
    (root / disk.SHEET).unlink()
    (root / f"~${disk.SHEET}").write_bytes(b"a lock file of Excel")
    with pytest.raises(InputError, match="CASME2-coding-20140508") as caught:
        read(root)
    assert caught.value.where == str(root)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "zero bytes"),
        (b"Subject,Filename\n", "not an Excel file"),
        (b"PK\x03\x04 and then nothing", "truncated, damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and then nothing", "truncated, damaged"),
    ],
)
def test_a_broken_sheet_is_named(casme2: Write, disk: Any, content: bytes, words: str) -> None:
    root = casme2()
    (root / disk.SHEET).write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        read(root)
    assert caught.value.where == str(root / disk.SHEET)
    assert caught.value.remedy


def test_a_truncated_sheet_is_named(casme2: Write, disk: Any) -> None:
    root = casme2()
    sheet = root / disk.SHEET
    sheet.write_bytes(sheet.read_bytes()[:3000])
    with pytest.raises(InputError, match="truncated, damaged"):
        read(root)


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_random_damage_never_gives_more_than_a_clear_error(
    casme2: Write, disk: Any, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = casme2()
    sheet = root / disk.SHEET
    if kind == "xls":
        sheet.unlink()
        sheet = disk.xls(root / "CASME2_label_Ver_2.xls", [disk.row()])
    whole = sheet.read_bytes()
    random = np.random.default_rng(7)
    refused: list[InputError] = []
    for _ in range(40):
        damaged = bytearray(whole)
        for at in random.integers(0, len(whole), 12):
            damaged[at] ^= int(random.integers(1, 256))
        sheet.write_bytes(bytes(damaged))
        try:
            read(root)
        except InputError as error:
            refused.append(error)
    assert refused
    assert all(error.where is not None for error in refused)
    assert capsys.readouterr().out == ""


def test_a_sheet_formatted_to_its_end_is_read_quickly(casme2: Write, disk: Any) -> None:
    import openpyxl

    root = casme2()
    book = openpyxl.load_workbook(root / disk.SHEET)
    book.active.cell(1_048_576, 16_384).number_format = "0.00"
    book.save(root / disk.SHEET)
    assert read(root).report.clips == 1


def test_the_wrong_sheet_is_told_from_the_right_one(casme2: Write) -> None:
    root = casme2(header=("Name", "Marks"), title="Students")
    with pytest.raises(InputError, match="worksheets: 'Students'") as caught:
        read(root)
    assert "not the coding sheet" in str(caught.value.remedy)


def test_all_missing_columns_are_named_at_once_with_the_header_row(
    casme2: Write, disk: Any
) -> None:
    header = ["Subject", "Filename", None, "Start", "ApexFrame", "End", None, "AUs", "Feeling"]
    root = casme2(header=header, above=[("CASME II",)])
    with pytest.raises(InputError) as caught:
        read(root)
    error = caught.value
    assert (error.where, error.row) == (str(root / disk.SHEET), 2)
    for column in ("'OnsetFrame'", "'OffsetFrame'", "'Estimated Emotion'", "'Start'", "'Feeling'"):
        assert column in error.problem
    assert "'ApexFrame'" not in error.problem.split(";")[0]


def test_a_sheet_without_rows_is_an_error(casme2: Write, disk: Any) -> None:
    with pytest.raises(InputError, match="no row with a subject"):
        read(casme2([], folders=["sub01/EP02_01f"]))


def test_an_unreadable_sheet_is_named(casme2: Write, disk: Any, refuse: Any) -> None:
    root = casme2()
    refuse(root / disk.SHEET)
    with pytest.raises(InputError, match="cannot be read"):
        read(root)


def clip_folder(root: Path, disk: Any, clip: str = "sub01/EP02_01f") -> Path:
    return root / disk.TREE / clip


def test_missing_frames_stay_gaps(casme2: Write, disk: Any, report: Any) -> None:
    root = casme2()
    for number in (48, 49, 50):
        (clip_folder(root, disk) / f"img{number}.jpg").unlink()
    imported = read(root)
    assert list(imported.clips[0].frames.numbers) == [46, 47, 51, 52, 53, 54, 55]  # type: ignore[union-attr]
    found = report.only(imported, "warning", "3 of the frames 46–55 are missing: 48–50")
    assert "sub01/EP02_01f" in found.where
    report.only(imported, "warning", "no picture of apex 50")


def test_zero_byte_frames_are_gaps_and_named(casme2: Write, disk: Any, report: Any) -> None:
    root = casme2()
    (clip_folder(root, disk) / "img47.jpg").write_bytes(b"")
    imported = read(root)
    assert 47 not in imported.clips[0].frames.numbers  # type: ignore[union-attr]
    found = report.only(imported, "warning", "img47.jpg of zero bytes")
    assert "row 2" in found.where
    assert f"{disk.TREE}/sub01/EP02_01f" in found.where


def test_a_clip_without_a_readable_frame_is_skipped_and_the_rest_goes_on(
    casme2: Write, disk: Any, report: Any
) -> None:
    root = casme2([disk.row(1), disk.row(2), disk.row(3)])
    for file in clip_folder(root, disk).iterdir():
        file.write_bytes(b"")
    shutil.rmtree(clip_folder(root, disk, "sub02/EP02_01f"))
    clip_folder(root, disk, "sub02/EP02_01f").mkdir()
    imported = read(root)
    assert [clip.key.subject for clip in imported.clips] == ["sub03"]
    assert len(imported.codings) == 1
    assert "row 2" in report.only(imported, "skipped", "none of its files is readable").where
    assert "row 3" in report.only(imported, "skipped", "its folder has no images").where


def test_a_row_without_a_folder_and_a_folder_without_a_row(
    casme2: Write, disk: Any, report: Any
) -> None:
    root = casme2([disk.row(1), disk.row(2)], folders=["sub01/EP02_01f", "sub09/EP02_02f"])
    imported = read(root)
    assert len(imported.clips) == 1
    assert "row 3" in report.only(imported, "skipped", "no folder sub02/EP02_01f").where
    assert report.only(imported, "skipped", "no row in").where == f"{disk.TREE}/sub09/EP02_02f"


def test_nothing_readable_at_all_is_an_error(casme2: Write, disk: Any) -> None:
    root = casme2([disk.row(1)], folders=["sub07/EP02_01f"])
    with pytest.raises(InputError, match="none of the 1 clips"):
        read(root)


def test_no_tree_is_an_error(casme2: Write) -> None:
    with pytest.raises(InputError, match="no folder of frames") as caught:
        read(casme2(folders=[]))
    assert "CASME2_RAW_selected" in str(caught.value)


def test_clip_names_with_unicode_and_blanks(casme2: Write, disk: Any, report: Any) -> None:
    # One name composed, the other decomposed, as macOS writes it.
    rows = [disk.row(1, "Pr\u00fcfung 1"), disk.row(2, " EP 02 ")]
    root = casme2(rows, folders=["sub01/Pru\u0308fung 1", "sub02/EP 02"])
    imported = read(root)
    assert report.quiet(imported)
    assert [clip.key.name for clip in imported.clips] == ["Pr\u00fcfung 1", "EP 02"]
    assert imported.clips[0].frames.read(46).shape == (8, 8, 3)  # type: ignore[union-attr]


def test_case_clashes_are_reported_and_the_exact_spelling_wins(
    casme2: Write, disk: Any, report: Any
) -> None:
    root = casme2(folders=["sub01/EP02_01f"])
    disk.frames(clip_folder(root, disk, "sub01/EP02_01F"), 1, 3)
    imported = read(root)
    assert len(imported.clips[0].frames.numbers) == 10  # type: ignore[arg-type, union-attr]
    report.only(imported, "warning", "upper and lower case only")


def test_links_that_leave_the_root_or_loop_are_not_followed(
    casme2: Write, disk: Any, report: Any, tmp_path: Path
) -> None:
    root = casme2([disk.row(1), disk.row(2)], folders=["sub01/EP02_01f"])
    elsewhere = disk.frames(tmp_path / "elsewhere" / "EP02_01f", 46, 55)
    (root / disk.TREE / "sub02").symlink_to(elsewhere.parent)
    (clip_folder(root, disk).parent / "loop").symlink_to(root)
    (clip_folder(root, disk).parent / "self").symlink_to("self")
    (root / "again").symlink_to("again")
    imported = read(root)
    assert [clip.key.subject for clip in imported.clips] == ["sub01"]
    left = report.entries(imported, "skipped", "a link that leaves")
    assert {Path(e.where).name for e in left} == {"sub02", "self"}


def test_a_root_that_is_itself_a_link_is_read(casme2: Write, report: Any, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(casme2())
    assert report.quiet(read(link))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"fps": 0}, "above 0"),
        ({"fps": float("nan")}, "above 0"),
        ({"name": "a/b"}, "name of a database"),
        ({"name": ""}, "name of a database"),
    ],
)
def test_bad_options_are_refused(casme2: Write, options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(casme2(), **options)


def test_fps_can_be_given(casme2: Write) -> None:
    assert read(casme2(), fps=100).clips[0].fps == 100


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    archive = tmp_path / "CASME2.zip"
    archive.write_bytes(b"PK")
    with pytest.raises(InputError, match="Unpack it first"):
        read(archive)
    with pytest.raises(InputError, match="no such folder"):
        read(tmp_path / "nowhere")


def test_reading_twice_gives_the_same(casme2: Write, disk: Any) -> None:
    root = casme2([disk.row(1), disk.row(2, apex="/")])
    first, second = read(root), read(root)
    assert first.codings == second.codings
    assert first.report.to_record() == second.report.to_record()
    records = [
        [clip.frames.to_record(root) for clip in one.clips if clip.frames]
        for one in (first, second)
    ]
    assert records[0] == records[1]
