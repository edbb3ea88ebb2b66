"""Where a run stands in the queue, and when its turn comes, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mexlab.reports.words import spell_seconds
from mexlab.runs.progress import read_progress
from mexlab.runs.run import RUNNING, Run
from mexlab.workspace.queue.places import holding_up, waiting

_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth"),
    *("sixth", "seventh", "eighth", "ninth", "tenth"),
)


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """A waiting run's place.

    Attributes
    ----------
    position : int
        From 1.
    starts_in : float or None
        Seconds; None where one of those before it does not tell how long it will take.
    held_up_by : str
        The run under way that the first one waits for, or "".
    """

    position: int
    starts_in: float | None
    held_up_by: str = ""


def queue_places(runs: Sequence[Run]) -> dict[str, QueuePlace]:
    """The place of each waiting run, by its id, in the order of the queue.

    A training's own time left counts for those under way; for those that wait, what was expected
    when they were queued.
    """
    queue = waiting(runs)
    if not queue:
        return {}
    before = holding_up(runs)
    left: float | None = 0.0
    for run in before:
        own = seconds_left(run)
        left = None if own is None or left is None else left + own
    held_up_by = before[0].id if before else ""
    places: dict[str, QueuePlace] = {}
    for position, one in enumerate(queue, start=1):
        places[one.run.id] = QueuePlace(position, left, held_up_by)
        left = None if left is None or one.expected is None else left + one.expected
    return places


def place_sentence(place: QueuePlace) -> str:
    """``second in the queue, starts in about 40 s``."""
    words = f"{ordinal(place.position)} in the queue"
    if place.position == 1 and not place.held_up_by:
        return f"{words}, starts at once"
    if place.starts_in is None:
        return words
    return f"{words}, starts in about {_rounded(place.starts_in)}"


def time_sentence(expected: tuple[float, str] | None) -> str:
    """The expectation in words, and what it rests on."""
    if expected is None:
        return "No time estimate yet: nothing comparable has run on this machine."
    seconds, run = expected
    if seconds < 90:
        words = f"{max(1, round(seconds))} s"
    elif seconds < 5400:
        words = f"{round(seconds / 60)} min"
    else:
        words = f"{seconds / 3600:.1f} h"
    return f"About {words}, as fast as {run} was; flow maps not counted."


def in_order(runs: Sequence[Run], places: Mapping[str, QueuePlace]) -> list[Run]:
    """Runs as a list shows them: those under way, those that wait in their order, the others."""
    last = len(places) + 1

    def rank(run: Run) -> int:
        if run.id in places:
            return places[run.id].position
        return last if run.is_over else 0

    return sorted(runs, key=rank)


def ordinal(number: int) -> str:
    """``first`` to ``tenth``, then ``11th``, ``21st``, ``22nd``."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{ending or 'th'}"


def seconds_left(run: Run) -> float | None:
    """What a running training said last of its time left, less the time since; None before that."""
    if run.status != RUNNING:
        return None
    return read_progress(run).left_by_now()


def _rounded(seconds: float) -> str:
    """A time as sure as it is: by 5 s up to two minutes, then by minutes."""
    if seconds < 120:
        return f"{max(5 * round(seconds / 5), 5)} s"
    if seconds < 3600:
        return f"{round(seconds / 60)} min"
    return spell_seconds(seconds)
