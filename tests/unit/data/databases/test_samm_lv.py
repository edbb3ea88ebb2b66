"""SAMM Long Videos: videos numbered from 1, macro- and micro-expressions, emotions from SAMM."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mexlab.data.databases.registry import recognise
from mexlab.errors import InputError

HEADER = (
    "Subject", "Filename", "Inducement Code", "Onset", "Apex", "Offset", "Duration", "Type",
    "Action Units", "Notes",
)  # fmt: skip
SHEET = "SAMM_LongVideos_V3_Release.xlsx"
SAMM_SHEET = "SAMM_Micro_FACS_Codes_v2.xlsx"
ABOVE = [("SAMM Long Videos",), *[()] * 8]
MICRO, MACRO = "Micro - 1/2", "Macro"
LENGTH = 30


def row(
    clip: object = "006_1_2",
    marks: tuple[object, object, object] = (12, 15, 18),
    kind: object = MICRO,
    units: object = "R14",
    subject: object = 6,
    notes: object = None,
) -> tuple[object, ...]:
    return (subject, clip, 1, *marks, 7, kind, units, notes)


def write(
    root: Path,
    disk: Any,
    rows: list[tuple[object, ...]] | None = None,
    *,
    videos: tuple[str, ...] = ("006_1",),
    pattern: str = "{}_{:04d}.jpg",
    emotions: dict[str, str] | None = None,
) -> Path:
    sheet = [row()] if rows is None else rows
    disk.sheet(root / SHEET, sheet, HEADER, ABOVE, "FACS_Movement_Only")
    for video in videos:
        frames = pattern.format(video, 0).replace("0000", "{:04d}", 1)
        disk.frames(root / "SAMM_longvideos" / video, 1, LENGTH, frames)
    if emotions is not None:
        header = ("Subject", "Filename", "Onset Frame", "Apex Frame", "Offset Frame", "Micro",
                  "Action Units", "Estimated Emotion")  # fmt: skip
        told = [(6, clip, 5562, 5566, 5570, MICRO, "14", word) for clip, word in emotions.items()]
        disk.sheet(root / SAMM_SHEET, told, header)
    return root


def marks(imported: Any) -> list[tuple[int | None, int | None, int | None]]:
    return [(one.onset, one.apex, one.offset) for one in imported.codings]


def test_a_video_is_a_clip_with_its_expressions_in_the_order_of_onset(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    rows = [row("006_1_3", (22, 25, 28), MACRO, "12", notes="fast"), row()]
    imported = report.read("samm_lv", write(tmp_path, disk, rows, emotions={"006_1_2": "Anger"}))
    (clip,) = imported.clips
    assert (str(clip.key), clip.fps, list(clip.frames.numbers)) == (
        "samm_lv/006/006_1",
        200.0,
        list(range(1, LENGTH + 1)),
    )
    assert [
        (c.expression, c.kind, c.emotion, c.action_units, c.note) for c in imported.codings
    ] == [
        (1, "micro", "anger", "R14", "006_1_2"),
        (2, "macro", "", "12", "006_1_3; fast"),
    ]
    assert marks(imported) == [(12, 15, 18), (22, 25, 28)]
    assert report.quiet(imported)
    assert "1 macro-expressions" in report.only(imported, "note", "no sheet tells").reason


def test_without_samm_the_emotions_are_missing_and_said(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    imported = report.read("samm_lv", write(tmp_path, disk))
    assert imported.codings[0].emotion == ""
    report.only(imported, "warning", "SAMM's own sheet is not here")


def test_an_expression_that_samm_does_not_know_is_named(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    root = write(tmp_path, disk, emotions={"006_1_9": "Anger"})
    imported = report.read("samm_lv", root)
    told = report.only(imported, "warning", "is not in SAMM_Micro_FACS_Codes_v2.xlsx")
    assert told.where == "samm_lv/006/006_1, expression 1"
    assert imported.codings[0].emotion == ""


def test_a_broken_sheet_of_samm_costs_the_emotions_alone(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    root = write(tmp_path, disk)
    (root / SAMM_SHEET).write_bytes(b"PK\x03\x04 cut")
    imported = report.read("samm_lv", root)
    assert len(imported.codings) == 1
    assert "no emotions from it" in report.only(imported, "warning", "truncated, damaged").reason


def test_fractions_are_rounded_and_counted(tmp_path: Path, disk: Any, report: Any) -> None:
    rows = [row(marks=(11.5, 14.4, 18.0))]
    imported = report.read("samm_lv", write(tmp_path, disk, rows, emotions={"006_1_2": "Anger"}))
    assert marks(imported) == [(12, 14, 18)]
    assert "1 rows give frames with a fraction" in report.only(imported, "note", "fraction").reason


def test_an_onset_at_0_and_known_overruns_are_moved_to_the_ends(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    rows = [
        row("006_1_2", (0, 3, 6)),
        row("020_6_5", (20, 25, 40), subject=20),
        row("006_1_3", (20, 25, 40)),
    ]
    root = write(tmp_path, disk, rows, videos=("006_1", "020_6"))
    imported = report.read("samm_lv", root)
    assert marks(imported) == [(1, 3, 6), (20, 25, 40), (20, 25, LENGTH)]
    assert [e.where.split(" ")[0] for e in report.entries(imported, "corrected")] == [
        "006_1_2",
        "020_6_5",
    ]
    assert report.entries(imported, "warning", "frames end at 30, 10 before the offset 40")
    kept = report.read("samm_lv", root, apply_corrections=False)
    assert marks(kept) == [(0, 3, 6), (20, 25, 40), (20, 25, 40)]
    assert not report.entries(kept, "corrected")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row(), row("006_9_1")], "no folder 006_9 among the videos"),
        ([row(), row("holiday")], "is not called as the expressions are"),
        ([row(), row()], "already stands in row 11, with the same coding"),
        ([row(), row(None)], "no file name"),
        ([row(), row("../006_1_2")], "is not the name of a folder"),
    ],
)
def test_rows_that_cannot_be_placed_are_skipped(
    tmp_path: Path, disk: Any, report: Any, rows: list[Any], words: str
) -> None:
    imported = report.read("samm_lv", write(tmp_path, disk, rows))
    assert len(imported.codings) == 1
    assert "row 12" in report.only(imported, "skipped", words).where


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"kind": "Mini"}, "type 'Mini' is neither Macro nor Micro"),
        ({"subject": 7}, "the row is of subject 7"),
        ({"marks": ("x", 15, 18)}, "onset is 'x'"),
        ({"units": "14+foo"}, "at sign 4: 'foo'"),
    ],
)
def test_what_is_odd_is_warned_of(
    tmp_path: Path, disk: Any, report: Any, cells: dict[str, Any], words: str
) -> None:
    root = write(tmp_path, disk, [row(**cells)], emotions={"006_1_2": "Anger"})
    imported = report.read("samm_lv", root)
    assert len(imported.codings) == 1
    assert "row 11" in report.only(imported, "warning", words).where


def test_videos_without_a_row_are_kept_and_padding_may_differ(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    root = write(tmp_path, disk, videos=("006_1", "007_2"))
    disk.frames(root / "SAMM_longvideos" / "010_4", 1, 12, "010_4_{:05d}.jpg")
    (root / "SAMM_longvideos" / "docs").mkdir()
    imported = report.read("samm_lv", root)
    assert [clip.key.name for clip in imported.clips] == ["006_1", "007_2", "010_4"]
    assert len(report.entries(imported, "note", "no expression is coded")) == 2
    assert imported.clips[2].frames.path(12).name == "010_4_00012.jpg"
    report.only(imported, "note", "not a video's folder")


def test_nothing_to_read_is_an_error(tmp_path: Path, disk: Any, report: Any) -> None:
    with pytest.raises(InputError, match="none of the 1 expressions"):
        report.read("samm_lv", write(tmp_path / "a", disk, videos=("009_1",)))
    with pytest.raises(InputError, match="no folder of frames"):
        report.read("samm_lv", write(tmp_path / "b", disk, videos=()))


def test_it_is_recognised_beside_the_sheet_of_samm(tmp_path: Path, disk: Any) -> None:
    root = write(tmp_path, disk, emotions={"006_1_2": "Anger"})
    ((layout, reason),) = recognise(root)
    assert layout == "samm_lv"
    assert SHEET in reason
