"""CAS(ME)2: a sheet without headers, naming rules, several expressions a video."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mexlab.errors import InputError

SHEET = "CAS(ME)^2code_final.xlsx"
PEOPLE = ((1, "s15", 1), (2, "s16", 2))
FILMS = (("0101", "disgust1"), ("0401", "anger1"))


def row(
    participant: object = 1,
    expression: object = "disgust1_1",
    onset: object = 3,
    apex: object = 6,
    offset: object = 9,
    units: object = "4+7",
    emotion: object = "negative",
    kind: object = "macro-expression",
    said: object = "disgust",
) -> tuple[object, ...]:
    return (participant, expression, onset, apex, offset, units, emotion, kind, said)


def workbook(
    root: Path,
    rows: list[tuple[object, ...]],
    people: Any = PEOPLE,
    films: Any = FILMS,
    titles: tuple[str, ...] = ("CASFEcode_final", "naming rule1", "naming rule2"),
) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, cells in zip(titles, (rows, people, films), strict=False):
        page = book.create_sheet(title)
        for one in cells:
            page.append(list(one))
    root.mkdir(exist_ok=True, parents=True)
    book.save(root / SHEET)


def write(
    root: Path,
    disk: Any,
    rows: list[tuple[object, ...]] | None = None,
    *,
    tree: str = "rawpic",
    folders: tuple[str, ...] = ("s15/15_0101disgustingteeth",),
    **options: Any,
) -> Path:
    workbook(root, [row()] if rows is None else rows, **options)
    for folder in folders:
        disk.frames(root / tree / folder, 1, 12, "img{:03d}.jpg")
    return root


def test_a_long_video_is_a_clip_with_its_expressions_in_order(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    rows = [
        row(expression="disgust1_2", onset=8, apex=9, offset=10, kind="micro-expression"),
        row(expression="disgust1_1", onset=2, apex=4, offset=7),
        row(2, "anger1_1"),
    ]
    folders = ("s15/15_0101disgustingteeth", "s16/16_0401girlcrashing")
    imported = report.read("cas_me2", write(tmp_path, disk, rows, folders=folders))
    assert report.quiet(imported)
    keys = [str(clip.key) for clip in imported.clips]
    assert keys == [
        "cas_me2/s15/15_0101disgustingteeth",
        "cas_me2/s16/16_0401girlcrashing",
    ]
    assert {clip.fps for clip in imported.clips} == {30.0}
    found = [(c.expression, c.onset, c.apex, c.offset, c.kind) for c in imported.codings]
    assert found == [(1, 2, 4, 7, "macro"), (2, 8, 9, 10, "micro"), (1, 3, 6, 9, "macro")]
    assert imported.codings[0].emotion == "negative"
    assert imported.codings[0].note == "self-report: disgust"


def test_frames_below_and_above_a_hundred_are_numbered_alike(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    root = write(tmp_path, disk)
    disk.frames(root / "rawpic/s15/15_0101disgustingteeth", 98, 102, "img{:03d}.jpg")
    (clip,) = report.read("cas_me2", root).clips
    assert list(clip.frames.numbers) == [*range(1, 13), *range(98, 103)]


def test_codes_that_excel_made_numbers_of_are_codes_all_the_same(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    root = write(tmp_path, disk, films=((101, "disgust1"), (401, "anger1")))
    assert report.read("cas_me2", root).report.clips == 1


def test_naming_rules_are_told_apart_by_content_not_by_column(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    root = write(
        tmp_path,
        disk,
        people=(("s15", 1), ("s16", 2)),
        films=(("disgust1", "a remark", "0101"), ("anger1", "another", "0401")),
        titles=("Tabelle1", "Tabelle2", "Tabelle3"),
    )
    assert str(report.read("cas_me2", root).clips[0].key) == "cas_me2/s15/15_0101disgustingteeth"


def test_a_running_number_in_the_naming_rule_is_not_the_participant(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    root = write(tmp_path, disk, [row(2), row(1)], people=((1, "s16", 2), (2, "s15", 1)))
    imported = report.read("cas_me2", root)
    assert [clip.key.subject for clip in imported.clips] == ["s15"]
    assert "s16/…_0101…" in report.only(imported, "skipped", "no folder").reason


@pytest.mark.parametrize(
    ("marks", "corrected", "kept"),
    [
        ((3, 6, 0), (6, 6), (6, None)),
        ((3, 0, 9), (6, 9), (None, 9)),
        ((3, 0, 0), (None, None), (None, None)),
    ],
)
def test_zero_is_missing_and_filled_in_only_with_corrections(
    tmp_path: Path,
    disk: Any,
    report: Any,
    marks: tuple[int, int, int],
    corrected: tuple[int | None, int | None],
    kept: tuple[int | None, int | None],
) -> None:
    onset, apex, offset = marks
    root = write(tmp_path, disk, [row(onset=onset, apex=apex, offset=offset)])
    imported = report.read("cas_me2", root)
    assert (imported.codings[0].apex, imported.codings[0].offset) == corrected
    zeros = marks[1:].count(0)
    filled = sum(b is not None and a is None for a, b in zip(kept, corrected, strict=True))
    assert len(report.entries(imported, "corrected", "0 means missing")) == filled
    assert len(report.entries(imported, "warning", "kept without")) == zeros - filled
    (coding,) = report.read("cas_me2", root, apply_corrections=False).codings
    assert (coding.apex, coding.offset) == kept


def test_videos_without_an_expression_are_kept(tmp_path: Path, disk: Any, report: Any) -> None:
    folders = ("s15/15_0101disgustingteeth", "s15/15_0401girl", "s15/notes")
    imported = report.read("cas_me2", write(tmp_path, disk, folders=folders))
    assert [c.key.name for c in imported.clips] == ["15_0101disgustingteeth", "15_0401girl"]
    assert len(imported.codings) == 1
    found = report.only(imported, "note", "no expression is coded in it")
    assert found.where == "cas_me2/s15/15_0401girl"
    assert report.only(imported, "skipped", "no video's code").where == "rawpic/s15/notes"


def test_selected_frames_alone_give_a_clip_an_expression(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    rows = [row(), row(expression="disgust1_2", onset=4, apex=5, offset=6)]
    folders = ("s15/disgust1_1", "s15/disgust1_2")
    root = write(tmp_path, disk, rows, tree="selectedpic", folders=folders)
    imported = report.read("cas_me2", root)
    assert [c.key.name for c in imported.clips] == ["disgust1_1", "disgust1_2"]
    assert [c.expression for c in imported.codings] == [1, 1]


def test_raw_videos_are_read_where_there_are_no_frames(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    import cv2
    import numpy as np

    workbook(tmp_path, [row()])
    folder = tmp_path / "rawvideo/s15"
    folder.mkdir(parents=True)
    writer = cv2.VideoWriter(
        str(folder / "15_0101disgustingteeth.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 25, (64, 48)
    )
    for number in range(12):
        writer.write(np.full((48, 64, 3), number * 20, np.uint8))
    writer.release()
    (clip,) = report.read("cas_me2", tmp_path).clips
    assert (clip.key.name, clip.fps) == ("15_0101disgustingteeth", 30.0)
    assert list(clip.frames.numbers) == list(range(1, 13))


def test_the_long_frames_are_preferred_to_the_others(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    for tree in ("selectedpic", "cropped", "rawpic"):
        root = write(tmp_path, disk, tree=tree)
    imported = report.read("cas_me2", root)
    assert "rawpic" in str(imported.clips[0].frames.folder)
    assert "cropped, selectedpic not read" in report.only(imported, "note", "were taken").reason


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"titles": ("CASFEcode_final", "naming rule1")}, "no worksheet 'naming rule2'"),
        ({"people": ((1, "fifteen"),)}, "'naming rule1' does not say"),
        ({"people": ()}, "'naming rule1' does not say"),
        ({"films": (("0101", "laughter"),)}, "'naming rule2' does not say"),
        ({"rows": []}, "'naming rule1' does not say"),
        ({"folders": ()}, "no folder of frames"),
        ({"folders": ("s15/15_9999other",)}, "none of the 1 expressions"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_says_why(
    tmp_path: Path, disk: Any, report: Any, options: dict[str, Any], words: str
) -> None:
    root = write(tmp_path, disk, **options)
    with pytest.raises(InputError, match=words) as caught:
        report.read("cas_me2", root)
    assert caught.value.where is not None
    assert caught.value.remedy


def test_rows_that_the_rules_do_not_explain_are_skipped_one_by_one(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    rows = [
        ("participant", "video", "onset", "apex", "offset"),
        row(7),
        row(expression="laughter1_1"),
        row(),
        row(),
        row(expression="disgust1_2", onset=8, apex=9, offset=10, kind="?"),
        row(expression="disgust1_3", onset="x", apex=9, offset=10),
    ]
    imported = report.read("cas_me2", write(tmp_path, disk, rows))
    assert "row 1" in report.only(imported, "note", "not an expression").where
    assert "row 2" in report.only(imported, "skipped", "does not know participant '7'").where
    assert "row 3" in report.only(imported, "skipped", "the video of 'laughter1_1'").where
    assert "row 5" in report.only(imported, "skipped", "stands in row 4").where
    assert "row 6" in report.only(imported, "warning", "neither micro nor macro").where
    assert "row 7" in report.only(imported, "warning", "onset is 'x'").where
    assert [(c.expression, c.onset, c.kind) for c in imported.codings] == [
        (1, 3, "macro"),
        (2, 8, ""),
        (3, None, "macro"),
    ]
