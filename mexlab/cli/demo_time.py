"""How long a demo will take here: a little of each of its work, timed before it begins."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

#: What is not timed (import, training, server's start) takes as long as drawing so many frames on
#: one core: 14 s where a frame takes 10 ms.
_REST_FRAMES = 1400

#: Frames drawn to time one.
_DRAWN = 4


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of one core.

    Attributes
    ----------
    person, frame, flow : float
        To make up a face, to draw a frame of it, to compute one clip's maps.
    """

    person: float
    frame: float
    flow: float

    def seconds(self, people: int, frames: int, clips: int, processes: int) -> float:
        """Of a whole demo."""
        side_by_side = people * self.person + frames * self.frame + clips * self.flow
        return side_by_side / processes + _REST_FRAMES * self.frame


def expected_seconds(
    plan: Sequence[Any], jobs: int | None, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Time a little of a synthetic database's plan, and reckon the rest from it.

    Parameters
    ----------
    plan : sequence
        Of clips with a script.
    jobs : int, optional
        Processes; all cores by default.
    clock : callable, optional
        Passed by tests.
    """
    people = len({clip.folder for clip in plan})
    frames = sum(clip.script.count for clip in plan)
    processes = max(1, min(jobs or os.cpu_count() or 1, len(plan)))
    return time_pace(plan[0], clock).seconds(people, frames, len(plan), processes)


def time_pace(clip: Any, clock: Callable[[], float] = time.perf_counter) -> Pace:
    """Draw a few frames of a clip and compute its flow, by the clock."""
    from mexlab.features.flow_maps import compute_flow_maps
    from mexlab.features.settings import FlowSettings
    from mexlab.synthetic.filming.takes import perform
    from mexlab.vision.landmarks import landmark_detector

    began = clock()
    performance = perform(clip)
    first = performance.camera.record(performance.picture(0), 0)
    made_up = clock()
    for index in range(1, _DRAWN + 1):
        last = performance.camera.record(performance.picture(index), index)
        performance.camera.encode(last[..., ::-1], ".jpg")
    drawn = clock()
    detector = landmark_detector(FlowSettings().landmarks)
    loaded = clock()
    pair = _Pair(np.ascontiguousarray(first), np.ascontiguousarray(last))
    points = detector.detect(pair.read(0))
    if points is not None:
        compute_flow_maps(pair, 0, 1, landmarks=points)  # type: ignore[arg-type]
    return Pace(made_up - began, (drawn - made_up) / _DRAWN, clock() - loaded)


class _Pair:
    """Two frames, 0 and 1."""

    numbers = (0, 1)

    def __init__(self, *frames: Any) -> None:
        self._frames = frames

    def read(self, number: int) -> Any:
        return self._frames[number]
