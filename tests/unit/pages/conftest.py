"""A small workspace with real frame files, a clip of features only, and a database's coding."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.codings import Coding
from mexlab.data.databases.registry import ImportedDatabase
from mexlab.data.frames.frames import index_images
from mexlab.data.reports import ImportReport
from mexlab.workspace.workspace import Workspace

FIRST, LAST = 46, 65


@pytest.fixture
def key():
    return ClipKey("lab", "s1", "clip1")


@pytest.fixture(scope="session")
def lab_workspace():
    """Makes a workspace of the database ``lab``, whose files lie in a folder of that name."""

    def make(folder, clips, codings, emotions):
        root = folder / "lab"
        made = Workspace.create(folder / "workspace", name="ws")
        made.store.put_database(
            ImportedDatabase(
                name="lab",
                title="Our lab",
                layout="casme2",
                root=root,
                synthetic=False,
                emotions=emotions,
                clips=clips,
                codings=codings,
                report=ImportReport("lab", "Our lab", str(root)),
            )
        )
        return made

    return make


@pytest.fixture
def annotated(tmp_path, monkeypatch, key, lab_workspace):
    """A workspace of coder anna: two clips of 20 frames at 200 fps, one without frames."""
    monkeypatch.setenv("MEXLAB_CODER", "anna")
    rng = np.random.default_rng(7)
    root = tmp_path / "lab"
    clips = []
    for name in ("clip1", "clip2"):
        folder = root / "s1" / name
        folder.mkdir(parents=True)
        for number in range(FIRST, LAST + 1):
            picture = rng.integers(0, 255, (24, 32, 3), dtype=np.uint8)
            cv2.imwrite(str(folder / f"img{number}.jpg"), picture)
        clips.append(Clip(ClipKey("lab", "s1", name), 200.0, index_images(folder)))
    clips.append(Clip(ClipKey("lab", "s2", "maps"), None, None, Path("s2/maps.png")))
    truth = Coding(key, "database", onset=50, apex=55, offset=60, emotion="happiness")
    emotions = ("happiness", "surprise", "fear", "others")
    return lab_workspace(tmp_path, clips, [truth], emotions)
