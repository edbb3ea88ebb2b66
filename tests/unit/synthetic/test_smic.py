"""The synthetic SMIC read back: three cameras, labels from folders, what the cropped tree lacks."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import pytest

from mexlab.data.databases.registry import recognise
from mexlab.synthetic import load_truth


@pytest.fixture(scope="module")
def root(synthetic: Any) -> Path:
    return synthetic.write("smic", clips=4, seconds=0.12)


def test_it_is_recognised_as_itself_alone(root: Path) -> None:
    assert [layout for layout, _ in recognise(root)] == ["smic"]


def test_three_cameras_come_out_at_their_rates(root: Path, synthetic: Any) -> None:
    hs, vis, nir = synthetic.read("smic", root)
    assert [one.name for one in (hs, vis, nir)] == ["smic", "smic-vis", "smic-nir"]
    assert hs.synthetic
    assert {clip.fps for clip in hs.clips} == {100.0}
    assert {clip.fps for one in (vis, nir) for clip in one.clips} == {25.0}
    assert {clip.key.subject for clip in hs.clips} == {"s03", "s18"}
    assert {clip.key.subject for clip in vis.clips} == {"s18"}
    assert (len(hs.clips), len(vis.clips), len(nir.clips)) == (8, 4, 4)
    assert Counter(one.emotion for one in hs.codings) == {
        "negative": 4,
        "positive": 2,
        "surprise": 2,
    }
    assert not any(map(synthetic.warnings, (hs, vis, nir)))


def test_numbers_onset_and_offset_are_those_of_the_truth(root: Path, synthetic: Any) -> None:
    imported = synthetic.read("smic", root)[0]
    for clip, coding in zip(imported.clips, imported.codings, strict=True):
        number = int(clip.key.subject[1:])
        truth = load_truth(root, f"s{number}", clip.key.name)
        assert list(clip.frames.numbers) == list(truth.numbers)
        assert (coding.onset, coding.apex, coding.offset) == (truth.onset, None, truth.offset)
        assert truth.onset <= truth.apex <= truth.offset


def test_raw_frames_are_bmp_in_unpadded_folders(root: Path) -> None:
    clip = root / "SMIC_all_raw" / "HS" / "s3" / "micro" / "negative" / "s3_ne_16"
    first = sorted(clip.iterdir())[0]
    assert (first.name[:5], len(first.stem), first.suffix) == ("image", 11, ".bmp")
    picture = cv2.imread(str(first))
    assert picture is not None
    assert picture.shape == (36, 48, 3)
    infrared = next((root / "SMIC_all_raw" / "NIR").rglob("*.bmp"))
    grey = cv2.imread(str(infrared), cv2.IMREAD_UNCHANGED)
    assert grey is not None
    assert grey.ndim == 2


def test_what_the_cropped_tree_lacks(root: Path, synthetic: Any) -> None:
    imported = synthetic.read("smic", root / "SMIC_all_cropped" / "HS")[0]
    names = {clip.key.name for clip in imported.clips}
    assert imported.synthetic
    assert "s18_sur_03" not in names
    assert synthetic.entries(imported, "known to lack this clip")
    assert len(names) == 7
    gaps = synthetic.entries(imported, "kept as gaps")
    assert sorted((e.where.split("/")[-1], e.reason[0]) for e in gaps) == [
        ("s3_ne_16", "1"),
        ("s3_po_08", "2"),
        ("s3_sur_01", "1"),
    ]


def test_without_quirks_nothing_is_lacking(synthetic: Any) -> None:
    root = synthetic.write("smic", quirks=())
    imported = synthetic.read("smic", root / "SMIC_all_cropped" / "HS")[0]
    assert len(imported.clips) == 6
    assert not synthetic.warnings(imported)
    assert not synthetic.entries(imported, "known to lack")
    assert not list(root.rglob("non_micro"))


def test_clips_without_an_expression_are_noted(root: Path, synthetic: Any) -> None:
    imported = synthetic.read("smic", root)[0]
    (entry,) = synthetic.entries(imported, "2 clips without a micro-expression")
    assert entry.kind == "note"


@pytest.mark.parametrize(
    ("quirk", "clips", "gaps", "notes"),
    [
        ("cropped-lacks-clip", 5, 0, ["known to lack"]),
        ("cropped-lacks-frames", 6, 3, []),
        ("non-micro", 6, 0, []),
    ],
)
def test_each_quirk_alone_changes_the_cropped_tree(
    synthetic: Any, quirk: str, clips: int, gaps: int, notes: list[str]
) -> None:
    root = synthetic.write("smic", quirks=(quirk,), seconds=0.12)
    (imported,) = synthetic.read("smic", root / "SMIC_all_cropped" / "HS")
    assert len(imported.clips) == clips
    assert len(synthetic.warnings(imported)) == gaps
    assert len(synthetic.entries(imported, "known to lack")) == len(notes)
