from __future__ import annotations

import numpy as np
import pytest

from mexlab.errors import FaceNotFoundError
from mexlab.features import long_curve
from mexlab.features.cache import FlowCache
from mexlab.features.long_curve import LongCurve

FPS = 200.0


class Frames:
    """A long video whose frame ``n`` is the number ``n``."""

    def __init__(self, count, first=1):
        self.numbers = range(first, first + count)

    def read(self, number):
        return np.array([[number]], np.float32)

    def fingerprint(self, number):
        return str(number)


class Difference:
    """Strain is the frame's number minus that of the frame that it is compared with."""

    def __init__(self, *_args):
        pass

    def cut(self, frame):
        return frame

    def measure(self, still, moved):
        return np.full((2, 5), (moved - still).item(), np.float32)


@pytest.fixture(autouse=True)
def no_flow(monkeypatch):
    monkeypatch.setattr(long_curve, "FaceMotion", Difference)


def curve(frames, onset=None, landmarks=lambda number: None):
    return LongCurve(frames, FPS, onset, landmarks)


def sample(one, at, batches):
    for _ in range(batches):
        one.measure(one.next_batch(at), lambda: False)


def test_coarse_over_all_of_it_first_then_near_then_finer():
    one = curve(Frames(60_000))
    while not one.overview:
        sample(one, 30_000, 1)
    # Every part of the video has been seen after some seventy frames.
    assert one.done.sum() <= 72
    assert np.diff(np.flatnonzero(one.done)).max() <= 60_000 // 64
    sample(one, 30_000, 500 // long_curve._BATCH + 32)
    assert one.done[29_750:30_250].all()
    while batch := one.next_batch(30_000):
        one.measure(batch, lambda: False)
    assert one.done[29_000:31_000].all()
    # Then it rests, long before every frame has been measured, until one looks elsewhere.
    assert one.done.sum() < 8_000
    assert abs(one.next_batch(50_000)[0] - 50_000) < 64


def test_without_an_onset_against_the_frame_a_fifth_of_a_second_before():
    one = curve(Frames(6_000))
    sample(one, 0, 100)
    numbers, values = one.known()
    assert one.lag == 40
    assert set(values[0, 0][numbers > 41]) == {40.0}
    assert values[0, 0][numbers == 1] == 0


def test_with_an_onset_against_it_and_only_near_it():
    one = curve(Frames(60_000), onset=30_001)
    assert one.span == (28_000, 32_001)
    while batch := one.next_batch(0):
        one.measure(batch, lambda: False)
    numbers, values = one.known()
    np.testing.assert_array_equal(values[0, 0], numbers - 30_001)
    assert one.done.sum() >= 4_000


def test_where_no_face_is_found_there_is_a_gap():
    def landmarks(number):
        if number == 1:
            raise FaceNotFoundError("no face")

    one = curve(Frames(6_000), landmarks=landmarks)
    sample(one, 0, 300)
    numbers, _ = one.known()
    # The face is looked for anew every four seconds.
    assert numbers.min() == 801
    assert one.done[:800].any()


def test_what_was_measured_is_kept(tmp_path):
    cache = FlowCache(tmp_path)
    one = curve(Frames(6_000))
    sample(one, 3000, 60)
    one.save(cache)
    again = curve(Frames(6_000))
    again.load(cache)
    np.testing.assert_array_equal(again.done, one.done)
    np.testing.assert_array_equal(again.values, one.values)
    other = curve(Frames(6_000), onset=3_000)
    other.load(cache)
    assert not other.done.any()


def test_stops_between_two_frames():
    one = curve(Frames(6_000))
    one.measure(one.next_batch(0), lambda: one.done.sum() >= 3)
    assert one.done.sum() == 3
