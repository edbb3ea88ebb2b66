"""CASME II as it comes off its licence, quirks of the sheet included."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.databases.registry import read_database
from mexlab.errors import InputError

Write = Callable[..., Path]


def read(root: Path, **options: Any) -> ImportedDatabase:
    return read_database("casme2", root, **options)


def test_a_clean_database_gives_clips_codings_and_an_empty_report(
    casme2: Write, disk: Any, report: Any
) -> None:
    root = casme2([disk.row(1, "EP02_01f"), disk.row(26, "EP15_01", emotion="Disgust", units=4)])
    imported = read(root)
    assert report.quiet(imported)
    assert [str(clip.key) for clip in imported.clips] == [
        "casme2/sub01/EP02_01f",
        "casme2/sub26/EP15_01",
    ]
    clip, coding = imported.clips[0], imported.codings[0]
    assert clip.fps == 200.0
    assert clip.frames is not None
    assert list(clip.frames.numbers) == list(range(46, 56))
    assert clip.frames.size == (8, 8)
    assert (coding.onset, coding.apex, coding.offset) == (46, 50, 55)
    assert (coding.coder, coding.status, coding.expression) == ("database", "committed", 1)
    assert (coding.emotion, coding.action_units) == ("happiness", "4+L12")
    assert (imported.codings[1].emotion, imported.codings[1].action_units) == ("disgust", "4")
    counts = imported.report
    assert (counts.clips, counts.subjects, counts.frames) == (2, 2, 20)
    assert dict(counts.emotions) == {"happiness": 1, "disgust": 1}
    assert (imported.title, imported.layout, imported.synthetic) == ("CASME II", "casme2", False)


@pytest.mark.parametrize("subject", [1, 1.0, "1", "01", "001", "sub01", "Sub 1", " S1 "])
def test_subjects_are_one_however_they_are_written(
    casme2: Write, disk: Any, subject: object
) -> None:
    root = casme2([disk.row(subject)], folders=["sub01/EP02_01f"])
    assert read(root).clips[0].key.subject == "sub01"


@pytest.mark.parametrize("folder", ["Sub01/ep02_01F", "SUB1/EP02_01f", "sub01/EP02_01f "])
def test_folders_are_matched_without_case(casme2: Write, report: Any, folder: str) -> None:
    imported = read(casme2(folders=[folder]))
    assert report.quiet(imported)
    # The name in the sheet is the name of the clip, however the folder is spelt.
    assert imported.clips[0].key.name == "EP02_01f"


@pytest.mark.parametrize(
    ("sheet", "tree", "pattern"),
    [
        ("CASME2-coding-20190701.xlsx", "Cropped", "reg_img{}.jpg"),
        ("casme2-coding-20140508.XLSX", "casme2_raw_selected", "img{}.jpg"),
        ("CASME2-coding-20140508.xlsx", "CASME2-RAW/CASME2-RAW", "img{}.jpg"),
        ("my CASME2 coding.xlsx", "frames", "img{:03d}.png"),
    ],
)
def test_sheets_and_trees_of_every_release(
    casme2: Write, report: Any, sheet: str, tree: str, pattern: str
) -> None:
    imported = read(casme2(sheet=sheet, tree=tree, pattern=pattern))
    assert report.quiet(imported)
    assert imported.report.frames == 10


def test_the_old_xls_sheet_is_read(casme2: Write, disk: Any, report: Any) -> None:
    rows = [
        disk.row(1.0, "EP02_01f", 46.0, 50.0, 55.0, 4.0, "others"),
        disk.row("04", "EP12_01f", apex="/", units="L2+12"),
    ]
    root = casme2(rows, folders=["sub01/EP02_01f", "sub04/EP12_01f"])
    (root / disk.SHEET).unlink()
    disk.xls(root / "CASME2_label_Ver_2.xls", rows)
    imported = read(root)
    first, second = imported.codings
    assert (first.onset, first.apex, first.offset) == (46, 50, 55)
    assert (first.action_units, first.emotion) == ("4", "others")
    assert (second.clip.subject, second.apex, second.action_units) == ("sub04", None, "L2+12")
    assert report.only(imported, "warning", "apex").where.endswith(
        "(CASME2_label_Ver_2.xls, row 3)"
    )


def test_a_truncated_xls_sheet_is_named(casme2: Write, disk: Any) -> None:
    root = casme2()
    (root / disk.SHEET).unlink()
    sheet = disk.xls(root / "CASME2_label_Ver_2.xls", [disk.row()])
    sheet.write_bytes(sheet.read_bytes()[:1600])
    with pytest.raises(InputError, match="truncated, damaged") as caught:
        read(root)
    assert caught.value.where == str(sheet)


def test_the_newest_sheet_and_the_selected_frames_are_preferred_and_said(
    casme2: Write, disk: Any, report: Any
) -> None:
    root = casme2()
    disk.sheet(root / "CASME2-coding-20190701.xlsx", [disk.row(emotion="surprise")])
    disk.frames(root / "Cropped" / "sub01" / "EP02_01f", 46, 55)
    imported = read(root)
    assert imported.codings[0].emotion == "surprise"
    assert (
        "CASME2-coding-20140508.xlsx" in report.only(imported, "note", "this sheet was read").reason
    )
    assert "Cropped not read" in report.only(imported, "note", "frames were taken from here").reason


def test_a_tree_may_be_given_itself_with_the_sheet_beside_it(casme2: Write, disk: Any) -> None:
    root = casme2()
    disk.frames(root / "Cropped" / "sub01" / "EP02_01f", 46, 50, "reg_img{}.jpg")
    imported = read(root / "Cropped", name="cropped")
    assert imported.report.frames == 5
    assert imported.clips[0].key.database == "cropped"


def test_the_header_may_stand_lower_with_text_above(casme2: Write, disk: Any, report: Any) -> None:
    root = casme2(
        [disk.row(), disk.row(1, "EP99")], folders=["sub01/EP02_01f"], above=[("CASME",), ()]
    )
    imported = read(root)
    assert imported.codings[0].apex == 50
    # Rows are numbered as Excel shows them: header in row 3, this one in row 5.
    assert "row 5" in report.only(imported, "skipped", "no folder").where


def test_no_frame_is_opened(casme2: Write, disk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    root = casme2()

    def refuse(path: Path) -> bytes:
        raise AssertionError(f"{path} was opened")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert read(root).report.frames == 10


def test_progress_ends_at_the_number_of_rows(casme2: Write, disk: Any) -> None:
    seen: list[tuple[int, int]] = []
    read(
        casme2([disk.row(1), disk.row(2)]), progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(1, 2), (2, 2)]


def test_a_synthetic_database_says_so(casme2: Write) -> None:
    root = casme2()
    (root / "mexlab-synthetic.json").write_text("{}")
    imported = read(root)
    assert imported.synthetic
    assert imported.title == "CASME II (synthetic)"


def test_an_unfinished_synthetic_database_is_told(casme2: Write, report: Any) -> None:
    root = casme2()
    (root / "mexlab-synthetic.unfinished").write_text("")
    imported = read(root)
    assert imported.synthetic
    assert "synthesise" in report.only(imported, "warning", "not written to its end").reason


@pytest.mark.parametrize("cell", ["/", "\\", None, "n/a", "1e999"])
def test_an_apex_that_is_no_number_is_kept_as_none_and_reported(
    casme2: Write, disk: Any, report: Any, cell: object
) -> None:
    imported = read(casme2([disk.row(4, "EP12_01f", apex=cell)]))
    coding = imported.codings[0]
    assert (coding.onset, coding.apex, coding.offset) == (46, None, 55)
    found = report.only(imported, "warning", "apex")
    assert found.where == "casme2/sub04/EP12_01f (CASME2-coding-20140508.xlsx, row 2)"


def test_text_and_fractions_in_number_cells_are_read_as_numbers(
    casme2: Write, disk: Any, report: Any
) -> None:
    imported = read(casme2([disk.row(onset=" 46 ", apex="50.0", offset=55.0)]))
    assert report.quiet(imported)
    assert imported.codings[0].apex == 50


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ((46, 60, 55), "apex 60 lies outside onset–offset (46–55)"),
        ((50, 47, 55), "apex 47 lies outside onset–offset (50–55)"),
        ((46, 46, 55), "apex 46 is the onset frame itself"),
        ((46, 55, 55), "apex 55 is the offset frame itself"),
        ((55, 50, 46), "onset 55 comes after offset 46"),
        ((-3, 50, 55), "negative frame number: onset -3"),
        ((40, 50, 55), "frames start at 46, 6 after the onset 40"),
        ((46, 50, 70), "frames end at 55, 15 before the offset 70"),
    ],
)
def test_odd_frame_numbers_are_warned_of_and_kept(
    casme2: Write, disk: Any, report: Any, marks: tuple[int, int, int], words: str
) -> None:
    imported = read(casme2([disk.row(1, "EP02_01f", *marks)]))
    coding = imported.codings[0]
    assert (coding.onset, coding.apex, coding.offset) == marks
    assert "row 2" in report.only(imported, "warning", words).where


def test_known_corrections_are_applied_listed_and_can_be_switched_off(
    casme2: Write, disk: Any, report: Any
) -> None:
    root = casme2([disk.row(5, "EP09_05f", apex=46, emotion="repression")])
    imported = read(root)
    assert imported.codings[0].apex is None
    assert "--no-corrections" in report.only(imported, "corrected", "apex 46 -> none").reason
    as_is = read(root, apply_corrections=False)
    assert as_is.codings[0].apex == 46
    assert not as_is.report.of_kind("corrected")


@pytest.mark.parametrize(
    ("units", "problem"), [("?", None), (4, None), ("L2+12", None), ("4+foo", "at sign 3")]
)
def test_action_units_are_kept_raw(
    casme2: Write, disk: Any, report: Any, units: object, problem: str | None
) -> None:
    imported = read(casme2([disk.row(units=units)]))
    assert imported.codings[0].action_units == str(units)
    assert bool(report.entries(imported, "warning", "action units")) == (problem is not None)
    if problem:
        report.only(imported, "warning", problem)


def test_an_unknown_emotion_is_kept_and_reported(casme2: Write, disk: Any, report: Any) -> None:
    imported = read(casme2([disk.row(1, emotion="hapiness"), disk.row(2, emotion=None)]))
    assert imported.codings[0].emotion == "hapiness"
    assert "hapiness" in report.only(imported, "warning", "is not of CASME II").reason
    assert "row 3" in report.only(imported, "warning", "no emotion").where


def test_duplicate_rows_keep_the_first(casme2: Write, disk: Any, report: Any) -> None:
    rows = [disk.row(), disk.row(), disk.row(1, "ep02_01F", emotion="fear")]
    imported = read(casme2(rows, folders=["sub01/EP02_01f"]))
    assert [coding.emotion for coding in imported.codings] == ["happiness"]
    assert "row 3" in report.only(imported, "skipped", "row 2, with the same coding").where
    assert "row 4" in report.only(imported, "skipped", "row 2, with another coding").where


def test_rows_that_are_no_clips_are_passed_over_or_reported(
    casme2: Write, disk: Any, report: Any
) -> None:
    rows = [
        disk.row(),
        (None,) * 9,
        ("Total: 255 samples", *(None,) * 8),
        disk.row("who?", "EP03"),
        disk.row(2, None),
        disk.row(3, "../../etc"),
    ]
    imported = read(casme2(rows, folders=["sub01/EP02_01f"]))
    assert len(imported.clips) == 1
    assert "Total" in report.only(imported, "note", "not a clip").reason
    assert "row 5" in report.only(imported, "skipped", "'who?' has no number").where
    assert "row 6" in report.only(imported, "skipped", "no file name").where
    assert "row 7" in report.only(imported, "skipped", "not the name of a folder").where


def test_merged_cells_mean_every_row_they_cover(casme2: Write, disk: Any) -> None:
    import openpyxl

    root = casme2(
        [disk.row(3, "EP01"), disk.row(None, "EP02")], folders=["sub03/EP01", "sub03/EP02"]
    )
    book = openpyxl.load_workbook(root / disk.SHEET)
    book.active.merge_cells("A2:A3")
    book.save(root / disk.SHEET)
    assert [clip.key.subject for clip in read(root).clips] == ["sub03", "sub03"]
