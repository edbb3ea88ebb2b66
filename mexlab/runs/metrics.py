"""The figures of out-of-fold predictions: of the seeds' mean, and of each seed. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mexlab.evaluation.metrics import metrics_by_database
from mexlab.evaluation.seed_spread import seed_spread
from mexlab.runs.files import Prediction, average_seeds


def metrics_of_calls(
    truth: ArrayLike,
    averaged: ArrayLike,
    per_seed: Sequence[ArrayLike],
    seeds: Sequence[int],
    databases: Sequence[str],
    classes: Sequence[str],
) -> dict[str, Any]:
    """As :attr:`mexlab.runs.Run.metrics` has them.

    Parameters
    ----------
    truth, averaged : array_like of int, shape (N,)
        Class numbers; `averaged` those that the seeds' mean predicts.
    per_seed : sequence of array_like
        What each seed predicts, in the order of `seeds`.
    seeds : sequence of int
    databases : sequence of str, length N
    classes : sequence of str
    """

    def score(called: ArrayLike) -> dict[str, Any]:
        scored = metrics_by_database(truth, called, databases, classes)
        return {name: one.to_record() for name, one in scored.items()}

    pooled, own = score(averaged), [score(one) for one in per_seed]
    for name, entry in pooled.items():
        entry["seeds"] = seed_spread(seeds, [one[name] for one in own])
    return pooled


def metrics_of_predictions(rows: list[Prediction], classes: Sequence[str]) -> dict[str, Any]:
    """Figures of predictions, all seeds'; those without a seed count as one alone."""
    number = {name: i for i, name in enumerate(classes)}
    averaged = average_seeds(rows)
    seeds = list(dict.fromkeys(1 if row.seed is None else row.seed for row in rows))
    calls: dict[int, dict[Any, int]] = {seed: {} for seed in seeds}
    for row in rows:
        calls[1 if row.seed is None else row.seed][row.key] = number[row.predicted]
    return metrics_of_calls(
        np.array([number[row.true] for row in averaged]),
        np.array([number[row.predicted] for row in averaged]),
        [np.array([calls[seed][row.key] for row in averaged]) for seed in seeds],
        seeds,
        [row.key.database for row in averaged],
        classes,
    )
