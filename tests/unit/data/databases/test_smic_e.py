"""SMIC-E: absolute frame numbers, several expressions a clip, a footer below the rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mexlab.data.databases.registry import recognise
from mexlab.errors import InputError

HEADER = (
    "Subject", "Filename", None, "OnsetF", "OffsetF", "Onset2F", "Offset2F", "Onset3F", "Offset3F",
    None, "FirstF", "LastF", "TotalMF1", "TotalMF2", "TotalMF3", "TotalVL", "Emotion",
)  # fmt: skip
SHEET = "SMIC-HS-E_annotation.xlsx"
TREE = "SMIC-E_raw image/HS_long/SMIC-HS-E"
FIRST, LAST = 308866, 308885


def row(
    subject: object = 3,
    clip: object = "s3_sur_01",
    marks: tuple[object, ...] = (308870, 308874),
    span: tuple[object, object] = (FIRST, LAST),
    emotion: object = "surprise",
) -> tuple[object, ...]:
    six = (*marks, *[None] * 6)[:6]
    return (subject, clip, None, *six, None, *span, 5, None, None, 20, emotion)


def write(
    root: Path,
    disk: Any,
    rows: list[tuple[object, ...]] | None = None,
    *,
    folders: tuple[str, ...] = ("s03/s3_sur_01",),
    tree: str = TREE,
    sheet: str = SHEET,
) -> Path:
    disk.sheet(root / sheet, [row()] if rows is None else rows, HEADER)
    for folder in folders:
        disk.frames(root / tree / folder, FIRST, LAST, "image{}.jpg")
    return root


def test_numbers_are_absolute(tmp_path: Path, disk: Any, report: Any) -> None:
    imported = report.read("smic_e", write(tmp_path, disk))
    assert report.quiet(imported)
    (clip,), (coding,) = imported.clips, imported.codings
    assert (str(clip.key), clip.fps) == ("smic_e/s03/s3_sur_01", 100.0)
    assert list(clip.frames.numbers) == list(range(FIRST, LAST + 1))
    assert (coding.onset, coding.apex, coding.offset) == (308870, None, 308874)
    assert (coding.emotion, coding.kind, coding.expression) == ("surprise", "micro", 1)


@pytest.mark.parametrize("absent", [None, 0, "/", ""])
def test_up_to_three_expressions(tmp_path: Path, disk: Any, report: Any, absent: object) -> None:
    rows = [
        row(marks=(308868, 308870, 308873, 308875, 308880, 308884)),
        row(4, "s4_ne_01", (308868, 308870, 308873, 308875, absent, absent), emotion="ne"),
    ]
    imported = report.read(
        "smic_e", write(tmp_path, disk, rows, folders=("s03/s3_sur_01", "s04/s4_ne_01"))
    )
    assert report.quiet(imported)
    assert [(c.clip.name, c.expression, c.onset, c.offset) for c in imported.codings] == [
        ("s3_sur_01", 1, 308868, 308870),
        ("s3_sur_01", 2, 308873, 308875),
        ("s3_sur_01", 3, 308880, 308884),
        ("s4_ne_01", 1, 308868, 308870),
        ("s4_ne_01", 2, 308873, 308875),
    ]
    assert [c.emotion for c in imported.codings] == ["surprise"] * 3 + ["negative"] * 2


def test_a_second_expression_told_by_half_is_warned_of(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    rows = [row(marks=(308868, 308870, 308873, None))]
    imported = report.read("smic_e", write(tmp_path, disk, rows))
    assert [(c.onset, c.offset) for c in imported.codings] == [(308868, 308870), (308873, None)]
    report.only(imported, "warning", "no offset of expression 2")


def test_the_footer_is_no_clip(tmp_path: Path, disk: Any, report: Any) -> None:
    footer = [(), ("Note: numbers are frames of the recording",), ("TotalVL: video length",)]
    imported = report.read("smic_e", write(tmp_path, disk, [row(), *footer]))
    assert report.quiet(imported)
    assert len(imported.clips) == 1
    assert [e.where for e in report.entries(imported, "note", "not a clip")] == [
        f"{SHEET}, row 4",
        f"{SHEET}, row 5",
    ]


@pytest.mark.parametrize(
    ("tree", "sheet"),
    [
        (f"{TREE}/HS", SHEET),
        ("SMIC-HS-E", "SMIC-HS-E_annotation_2019.xlsx"),
        (TREE, f"SMIC-E_raw image/{SHEET}"),
        (f"{TREE}/HS", f"{TREE}/{SHEET}"),
    ],
)
def test_tree_and_sheet_are_found(
    tmp_path: Path, disk: Any, report: Any, tree: str, sheet: str
) -> None:
    root = write(tmp_path, disk, tree=tree, sheet=sheet)
    assert report.quiet(report.read("smic_e", root))


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"span": (308800, LAST)}, "the sheet has frames 308800–308885, the folder 308866–308885"),
        ({"emotion": "positive"}, "emotion 'positive', but the clip is called after surprise"),
        ({"emotion": "joy"}, "emotion 'joy' is not of"),
        ({"emotion": None}, "no emotion"),
        ({"marks": ("x", 308874)}, "onset of expression 1 is 'x'"),
        ({"marks": (308874, 308870)}, "onset 308874 comes after offset 308870"),
        ({"marks": (1, 4)}, "no picture of onset 1, offset 4"),
    ],
)
def test_what_is_odd_is_warned_of(
    tmp_path: Path, disk: Any, report: Any, cells: dict[str, Any], words: str
) -> None:
    imported = report.read("smic_e", write(tmp_path, disk, [row(**cells)]))
    assert len(imported.clips) == 1
    assert "row 2" in report.entries(imported, "warning", words)[0].where


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row(), row()], "already stands in row 2, with the same coding"),
        ([row(), row(emotion="negative")], "with another coding"),
        ([row(), row(9, "s9_ne_01")], "no folder s09/s9_ne_01"),
        ([row(), row("x", "s3_sur_02")], "subject 'x' has no number"),
        ([row(), row(3, None)], "no file name"),
        ([row(), row(3, "../s3_sur_01")], "is not the name of a folder"),
    ],
)
def test_rows_that_are_no_clip_are_skipped(
    tmp_path: Path, disk: Any, report: Any, rows: list[Any], words: str
) -> None:
    imported = report.read("smic_e", write(tmp_path, disk, rows))
    assert len(imported.clips) == 1
    assert "row 3" in report.only(imported, "skipped", words).where


def test_folders_without_a_row_are_left_out(tmp_path: Path, disk: Any, report: Any) -> None:
    folders = ("s03/s3_sur_01", "s03/s3_po_02")
    imported = report.read("smic_e", write(tmp_path, disk, folders=folders))
    assert report.only(imported, "skipped", "no row in").where.endswith("s03/s3_po_02")


def test_nothing_to_read_is_an_error(tmp_path: Path, disk: Any, report: Any) -> None:
    with pytest.raises(InputError, match="no folder of frames"):
        report.read("smic_e", write(tmp_path / "a", disk, folders=()))
    with pytest.raises(InputError, match="none of the 1 clips"):
        report.read("smic_e", write(tmp_path / "b", disk, folders=("s09/s9_ne_01",)))
    (tmp_path / "c").mkdir()
    bare = write(tmp_path / "c" / "d", disk)
    (bare / SHEET).unlink()
    with pytest.raises(InputError, match="no coding sheet"):
        report.read("smic_e", bare)


def test_it_is_recognised(tmp_path: Path, disk: Any) -> None:
    ((layout, reason),) = recognise(write(tmp_path, disk))
    assert layout == "smic_e"
    assert SHEET in reason
