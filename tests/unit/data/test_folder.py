from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.databases.registry import read_database
from mexlab.data.frames.frames import VideoFrames
from mexlab.errors import InputError


def video(path: Path, count: int = 20, fps: float = 100.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    codec = "MJPG" if path.suffix == ".avi" else "mp4v"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), fps, (64, 48))
    for value in range(count):
        writer.write(np.full((48, 64, 3), value % 50 * 5, np.uint8))
    writer.release()
    return path


def keys(imported: ImportedDatabase) -> list[str]:
    return [str(clip.key) for clip in imported.clips]


def found(imported: ImportedDatabase, kind: str, words: str) -> list[str]:
    return [e.where for e in imported.report.entries if e.kind == kind and words in e.reason]


def test_subjects_with_videos(tmp_path: Path) -> None:
    root = tmp_path / "Lab 2024"
    video(root / "anna" / "c1.mp4", 20, 100.0)
    video(root / "bert" / "c1.avi", 30, 200.0)
    imported = read_database("folder", root)
    assert keys(imported) == ["lab-2024/anna/c1", "lab-2024/bert/c1"]
    assert [clip.fps for clip in imported.clips] == [100.0, 200.0]
    assert imported.report.frames == 50
    assert imported.codings == []
    assert imported.report.entries == []
    assert imported.title == "Lab 2024"
    assert "happiness" in imported.emotions


def test_subjects_with_folders_of_frames_need_fps(tmp_path: Path, disk: Any) -> None:
    disk.frames(tmp_path / "lab" / "anna" / "smile 1", 5, 9, "f_{:04d}.png")
    video(tmp_path / "lab" / "anna" / "c2.mp4")
    with pytest.raises(InputError, match="1 of 2 clips are folders of frames") as caught:
        read_database("folder", tmp_path / "lab")
    assert "--fps" in str(caught.value.remedy)
    imported = read_database("folder", tmp_path / "lab", fps=200)
    assert sorted(keys(imported)) == ["lab/anna/c2", "lab/anna/smile 1"]
    # What is given overrides a video's own rate too.
    assert {clip.fps for clip in imported.clips} == {200}
    frames = next(clip.frames for clip in imported.clips if clip.key.name == "smile 1")
    assert frames is not None
    assert list(frames.numbers) == [5, 6, 7, 8, 9]


def test_a_single_video(tmp_path: Path) -> None:
    imported = read_database("folder", video(tmp_path / "My clip.mp4", 12))
    assert keys(imported) == ["my-clip/unnamed/My clip"]
    assert imported.root == tmp_path
    frames = imported.clips[0].frames
    assert isinstance(frames, VideoFrames)
    assert frames.to_record(imported.root)["path"] == "My clip.mp4"
    assert len(frames) == 12


def test_a_single_folder_of_frames(tmp_path: Path, disk: Any) -> None:
    disk.frames(tmp_path / "clip7", 1, 4)
    imported = read_database("folder", tmp_path / "clip7", fps=60, name="mine")
    assert keys(imported) == ["mine/unnamed/clip7"]
    assert imported.report.frames == 4


def test_clips_without_subjects_are_taken_with_a_warning(tmp_path: Path, disk: Any) -> None:
    root = tmp_path / "lab"
    video(root / "c1.mp4")
    disk.frames(root / "c2", 1, 3)
    imported = read_database("folder", root, fps=100)
    assert keys(imported) == ["lab/unnamed/c1", "lab/unnamed/c2"]
    assert found(imported, "warning", "subject/clip")


def test_a_truncated_video_keeps_what_decodes(tmp_path: Path) -> None:
    path = video(tmp_path / "lab" / "anna" / "cut.avi", 100)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    imported = read_database("folder", tmp_path / "lab")
    assert 20 < imported.report.frames < 80
    (where,) = found(imported, "warning", "of the 100 frames that it claims")
    assert "anna/cut.avi" in where


