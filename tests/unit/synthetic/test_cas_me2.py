"""The synthetic CAS(ME)2 read back: long videos in four trees, a sheet without headers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mexlab.data.databases.registry import recognise
from mexlab.synthetic import Order, load_truth
from mexlab.synthetic.layouts.cas_me2 import SHEET, WORKSHEETS, WRITER

FEW = {"clips": 1, "seconds": 1.0}

#: Past frame 100, from which on the numbers have three digits anyway.
LONG = {"clips": 1, "seconds": 3.5}
TREES = ("cropped", "selectedpic", "rawvideo")


@pytest.fixture(scope="module")
def root(synthetic: Any) -> Path:
    quirks = (*WRITER.default_quirks(), *TREES, "number-codes")
    return synthetic.write("cas_me2", quirks=quirks, **LONG)


@pytest.fixture(scope="module")
def plain(synthetic: Any) -> Path:
    return synthetic.write("cas_me2", quirks=(), **FEW)


@pytest.fixture(scope="module")
def filmed(synthetic: Any) -> Path:
    return synthetic.write("cas_me2", quirks=("no-headers", "without-rawpic"), **FEW)


def cells(root: Path, worksheet: str) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(root / SHEET)[worksheet].iter_rows(values_only=True))


@pytest.mark.parametrize("release", ["root", "plain", "filmed"])
def test_it_is_recognised_as_itself_alone(release: str, request: pytest.FixtureRequest) -> None:
    assert [name for name, _ in recognise(request.getfixturevalue(release))] == ["cas_me2"]


@pytest.mark.parametrize("release", ["root", "plain", "filmed"])
def test_long_videos_hold_macro_and_micro_expressions(
    release: str, request: pytest.FixtureRequest, synthetic: Any
) -> None:
    root = request.getfixturevalue(release)
    (imported,) = synthetic.read("cas_me2", root)
    assert imported.synthetic
    assert {clip.key.subject for clip in imported.clips} == {"s15", "s16"}
    names = {clip.key.name for clip in imported.clips}
    assert {"15_0101disgustingteeth", "16_0101disgustingteeth"} <= names
    for clip in imported.clips:
        assert clip.fps == 30.0
        assert len(clip.frames.numbers) == (105 if release == "root" else 30)
        coded = [one for one in imported.codings if one.clip == clip.key]
        if not coded:
            continue
        assert [one.kind for one in coded] == ["macro", "micro", "macro"]
        assert {one.emotion for one in coded} <= set(imported.emotions)
        assert {one.note for one in coded} == {"self-report: disgust"}
        truth = load_truth(root, clip.key.subject, clip.key.name)
        # Those of a film file are counted from 1 as well.
        assert list(clip.frames.numbers) == list(truth.numbers)
        for one, part in zip(coded, truth.expressions, strict=True):
            assert one.onset == part["onset"]


def test_each_quirk_is_told_as_what_it_is_and_nothing_else(root: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("cas_me2", root)
    told = [(e.where.split(",")[0], e.reason) for e in imported.report.of_kind("corrected")]
    truth = {
        subject: load_truth(root, subject, f"{subject[1:]}_0101disgustingteeth").expressions
        for subject in ("s15", "s16")
    }
    middle = (truth["s16"][2]["onset"] + truth["s16"][2]["offset"]) // 2
    assert [where for where, _ in told] == [
        "cas_me2/s15/15_0101disgustingteeth",
        "cas_me2/s16/16_0101disgustingteeth",
    ]
    assert told[0][1].startswith(f"offset 0 -> {truth['s15'][0]['apex']}:")
    assert told[1][1].startswith(f"apex 0 -> {middle}:")
    # What the offset became is then told as well, and that is all.
    rest = [one for one in imported.report.entries if one.kind in ("warning", "skipped")]
    assert [one.reason for one in rest] == [
        f"apex {truth['s15'][0]['apex']} is the offset frame itself"
    ]
    (note,) = synthetic.entries(imported, "no expression is coded in it", "note")
    assert note.where == "cas_me2/s15/15_0505funnyinnovations"
    (kept,) = synthetic.read("cas_me2", root, apply_corrections=False)
    assert [one.offset for one in kept.codings].count(None) == 1
    assert [one.apex for one in kept.codings].count(None) == 1


@pytest.mark.parametrize(
    ("quirk", "words"),
    [
        ("zero-offset", ["offset 0 -> ", "is the offset frame itself"]),
        ("zero-apex", ["apex 0 -> "]),
        ("padding", []),
    ],
)
def test_a_quirk_alone_gives_its_entry_alone(synthetic: Any, quirk: str, words: list[str]) -> None:
    root = synthetic.write("cas_me2", quirks=("no-headers", quirk), **FEW)
    told = synthetic.warnings(synthetic.read("cas_me2", root)[0])
    assert [one for one, word in zip(told, words, strict=True) if word not in one] == []


def test_without_quirks_only_the_headers_are_passed_over(plain: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("cas_me2", plain)
    assert not synthetic.warnings(imported)
    (note,) = synthetic.entries(imported, "not an expression, passed over")
    assert note.where == f"{SHEET}, row 1"
    assert len(imported.clips) == 2
    for one in imported.codings:
        truth = load_truth(plain, one.clip.subject, one.clip.name)
        part = truth.expressions[one.expression - 1]
        marks = {name: part[name] for name in ("onset", "apex", "offset")}
        assert marks == {"onset": one.onset, "apex": one.apex, "offset": one.offset}


def test_frame_numbers_have_three_digits_below_a_hundred(root: Path, plain: Path) -> None:
    def names(root: Path) -> set[str]:
        return {file.name for file in (root / "rawpic/s15/15_0101disgustingteeth").iterdir()}

    assert {"img001.jpg", "img099.jpg", "img100.jpg", "img105.jpg"} <= names(root)
    assert {"img1.jpg", "img30.jpg"} <= names(plain)


def test_the_worksheets_are_those_of_the_release(root: Path, plain: Path) -> None:
    coding, people, films = (cells(root, name) for name in WORKSHEETS)
    assert coding[0][:2] == (1, "disgust1_1")
    assert coding[0][7:] == ("macro-expression", "disgust")
    assert people == [(1, "s15", 1), (2, "s16", 2)]
    assert films[0] == (101, "disgust1")
    # Without the quirk it is text, and under a header.
    assert cells(plain, WORKSHEETS[2])[1] == ("0101", "disgust1")


@pytest.mark.parametrize("tree", TREES)
def test_the_other_trees_are_read_by_themselves(root: Path, synthetic: Any, tree: str) -> None:
    (imported,) = synthetic.read("cas_me2", root / tree)
    raw = synthetic.read("cas_me2", root)[0]
    assert len(imported.codings) == len(raw.codings) == 6
    if tree != "selectedpic":
        assert len(imported.clips) == 3
        assert {len(clip.frames.numbers) for clip in imported.clips} == {105}
        return
    assert {clip.key.name for clip in imported.clips} == {f"disgust1_{n}" for n in (1, 2, 3)}
    for clip in imported.clips:
        _, _, at = clip.key.name.rpartition("_")
        name = f"{clip.key.subject[1:]}_0101disgustingteeth"
        part = load_truth(root, clip.key.subject, name).expressions[int(at) - 1]
        assert list(clip.frames.numbers) == list(range(part["onset"], part["offset"] + 1))


def test_a_video_of_minutes_is_drawn_in_bounded_memory(synthetic: Any) -> None:
    quirks = ("selectedpic", "rawvideo")
    take = WRITER.plan(Order(1, 0, quirks, clips=1, seconds=600.0))[0]
    assert take.script.count == 18_000
    assert len(take.views) == 2 + len(take.shown)
    assert len(take.shown) == 240
    assert {one.kind for one in take.shown} == {"macro", "micro"}
    assert len(take.script.blinks) > 60
    assert len(take.script.nods) > 40
    peak = synthetic.drawing_memory(take, take.script.expressions[::24])
    # The frames would take 16 GB.
    assert peak < 80_000_000
