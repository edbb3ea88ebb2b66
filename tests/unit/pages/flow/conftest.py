"""A flow page over frames of known motion, and all that its view is sent."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.codings import Coding
from mexlab.data.frames.frames import index_images
from mexlab.pages.flow.page import FlowPage

FACE = ClipKey("lab", "s1", "face")
BLANK = ClipKey("lab", "s1", "nobody")
UNCODED = ClipKey("lab", "s2", "uncoded")
MAPS = ClipKey("lab", "s3", "maps")


@pytest.fixture(scope="module")
def portrait():
    data = pytest.importorskip("skimage.data")
    return cv2.resize(np.ascontiguousarray(data.astronaut()[:260, 90:360]), None, fx=1.5, fy=1.5)


@pytest.fixture
def workspace(tmp_path, monkeypatch, portrait, lab_workspace):
    """Frames 10 to 14 of a face that moves right by a pixel a frame; a blank clip; features."""
    monkeypatch.setenv("MEXLAB_CODER", "anna")
    root = tmp_path / "lab"
    clips = []
    for key in (FACE, BLANK, UNCODED):
        folder = root / key.subject / key.name
        folder.mkdir(parents=True)
        for number in range(10, 15):
            shift = np.float32([[1, 0, number - 10], [0, 1, 0]])
            image = cv2.warpAffine(
                portrait, shift, portrait.shape[1::-1], borderMode=cv2.BORDER_REFLECT
            )
            if key is BLANK:
                image = np.full((200, 200, 3), 90 + number, np.uint8)
            cv2.imwrite(str(folder / f"img{number}.png"), image[..., ::-1])
        clips.append(Clip(key, 200.0, index_images(folder)))
    (root / "s3").mkdir()
    released = np.zeros((28, 28, 3), np.uint8)
    released[3, 4] = (255, 51, 102)
    cv2.imwrite(str(root / "s3" / "maps.png"), released[..., ::-1])
    clips.append(Clip(MAPS, None, None, Path("s3/maps.png")))
    codings = [
        Coding(FACE, "database", onset=10, apex=12, offset=14, emotion="happiness"),
        Coding(BLANK, "database", onset=10, apex=12),
        Coding(UNCODED, "database", onset=10),
    ]
    return lab_workspace(tmp_path, clips, codings, ("happiness",))


@pytest.fixture
def open_page(workspace, monkeypatch):
    """Make a page whose view keeps what it is sent."""

    def make(*args, **kwargs):
        sent = []
        monkeypatch.setattr(
            "mexlab.widgets.flow.flow_view.FlowView.send",
            lambda self, content, buffers=None: sent.append((content, buffers or [])),
        )
        page = FlowPage(workspace, *args, **kwargs)
        page.sent = sent
        assert page.wait(60)
        return page

    return make
