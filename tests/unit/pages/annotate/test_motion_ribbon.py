from __future__ import annotations

import threading

import numpy as np
import pytest

from mexlab.data.clips import ClipKey
from mexlab.errors import FaceNotFoundError
from mexlab.features import curves as curves_module
from mexlab.features import long_curve
from mexlab.features.cache import FlowCache
from mexlab.features.curves import MotionCurves
from mexlab.features.face_motion import FaceMotion
from mexlab.pages.annotate.machine import ribbon as motion_ribbon
from mexlab.pages.annotate.machine.ribbon import MotionRibbon
from mexlab.vision.crop import face_region

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
        return (
            None if should_stop() else MotionCurves(numbers, reference, np.tile(values, (2, 5, 1)))
        )

    monkeypatch.setattr(curves_module, "motion_curves", fake)


def test_the_curve_of_the_opened_clip(annotated, key, told, quick, tmp_path):
    ribbon = MotionRibbon(annotated.store.clip, tmp_path, told)
    ribbon.open(key, None)
    ready = told.until(lambda record: record["state"] == "ready")
    assert ready["clip"] == str(key)
    assert ready["reference"] == 46
    assert ready["marked"] is False
    assert np.frombuffer(ready["numbers"], "<i4").tolist() == list(range(46, 66))
    values = np.frombuffer(ready["values"], "<f4").reshape(2, 5, -1)
    assert values[0, 3, :3].tolist() == [0.0, 1.0, 2.0]


def test_against_the_onset_once_it_is_marked(annotated, key, told, quick, tmp_path):
    ribbon = MotionRibbon(annotated.store.clip, tmp_path, told)
    ribbon.open(key, None)
    told.until(lambda record: record["state"] == "ready")
    ribbon.marks_changed(key, 50, None)
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


class Steps(FaceMotion):
    """A face whose strain is how bright the frame is beyond the one that it is compared with."""

    def __init__(self, *_args):
        pass

    def cut(self, frame):
        return frame

    def measure(self, still, moved):
        return np.full((2, 5), float(moved.mean()) - float(still.mean()), np.float32)


def sampled(record):
    return np.frombuffer(record.get("numbers", b""), "<i4").tolist()


def test_a_long_video_is_looked_at_coarsely_then_around_the_playhead(
    annotated, key, told, quick, tmp_path, monkeypatch
):
    monkeypatch.setattr(motion_ribbon, "MOST_FRAMES", 10)
    monkeypatch.setattr(long_curve, "FaceMotion", Steps)
    monkeypatch.setattr(long_curve, "_STEPS", (("over all", 4), ("near", 3)))
    found = Told()
    ribbon = MotionRibbon(annotated.store.clip, tmp_path, told, lambda *given: found(given))
    ribbon.open(key, None, 61)
    assert sampled(told.until(lambda r: r["state"] == "ready")) == [46, 51, 56, 61]
    near = told.until(lambda record: len(sampled(record)) > 4)
    # 0.2 s at 200 fps
    assert (near["lag"], near["marked"], near["reference"]) == (40, False, None)
    told.until(lambda record: set(range(58, 64)) <= set(sampled(record)))
    ribbon.look(49)
    told.until(lambda record: set(range(46, 52)) <= set(sampled(record)))
    # Both methods look for the one apex of a clip.
    assert not found.records
    # With an onset: against it. What was measured before is on disk.
    ribbon.marks_changed(key, 50, None)
    against = told.until(lambda record: record.get("reference") == 50 and sampled(record))
    assert (against["lag"], against["marked"], against["span"]) == (None, True, [46, 65])
    ribbon.marks_changed(key, None, None)
    with told.changed:
        told.records.clear()
    first = told.until(lambda record: record.get("long"))
    assert set(range(58, 64)) <= set(sampled(first))


def test_the_machines_apex_comes_after_the_curve(
    annotated, key, told, quick, tmp_path, monkeypatch
):
    monkeypatch.setattr(
        motion_ribbon,
        "find_apex",
        lambda clip, onset, offset, cache, stop: {"strain": offset or onset or 46},
    )
    found = Told()
    ribbon = MotionRibbon(
        annotated.store.clip, tmp_path, told, lambda k, apexes: found({"key": k, **apexes})
    )
    ribbon.open(key, None)
    assert found.until(lambda record: record["key"] == key)["strain"] == 46
    ribbon.marks_changed(key, 50, None)
    assert found.until(lambda record: record["strain"] == 50)
    # A moved offset is no reason to draw the curve again, but to look for the apex again.
    drawn = len(told.records)
    ribbon.marks_changed(key, 50, 60)
    assert found.until(lambda record: record["strain"] == 60)
    assert len(told.records) == drawn


def test_whoever_is_told_may_fail_and_the_next_clip_has_its_curve(
    annotated, key, told, quick, tmp_path, monkeypatch
):
    """With the thread gone, every later clip would say "computing" for ever."""
    monkeypatch.setattr(
        motion_ribbon, "find_apex", lambda clip, onset, offset, cache, stop: {"strain": 46}
    )

    def locked(*_found):
        raise RuntimeError("the store is locked")

    ribbon = MotionRibbon(annotated.store.clip, tmp_path, told, locked)
    ribbon.open(key, None)
    told.until(lambda record: record["state"] == "ready")
    other = ClipKey("lab", "s1", "clip2")
    ribbon.open(other, None)
    told.until(lambda record: record["state"] == "ready" and record["clip"] == str(other))
