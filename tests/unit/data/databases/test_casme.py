"""CASME: merged release, sections A and B, and the oddities of their sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mexlab.errors import InputError

HEADER = (
    "Subject",
    "Filename",
    None,
    "OnsetF",
    "ApexF1",
    "ApexF2",
    "OffsetF",
    None,
    "AU",
    "Emotion",
)


def row(
    subject: object = 1,
    clip: object = "EP01_5",
    onset: object = 113,
    apex: object = 116,
    last: object = 118,
    offset: object = 122,
    units: object = "4+L12",
    emotion: object = "tense",
) -> tuple[object, ...]:
    return (subject, clip, None, onset, apex, last, offset, None, units, emotion)


def merged(
    root: Path,
    disk: Any,
    rows: list[tuple[object, ...]] | None = None,
    tree: str = "CASME_raw_selected",
    pattern: str = "{clip}-{{}}.jpg",
) -> Path:
    rows = [row()] if rows is None else rows
    disk.sheet(root / "casme.xlsx", rows, HEADER)
    for cells in rows:
        folder = root / tree / f"sub{int(str(cells[0])):02d}" / str(cells[1])
        disk.frames(folder, 113, 122, pattern.format(clip=cells[1]))
    return root


def section(
    root: Path, disk: Any, letter: str, rows: list[tuple[object, ...]], pad: str = ""
) -> Path:
    disk.xls(root / f"CASME_Section{letter}.xls", rows, HEADER)
    for cells in rows:
        folder = root / f"CASME_{letter}" / f"Section {letter}" / f"sub{cells[0]:02d}"
        disk.frames(folder / str(cells[1]), 66, 75, f"{cells[1]}-{{:{pad}}}.jpg")
    return root


def test_the_merged_release_is_read(tmp_path: Path, disk: Any, report: Any) -> None:
    imported = report.read("casme", merged(tmp_path, disk))
    assert report.quiet(imported)
    (clip,), (coding,) = imported.clips, imported.codings
    assert (imported.name, imported.title) == ("casme", "CASME")
    assert str(clip.key) == "casme/sub01/EP01_5"
    assert clip.fps == 60.0
    assert list(clip.frames.numbers) == list(range(113, 123))
    assert clip.frames.read(113).shape == (8, 8, 3)
    assert (coding.onset, coding.apex, coding.offset) == (113, 116, 122)
    assert (coding.emotion, coding.action_units) == ("tense", "4+L12")
    assert (coding.kind, coding.coder, coding.status) == ("micro", "database", "committed")


def test_of_two_apex_columns_the_first_counts_and_the_span_is_noted(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    rows = [
        row(1, apex=116, last=118),
        row(2, apex=116, last=116),
        row(3, apex=116, last="\\"),
        row(4, apex="\\", last=118),
        row(5, apex=118, last=116),
    ]
    imported = report.read("casme", merged(tmp_path, disk, rows))
    assert [(c.apex, c.note) for c in imported.codings] == [
        (116, "apex frames 116–118"),
        (116, ""),
        (116, ""),
        (118, ""),
        (118, "apex frames 118–116"),
    ]
    assert "row 5" in report.only(imported, "warning", "only the last apex frame is told").where
    assert "row 6" in report.only(imported, "warning", "116 comes before the first, 118").where


def test_a_backslash_is_a_missing_frame_number(tmp_path: Path, disk: Any, report: Any) -> None:
    root = merged(tmp_path, disk, [row(apex="\\", last="\\")])
    imported = report.read("casme", root)
    assert imported.codings[0].apex is None
    assert "row 2" in report.only(imported, "warning", r"apex is '\\', not a frame number").where


@pytest.mark.parametrize(("corrections", "emotion"), [(True, "contempt"), (False, "comtempt")])
def test_comtempt_is_put_right_and_listed(
    tmp_path: Path, disk: Any, report: Any, corrections: bool, emotion: str
) -> None:
    root = merged(tmp_path, disk, [row(emotion="Comtempt")])
    imported = report.read("casme", root, apply_corrections=corrections)
    assert imported.codings[0].emotion == emotion
    found = report.entries(imported, "corrected", "'comtempt' -> 'contempt'")
    assert len(found) == corrections
    assert not report.entries(imported, "warning")


def test_the_cropped_tree_is_read_where_it_is_alone(tmp_path: Path, disk: Any, report: Any) -> None:
    root = merged(tmp_path, disk, tree="Cropped", pattern="reg_{clip}-{{}}.jpg")
    imported = report.read("casme", root)
    assert imported.clips[0].frames.path(113).name == "reg_EP01_5-113.jpg"


def test_raw_frames_are_preferred_to_cropped_ones_and_it_is_said(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    merged(tmp_path, disk, tree="Cropped", pattern="reg_{clip}-{{}}.jpg")
    imported = report.read("casme", merged(tmp_path, disk))
    assert imported.clips[0].frames.path(113).name == "EP01_5-113.jpg"
    assert "Cropped not read" in report.only(imported, "note", "frames were taken").reason


def test_both_sections_are_read_with_their_own_padding(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    section(tmp_path, disk, "A", [row(1, onset=66, apex=70, last=70, offset=75)])
    root = section(tmp_path, disk, "B", [row(8, onset=66, apex=70, last=70, offset=75)], "03")
    imported = report.read("casme", root)
    assert report.quiet(imported)
    assert [str(c.key) for c in imported.clips] == ["casme/sub01/EP01_5", "casme/sub08/EP01_5"]
    names = [c.frames.path(66).name for c in imported.clips]
    assert names == ["EP01_5-66.jpg", "EP01_5-066.jpg"]
    assert list(imported.clips[1].frames.numbers) == list(range(66, 76))


def test_one_name_in_both_sections_gives_two_clips_of_one_person(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    one = row(1, onset=66, apex=70, last=70, offset=75)
    section(tmp_path, disk, "A", [one])
    imported = report.read("casme", section(tmp_path, disk, "B", [one], "03"))
    assert [c.key.name for c in imported.clips] == ["EP01_5", "EP01_5-B"]
    assert {c.key.subject for c in imported.clips} == {"sub01"}
    assert "Section A" in str(imported.clips[0].frames.folder)
    assert "Section B" in str(imported.clips[1].frames.folder)
    assert report.only(imported, "note", "in both sections").where == "sub01"


def test_one_section_alone_is_read(tmp_path: Path, disk: Any, report: Any) -> None:
    root = section(tmp_path, disk, "B", [row(8, onset=66, apex=70, last=70, offset=75)])
    assert report.read("casme", root).report.clips == 1
    assert report.read("casme", root / "CASME_B").report.clips == 1


def test_a_section_without_its_sheet_is_told_and_the_other_read(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    rows = [row(1, onset=66, apex=70, last=70, offset=75)]
    section(tmp_path, disk, "A", rows)
    root = section(tmp_path, disk, "B", rows)
    (root / "CASME_SectionB.xls").unlink()
    imported = report.read("casme", root)
    assert len(imported.clips) == 1
    assert "Section B" in report.only(imported, "warning", "CASME_SectionB.xls is missing").where


def test_a_sections_sheet_with_the_other_sections_frames_is_refused(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    root = section(tmp_path, disk, "A", [row(1)])
    (root / "CASME_SectionA.xls").rename(root / "CASME_SectionB.xls")
    with pytest.raises(InputError, match="section B is there, but only the frames of section A"):
        report.read("casme", root)


def test_the_merged_sheet_serves_the_sections_trees(tmp_path: Path, disk: Any, report: Any) -> None:
    rows = [row(n, onset=66, apex=70, last=70, offset=75) for n in (1, 8)]
    section(tmp_path, disk, "A", rows[:1])
    root = section(tmp_path, disk, "B", rows[1:], "03")
    for letter in "AB":
        (root / f"CASME_Section{letter}.xls").unlink()
    disk.sheet(root / "casme.xlsx", rows, HEADER)
    imported = report.read("casme", root)
    assert report.quiet(imported)
    assert [c.key.subject for c in imported.clips] == ["sub01", "sub08"]


def test_the_merged_release_beside_the_sections_is_read_once(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    section(tmp_path, disk, "A", [row(1, onset=66, apex=70, last=70, offset=75)])
    imported = report.read("casme", merged(tmp_path, disk))
    assert len(imported.clips) == 1
    assert imported.clips[0].frames.numbers[0] == 113
    assert "CASME_SectionA.xls was not" in report.only(imported, "note", "read; ").reason
    assert "Section A not read" in report.only(imported, "note", "frames were taken").reason
