"""Bootstrap intervals of a run's figures, drawn over persons.

A run's clips are not independent: those of one person resemble each other, and a network that
fails on a face fails on all its clips. So whole persons are drawn with replacement, each with all
of their clips, and the figures computed anew from the pooled matrix of every draw (Efron &
Tibshirani 1993, ch. 8: the unit that was sampled is the unit to resample). A person is one in
however many databases (:meth:`mexlab.runs.run.Run.person`); subject 01 of two databases that
nobody says are of the same people is two.

The intervals say how far the figures would move had *other persons* been filmed. They do not cover
what another seed or another recipe would have given.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mexlab.errors import InputError
from mexlab.evaluation.metrics import CLASS_FIGURES, METRIC_NAMES, checked_labels


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """How intervals are drawn.

    Attributes
    ----------
    draws : int
        2,000 leave a Monte-Carlo error of about half a point at the ends of a 95 % interval, far
        below the intervals' own width, and take some 10 ms.
    level : float
        Share of the draws between the two ends.
    seed : int
        Fixed, so that a page and a table of the same run say the same.
    """

    draws: int = 2000
    level: float = 0.95
    seed: int = 1

    def __post_init__(self) -> None:
        if not self.draws >= 1:
            raise InputError(f"expected at least one draw, got {self.draws}", where="draws")
        if not 0 < self.level < 1:
            raise InputError(f"expected a share between 0 and 1, got {self.level}", where="level")


#: What pages, tables and commands draw, so that they agree.
STANDARD = Bootstrap()


@dataclass(frozen=True, slots=True)
class Interval:
    """Two ends of a percentile interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MetricIntervals:
    """Intervals of one set of clips.

    Attributes
    ----------
    figures : dict of str to Interval
        By the names of :data:`mexlab.evaluation.metrics.METRIC_NAMES`.
    per_class : dict of str to dict of str to Interval
        Class, then ``precision``, ``recall``, ``f1``; a figure that no draw defines is missing.
    subjects : int
        Persons drawn from. Of a single one nothing can be said: both dicts are then empty.
    """

    figures: dict[str, Interval]
    per_class: dict[str, dict[str, Interval]]
    subjects: int


def bootstrap_intervals(
    truth: ArrayLike,
    predicted: ArrayLike,
    subjects: Sequence[Hashable],
    classes: Sequence[str],
    settings: Bootstrap = STANDARD,
) -> MetricIntervals:
    """Percentile intervals of the four figures and of each class's own.

    Parameters
    ----------
    truth, predicted : array_like of int, shape (N,)
        Class numbers in the order of `classes`.
    subjects : sequence, length N
        Whose clip each is: equal for equal people.
    classes : sequence of str
    settings : Bootstrap, optional

    Returns
    -------
    MetricIntervals

    Raises
    ------
    InputError
        Where lengths differ, or a class number is out of range.

    Notes
    -----
    A draw without any clip of a class leaves that class's recall undefined; the draw counts in the
    interval of every other figure. Undefined terms are left out of means as in
    :mod:`mexlab.evaluation.metrics`.
    """
    confusions = subject_confusions(truth, predicted, subjects, len(classes))
    if len(confusions) < 2:
        return MetricIntervals({}, {}, len(confusions))
    drawn = figures_of_matrices(draw_matrices(confusions, settings))
    per_class: dict[str, dict[str, Interval]] = {}
    for i, name in enumerate(classes):
        found = {key: percentile_interval(drawn[key][:, i], settings) for key in CLASS_FIGURES}
        per_class[name] = {key: one for key, one in found.items() if one is not None}
    figures = {key: percentile_interval(drawn[key], settings) for key in METRIC_NAMES}
    return MetricIntervals(
        {key: one for key, one in figures.items() if one is not None}, per_class, len(confusions)
    )


def subject_confusions(
    truth: ArrayLike, predicted: ArrayLike, subjects: Sequence[Hashable], n: int
) -> NDArray[np.int64]:
    """One confusion matrix a person, in the order in which the persons first occur.

    Returns
    -------
    ndarray of int64, shape (persons, n, n)

    Raises
    ------
    InputError
    """
    rows, columns = checked_labels(truth, predicted, n)
    if len(subjects) != len(rows):
        raise InputError(
            f"expected subjects of one length with the clips, got {len(subjects)} for {len(rows)}",
            where="subjects",
        )
    if not rows.size:
        raise InputError("there is no clip", where="subject_confusions")
    numbers = {subject: i for i, subject in enumerate(dict.fromkeys(subjects))}
    confusions = np.zeros((len(numbers), n, n), dtype=np.int64)
    owner = np.array([numbers[subject] for subject in subjects])
    np.add.at(confusions, (owner, rows, columns), 1)
    return confusions


def draw_weights(persons: int, settings: Bootstrap) -> NDArray[np.int64]:
    """How often each draw holds each person; shape (draws, persons), rows sum to `persons`."""
    stream = np.random.default_rng(settings.seed)
    return stream.multinomial(persons, np.full(persons, 1 / persons), size=settings.draws)


def draw_matrices(confusions: NDArray[np.int64], settings: Bootstrap) -> NDArray[np.int64]:
    """The pooled matrix of every draw; shape (draws, n, n)."""
    persons, n, _ = confusions.shape
    pooled = draw_weights(persons, settings) @ confusions.reshape(persons, n * n)
    matrices: NDArray[np.int64] = pooled.reshape(settings.draws, n, n)
    return matrices


def figures_of_matrices(matrices: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """The figures of :func:`mexlab.evaluation.metrics.metrics_from_confusion`, of many at once.

    Parameters
    ----------
    matrices : ndarray of int, shape (B, C, C)
        Each holds at least one clip.

    Returns
    -------
    dict
        The four figures, shape (B,), and ``precision``, ``recall``, ``f1``, shape (B, C), with NaN
        where one is not defined.
    """
    hits = np.diagonal(matrices, axis1=1, axis2=2).astype(float)
    support, claimed = matrices.sum(axis=2), matrices.sum(axis=1)
    occurs = support + claimed > 0
    precision = np.where(occurs, hits / np.maximum(claimed, 1), np.nan)
    recall = np.where(support > 0, hits / np.maximum(support, 1), np.nan)
    f1 = np.where(occurs, 2 * hits / np.maximum(support + claimed, 1), np.nan)
    mean_precision, mean_recall = np.nanmean(precision, axis=1), np.nanmean(recall, axis=1)
    both = mean_precision + mean_recall
    return {
        "accuracy": hits.sum(axis=1) / matrices.sum(axis=(1, 2)),
        "f1_score": np.divide(
            2 * mean_precision * mean_recall, both, out=np.zeros_like(both), where=both > 0
        ),
        "uf1": np.nanmean(f1, axis=1),
        "uar": mean_recall,
        "precision": precision,
        "recall": recall,
        "f1": f1,
    }


def percentile_interval(values: NDArray[np.float64], settings: Bootstrap) -> Interval | None:
    """The middle `level` of the draws in which the figure is defined; None where in none."""
    known = values[np.isfinite(values)]
    if not known.size:
        return None
    rest = (1 - settings.level) / 2
    low, high = np.quantile(known, (rest, 1 - rest))
    return Interval(float(low), float(high))