def test_unreadable_videos_are_skipped_and_the_rest_goes_on(tmp_path: Path) -> None:
    root = tmp_path / "lab"
    video(root / "anna" / "good.mp4")
    cut = video(root / "anna" / "cut.mp4", 60)
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    (root / "anna" / "empty.mp4").write_bytes(b"")
    (root / "anna" / "text.mov").write_bytes(b"no video at all" * 20)
    imported = read_database("folder", root)
    assert keys(imported) == ["lab/anna/good"]
    skipped = imported.report.of_kind("skipped")
    assert {e.where.split("/")[-1].rstrip(")") for e in skipped} == {
        "cut.mp4",
        "empty.mp4",
        "text.mov",
    }
    assert found(imported, "skipped", "zero bytes")
    assert found(imported, "skipped", "truncated before its index")


def test_nothing_readable_is_an_error_with_the_reasons(tmp_path: Path) -> None:
    (tmp_path / "lab" / "anna").mkdir(parents=True)
    (tmp_path / "lab" / "anna" / "c.mp4").write_bytes(b"")
    with pytest.raises(InputError, match="zero bytes"):
        read_database("folder", tmp_path / "lab")


def test_faulty_frames_are_gaps_and_named(tmp_path: Path, disk: Any) -> None:
    folder = disk.frames(tmp_path / "lab" / "anna" / "c1", 1, 6)
    (folder / "img3.jpg").write_bytes(b"")
    disk.frames(tmp_path / "lab" / "anna" / "c2", 1, 1)
    (tmp_path / "lab" / "anna" / "c2" / "img1.jpg").write_bytes(b"")
    imported = read_database("folder", tmp_path / "lab", fps=100)
    assert keys(imported) == ["lab/anna/c1"]
    assert found(imported, "warning", "img3.jpg of zero bytes")
    assert found(imported, "warning", "1 of the frames 1–6 are missing: 3")
    assert found(imported, "skipped", "no readable frame")


def test_same_names_are_told_apart(tmp_path: Path, disk: Any) -> None:
    root = tmp_path / "lab"
    video(root / "anna" / "c1.mp4")
    video(root / "anna" / "c1.avi")
    disk.frames(root / "anna" / "c1", 1, 3)
    imported = read_database("folder", root, fps=50)
    assert len(set(keys(imported))) == 3
    assert len(found(imported, "note", "is there already")) == 2


def test_unicode_and_blanks_in_names(tmp_path: Path) -> None:
    video(tmp_path / "Größe (2)" / "Zoë K" / "clip é.mp4")
    imported = read_database("folder", tmp_path / "Größe (2)")
    assert keys(imported) == ["größe-2/Zoë K/clip é"]


def test_what_is_no_clip_is_reported(tmp_path: Path) -> None:
    root = tmp_path / "lab"
    video(root / "anna" / "c1.mp4")
    (root / "anna" / "notes").mkdir()
    video(root / "anna" / "session 1" / "c2.mp4")
    imported = read_database("folder", root)
    assert keys(imported) == ["lab/anna/c1"]
    assert found(imported, "skipped", "no images and no videos") == ["anna/notes"]
    assert found(imported, "skipped", "one folder too deep") == ["anna/session 1"]


def test_links_that_leave_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = video(tmp_path / "outside" / "secret.mp4")
    root = tmp_path / "lab"
    video(root / "anna" / "c1.mp4")
    (root / "anna" / "c2.mp4").symlink_to(outside)
    (root / "bert").symlink_to(outside.parent)
    imported = read_database("folder", root)
    assert keys(imported) == ["lab/anna/c1"]
    assert sorted(found(imported, "skipped", "a link that leaves")) == ["anna/c2.mp4", "bert"]


def test_unusable_paths(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        read_database("folder", tmp_path / "none")
    with pytest.raises(InputError, match="no clips found"):
        read_database("folder", tmp_path)
    text = tmp_path / "clip.txt"
    text.write_text("x")
    with pytest.raises(InputError, match="not a video file"):
        read_database("folder", text)
