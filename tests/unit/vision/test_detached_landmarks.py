import os
import signal

import numpy as np
import psutil
import pytest

from mexlab.errors import InputError
from mexlab.vision import detached_landmarks as module
from mexlab.vision.detached_landmarks import DetachedLandmarks
from mexlab.vision.landmarks import landmark_detector


def test_another_process_finds_the_same_points():
    data = pytest.importorskip("skimage.data")
    astronaut = data.astronaut()
    detached = DetachedLandmarks("dlib")
    np.testing.assert_array_equal(
        detached.detect(astronaut), landmark_detector("dlib").detect(astronaut)
    )
    assert detached.detect(np.zeros((60, 60, 3), np.uint8)) is None
    with pytest.raises(InputError, match="expected one of"):
        DetachedLandmarks("drmf").detect(astronaut)


def test_it_is_another_process(monkeypatch):
    monkeypatch.setattr(module, "_detect", _own_process)
    assert DetachedLandmarks("dlib").detect(np.zeros((2, 2, 3), np.uint8)) != os.getpid()


def _own_process(name, rgb):
    return os.getpid()


def test_a_process_that_was_ended_is_replaced(monkeypatch):
    monkeypatch.setattr(module, "_detect", _own_process)
    blank = np.zeros((2, 2, 3), np.uint8)
    first = DetachedLandmarks("dlib").detect(blank)
    os.kill(first, signal.SIGKILL)
    second = DetachedLandmarks("dlib").detect(blank)
    assert second not in (first, os.getpid())


@pytest.mark.filterwarnings("ignore:A worker stopped")
def test_an_idle_process_ends_and_the_next_question_starts_another(monkeypatch):
    monkeypatch.setattr(module, "_detect", _own_process)
    monkeypatch.setattr(module, "IDLE_TIMEOUT", 0.05)
    module._executor.cache_clear()
    blank = np.zeros((2, 2, 3), np.uint8)
    first = DetachedLandmarks("dlib").detect(blank)
    process = psutil.Process(first) if psutil.pid_exists(first) else None
    if process is not None:
        psutil.wait_procs([process], timeout=20)
    assert not psutil.pid_exists(first) or process.status() == psutil.STATUS_ZOMBIE
    assert DetachedLandmarks("dlib").detect(blank) != first
    module._executor.cache_clear()
