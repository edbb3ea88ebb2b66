"""SMIC: no sheet, three cameras, labels from folders and names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.databases.registry import read_databases, recognise
from mexlab.errors import InputError

CLIPS = (
    "s1/micro/negative/s1_ne_01",
    "s1/micro/positive/s1_po_02",
    "s11/micro/surprise/s11_sur_03",
)
RAW = "SMIC_all_raw/HS"


def write(root: Path, disk: Any, *, tree: str = RAW, clips: tuple[str, ...] = CLIPS) -> Path:
    for clip in clips:
        disk.frames(root / tree / clip, 123, 127, "image{:06d}.bmp")
    return root


def read(root: Path, **options: Any) -> ImportedDatabase:
    (imported,) = read_databases("smic", root, **options)
    return imported


def test_the_folder_is_the_label_and_the_frames_are_the_expression(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    imported = read(write(tmp_path, disk))
    assert report.quiet(imported)
    assert [str(clip.key) for clip in imported.clips] == [
        "smic/s01/s1_ne_01",
        "smic/s01/s1_po_02",
        "smic/s11/s11_sur_03",
    ]
    assert [one.emotion for one in imported.codings] == ["negative", "positive", "surprise"]
    for clip, coding in zip(imported.clips, imported.codings, strict=True):
        assert clip.fps == 100.0
        assert list(clip.frames.numbers) == [123, 124, 125, 126, 127]
        assert (coding.onset, coding.apex, coding.offset) == (123, None, 127)
        assert (coding.kind, coding.coder, coding.status) == ("micro", "database", "committed")
    assert "none of the 3 clips" in report.only(imported, "note", "tells no apex").reason
    assert (imported.report.clips, imported.report.subjects, imported.report.frames) == (3, 2, 15)


def test_each_camera_is_a_database_with_its_own_rate(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    for camera in ("HS", "VIS", "NIR"):
        write(tmp_path, disk, tree=f"SMIC_all_raw/{camera}", clips=CLIPS[2:])
    steps: list[tuple[int, int]] = []
    found = read_databases("smic", tmp_path, progress=lambda *step: steps.append(step))
    assert [(one.name, one.title, one.clips[0].fps) for one in found] == [
        ("smic", "SMIC-HS", 100.0),
        ("smic-vis", "SMIC-VIS", 25.0),
        ("smic-nir", "SMIC-NIR", 25.0),
    ]
    assert steps == [(1, 3), (2, 3), (3, 3)]
    for one in found:
        report.only(one, "note", "the same people")
    named = read_databases("smic", tmp_path, name="oulu")
    assert [one.name for one in named] == ["oulu", "oulu-vis", "oulu-nir"]
    with pytest.raises(InputError, match="3 cameras of different"):
        read_databases("smic", tmp_path, fps=60)


def test_the_folder_of_one_camera_may_be_given(tmp_path: Path, disk: Any) -> None:
    for camera in ("HS", "NIR"):
        write(tmp_path, disk, tree=f"SMIC_all_raw/{camera}")
    imported = read(tmp_path / "SMIC_all_raw" / "NIR", fps=24.9)
    assert (imported.name, imported.clips[0].fps) == ("smic-nir", 24.9)
    assert read(tmp_path / "SMIC_all_raw" / "NIR", name="mine").name == "mine"


def test_the_raw_tree_is_preferred_and_the_cropped_can_be_given(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    write(tmp_path, disk)
    cropped = tmp_path / "SMIC_all_cropped" / "HS"
    disk.frames(cropped / CLIPS[0], 123, 125, "reg_image{:06d}.bmp")
    imported = read(tmp_path)
    assert len(imported.clips) == 3
    assert "SMIC_all_cropped/HS not read" in report.only(imported, "note", "were taken").reason
    assert len(read(tmp_path / "SMIC_all_cropped").clips) == 1


def test_frames_that_the_cropped_release_lacks_are_gaps(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    clips = ("s3/micro/positive/s3_po_08", "s18/micro/surprise/s18_sur_01")
    tree = "SMIC_all_cropped/HS"
    for clip in clips:
        disk.frames(tmp_path / tree / clip, 123, 130, "reg_image{:06d}.bmp")
    for number in (125, 126):
        (tmp_path / tree / clips[0] / f"reg_image{number:06d}.bmp").unlink()
    imported = read(tmp_path)
    assert "125" in report.only(imported, "warning", "2 of the frames 123–130").reason
    assert list(imported.clips[0].frames.numbers) == [123, 124, 127, 128, 129, 130]
    assert report.only(imported, "note", "known to lack this clip").where == "s18_sur_03"
    disk.frames(tmp_path / tree / "s18/micro/surprise/s18_sur_03", 1, 3, "reg_image{:06d}.bmp")
    assert not report.entries(read(tmp_path), "note", "known to lack")


def test_what_lies_beside_the_micro_expressions_is_reported(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    write(tmp_path, disk)
    for name in ("s1_non_01", "s1_non_02"):
        disk.frames(tmp_path / RAW / "s1/non_micro" / name, 1, 3)
    (tmp_path / RAW / "s1" / "video").mkdir()
    (tmp_path / RAW / "s7" / "non_micro").mkdir(parents=True)
    (tmp_path / RAW / "readme").mkdir()
    imported = read(tmp_path)
    assert len(imported.clips) == 3
    assert "s1_non_01" in report.only(imported, "note", "2 clips without a micro").reason
    assert report.only(imported, "note", "neither micro").where.endswith("s1/video")
    assert report.only(imported, "skipped", "no folder micro").where.endswith("s7")
    assert report.only(imported, "note", "not a subject's folder").where.endswith("readme")


@pytest.mark.parametrize(
    ("clip", "emotion", "words"),
    [
        ("s1/micro/s1_sur_01", "surprise", ""),
        ("S1/Micro/S1_NE_01", "negative", ""),
        ("s1/micro/Positive/clip 1", "positive", ""),
        ("s1/micro/ne/s1_ne_01", "negative", ""),
        ("s1/micro/positive/s1_ne_01", "positive", "is called after negative: taken as positive"),
        ("s1/micro/positive/s2_po_01", "positive", "is called after subject 2: taken as s01"),
        ("s1/micro/unsorted", "", "no emotion"),
    ],
)
def test_the_label_comes_from_folder_or_name(
    tmp_path: Path, disk: Any, report: Any, clip: str, emotion: str, words: str
) -> None:
    imported = read(write(tmp_path, disk, clips=(clip,)))
    assert imported.codings[0].emotion == emotion
    assert imported.clips[0].key.subject == "s01"
    if words:
        assert clip in report.only(imported, "warning", words).where
    else:
        assert report.quiet(imported)


def test_a_clip_in_two_classes_is_read_once(tmp_path: Path, disk: Any, report: Any) -> None:
    clips = ("s1/micro/negative/s1_ne_01", "s1/micro/positive/s1_ne_01")
    imported = read(write(tmp_path, disk, clips=clips))
    assert [one.emotion for one in imported.codings] == ["negative"]
    assert report.only(imported, "skipped", "a clip of that name").where.endswith(clips[1])


def test_a_camera_that_no_folder_names_is_taken_as_hs_and_said(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    imported = read(write(tmp_path, disk, tree="frames"))
    assert imported.clips[0].fps == 100.0
    report.only(imported, "warning", "no folder called HS, VIS or NIR")


def test_zero_bytes_links_and_empty_folders(tmp_path: Path, disk: Any, report: Any) -> None:
    root = write(tmp_path / "root", disk)
    (root / RAW / CLIPS[0] / "image000125.bmp").write_bytes(b"")
    for file in (root / RAW / CLIPS[1]).iterdir():
        file.unlink()
    outside = disk.frames(tmp_path / "outside" / "s2_ne_01", 1, 3)
    (root / RAW / "s2").symlink_to(outside.parent)
    (root / RAW / "s1" / "micro" / "loop").symlink_to(root)
    imported = read(root)
    assert [clip.key.name for clip in imported.clips] == ["s1_ne_01", "s11_sur_03"]
    assert "image000125.bmp" in report.only(imported, "warning", "zero bytes").reason
    report.only(imported, "skipped", "its folder has no images (SMIC_all_raw")
    assert report.only(imported, "skipped", "a link that leaves").where.endswith("s2")
    assert report.only(imported, "skipped", "it would never end").where.endswith("micro/loop")


def test_nothing_to_read_is_an_error(tmp_path: Path, disk: Any) -> None:
    with pytest.raises(InputError, match="no folder of frames"):
        read(tmp_path)
    (tmp_path / RAW / CLIPS[0]).mkdir(parents=True)
    with pytest.raises(InputError, match="none of the 1 clips"):
        read(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        read(tmp_path / "nowhere")


def test_it_is_recognised(tmp_path: Path, disk: Any) -> None:
    assert recognise(write(tmp_path, disk)) == [("smic", "HS holds folders s1/micro")]
