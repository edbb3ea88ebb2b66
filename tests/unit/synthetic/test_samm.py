"""The synthetic SAMM read back: low header, two paddings, odd units, apexes out of range."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import openpyxl
import pytest

from mexlab.data.databases.registry import recognise
from mexlab.data.labels.facs import parse_action_units
from mexlab.synthetic import load_truth


@pytest.fixture(scope="module")
def root(synthetic: Any) -> Path:
    return synthetic.write("samm")


def header_row(root: Path) -> int:
    sheet = openpyxl.load_workbook(root / "SAMM_Micro_FACS_Codes_v2.xlsx")["MICRO_ONLY"]
    return next(row[0].row for row in sheet.iter_rows() if row[0].value == "Subject")


def paddings(root: Path) -> set[int]:
    return {len(file.stem.partition("_")[2]) for file in (root / "SAMM").rglob("*.jpg")}


def cell_types(root: Path, column: int) -> set[type]:
    sheet = openpyxl.load_workbook(root / "SAMM_Micro_FACS_Codes_v2.xlsx")["MICRO_ONLY"]
    rows = list(sheet.iter_rows(min_row=header_row(root) + 1, values_only=True))
    return {type(row[column]) for row in rows}


def test_it_is_recognised_as_itself_alone(root: Path) -> None:
    assert [layout for layout, _ in recognise(root)] == ["samm"]


def test_counts_labels_and_marks(root: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("samm", root)
    assert imported.synthetic
    assert {clip.fps for clip in imported.clips} == {200.0}
    assert {clip.key.subject for clip in imported.clips} == {"028", "032"}
    assert len(imported.clips) == len(imported.codings) == 6
    assert {one.emotion for one in imported.codings} <= set(imported.emotions)
    for clip, coding in zip(imported.clips, imported.codings, strict=True):
        truth = load_truth(root, clip.key.subject, clip.key.name)
        assert list(clip.frames.numbers) == list(truth.numbers)
        assert (coding.onset, coding.offset) == (truth.onset, truth.offset)
        assert "objective class" in coding.note
        if clip.key.name not in ("028_4_1", "032_3_1"):
            assert coding.apex == truth.apex
    known = synthetic.entries(imported, "known mistake of the sheet")
    assert len(known) == 2
    assert any("gaze down" in one.note for one in imported.codings)


@pytest.mark.parametrize(
    ("quirk", "seen", "with_it", "without"),
    [
        ("low-header", header_row, 14, 1),
        ("padding", paddings, {4, 5}, {5}),
        ("mixed-subjects", lambda root: cell_types(root, 0), {int, str}, {str}),
        ("notes", lambda root: cell_types(root, 11), {str, type(None)}, {type(None)}),
    ],
)
def test_quirks_of_the_files(
    root: Path,
    synthetic: Any,
    quirk: str,
    seen: Callable[[Path], object],
    with_it: object,
    without: object,
) -> None:
    assert seen(root) == with_it
    assert seen(synthetic.write("samm", quirks=())) == without


def test_odd_units_are_kept_as_they_are(root: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("samm", root)
    odd = {one.action_units for one in imported.codings if not one.action_units.isalnum()}
    assert odd & {"(R6 or R12) + R15", "1A+2B+L14C"}
    for coding in imported.codings:
        assert not parse_action_units(coding.action_units).problems


def test_without_quirks_there_is_nothing_to_report(synthetic: Any) -> None:
    root = synthetic.write("samm", quirks=())
    (imported,) = synthetic.read("samm", root)
    assert not synthetic.warnings(imported)
    for clip, coding in zip(imported.clips, imported.codings, strict=True):
        assert coding.apex == load_truth(root, clip.key.subject, clip.key.name).apex


def test_grey_by_default_and_in_colour_at_full_size(root: Path, synthetic: Any) -> None:
    def shape(root: Path) -> tuple[int, ...]:
        picture = cv2.imread(str(next(root.rglob("*.jpg"))), cv2.IMREAD_UNCHANGED)
        assert picture is not None
        return picture.shape

    assert shape(root) == (32, 48)
    full = synthetic.write("samm", subjects=1, clips=1, quirks=("full-size",), width=None)
    assert shape(full) == (1088, 2040, 3)


@pytest.mark.parametrize(
    ("quirk", "clips"),
    [
        ("apex-out-of-range", {"028_4_1", "032_3_1"}),
        ("padding", set()),
        ("odd-units", set()),
        ("mixed-subjects", set()),
    ],
)
def test_each_quirk_alone_makes_its_own_entries(
    synthetic: Any, quirk: str, clips: set[str]
) -> None:
    (imported,) = synthetic.read("samm", synthetic.write("samm", quirks=(quirk,)))
    told = [entry for entry in imported.report.entries if entry.kind != "note"]
    assert {entry.where.split("/")[2].split(" ")[0] for entry in told} == clips
    # Each is told three times: a known mistake, outside the expression, without a picture.
    assert len(told) == 3 * len(clips)
