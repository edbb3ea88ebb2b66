"""How sure a run's figures are: intervals over its held-out subjects, as pages write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from mexlab.data.clips import ClipKey
from mexlab.data.people import default_person
from mexlab.evaluation.intervals import Interval, MetricIntervals, bootstrap_intervals
from mexlab.evaluation.metrics import FULL
from mexlab.runs.files import Prediction
from mexlab.runs.run import Run

#: What stands in place of no interval.
NONE = MetricIntervals({}, {}, 0)


def run_intervals(run: Run, predictions: Sequence[Prediction]) -> dict[str, MetricIntervals]:
    """Intervals of Full and of each database, by the names of :attr:`Run.metrics`."""
    return intervals_of(run.metrics, predictions, run.classes, run.person)


def intervals_of(
    parts: Iterable[str],
    predictions: Sequence[Prediction],
    classes: Sequence[str],
    person: Callable[[ClipKey], str] = default_person,
) -> dict[str, MetricIntervals]:
    """Intervals of some predictions, one a clip: of Full and each database named in `parts`.

    `person` says who is seen in a clip; nobody is in two databases by default.
    """
    number = {name: i for i, name in enumerate(classes)}
    truth = np.array([number[row.true] for row in predictions])
    called = np.array([number[row.predicted] for row in predictions])
    found = {}
    for name in parts:
        rows = [i for i, row in enumerate(predictions) if in_part(row, name)]
        if rows:
            people = [person(predictions[i].key) for i in rows]
            found[name] = bootstrap_intervals(truth[rows], called[rows], people, classes)
    return found


def in_part(row: Prediction, part: str) -> bool:
    """Whether a clip belongs to a matrix: all to Full, else those of the database."""
    return part in (FULL, row.key.database) or part == f"{row.key.database} (database)"


def spell_interval(interval: Interval | None, *, signed: bool = False) -> str:
    """``0.72–0.83``, or ``−0.013 to +0.041``; "" where there is none.

    Two digits, and three of a difference: the ends are not known better than that.
    """
    if interval is None:
        return ""
    if signed:
        return f"{interval.low:+.3f} to {interval.high:+.3f}".replace("-", "−")
    return f"{interval.low:.2f}–{interval.high:.2f}"


def interval_remark(subjects: int) -> str:
    """What the small figures are, in a sentence."""
    if subjects < 2:
        return "One held-out subject: how far the figures would move with others cannot be said."
    return f"Small: 95 % bootstrap interval over the {subjects} held-out subjects."
