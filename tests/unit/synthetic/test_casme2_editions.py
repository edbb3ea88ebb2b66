"""The other trees and sheets of CASME II: cropped, full clips, 2019, the old workbook."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from mexlab.data.databases.registry import recognise
from mexlab.synthetic import Order, load_truth
from mexlab.synthetic.layouts.casme2 import (
    SHEET_2019,
    SHEET_NAME,
    SHEET_VER_2,
    WRITER,
    write_sheets,
)
from mexlab.synthetic.layouts.casme2_plan import plan_clips

FEW = {"clips": 2, "seconds": 0.05, "subjects": 2}
TREES = ("cropped", "cropped-lacks-frames", "full-clips", "apex-on-onset")


@pytest.fixture(scope="module")
def root(synthetic: Any) -> Path:
    return synthetic.write("casme2", quirks=TREES, **FEW)


@pytest.fixture(scope="module")
def plain(synthetic: Any) -> Path:
    return synthetic.write("casme2", quirks=("cropped",), **FEW)


def spans(clips: list[Any]) -> dict[str, tuple[int, int]]:
    return {clip.key.name: (clip.frames.numbers[0], clip.frames.numbers[-1]) for clip in clips}


def test_it_is_recognised_as_itself_alone(root: Path, plain: Path) -> None:
    for release in (root, plain):
        assert [name for name, _ in recognise(release)] == ["casme2"]


def test_full_clips_begin_before_the_selected_frames_and_end_after_them(
    root: Path, synthetic: Any
) -> None:
    (imported,) = synthetic.read("casme2", root)
    assert synthetic.entries(imported, "CASME2-RAW, Cropped not read", "note")
    (whole,) = synthetic.read("casme2", root / "CASME2-RAW")
    selected, full = spans(imported.clips), spans(whole.clips)
    assert selected.keys() == full.keys()
    for name, (first, last) in selected.items():
        assert last - first == 9
        assert full[name] == (first - 10, last + 10)
    assert [(c.onset, c.apex, c.offset) for c in whole.codings] == [
        (c.onset, c.apex, c.offset) for c in imported.codings
    ]
    for coding in imported.codings:
        truth = load_truth(root, coding.clip.subject, coding.clip.name)
        assert (coding.onset, coding.offset) == (truth.onset, truth.offset)
        assert truth.numbers[0] == full[coding.clip.name][0]
        # Nothing is expressed before the selected frames.
        assert not truth.course[:10].any()


def test_the_cropped_tree_lacks_frames_of_one_clip(root: Path, plain: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("casme2", root / "Cropped")
    (entry,) = synthetic.entries(imported, "are missing", "warning")
    assert "2 of the frames" in entry.reason
    # Of sub16, where there are so many.
    assert entry.where.startswith("casme2/sub02/EP01_08")
    clip = imported.clips[0]
    assert clip.frames.path(clip.frames.numbers[0]).name.startswith("reg_img")
    (whole,) = synthetic.read("casme2", plain / "Cropped")
    assert not synthetic.warnings(whole)
    assert {len(clip.frames.numbers) for clip in whole.clips} == {10}


def test_without_a_quirk_there_is_neither_tree(plain: Path) -> None:
    names = {path.name for path in plain.iterdir() if path.is_dir()}
    assert names == {"CASME2_RAW_selected", "Cropped", "truth"}


def test_the_frames_that_lack_are_those_of_the_sixteenth_person() -> None:
    plan = WRITER.plan(Order(16, 0, ("cropped-lacks-frames",), clips=1))
    assert [(clip.folder, clip.name) for clip in plan if clip.cropped_gap] == [("sub16", "EP01_08")]


def test_the_twenty_fourth_person_has_a_folder_without_a_row() -> None:
    plan = plan_clips(24, 0, ("unlabelled-folder",), clips=1)
    unlabelled = [(clip.folder, clip.name) for clip in plan if not clip.in_sheet]
    assert unlabelled == [("sub09", "EP02_02f"), ("sub24", "EP02_07")]


@pytest.mark.parametrize(
    ("quirks", "sheets", "read"),
    [
        ((), {SHEET_NAME}, SHEET_NAME),
        (("sheet-2019",), {SHEET_2019}, SHEET_2019),
        (("sheet-ver-2",), {SHEET_VER_2}, SHEET_VER_2),
        (("sheet-2019", "sheet-ver-2"), {SHEET_2019, SHEET_VER_2}, SHEET_2019),
    ],
)
def test_each_edition_of_the_sheet_says_the_same(
    root: Path,
    synthetic: Any,
    tmp_path: Path,
    quirks: tuple[str, ...],
    sheets: set[str],
    read: str,
) -> None:
    order = Order(2, 0, (*TREES, "integer-units", "mixed-subjects", *quirks), 2, 0.05, 48)
    write_sheets(tmp_path, WRITER.plan(order), order)
    assert {path.name for path in tmp_path.iterdir()} == sheets
    shutil.copytree(root / "Cropped", tmp_path / "Cropped")
    assert [name for name, _ in recognise(tmp_path)] == ["casme2"]
    (imported,) = synthetic.read("casme2", tmp_path)
    (first,) = synthetic.read("casme2", root / "Cropped")
    assert [(c.onset, c.apex, c.offset, c.emotion) for c in imported.codings] == [
        (c.onset, c.apex, c.offset, c.emotion) for c in first.codings
    ]
    notes = [entry.where for entry in synthetic.entries(imported, "this sheet was read")]
    assert notes == ([read] if len(sheets) > 1 else [])
