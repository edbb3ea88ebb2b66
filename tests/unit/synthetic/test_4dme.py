"""The synthetic 4DME read back: grey clips, emotions that hold together, static units."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import openpyxl
import pytest

from mexlab.data.databases.registry import recognise
from mexlab.data.labels.facs import Unit, parse_action_units
from mexlab.synthetic import load_truth
from mexlab.synthetic.layouts.fourdme import COLUMNS, SHEET

FEW = {"clips": 3, "seconds": 0.12}


@pytest.fixture(scope="module")
def root(synthetic: Any) -> Path:
    return synthetic.write("4dme", **FEW)


@pytest.fixture(scope="module")
def plain(synthetic: Any) -> Path:
    return synthetic.write("4dme", quirks=(), **FEW)


def header(root: Path) -> tuple[object, ...]:
    sheet = openpyxl.load_workbook(root / SHEET).active
    assert sheet is not None
    return next(sheet.iter_rows(values_only=True))


@pytest.mark.parametrize("release", ["root", "plain"])
def test_it_is_recognised_as_itself_alone(release: str, request: pytest.FixtureRequest) -> None:
    assert [name for name, _ in recognise(request.getfixturevalue(release))] == ["4dme"]


@pytest.mark.parametrize("release", ["root", "plain"])
def test_clips_and_marks_are_those_of_the_truth(
    release: str, request: pytest.FixtureRequest, synthetic: Any
) -> None:
    root = request.getfixturevalue(release)
    (imported,) = synthetic.read("4dme", root)
    assert imported.synthetic
    # Text and columns of the action units agree, static ones too.
    assert not synthetic.warnings(imported)
    assert {clip.key.subject for clip in imported.clips} == {"1", "2"}
    assert {clip.fps for clip in imported.clips} == {60.0}
    assert len(imported.clips) == 6
    for clip, coding in zip(imported.clips, imported.codings, strict=True):
        truth = load_truth(root, clip.key.subject, clip.key.name)
        assert list(clip.frames.numbers) == list(truth.numbers)
        assert (coding.onset, coding.apex, coding.offset) == (truth.onset, truth.apex, truth.offset)
        moving = {
            unit.number
            for unit in parse_action_units(coding.action_units).units
            if isinstance(unit, Unit) and not unit.static
        }
        assert moving <= {unit["number"] for unit in truth.units}
    picture = cv2.imread(str(next(root.rglob("*.jpg"))), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    assert picture.ndim == 2


def test_emotions_hold_together(root: Path, plain: Path, synthetic: Any) -> None:
    (imported,), (without,) = synthetic.read("4dme", root), synthetic.read("4dme", plain)
    assert [one.emotion for one in imported.codings] == [
        "surprise+positive", "negative", "positive",
        "repression+negative", "others", "surprise+positive",
    ]  # fmt: skip
    assert [one.emotion for one in without.codings] == [
        "surprise", "negative", "positive", "repression", "others", "surprise",
    ]  # fmt: skip


def test_units_at_rest_are_marked(root: Path, plain: Path, synthetic: Any) -> None:
    def static(root: Path) -> list[int]:
        (imported,) = synthetic.read("4dme", root)
        return [one.action_units.count("(k)") for one in imported.codings]

    assert static(root) == [1, 0, 0, 0, 0, 1]
    assert static(plain) == [0] * 6


def test_each_unit_has_a_column(root: Path, plain: Path) -> None:
    assert header(plain) == COLUMNS
    assert header(root)[: len(COLUMNS)] == COLUMNS
    assert {"AU1", "AU4", "AU12", "AU26"} <= set(header(root))
