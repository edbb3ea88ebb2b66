from __future__ import annotations

import threading

import numpy as np
import pytest

from mexlab.errors import FaceNotFoundError
from mexlab.features import warp_field
from mexlab.features.cache import FlowCache
from mexlab.features.warp_field import WarpField
from mexlab.pages.annotate.machine.warps import MOST_AHEAD, FrameWarps
from mexlab.vision.crop import CropBox

SECONDS = 20


class Warp:
    """A face that moves as many pixels as the frame's mean brightness."""

    def __init__(self, *_args):
        pass

    def to(self, frame):
        return WarpField(CropBox(1, 2, 9, 8), np.full((2, 3, 2), frame.mean() / 8, np.float32))


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(warp_field, "FaceWarp", Warp)
    monkeypatch.setattr(FlowCache, "landmarks", lambda *_: np.zeros((68, 2), np.float32))


@pytest.fixture
def told():
    return []


@pytest.fixture
def warps(annotated, tmp_path, told):
    return FrameWarps(annotated.store.clip, tmp_path, lambda *given: told.append(given))


def ask(warps, key, number, ahead=()):
    warps.ask(key, "t", {"reference": 46, "number": number, "ahead": list(ahead)})


def test_the_frame_on_show_first_then_its_neighbours(warps, told, key, quick, annotated):
    ask(warps, key, 50, [51, 52, 49])
    assert warps._task.wait(SECONDS)
    assert [answer["number"] for answer, _ in told] == [50, 51, 52, 49]
    answer, (field,) = told[0]
    assert (answer["kind"], answer["token"], answer["reference"]) == ("warp", "t", 46)
    assert (answer["box"], answer["rows"], answer["columns"]) == ([1, 2, 9, 8], 2, 3)
    mean = annotated.store.clip(key).frames.read(50).mean()
    steps = np.frombuffer(field, "<i2")
    assert steps.size == 12
    assert steps[0] == pytest.approx(mean / 8 * 64, abs=1)


def test_what_is_no_longer_on_show_is_not_computed(warps, told, key, quick, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()

    def slow(self, frame):
        begun.set()
        assert go_on.wait(SECONDS)
        return WarpField(CropBox(0, 0, 1, 1), np.zeros((1, 1, 2), np.float32))

    monkeypatch.setattr(Warp, "to", slow)
    ask(warps, key, 50, [51, 52])
    assert begun.wait(SECONDS)
    ask(warps, key, 55)
    ask(warps, key, 60)
    go_on.set()
    assert warps._task.wait(SECONDS)
    assert [answer["number"] for answer, _ in told] == [50, 60]


def test_only_some_neighbours(warps, told, key, quick):
    ask(warps, key, 47, range(48, 66))
    assert warps._task.wait(SECONDS)
    assert len(told) == 1 + MOST_AHEAD


def test_without_a_face_it_is_said_once(warps, told, key, quick, monkeypatch):
    def nobody(*_args):
        raise FaceNotFoundError("no face")

    monkeypatch.setattr(FlowCache, "landmarks", nobody)
    ask(warps, key, 50, [51])
    assert warps._task.wait(SECONDS)
    ((answer, buffers),) = told
    assert answer["message"] == "no face was found in the onset frame"
    assert buffers == []


def test_a_failure_is_told_and_does_not_end_the_thread(warps, told, key, quick, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Warp, "to", lambda *_: 1 / 0)
        ask(warps, key, 50)
        assert warps._task.wait(SECONDS)
    assert "division" in told[0][0]["message"]
    ask(warps, key, 51)
    assert warps._task.wait(SECONDS)
    assert "box" in told[1][0]
