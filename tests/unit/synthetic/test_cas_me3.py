"""The synthetic CAS(ME)3 read back: clips known by their onset, long videos, text in all cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mexlab.data.databases.registry import recognise
from mexlab.data.labels.facs import parse_action_units
from mexlab.synthetic import Order, load_truth
from mexlab.synthetic.layouts.cas_me3 import COLUMNS, MACRO_SHEET, SHEET, WRITER

FEW = {"clips": 1, "seconds": 1.2}


@pytest.fixture(scope="module")
def root(synthetic: Any) -> Path:
    return synthetic.write("cas_me3", **FEW)


@pytest.fixture(scope="module")
def plain(synthetic: Any) -> Path:
    return synthetic.write("cas_me3", quirks=(), **FEW)


@pytest.fixture(scope="module")
def only_long(synthetic: Any) -> Path:
    quirks = ("without-clips", "macro-sheet", "overlapping-clips")
    return synthetic.write("cas_me3", quirks=quirks, **FEW)


def rows(root: Path, sheet: str = SHEET) -> list[tuple[object, ...]]:
    header, *cells = openpyxl.load_workbook(root / sheet)["label"].iter_rows(values_only=True)
    assert header == COLUMNS
    return cells


@pytest.mark.parametrize("release", ["root", "plain", "only_long"])
def test_it_is_recognised_as_itself_alone(release: str, request: pytest.FixtureRequest) -> None:
    assert [name for name, _ in recognise(request.getfixturevalue(release))] == ["cas_me3"]


def test_clips_are_known_by_their_onset(root: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("cas_me3", root)
    assert imported.synthetic
    assert {clip.key.subject for clip in imported.clips} == {"spNO.1", "spNO.2"}
    assert {clip.fps for clip in imported.clips} == {30.0}
    # Three micro-expressions a video, and one that overlaps the first.
    assert len(imported.clips) == len(imported.codings) == 8
    assert {one.kind for one in imported.codings} == {"micro"}
    assert {one.emotion for one in imported.codings} <= set(imported.emotions)
    for clip, coding in zip(imported.clips, imported.codings, strict=True):
        assert clip.key.name == f"j_{coding.onset}"
        assert clip.frames.numbers[-1] == coding.offset
        assert clip.frames.path(clip.frames.numbers[0]).suffix == ".jpg"
        assert coding.note.startswith("objective class ")
        assert not parse_action_units(coding.action_units).problems
    assert synthetic.entries(imported, "part_A not read", "note")


def test_each_quirk_is_told_as_what_it_is_and_nothing_else(root: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("cas_me3", root)
    told = {
        words: [entry.where.split("/")[1] for entry in synthetic.entries(imported, words)]
        for words in ("1 of the frames", "is the onset frame itself", "outside onset–offset")
    }
    assert list(told.values()) == [["spNO.1"], ["spNO.1"], ["spNO.2"]]
    assert len(synthetic.warnings(imported)) == 3
    first, second, *_ = (c for c in imported.clips if c.key.subject == "spNO.2")
    assert set(first.frames.numbers) & set(second.frames.numbers)


@pytest.mark.parametrize(
    ("quirk", "words"),
    [
        ("dropped-frames", ["1 of the frames"]),
        ("apex-on-onset", ["is the onset frame itself"]),
        ("onset-after-apex", ["lies outside onset–offset"]),
        ("overlapping-clips", []),
        ("upper-case-filename", []),
        ("side-prefixes", []),
    ],
)
def test_a_quirk_alone_gives_its_entry_alone(synthetic: Any, quirk: str, words: list[str]) -> None:
    root = synthetic.write("cas_me3", quirks=(quirk,), **FEW)
    (imported,) = synthetic.read("cas_me3", root)
    told = synthetic.warnings(imported)
    assert [one for one, word in zip(told, words, strict=True) if word not in one] == []
    assert len(imported.clips) == (8 if quirk == "overlapping-clips" else 6)


def test_without_quirks_there_is_nothing_to_report(plain: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("cas_me3", plain)
    assert not imported.report.entries[1:]
    assert len(imported.clips) == 6
    coded = {one.clip.subject: [] for one in imported.codings}
    for one in imported.codings:
        coded[one.clip.subject].append((one.onset, one.apex, one.offset))
    for subject, marks in coded.items():
        truth = load_truth(plain, subject, "j").expressions
        micro = [part for at, part in enumerate(truth) if at != 1]
        assert marks == [(part["onset"], part["apex"], part["offset"]) for part in micro]


@pytest.mark.parametrize("release", ["root", "only_long"])
def test_long_videos_have_all_expressions(
    release: str, request: pytest.FixtureRequest, synthetic: Any
) -> None:
    root = request.getfixturevalue(release)
    (imported,) = synthetic.read("cas_me3", root / "part_A")
    assert [str(clip.key) for clip in imported.clips] == ["cas_me3/spNO.1/j", "cas_me3/spNO.2/j"]
    for clip in imported.clips:
        truth = load_truth(root, clip.key.subject, "j")
        assert list(clip.frames.numbers) == list(truth.numbers)
        assert len(clip.frames.numbers) == 36
        assert clip.frames.folder.name == "color"
        coded = [one for one in imported.codings if one.clip == clip.key]
        # The one that overlaps comes second.
        assert [one.kind for one in coded] == ["micro", "micro", "macro", "micro", "micro"]
        assert [one.offset for one in coded] == [part["offset"] for part in truth.expressions]


def test_the_sheets_are_those_of_the_release(root: Path, plain: Path) -> None:
    assert {type(cell) for row in rows(root) for cell in row} == {str}
    assert {tuple(type(cell) for cell in row[2:5]) for row in rows(plain)} == {(int, int, int)}
    assert {row[0] for row in rows(root)} == {"spNO.1", "spNO.2"}
    assert {row[1] for row in rows(root)} == {"J"}
    assert {row[1] for row in rows(plain)} == {"j"}
    assert "R" in str(rows(root)[0][5])
    assert not [row for row in rows(plain) if set(str(row[5])) & set("LRTB")]
    assert {row[6] for row in rows(root)} <= set("1234567")
    assert len(rows(root, MACRO_SHEET)) == 2
    assert not (plain / MACRO_SHEET).exists()


def test_depth_lies_beside_and_is_not_read(root: Path, plain: Path) -> None:
    assert len(list((root / "Part_A_ME_clip/depth").iterdir())) == 8
    assert len(list((root / "part_A/spNO.1/j/depth").glob("*.png"))) == 36
    assert {path.name for path in (plain / "Part_A_ME_clip").iterdir()} == {"frame"}
    assert not (plain / "part_A").exists()


def test_a_video_of_minutes_is_drawn_in_bounded_memory(synthetic: Any) -> None:
    take = WRITER.plan(Order(1, 0, WRITER.default_quirks(), clips=1, seconds=300.0))[0]
    assert take.script.count == 9000
    # Two trees of the video, and two of each micro-expression.
    assert len(take.views) == 2 + 2 * 151
    peak = synthetic.drawing_memory(take, take.script.expressions[::20])
    # The frames would take 25 GB.
    assert peak < 80_000_000
