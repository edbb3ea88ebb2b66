"""Landmarks found by another process, so that a page goes on answering meanwhile.

dlib loads its 100 MB of points model without letting go of the interpreter, half a second in
which a kernel hears no key; threads do not help.
"""

from __future__ import annotations

import atexit
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mexlab.vision.landmarks import Landmarks, landmark_detector

#: Seconds after which an idle process ends and gives its memory back; the next question starts
#: another.
IDLE_TIMEOUT = 120


class DetachedLandmarks:
    """A detector that asks the one of the same name in a process of its own.

    The process starts with the first question and serves all detectors of this kind.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def detect(self, rgb: NDArray[np.uint8]) -> Landmarks | None:
        """As :meth:`mexlab.vision.landmarks.LandmarkDetector.detect`."""
        from concurrent.futures.process import BrokenProcessPool

        try:
            return _executor().submit(_detect, self.name, rgb).result()
        except BrokenProcessPool:
            # Somebody ended the process (a system short of memory does): once more, with another.
            _executor.cache_clear()
            return _executor().submit(_detect, self.name, rgb).result()


@lru_cache(maxsize=1)
def _executor() -> Any:
    from joblib.externals.loky import ProcessPoolExecutor

    executor = ProcessPoolExecutor(max_workers=1, timeout=IDLE_TIMEOUT)
    atexit.register(executor.shutdown, wait=False, kill_workers=True)
    return executor


def _detect(name: str, rgb: NDArray[np.uint8]) -> Landmarks | None:
    return landmark_detector(name).detect(rgb)
