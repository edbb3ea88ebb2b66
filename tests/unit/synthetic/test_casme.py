"""The synthetic CASME read back: merged or in sections, two apexes, a misspelt contempt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlrd

from mexlab.data.databases.registry import recognise
from mexlab.synthetic import load_truth
from mexlab.synthetic.layouts.casme import COLUMNS, QUIRKS
from mexlab.synthetic.sheets.legacy_workbook import write_legacy_workbook

FEW = {"clips": 3, "seconds": 0.2}
SECTIONS = (*(quirk.name for quirk in QUIRKS if quirk.default), "sections")


@pytest.fixture(scope="module")
def root(synthetic: Any) -> Path:
    return synthetic.write("casme", **FEW)


@pytest.fixture(scope="module")
def plain(synthetic: Any) -> Path:
    return synthetic.write("casme", quirks=(), **FEW)


@pytest.fixture(scope="module")
def sections(synthetic: Any) -> Path:
    return synthetic.write("casme", quirks=SECTIONS, **FEW)


@pytest.mark.parametrize("release", ["root", "plain", "sections"])
def test_it_is_recognised_as_itself_alone(release: str, request: pytest.FixtureRequest) -> None:
    assert [name for name, _ in recognise(request.getfixturevalue(release))] == ["casme"]


@pytest.mark.parametrize("release", ["root", "plain", "sections"])
def test_clips_and_marks_are_those_of_the_truth(
    release: str, request: pytest.FixtureRequest, synthetic: Any
) -> None:
    root = request.getfixturevalue(release)
    (imported,) = synthetic.read("casme", root)
    assert imported.synthetic
    assert {clip.key.subject for clip in imported.clips} == {"sub01", "sub08"}
    assert {clip.fps for clip in imported.clips} == {60.0}
    assert [one.emotion for one in imported.codings] == [
        "tense", "contempt", "happiness", "repression", "disgust", "surprise",
    ]  # fmt: skip
    for clip, coding in zip(imported.clips, imported.codings, strict=True):
        truth = load_truth(root, clip.key.subject, clip.key.name)
        assert list(clip.frames.numbers) == list(truth.numbers)
        assert (coding.onset, coding.offset) == (truth.onset, truth.offset)
        assert coding.apex in (truth.apex, None)
        assert clip.frames.read(truth.onset).shape[1] == 48


def test_each_quirk_is_told_as_what_it_is_and_nothing_else(root: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("casme", root)
    missing = [one for one in imported.codings if one.apex is None]
    assert len(missing) == 2
    told = synthetic.warnings(imported)
    assert len([one for one in told if r"apex is '\\', not a frame number" in one]) == 2
    assert len(synthetic.entries(imported, "'comtempt' -> 'contempt'", "corrected")) == 1
    assert len(told) == 3
    spans = [one.note for one in imported.codings if one.apex is not None]
    assert spans
    assert all(note.startswith("apex frames ") for note in spans)
    assert synthetic.entries(imported, "Cropped not read", "note")


@pytest.mark.parametrize(
    ("quirk", "words"),
    [
        ("missing-apex", [r"apex is '\\', not a frame number"] * 2),
        ("misspelt-contempt", ["emotion 'comtempt' -> 'contempt'"]),
        ("two-apexes", []),
    ],
)
def test_a_quirk_alone_gives_its_entry_alone(synthetic: Any, quirk: str, words: list[str]) -> None:
    root = synthetic.write("casme", quirks=(quirk,), clips=3, seconds=0.1)
    told = synthetic.warnings(synthetic.read("casme", root)[0])
    assert [one for one, word in zip(told, words, strict=True) if word not in one] == []


def test_without_quirks_there_is_nothing_to_report(plain: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("casme", plain)
    assert not synthetic.warnings(imported)
    assert not synthetic.entries(imported, "not read")
    assert {one.note for one in imported.codings} == {""}
    for clip, coding in zip(imported.clips, imported.codings, strict=True):
        assert coding.apex == load_truth(plain, clip.key.subject, clip.key.name).apex


def test_section_b_alone_is_padded_and_its_pictures_are_less_wide(
    sections: Path, plain: Path, synthetic: Any
) -> None:
    (imported,) = synthetic.read("casme", sections)
    for clip in imported.clips:
        first = clip.frames.numbers[0]
        letter, digits = ("A", "2") if clip.key.subject == "sub01" else ("B", "03")
        assert clip.frames.path(first).name == f"{clip.key.name}-{first:{digits}}.jpg"
        assert f"CASME_{letter}/Section {letter}/" in str(clip.frames.folder)
    heights = {c.key.subject: c.frames.read(c.frames.numbers[0]).shape[0] for c in imported.clips}
    assert heights == {"sub01": 28, "sub08": 36}
    assert not list(plain.rglob("*-0*.jpg"))


def test_the_sheets_are_those_of_the_release(root: Path, plain: Path, sections: Path) -> None:
    def cells(root: Path) -> set[object]:
        sheet = openpyxl.load_workbook(root / "casme.xlsx").active
        assert sheet is not None
        header, *rows = sheet.iter_rows(values_only=True)
        assert header == COLUMNS
        return {cell for row in rows for cell in row}

    assert {"comtempt", "\\"} <= cells(root)
    assert not {"comtempt", "\\"} & cells(plain)
    assert "contempt" in cells(plain)
    for letter, subject in (("A", 1), ("B", 8)):
        sheet = xlrd.open_workbook(str(sections / f"CASME_Section{letter}.xls")).sheets()[0]
        assert sheet.row_values(0) == [name or "" for name in COLUMNS]
        assert set(sheet.col_values(0, 1)) == {subject}
    assert not (sections / "casme.xlsx").exists()


def test_the_cropped_tree_alone_is_read_as_well(root: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("casme", root / "Cropped")
    assert len(imported.clips) == 6
    assert imported.clips[0].frames.path(imported.clips[0].frames.numbers[0]).name.startswith("reg")


def test_an_old_workbook_may_be_long(tmp_path: Path) -> None:
    rows = [("Subject", "naïve", None, 4), *((i, "x" * 30, None, i / 2) for i in range(1, 1500))]
    write_legacy_workbook(tmp_path / "long.xls", "Sheet1", rows)
    # More than one sector of the allocation table names.
    assert (tmp_path / "long.xls").stat().st_size > 128 * 512
    sheet = xlrd.open_workbook(str(tmp_path / "long.xls")).sheets()[0]
    assert sheet.row_values(0) == ["Subject", "naïve", "", 4.0]
    assert sheet.row_values(1499) == [1499.0, "x" * 30, "", 749.5]
