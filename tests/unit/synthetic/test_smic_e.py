"""The synthetic SMIC-E read back: absolute numbers, up to three expressions a clip, a footer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mexlab.data.databases.registry import recognise
from mexlab.synthetic import load_truth

SECONDS = 0.4


@pytest.fixture(scope="module")
def root(synthetic: Any) -> Path:
    return synthetic.write("smic_e", seconds=SECONDS)


def test_it_is_recognised_as_itself_alone(root: Path) -> None:
    assert [layout for layout, _ in recognise(root)] == ["smic_e"]


def test_expressions_are_those_of_the_truth(root: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("smic_e", root)
    assert {clip.fps for clip in imported.clips} == {100.0}
    assert {clip.key.subject for clip in imported.clips} == {"s03", "s18"}
    assert [len(clip.frames) for clip in imported.clips] == [40] * 6
    assert {one.emotion for one in imported.codings} == {"negative", "positive", "surprise"}
    assert not synthetic.warnings(imported)
    counts = []
    for clip in imported.clips:
        truth = load_truth(root, clip.key.subject, clip.key.name)
        coded = [one for one in imported.codings if one.clip == clip.key]
        told = truth.expressions or [{"onset": truth.onset, "offset": truth.offset}]
        assert [(one.onset, one.offset) for one in coded] == [
            (one["onset"], one["offset"]) for one in told
        ]
        assert all(one.apex is None for one in coded)
        counts.append(len(coded))
    assert sorted(set(counts)) == [1, 2, 3]


def test_numbers_have_up_to_eight_digits_and_a_footer_is_noted(root: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("smic_e", root)
    digits = {len(str(clip.frames.numbers[0])) for clip in imported.clips}
    assert 8 in digits
    assert min(digits) <= 6
    (note,) = synthetic.entries(imported, "not a clip, passed over")
    assert "Notes" in note.reason


def test_without_quirks_there_is_one_expression_and_no_footer(synthetic: Any) -> None:
    root = synthetic.write("smic_e", seconds=SECONDS, quirks=())
    (imported,) = synthetic.read("smic_e", root)
    assert len(imported.codings) == len(imported.clips) == 6
    assert max(clip.frames.numbers[-1] for clip in imported.clips) < 10_000_000
    assert not synthetic.entries(imported, "passed over")


@pytest.mark.parametrize(
    ("quirk", "path"),
    [
        ("hs-folder", "SMIC-E_raw image/HS_long/SMIC-HS-E/HS/s03"),
        ("sheet-2019", "SMIC-HS-E_annotation_2019.xlsx"),
    ],
)
def test_other_editions(synthetic: Any, quirk: str, path: str) -> None:
    root = synthetic.write("smic_e", subjects=1, clips=1, quirks=(quirk,))
    assert (root / path).exists()
    (imported,) = synthetic.read("smic_e", root)
    assert len(imported.codings) == 1
    assert not synthetic.warnings(imported)
