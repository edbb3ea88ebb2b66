"""The synthetic MMEW read back: micro-expressions by sheet, macro-expressions by folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from mexlab.data.databases.registry import recognise
from mexlab.synthetic import load_truth
from mexlab.synthetic.layouts.mmew import COLUMNS, SHEET

FEW = {"clips": 3, "seconds": 0.1}


@pytest.fixture(scope="module")
def root(synthetic: Any) -> Path:
    return synthetic.write("mmew", **FEW)


@pytest.fixture(scope="module")
def plain(synthetic: Any) -> Path:
    return synthetic.write("mmew", quirks=(), **FEW)


@pytest.mark.parametrize("release", ["root", "plain"])
def test_it_is_recognised_as_itself_alone(release: str, request: pytest.FixtureRequest) -> None:
    assert [name for name, _ in recognise(request.getfixturevalue(release))] == ["mmew"]


@pytest.mark.parametrize("release", ["root", "plain"])
def test_micro_expressions_are_as_the_sheet_and_the_truth_say(
    release: str, request: pytest.FixtureRequest, synthetic: Any
) -> None:
    root = request.getfixturevalue(release)
    (imported,) = synthetic.read("mmew", root)
    assert imported.synthetic
    assert not synthetic.warnings(imported)
    assert {clip.fps for clip in imported.clips} == {90.0}
    micro = [one for one in imported.codings if one.kind == "micro"]
    assert [one.emotion for one in micro] == [
        "happiness", "surprise", "disgust", "others", "fear", "sadness",
    ]  # fmt: skip
    assert {one.clip.subject for one in micro} == {"S01", "S02"}
    clips = {clip.key: clip for clip in imported.clips}
    for one in micro:
        truth = load_truth(root, one.clip.subject, one.clip.name)
        assert (one.onset, one.apex, one.offset) == (truth.onset, truth.apex, truth.offset)
        frames = clips[one.clip].frames
        assert list(frames.numbers) == list(truth.numbers)
        assert frames.folder.parent.name == one.emotion
        assert frames.read(1).shape == (48, 48, 3)


def test_macro_expressions_have_the_emotion_of_their_folder(
    root: Path, plain: Path, synthetic: Any
) -> None:
    (imported,) = synthetic.read("mmew", root)
    macro = [one for one in imported.codings if one.kind == "macro"]
    assert [str(one.clip) for one in macro] == [
        "mmew/S01/anger-S01-01", "mmew/S01/disgust-S01-02",
        "mmew/S02/fear-S02-01", "mmew/S02/happiness-S02-02",
    ]  # fmt: skip
    for one in macro:
        assert one.clip.name.startswith(one.emotion)
        assert (one.onset, one.apex, one.offset) == (None, None, None)
        (clip,) = (clip for clip in imported.clips if clip.key == one.clip)
        assert list(clip.frames.numbers) == list(range(1, 10))
        truth = load_truth(root, one.clip.subject, one.clip.name)
        # Several px of a face 140 px wide.
        assert max(unit["amplitude"] for unit in truth.units) >= 3.5
        assert np.abs(truth.flow).max() > 3.0
    (without,) = synthetic.read("mmew", plain)
    assert {one.kind for one in without.codings} == {"micro"}


def test_remarks_become_notes(root: Path, plain: Path, synthetic: Any) -> None:
    (imported,), (without,) = synthetic.read("mmew", root), synthetic.read("mmew", plain)
    assert [bool(one.note) for one in imported.codings if one.kind == "micro"] == [
        True, False, False, True, False, False,
    ]  # fmt: skip
    assert {one.note for one in without.codings} == {""}


def test_trees_and_sheet_lie_in_one_more_folder(root: Path, plain: Path) -> None:
    top = root / "MMEW_Final"
    assert {path.name for path in top.iterdir()} == {"Micro_Expression", "Macro_Expression", SHEET}
    assert (top / "Macro_Expression/S01/anger/S01-01-001.jpg").exists()
    assert (plain / "Micro_Expression").is_dir()
    for folder in (top, plain):
        sheet = openpyxl.load_workbook(folder / SHEET).active
        assert sheet is not None
        assert next(sheet.iter_rows(values_only=True)) == COLUMNS


def test_the_tree_of_macro_expressions_alone_is_recognised(root: Path, synthetic: Any) -> None:
    tree = root / "MMEW_Final/Macro_Expression"
    (imported,) = synthetic.read("mmew", tree)
    assert {one.kind for one in imported.codings} == {"macro"}
    assert len(imported.clips) == 4
