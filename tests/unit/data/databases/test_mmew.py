"""MMEW: micro-expressions by sheet, macro-expressions by folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mexlab.errors import InputError

SHEET = "MMEW_Micro_Exp.xlsx"
HEADER = (
    "Subject",
    "Filename",
    "OnsetFrame",
    "ApexFrame",
    "OffsetFrame",
    "Action Units",
    "Estimated Emotion",
    "remarks",
)


def row(
    subject: object = 13,
    clip: str = "S13-07-001",
    onset: object = 1,
    apex: object = 5,
    offset: object = 9,
    units: object = "4",
    emotion: str = "anger",
    remarks: object = None,
) -> tuple[object, ...]:
    return (subject, clip, onset, apex, offset, units, emotion, remarks)


def micro(
    root: Path,
    disk: Any,
    rows: list[tuple[object, ...]] | None = None,
    folders: list[str] | None = None,
) -> Path:
    rows = [row()] if rows is None else rows
    disk.sheet(root / SHEET, rows, HEADER)
    for folder in [f"{cells[6]}/{cells[1]}" for cells in rows] if folders is None else folders:
        disk.frames(root / "MMEW_Final/Micro_Expression" / folder, 1, 12, "{}.jpg")
    return root


def macro(root: Path, disk: Any, pattern: str = "S01-07-{:03d}.jpg") -> Path:
    folder = root / "MMEW_Final/Macro_Expression/S01/anger"
    disk.frames(folder, 1, 6, pattern)
    return root


def test_micro_expressions_are_read(tmp_path: Path, disk: Any, report: Any) -> None:
    rows = [row(), row("S01", "S01-02-001", emotion="others", remarks="left only")]
    imported = report.read("mmew", micro(tmp_path, disk, rows))
    assert report.quiet(imported)
    assert [str(c.key) for c in imported.clips] == ["mmew/S13/S13-07-001", "mmew/S01/S01-02-001"]
    assert {c.fps for c in imported.clips} == {90.0}
    assert list(imported.clips[0].frames.numbers) == list(range(1, 13))
    assert [(c.emotion, c.note, c.kind) for c in imported.codings] == [
        ("anger", "", "micro"),
        ("others", "left only", "micro"),
    ]


def test_macro_expressions_need_no_sheet_and_get_no_marks(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    imported = report.read("mmew", macro(tmp_path, disk))
    assert report.quiet(imported)
    (clip,), (coding,) = imported.clips, imported.codings
    assert str(clip.key) == "mmew/S01/anger-S01-07"
    assert list(clip.frames.numbers) == [1, 2, 3, 4, 5, 6]
    assert (coding.emotion, coding.kind) == ("anger", "macro")
    assert (coding.onset, coding.apex, coding.offset) == (None, None, None)


def test_two_clips_in_one_macro_folder_are_two_clips(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    macro(tmp_path, disk)
    imported = report.read("mmew", macro(tmp_path, disk, "S01-08-{:03d}.jpg"))
    assert report.quiet(imported)
    assert [c.key.name for c in imported.clips] == ["anger-S01-07", "anger-S01-08"]
    assert [len(c.frames) for c in imported.clips] == [6, 6]
    assert imported.clips[1].frames.path(3).name == "S01-08-003.jpg"


def test_both_trees_make_one_database(tmp_path: Path, disk: Any, report: Any) -> None:
    imported = report.read("mmew", macro(micro(tmp_path, disk), disk))
    assert [c.kind for c in imported.codings] == ["micro", "macro"]
    assert imported.report.subjects == 2


def test_micro_frames_without_the_sheet_are_an_error(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    root = macro(micro(tmp_path, disk), disk)
    (root / SHEET).unlink()
    with pytest.raises(InputError, match="no coding sheet found; expected one of MMEW_Micro"):
        report.read("mmew", root)


def test_neither_tree_is_an_error(tmp_path: Path, report: Any) -> None:
    with pytest.raises(InputError, match="expected Micro_Expression or Macro_Expression"):
        report.read("mmew", tmp_path)


def test_a_folder_of_another_emotion_than_the_sheets_is_told(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    root = micro(tmp_path, disk, [row()], ["fear/S13-07-001"])
    imported = report.read("mmew", root)
    assert imported.codings[0].emotion == "anger"
    report.only(imported, "warning", "the sheet says 'anger', its folder 'fear'")


def test_a_folder_in_another_spelling_of_the_emotion_is_not(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    rows = [row(emotion="Happiness")]
    assert report.quiet(report.read("mmew", micro(tmp_path, disk, rows, ["happy/s13-07-001"])))


def test_rows_and_folders_without_each_other_are_told(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    rows = [row(), row(clip="S13-07-002"), row()]
    folders = ["anger/S13-07-001", "fear/S13-07-001", "fear/S02-01-001"]
    imported = report.read("mmew", micro(tmp_path, disk, rows, folders))
    assert len(imported.clips) == 1
    assert "row 3" in report.only(imported, "skipped", "no folder S13-07-002").where
    assert "row 4" in report.only(imported, "skipped", "with the same coding").where
    assert report.only(imported, "skipped", "no row in").where.endswith("fear/S02-01-001")
    assert report.only(imported, "warning", "lies in").where.endswith("fear/S13-07-001")


def test_damaged_macro_frames_are_told(tmp_path: Path, disk: Any, report: Any) -> None:
    root = macro(tmp_path, disk)
    folder = root / "MMEW_Final/Macro_Expression/S01/anger"
    (folder / "S01-07-003.jpg").write_bytes(b"")
    (folder.parent / "fear").mkdir()
    imported = report.read("mmew", root)
    assert list(imported.clips[0].frames.numbers) == [1, 2, 4, 5, 6]
    report.only(imported, "warning", "S01-07-003.jpg of zero bytes")
    report.only(imported, "warning", "1 of the frames 1–6 are missing: 3")
    assert report.only(imported, "skipped", "no readable image").where.endswith("S01/fear")
