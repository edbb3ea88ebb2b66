"""Importing into a workspace: twice, under another name, beside a database of the same name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from mexlab.errors import InputError
from mexlab.workspace import Workspace
from mexlab.workspace.importing import import_into


@pytest.fixture
def own_clip(tmp_path: Path) -> Path:
    folder = tmp_path / "own" / "ada" / "smile"
    folder.mkdir(parents=True)
    for number in range(1, 6):
        cv2.imwrite(str(folder / f"img{number}.png"), np.full((40, 40, 3), 9, np.uint8))
    return tmp_path / "own"


def test_twice_is_once(workspace: Workspace, release: Path) -> None:
    ((report, change),) = import_into(workspace, "ststnet", release)
    assert (report.clips, len(change.unchanged)) == (18, 18)
    assert not change.anything


def test_a_release_gives_way_to_a_database_of_the_same_name(
    tmp_path: Path, release: Path, own_clip: Path
) -> None:
    workspace = Workspace.create(tmp_path / "ws")
    import_into(workspace, "folder", own_clip, name="casme2", fps=100.0)
    for _ in range(2):
        ((report, _),) = import_into(workspace, "ststnet", release)
        assert report.database == "ststnet-casme2"
        assert any("'casme2' is taken" in entry.reason for entry in report.entries)
    assert [row.name for row in workspace.store.databases()] == ["casme2", "ststnet-casme2"]
    workspace.close()


def test_frames_of_ones_own_need_a_rate_and_keep_it(tmp_path: Path, own_clip: Path) -> None:
    workspace = Workspace.create(tmp_path / "ws")
    import_into(workspace, "folder", own_clip, name="mine", fps=120.0)
    (row,) = workspace.store.clips(database="mine")
    assert (row.fps, row.n_frames, row.first, row.last) == (120.0, 5, 1, 5)
    clip = workspace.store.clip(row.key)
    assert clip.frames is not None
    assert clip.frames.read(3).shape == (40, 40, 3)
    workspace.close()


def test_progress_is_told(tmp_path: Path, release: Path) -> None:
    workspace = Workspace.create(tmp_path / "ws")
    told: list[tuple[int, int]] = []
    import_into(workspace, "ststnet", release, progress=lambda *at: told.append(at))
    assert told[-1] == (18, 18)
    workspace.close()


def test_what_cannot_be_read_leaves_the_workspace_as_it_was(
    workspace: Workspace, tmp_path: Path, make_dump: Callable[[], object]
) -> None:
    before = make_dump()
    (tmp_path / "nothing").mkdir()
    with pytest.raises(InputError):
        import_into(workspace, "casme2", tmp_path / "nothing")
    assert make_dump() == before


@pytest.fixture
def make_dump(workspace: Workspace) -> Callable[[], object]:
    def dump() -> object:
        store = workspace.store
        return store.databases(), store.clips(coder="database"), store.codings()

    return dump
