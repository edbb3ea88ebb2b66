"""CAS(ME)3 part A: clips known by their onset, long videos, text in every cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mexlab.errors import InputError

SHEET = "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx"
MACRO_SHEET = "cas(me)3_part_A_MaE_label_JpgIndex_v2.xlsx"
HEADER = ("Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion")


def row(
    subject: str = "spNO.10",
    video: str = "a",
    onset: str = "116",
    apex: str = "119",
    offset: str = "123",
    units: str = "R4+B25",
    objective: str = "4",
    emotion: str = "Disgust",
) -> tuple[str, ...]:
    return (subject, video, onset, apex, offset, units, objective, emotion)


def sheet(root: Path, disk: Any, rows: list[tuple[str, ...]], name: str = SHEET) -> None:
    disk.sheet(root / name, rows, HEADER, title="label")


def clips(
    root: Path,
    disk: Any,
    rows: list[tuple[str, ...]] | None = None,
    *,
    folders: list[str] | None = None,
    spans: dict[str, tuple[int, int]] | None = None,
) -> Path:
    rows = [row()] if rows is None else rows
    sheet(root, disk, rows)
    if folders is None:
        folders = [f"{subject}_{video}_{onset}" for subject, video, onset, *_ in rows]
    for folder in folders:
        first, last = (spans or {}).get(folder, (116, 123))
        disk.frames(root / "Part_A_ME_clip/frame" / folder, first, last, "{}.jpg")
        disk.frames(root / "Part_A_ME_clip/depth" / folder, first, first, "{}.png")
    return root


def long_videos(
    root: Path,
    disk: Any,
    rows: list[tuple[str, ...]] | None = None,
    videos: tuple[str, ...] = ("spNO.10/a",),
) -> Path:
    sheet(root, disk, [row()] if rows is None else rows)
    for video in videos:
        disk.frames(root / "part_A" / video / "color", 100, 140, "{}.jpg")
        disk.frames(root / "part_A" / video / "depth", 100, 101, "{}.png")
    return root


def test_clips_are_read_with_every_cell_text(tmp_path: Path, disk: Any, report: Any) -> None:
    imported = report.read("cas_me3", clips(tmp_path, disk))
    assert report.quiet(imported)
    (clip,), (coding,) = imported.clips, imported.codings
    assert (str(clip.key), clip.fps) == ("cas_me3/spNO.10/a_116", 30.0)
    assert list(clip.frames.numbers) == list(range(116, 124))
    assert clip.frames.path(116).suffix == ".jpg"
    assert (coding.onset, coding.apex, coding.offset) == (116, 119, 123)
    assert (coding.emotion, coding.action_units) == ("disgust", "R4+B25")
    assert (coding.kind, coding.note) == ("micro", "objective class 4")


def test_overlapping_clips_of_one_video_are_kept_apart_by_onset(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    rows = [row(), row(onset="118", apex="120", offset="125")]
    root = clips(tmp_path, disk, rows, spans={"spNO.10_a_118": (118, 125)})
    imported = report.read("cas_me3", root)
    assert report.quiet(imported)
    assert [c.key.name for c in imported.clips] == ["a_116", "a_118"]
    assert [c.frames.numbers[0] for c in imported.clips] == [116, 118]


def test_dropped_frames_are_gaps(tmp_path: Path, disk: Any, report: Any) -> None:
    root = clips(tmp_path, disk)
    folder = root / "Part_A_ME_clip/frame/spNO.10_a_116"
    for number in (118, 121):
        (folder / f"{number}.jpg").unlink()
    imported = report.read("cas_me3", root)
    assert list(imported.clips[0].frames.numbers) == [116, 117, 119, 120, 122, 123]
    assert "2 of the frames" in report.only(imported, "warning", "118, 121").reason


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        (("121", "119", "123"), "apex 119 lies outside onset–offset (121–123)"),
        (("119", "119", "123"), "apex 119 is the onset frame itself"),
        (("123", "123", "119"), "onset 123 comes after offset 119"),
    ],
)
def test_disordered_marks_are_told_and_the_clip_kept(
    tmp_path: Path, disk: Any, report: Any, marks: tuple[str, str, str], words: str
) -> None:
    onset, apex, offset = marks
    root = clips(tmp_path, disk, [row(onset=onset, apex=apex, offset=offset)])
    imported = report.read("cas_me3", root)
    assert report.only(imported, "warning", words)
    (coding,) = imported.codings
    assert [str(coding.onset), str(coding.apex), str(coding.offset)] == list(marks)


def test_a_file_name_in_the_wrong_case_finds_its_video(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    one = row(video="J")
    imported = report.read("cas_me3", clips(tmp_path, disk, [one], folders=["spNO.10_j_116"]))
    assert [c.key.name for c in imported.clips] == ["j_116"]
    longer = long_videos(tmp_path / "long", disk, [one], ("spNO.10/j",))
    assert [c.key.name for c in report.read("cas_me3", longer).clips] == ["j"]


def test_long_videos_hold_their_expressions_in_order(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    rows = [row(onset="130", apex="132", offset="135"), row(), row(subject="spNO.2", video="b")]
    root = long_videos(tmp_path, disk, rows, ("spNO.10/a", "spNO.2/b", "spNO.2/c"))
    imported = report.read("cas_me3", root)
    assert report.quiet(imported)
    assert [str(c.key) for c in imported.clips] == [
        "cas_me3/spNO.10/a",
        "cas_me3/spNO.2/b",
        "cas_me3/spNO.2/c",
    ]
    assert [(c.clip.name, c.expression, c.onset) for c in imported.codings] == [
        ("a", 1, 116),
        ("a", 2, 130),
        ("b", 1, 116),
    ]
    assert imported.clips[0].frames.folder.name == "color"
    assert report.only(imported, "note", "no expression is coded").where == "cas_me3/spNO.2/c"


def test_macro_expressions_of_the_long_videos_come_from_their_own_sheet(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    root = long_videos(tmp_path, disk)
    sheet(root, disk, [row(onset="102", apex="110", offset="114")], MACRO_SHEET)
    imported = report.read("cas_me3", root)
    found = [(c.expression, c.onset, c.kind) for c in imported.codings]
    assert found == [(1, 102, "macro"), (2, 116, "micro")]


def test_clips_are_preferred_to_long_videos_which_can_be_given_by_themselves(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    clips(tmp_path, disk)
    root = long_videos(tmp_path, disk)
    imported = report.read("cas_me3", root)
    assert imported.clips[0].key.name == "a_116"
    assert "part_A not read" in report.only(imported, "note", "frames were taken").reason
    assert report.read("cas_me3", root / "part_A").clips[0].key.name == "a"


def test_a_gap_is_told_once_of_a_video_with_several_expressions(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    root = long_videos(tmp_path, disk, [row(), row(onset="130", apex="132", offset="135")])
    (root / "part_A/spNO.10/a/color/105.jpg").unlink()
    imported = report.read("cas_me3", root)
    report.only(imported, "warning", "1 of the frames 100–140 are missing: 105")


def test_rows_and_folders_without_each_other_are_told(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    rows = [row(), row(), row(onset="/"), row(onset="200", apex="201", offset="202")]
    folders = ["spNO.10_a_116", "spNO.11_b_7", "readme"]
    imported = report.read("cas_me3", clips(tmp_path, disk, rows, folders=folders))
    assert len(imported.clips) == 1
    assert "row 3" in report.only(imported, "skipped", "already stands in row 2").where
    assert "row 4" in report.only(imported, "skipped", "onset is '/'").where
    assert "row 5" in report.only(imported, "skipped", "no folder spNO.10_a_200").where
    assert report.only(imported, "skipped", "no row in").where.endswith("frame/spNO.11_b_7")
    assert report.only(imported, "note", "not a clip's folder").where.endswith("frame/readme")


def test_no_tree_is_an_error(tmp_path: Path, disk: Any, report: Any) -> None:
    sheet(tmp_path, disk, [row()])
    with pytest.raises(InputError, match=r"no folder of frames found.*Part_A_ME_clip, part_A"):
        report.read("cas_me3", tmp_path)
