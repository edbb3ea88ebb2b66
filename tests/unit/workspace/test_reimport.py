"""Importing again opens no frame, decodes no video and writes nothing where nothing has changed."""

from __future__ import annotations

import builtins
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import openpyxl
import pytest

from mexlab.data.clips import ClipKey
from mexlab.data.frames.frames import IMAGE_SUFFIXES, VIDEO_SUFFIXES, VideoFrames
from mexlab.workspace import Workspace
from mexlab.workspace.importing import VIDEOS_FILE, import_into


def write_video(path: Path, count: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 100.0, (32, 24))
    for value in range(count):
        writer.write(np.full((24, 32, 3), value % 50, np.uint8))
    writer.release()


def write_frames(folder: Path, count: int) -> None:
    folder.mkdir(parents=True)
    picture = cv2.imencode(".jpg", np.full((24, 32, 3), 99, np.uint8))[1].tobytes()
    for number in range(1, count + 1):
        (folder / f"img{number}.jpg").write_bytes(picture)


def write_casme2(root: Path) -> None:
    book = openpyxl.Workbook()
    header = ("Subject", "Filename", "", "OnsetFrame", "ApexFrame", "OffsetFrame", "")
    book.active.append((*header, "Action Units", "Estimated Emotion"))
    for subject in (1, 2):
        book.active.append((subject, "EP01_01", "", 2, 4, 6, "", "12", "happiness"))
        write_frames(root / "CASME2_RAW_selected" / f"sub{subject:02d}" / "EP01_01", 8)
    book.save(root / "CASME2-coding-20140508.xlsx")


def write_recordings(root: Path) -> None:
    write_video(root / "ada" / "smile.avi", 12)
    write_video(root / "bea" / "frown.avi", 15)
    write_frames(root / "cay" / "still", 5)


class Opened:
    """Frames and videos that were opened since the last look."""

    def __init__(self) -> None:
        self.files: list[str] = []

    def note(self, path: object) -> None:
        if isinstance(path, (str, os.PathLike)):
            suffix = Path(path).suffix.lower()
            if suffix in IMAGE_SUFFIXES or suffix in VIDEO_SUFFIXES:
                self.files.append(Path(path).name)

    def taken(self) -> list[str]:
        taken, self.files = self.files, []
        return sorted(taken)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Whatever opens a file, by Python or by OpenCV."""
    watch = Opened()

    def watched(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *arguments: Any, **options: Any) -> Any:
            watch.note(path)
            return real(path, *arguments, **options)

        return call

    for module, name in ((builtins, "open"), (io, "open"), (os, "open")):
        monkeypatch.setattr(module, name, watched(getattr(module, name)))
    for name in ("imread", "VideoCapture"):
        monkeypatch.setattr(cv2, name, watched(getattr(cv2, name)))
    return watch


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    made = Workspace.create(tmp_path / "ws")
    yield made
    made.close()


def test_the_watch_sees_what_opens_a_frame(
    workspace: Workspace, tmp_path: Path, opened: Opened
) -> None:
    write_recordings(tmp_path / "own")
    import_into(workspace, "folder", tmp_path / "own", fps=50.0)
    opened.taken()
    for name in ("ada/smile", "cay/still"):
        clip = workspace.store.clip(ClipKey("own", *name.split("/")))
        assert clip.frames is not None
        clip.frames.read(2)
    assert opened.taken() == ["img2.jpg", "smile.avi"]


def test_images_are_listed_and_never_opened(
    workspace: Workspace, tmp_path: Path, opened: Opened
) -> None:
    write_casme2(tmp_path / "casme2")
    opened.taken()
    for _ in range(2):
        ((report, change),) = import_into(workspace, "casme2", tmp_path / "casme2")
        assert (report.clips, report.frames) == (2, 16)
        assert opened.taken() == []
    assert not change.anything


def test_videos_are_counted_once_and_again_where_they_changed(
    workspace: Workspace, tmp_path: Path, opened: Opened
) -> None:
    root = tmp_path / "own"
    write_recordings(root)
    opened.taken()

    def again(**options: Any) -> tuple[list[str], list[str], list[str]]:
        ((_, change),) = import_into(workspace, "folder", root, **{"fps": 50.0, **options})
        return opened.taken(), change.added, change.changed

    assert again()[0] == ["frown.avi", "smile.avi"]
    assert again() == ([], [], [])

    write_video(root / "ada" / "smile.avi", 20)
    assert again() == (["smile.avi"], [], ["own/ada/smile"])
    frames = workspace.store.clip(ClipKey("own", "ada", "smile")).frames
    assert isinstance(frames, VideoFrames)
    assert (len(frames), frames.size) == (20, (32, 24))

    write_video(root / "ada" / "new.avi", 3)
    assert again() == (["new.avi"], ["own/ada/new"], [])

    # Of a video whose own rate is asked for nothing is known yet.
    (root / "cay" / "still").rename(tmp_path / "still")
    assert again(fps=None)[0] == ["frown.avi", "new.avi", "smile.avi"]
    assert again(fps=None)[0] == []

    (workspace.cache_dir / VIDEOS_FILE).write_text("{damaged")
    assert again(fps=None) == (["frown.avi", "new.avi", "smile.avi"], [], [])


def test_what_was_said_of_a_video_is_said_again(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "own" / "ada" / "cut.avi"
    write_video(path, 60)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    reports = [import_into(workspace, "folder", tmp_path / "own")[0][0] for _ in range(2)]
    assert "of the 60 frames that it claims" in reports[0].entries[0].reason
    assert reports[0].to_record() == reports[1].to_record()


def test_a_frame_more_on_disk_changes_its_clip_alone(workspace: Workspace, tmp_path: Path) -> None:
    root = tmp_path / "casme2"
    write_casme2(root)
    import_into(workspace, "casme2", root)
    key = ClipKey("casme2", "sub01", "EP01_01")
    mine = workspace.store.change_coding(key, "ada", {"onset": 3}, page="annotate")
    folder = root / "CASME2_RAW_selected" / "sub01" / "EP01_01"
    (folder / "img8.jpg").rename(folder / "img9.jpg")
    ((_, change),) = import_into(workspace, "casme2", root)
    assert (change.changed, len(change.unchanged)) == ([str(key)], 1)
    assert [row.last for row in workspace.store.clips()] == [9, 8]
    assert workspace.store.coding(key, "ada") == mine
