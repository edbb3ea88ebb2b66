from __future__ import annotations

import threading

import numpy as np
import pytest

from mexlab.data.clips import ClipKey
from mexlab.errors import FaceNotFoundError
from mexlab.features import curves as curves_module
from mexlab.features.cache import FlowCache
from mexlab.features.curves import MotionCurves
from mexlab.pages import motion_ribbon
from mexlab.pages.motion_ribbon import MotionRibbon, face_region

SECONDS = 20


class Told:
    """What the timeline was told, in order; waits for a record that meets a condition."""

    def __init__(self):
        self.records = []
        self.changed = threading.Condition()

    def __call__(self, record):
        with self.changed:
            self.records.append(record)
            self.changed.notify_all()

    def until(self, condition):
        with self.changed:
            met = self.changed.wait_for(lambda: any(map(condition, self.records)), SECONDS)
            assert met, self.records
            return next(record for record in self.records if condition(record))


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def quick(monkeypatch):
    """Curves without a face to find: each value is the frame's distance from the reference."""
    monkeypatch.setattr(motion_ribbon, "REST_S", 0.0)
    monkeypatch.setattr(motion_ribbon, "FRAMES_FIRST_S", 0.0)
    points = np.array([[10, 10], [20, 18]], np.float32)
    monkeypatch.setattr(FlowCache, "landmarks", lambda *_: points)

    def fake(frames, onset, *, cache, should_stop, progress):
        numbers = np.array([int(n) for n in frames.numbers])
        reference = int(numbers[0]) if onset is None else onset
        values = np.abs(numbers - reference).astype(np.float32)
        return None if should_stop() else MotionCurves(numbers, reference, *([values] * 5))

    monkeypatch.setattr(curves_module, "motion_curves", fake)


def test_the_curve_of_the_opened_clip(annotated, key, told, quick, tmp_path):
    ribbon = MotionRibbon(annotated.store.clip, tmp_path, told)
    ribbon.open(key, None)
    ready = told.until(lambda record: record["state"] == "ready")
    assert ready["clip"] == str(key)
    assert ready["reference"] == 46
    assert ready["marked"] is False
    assert ready["series"]["mouth"][:3] == [0.0, 1.0, 2.0]


def test_against_the_onset_once_it_is_marked(annotated, key, told, quick, tmp_path):
    ribbon = MotionRibbon(annotated.store.clip, tmp_path, told)
    ribbon.open(key, None)
    told.until(lambda record: record["state"] == "ready")
    ribbon.onset_changed(key, 50)
    ready = told.until(lambda record: record.get("reference") == 50)
    assert ready["marked"] is True


def test_an_onset_outside_the_clip_is_no_reference(annotated, key, told, quick, tmp_path):
    ribbon = MotionRibbon(annotated.store.clip, tmp_path, told)
    ribbon.open(key, 9999)
    assert told.until(lambda record: record["state"] == "ready")["reference"] == 46


def test_the_clip_opened_last_wins(annotated, key, told, quick, tmp_path, monkeypatch):
    gate = threading.Event()
    load = annotated.store.clip

    def slow_load(asked):
        if asked == key:
            assert gate.wait(SECONDS)
        return load(asked)

    other = ClipKey("lab", "s1", "clip2")
    ribbon = MotionRibbon(slow_load, tmp_path, told)
    ribbon.open(key, None)
    ribbon.open(other, None)
    gate.set()
    told.until(lambda record: record["state"] == "ready")
    assert {r["clip"] for r in told.records if r["state"] == "ready"} == {str(other)}


def test_no_face_is_said_calmly(annotated, key, told, quick, tmp_path, monkeypatch):
    def nobody(*_args):
        raise FaceNotFoundError("no face")

    monkeypatch.setattr(FlowCache, "landmarks", nobody)
    ribbon = MotionRibbon(annotated.store.clip, tmp_path, told)
    ribbon.open(key, None)
    failed = told.until(lambda record: record["state"] == "failed")
    assert "no face was found" in failed["message"]


def test_a_failure_does_not_end_the_thread(annotated, key, told, quick, tmp_path, monkeypatch):
    def broken(*_args):
        raise RuntimeError("out of luck")

    with monkeypatch.context() as patch:
        patch.setattr(FlowCache, "landmarks", broken)
        ribbon = MotionRibbon(annotated.store.clip, tmp_path, told)
        ribbon.open(key, None)
        assert "out of luck" in told.until(lambda r: r["state"] == "failed")["message"]
    ribbon.open(ClipKey("lab", "s1", "clip2"), None)
    told.until(lambda record: record["state"] == "ready")


def test_face_region_holds_the_landmarks_and_stays_in_the_frame():
    points = np.array([[100, 80], [180, 200]], np.float32)
    region = face_region(points, (320, 240))
    assert region["left"] < 100
    assert region["left"] + region["width"] > 180
    # Landmarks begin at the brows: half their height again above them for the forehead.
    assert region["top"] == 20
    assert region["top"] + region["height"] == 220
    assert face_region(points, (182, 201)) == {"left": 82, "top": 20, "width": 100, "height": 181}


def test_a_clip_that_is_opened_again_is_told_again(annotated, key, told, quick, tmp_path):
    ribbon = MotionRibbon(annotated.store.clip, tmp_path, told)
    ribbon.open(key, None)
    told.until(lambda record: record["state"] == "ready")
    with told.changed:
        told.records.clear()
    ribbon.open(key, None)
    told.until(lambda record: record["state"] == "ready")


def test_a_long_video_has_no_curve_and_says_so(annotated, key, told, quick, tmp_path, monkeypatch):
    monkeypatch.setattr(motion_ribbon, "MOST_FRAMES", 10)
    ribbon = MotionRibbon(annotated.store.clip, tmp_path, told)
    ribbon.open(key, None)
    failed = told.until(lambda record: record["state"] == "failed")
    assert failed["message"] == "no motion curve: 20 frames are more than 10"
    assert failed["face"]["width"] > 0


def test_the_machines_apex_comes_after_the_curve(
    annotated, key, told, quick, tmp_path, monkeypatch
):
    monkeypatch.setattr(
        motion_ribbon, "find_apex", lambda clip, onset, cache, stop: {"strain": onset or 46}
    )
    found = Told()
    ribbon = MotionRibbon(
        annotated.store.clip, tmp_path, told, lambda k, apexes: found({"key": k, **apexes})
    )
    ribbon.open(key, None)
    assert found.until(lambda record: record["key"] == key)["strain"] == 46
    ribbon.onset_changed(key, 50)
    assert found.until(lambda record: record["strain"] == 50)
