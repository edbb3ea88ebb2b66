"""Synthetic own recordings read back: frames, videos, a coding sheet with the columns' names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mexlab.data.databases.registry import recognise
from mexlab.synthetic import load_truth
from mexlab.synthetic.layouts.folder import COLUMNS, OWN_COLUMNS

FEW = {"clips": 3, "seconds": 0.12, "width": 64}


@pytest.fixture(scope="module")
def root(synthetic: Any) -> Path:
    return synthetic.write("folder", **FEW)


def test_it_is_recognised_as_itself_alone(root: Path) -> None:
    assert [layout for layout, _ in recognise(root)] == ["folder"]


def test_frames_and_videos_come_out_with_their_codings(root: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("folder", root, fps=100.0)
    assert imported.synthetic
    assert sorted({path.suffix for path in root.glob("P*/*")}) == ["", ".avi", ".mp4"]
    assert {(clip.key.subject, clip.key.name) for clip in imported.clips} == {
        (f"P0{who}", f"trial_{trial}") for who in (1, 2) for trial in (1, 2, 3)
    }
    coded = {(one.clip.subject, one.clip.name): one for one in imported.codings}
    assert set(coded) == {(f"P0{who}", f"trial_{trial}") for who in (1, 2) for trial in (1, 2)}
    for clip in imported.clips:
        truth = load_truth(root, clip.key.subject, clip.key.name)
        assert clip.fps == 100.0
        assert set(clip.frames.numbers) <= set(truth.numbers.tolist())
        assert clip.frames.size == (64, 48)
        coding = coded.get((clip.key.subject, clip.key.name))
        if coding is not None:
            marks = (coding.onset, coding.apex, coding.offset)
            assert marks == (truth.onset, truth.apex, truth.offset)


def test_gaps_are_in_the_frames_alone(root: Path, synthetic: Any) -> None:
    def missing(root: Path) -> list[int]:
        (imported,) = synthetic.read("folder", root, fps=100.0)
        return [12 - len(clip.frames) for clip in imported.clips if clip.key.name == "trial_1"]

    assert missing(root) == [2, 2]
    assert missing(synthetic.write("folder", quirks=(), **FEW)) == [0, 0]


def test_a_video_shows_the_same_motion_as_its_truth(root: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("folder", root, fps=100.0)
    (clip,) = (c for c in imported.clips if (c.key.subject, c.key.name) == ("P01", "trial_2"))
    truth = load_truth(root, "P01", "trial_2")
    onset, apex = (clip.frames.read(mark).astype(float) for mark in (truth.onset, truth.apex))
    assert np.abs(apex - onset).max() > 8


@pytest.mark.parametrize(
    ("quirks", "sheets", "codings"),
    [
        ((), ["codings.csv"], 6),
        (("excel",), ["codings.xlsx"], 6),
        (("uncoded",), ["codings.csv"], 4),
        (("no-sheet",), [], 0),
    ],
)
def test_sheets(synthetic: Any, quirks: tuple[str, ...], sheets: list[str], codings: int) -> None:
    root = synthetic.write("folder", quirks=quirks, **FEW)
    assert [path.name for path in root.glob("codings.*")] == sheets
    (imported,) = synthetic.read("folder", root, fps=100.0)
    assert len(imported.codings) == codings


def test_headers_of_ones_own_are_told_with_columns(synthetic: Any) -> None:
    root = synthetic.write("folder", quirks=("own-headers",), **FEW)
    fields = ("subject", "clip", "onset", "apex", "offset", "emotion", "action_units")
    assert len(COLUMNS) == len(fields)
    (imported,) = synthetic.read(
        "folder",
        root,
        fps=100.0,
        sheet=root / "codings.csv",
        columns=dict(zip(fields, OWN_COLUMNS, strict=True)),
    )
    assert len(imported.codings) == 6
    assert not synthetic.warnings(imported)
    (unread,) = synthetic.read("folder", root, fps=100.0)
    assert not unread.codings
