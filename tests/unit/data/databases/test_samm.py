"""SAMM: a low header, padding of 4 or 5 digits, long action unit texts, apexes out of range."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mexlab.data.databases.registry import recognise
from mexlab.data.labels.facs import parse_action_units

HEADER = (
    "Subject", "Filename", "Inducement Code", "Onset Frame", "Apex Frame", "Offset Frame",
    "Duration", "Micro", "Action Units", "Estimated Emotion", "Objective Classes", "Notes",
)  # fmt: skip
SHEET = "SAMM_Micro_FACS_Codes_v2.xlsx"
ABOVE = [("SAMM Micro-Movements",), *[()] * 12]


def row(
    subject: object = 6,
    clip: object = "006_1_2",
    marks: tuple[object, object, object] = (5562, 5566, 5570),
    units: object = "R14",
    emotion: object = "Anger",
    objective: object = "II",
    notes: object = None,
) -> tuple[object, ...]:
    return (subject, clip, 1, *marks, 9, "Micro - 1/2", units, emotion, objective, notes)


def write(
    root: Path,
    disk: Any,
    rows: list[tuple[object, ...]] | None = None,
    *,
    above: Any = ABOVE,
    tree: str = "SAMM",
    pattern: str = "006_{:05d}.jpg",
) -> Path:
    rows = [row()] if rows is None else rows
    disk.sheet(root / SHEET, rows, HEADER, above, "MICRO_ONLY")
    for cells in rows:
        folder = root / tree / str(cells[1])[:3] / str(cells[1])
        disk.frames(folder, 5562, 5570, pattern)
    return root


@pytest.mark.parametrize("above", [ABOVE, []], ids=["row 14", "row 1"])
@pytest.mark.parametrize("tree", ["SAMM", "."])
def test_header_on_row_14_or_1(
    tmp_path: Path, disk: Any, report: Any, above: Any, tree: str
) -> None:
    imported = report.read("samm", write(tmp_path, disk, above=above, tree=tree))
    (clip,), (coding,) = imported.clips, imported.codings
    assert (str(clip.key), clip.fps) == ("samm/006/006_1_2", 200.0)
    assert (coding.onset, coding.apex, coding.offset) == (5562, 5566, 5570)
    assert (coding.emotion, coding.action_units, coding.kind) == ("anger", "R14", "micro")
    assert coding.note == "objective class II"
    assert report.quiet(imported)


def test_padding_of_4_and_5_digits_and_numbered_subjects(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    root = write(tmp_path, disk, pattern="006_{:04d}.jpg")
    disk.frames(root / "SAMM" / "006" / "006_1_2", 9998, 10001, "006_{:05d}.jpg")
    clip = report.read("samm", root).clips[0]
    assert list(clip.frames.numbers) == [*range(5562, 5571), *range(9998, 10002)]
    assert clip.frames.path(5562).name == "006_5562.jpg"
    assert clip.frames.path(9998).name == "006_09998.jpg"
    assert type(clip.frames).from_record(clip.frames.to_record(root), root).read(9998).ndim == 3


def test_the_grey_release_is_read_as_rgb(tmp_path: Path, disk: Any, report: Any) -> None:
    root = write(tmp_path, disk)
    grey = np.full((65, 96), 77, np.uint8)
    for file in (root / "SAMM" / "006" / "006_1_2").iterdir():
        cv2.imwrite(str(file), grey)
    frames = report.read("samm", root).clips[0].frames
    assert frames.size == (96, 65)
    assert frames.read(5562).shape == (65, 96, 3)


@pytest.mark.parametrize(
    "units", ["(R6 or R12) + R15", "1A+2B+L14C", "ref(7B)+43C", "4A/B", "R14+17+soft focus"]
)
def test_action_units_are_kept_as_they_are(
    tmp_path: Path, disk: Any, report: Any, units: str
) -> None:
    imported = report.read("samm", write(tmp_path, disk, [row(units=units)]))
    assert imported.codings[0].action_units == units
    problems = parse_action_units(units).problems
    assert len(report.entries(imported, "warning", "at sign")) == len(problems)


def test_known_apexes_out_of_range_are_reported_and_kept(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    rows = [
        row(28, "028_4_1", (5562, 9999, 5570)),
        row(32, "032_3_1", (5562, 4444, 5570)),
        row(33, "033_1_1", (5562, 9999, 5570)),
        row(6, "006_1_2"),
    ]
    imported = report.read("samm", write(tmp_path, disk, rows))
    known = report.entries(imported, "warning", "known mistake of the sheet")
    assert [e.where.split(" ")[0] for e in known] == ["samm/028/028_4_1", "samm/032/032_3_1"]
    assert len(report.entries(imported, "warning", "lies outside onset–offset")) == 3
    assert [one.apex for one in imported.codings] == [9999, 4444, 9999, 5566]


def test_notes_and_missing_columns(tmp_path: Path, disk: Any, report: Any) -> None:
    rows = [row(notes="eyes closed"), row(7, "007_1_1", objective=None, emotion="Other")]
    imported = report.read("samm", write(tmp_path, disk, rows))
    assert [one.note for one in imported.codings] == ["objective class II; eyes closed", ""]
    assert imported.codings[1].emotion == "other"
    short = write(tmp_path / "b", disk)
    plain = [("Subject", "Filename", *HEADER[3:6], "Action Units", "Estimated Emotion")]
    disk.sheet(short / SHEET, [(6, "006_1_2", 5562, 5566, 5570, "14", "Anger")], plain[0])
    assert report.quiet(report.read("samm", short))


def test_other_people_and_folders_are_told(tmp_path: Path, disk: Any, report: Any) -> None:
    root = write(tmp_path, disk)
    disk.frames(root / "SAMM" / "007" / "007_1_1", 1, 3)
    (root / "SAMM" / "docs").mkdir()
    imported = report.read("samm", root)
    assert report.only(imported, "skipped", "no row in").where == "SAMM/007/007_1_1"
    assert report.only(imported, "note", "not a subject's folder").where == "SAMM/docs"


def test_it_is_recognised(tmp_path: Path, disk: Any) -> None:
    ((layout, reason),) = recognise(write(tmp_path, disk))
    assert (layout, SHEET in reason) == ("samm", True)
