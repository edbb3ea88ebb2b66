"""The synthetic SAMM Long Videos read back: macro and micro, frames from 1, marks out of range."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from mexlab.data.databases.registry import recognise
from mexlab.synthetic import Order, load_truth
from mexlab.synthetic.acting.recordings import draw_recording
from mexlab.synthetic.layouts.samm_lv import WRITER
from mexlab.synthetic.person.faces import cast_persons

SHEET = "SAMM_LongVideos_V3_Release.xlsx"
FEW = {"subjects": 3, "clips": 1, "seconds": 0.2}


@pytest.fixture(scope="module")
def root(synthetic: Any) -> Path:
    return synthetic.write("samm_lv", **FEW)


def header_row(root: Path) -> int:
    sheet = openpyxl.load_workbook(root / SHEET)["FACS_Movement_Only"]
    return next(row[0].row for row in sheet.iter_rows() if row[0].value == "Subject")


def test_it_is_recognised_as_itself_alone(root: Path) -> None:
    assert [layout for layout, _ in recognise(root)] == ["samm_lv"]


def test_videos_hold_macro_and_micro_expressions(root: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("samm_lv", root)
    assert {clip.key.name for clip in imported.clips} == {"028_1", "020_6", "036_7"}
    for clip in imported.clips:
        assert clip.fps == 200.0
        assert list(clip.frames.numbers) == list(range(1, 41))
        coded = [one for one in imported.codings if one.clip == clip.key]
        assert [one.kind for one in coded] == ["macro", "micro", "macro"]
        truth = load_truth(root, clip.key.subject, clip.key.name)
        assert [one.apex for one in coded] == [part["apex"] for part in truth.expressions]


def test_marks_out_of_range_are_moved_and_told(root: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("samm_lv", root)
    told = sorted(
        (e.where.split(" ")[0], e.reason.split(":")[0])
        for e in imported.report.of_kind("corrected")
    )
    assert told == [
        ("020_6_5", "offset 65 -> 40"),
        ("028_1_1", "onset 0 -> 1"),
        ("036_7_4", "offset 65 -> 40"),
    ]
    assert synthetic.entries(imported, "3 rows give frames with a fraction")
    (kept,) = synthetic.read("samm_lv", root, apply_corrections=False)
    assert not kept.report.of_kind("corrected")
    assert {65} <= {one.offset for one in kept.codings}


def test_without_quirks_the_marks_are_the_truth(root: Path, synthetic: Any) -> None:
    plain = synthetic.write("samm_lv", quirks=(), **FEW)
    (imported,) = synthetic.read("samm_lv", plain)
    assert not imported.report.of_kind("corrected")
    assert not synthetic.entries(imported, "fraction")
    assert (header_row(root), header_row(plain)) == (10, 1)
    for coding in imported.codings:
        truth = load_truth(plain, coding.clip.subject, coding.clip.name)
        part = truth.expressions[coding.expression - 1]
        assert (coding.onset, coding.offset) == (part["onset"], part["offset"])
    widths = [
        {len(file.stem.split("_")[2]) for file in one.rglob("*.jpg")} for one in (root, plain)
    ]
    assert widths == [{4, 5}, {5}]


def test_emotions_come_from_samms_own_sheet(root: Path, synthetic: Any) -> None:
    (without,) = synthetic.read("samm_lv", root)
    assert {one.emotion for one in without.codings} == {""}
    assert synthetic.entries(without, "the sheet has no emotions")
    beside = synthetic.write("samm_lv", quirks=("samm-sheet",), **FEW)
    assert [layout for layout, _ in recognise(beside)] == ["samm_lv"]
    (imported,) = synthetic.read("samm_lv", beside)
    assert all(bool(one.emotion) == (one.kind == "micro") for one in imported.codings)
    assert not synthetic.entries(imported, "the sheet has no emotions")


def test_the_sheet_of_an_older_version(synthetic: Any) -> None:
    root = synthetic.write("samm_lv", subjects=1, clips=1, quirks=("sheet-v1",))
    assert [path.name for path in root.glob("*.xlsx")] == ["SAMM_LongVideos_V1_Release.xlsx"]
    (imported,) = synthetic.read("samm_lv", root)
    assert len(imported.codings) == 2


def test_macro_expressions_move_several_px_and_micro_ones_few() -> None:
    (person,) = cast_persons(1, 0)
    wanted = [("macro", "happiness"), ("micro", "happiness")] * 4
    script, shown = draw_recording(person, wanted, (1, 2), 200.0, 6000)
    for one in shown:
        strongest = max(move.amplitude for move in one.moves)
        length = (one.expression.offset - one.expression.onset) / 200.0
        assert (strongest >= 3.5, length > 0.5) == ((one.kind == "macro",) * 2)
    ends = [(one.expression.onset, one.expression.offset) for one in shown]
    assert all(after[0] > before[1] for before, after in pairwise(ends))
    # Half a minute: people blink a dozen times a minute and move their heads.
    assert 3 <= len(script.blinks) <= 20
    assert 2 <= len(script.nods) <= 12
    assert max(np.abs(np.array([nod.shift for nod in script.nods])).ravel()) > 2.0


def test_a_video_of_minutes_is_drawn_in_bounded_memory(synthetic: Any) -> None:
    take = WRITER.plan(Order(1, 0, seconds=300.0))[0]
    assert take.script.count == 60_000
    peak = synthetic.drawing_memory(take, take.script.expressions[::12])
    # The frames would take 55 GB; what is kept for each of them is a few numbers.
    assert peak < 80_000_000


@pytest.mark.parametrize(
    ("quirk", "corrected", "noted"),
    [
        ("onset-zero", ["028_1_1"], 0),
        ("overrun", ["020_6_5", "036_7_4"], 0),
        ("fractions", [], 1),
        ("low-header", [], 0),
    ],
)
def test_each_quirk_alone_makes_its_own_entry(
    synthetic: Any, quirk: str, corrected: list[str], noted: int
) -> None:
    # Only the sheet differs, so that the frames of one video a person may be few.
    root = synthetic.write("samm_lv", quirks=(quirk,), **{**FEW, "seconds": 0.1})
    (imported,) = synthetic.read("samm_lv", root)
    told = [entry.where.split(" ")[0] for entry in imported.report.of_kind("corrected")]
    assert sorted(told) == corrected
    assert len(synthetic.entries(imported, "frames with a fraction")) == noted
    others = [e for e in synthetic.warnings(imported) if "->" not in e and "emotions" not in e]
    assert others == []
