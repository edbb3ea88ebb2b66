"""Two runs on the same clips: which clips changed, and whether that can be chance.

Two questions, two answers. *Does one of them predict more clips correctly?* McNemar's test looks
only at the clips on which one is right and the other is not: were the two equally good, each such
clip would fall to either side like a coin (McNemar 1947; Dietterich 1998). Computed exactly, for
those clips are few. *By how much do the figures differ, and would they with other subjects?* The
paired bootstrap draws subjects, the same for both runs (:mod:`.intervals`).

McNemar's test takes clips for independent, which those of one person are not: where the two answers
disagree, trust the bootstrap.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mexlab.errors import InputError
from mexlab.evaluation.intervals import (
    STANDARD,
    Bootstrap,
    Interval,
    draw_matrices,
    figures_of_matrices,
    percentile_interval,
    subject_confusions,
)
from mexlab.evaluation.metrics import METRIC_NAMES


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of the second minus that of the first; no interval with a single person."""

    value: float
    interval: Interval | None

    @property
    def beyond_chance(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.interval is not None and (self.interval.low > 0 or self.interval.high < 0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sets of predictions of the same clips.

    Attributes
    ----------
    clips : int
    changed : ndarray of bool, shape (N,)
        Where the two call a clip differently.
    gained, lost : int
        Clips that only the second, and only the first, predicts correctly.
    p_value : float
        McNemar's, exact and two-sided.
    differences : dict of str to Difference
        Second minus first, by the names of :data:`mexlab.evaluation.metrics.METRIC_NAMES`.
    """

    clips: int
    changed: NDArray[np.bool_]
    gained: int
    lost: int
    p_value: float
    differences: dict[str, Difference]


def compare_predictions(
    truth: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    subjects: Sequence[Hashable],
    n: int,
    settings: Bootstrap = STANDARD,
) -> Comparison:
    """Compare two runs clip by clip.

    Parameters
    ----------
    truth, first, second : array_like of int, shape (N,)
        Class numbers; one truth for both.
    subjects : sequence, length N
        ``(database, subject)`` of each clip.
    n : int
        Number of classes.
    settings : Bootstrap, optional

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        Where lengths differ, there is no clip, or a class number is out of range.
    """
    before = subject_confusions(truth, first, subjects, n)
    after = subject_confusions(truth, second, subjects, n)
    was_right = np.asarray(first) == np.asarray(truth)
    is_right = np.asarray(second) == np.asarray(truth)
    gained, lost = int((is_right & ~was_right).sum()), int((was_right & ~is_right).sum())
    point = [figures_of_matrices(one.sum(axis=0)[None]) for one in (before, after)]
    # One seed, so that each draw holds the same persons on both sides.
    drawn = [figures_of_matrices(draw_matrices(one, settings)) for one in (before, after)]
    enough = len(before) > 1
    return Comparison(
        clips=len(was_right),
        changed=np.asarray(first) != np.asarray(second),
        gained=gained,
        lost=lost,
        p_value=exact_mcnemar(gained, lost),
        differences={
            name: Difference(
                float(point[1][name][0] - point[0][name][0]),
                percentile_interval(drawn[1][name] - drawn[0][name], settings) if enough else None,
            )
            for name in METRIC_NAMES
        },
    )


def exact_mcnemar(gained: int, lost: int) -> float:
    """Two-sided exact p of McNemar's test: a fair coin thrown ``gained + lost`` times.

    Parameters
    ----------
    gained, lost : int
        Clips that only the one, and only the other, predicts correctly.

    Returns
    -------
    float
        1.0 where no clip tells the two apart.

    Raises
    ------
    InputError
        For a negative count.

    Examples
    --------
    >>> exact_mcnemar(9, 1)
    0.021484375
    """
    if gained < 0 or lost < 0:
        raise InputError(f"expected counts, got {gained} and {lost}", where="exact_mcnemar")
    thrown = gained + lost
    tail = sum(comb(thrown, k) for k in range(min(gained, lost) + 1))
    # In whole numbers to the end: 2**thrown overflows a float beyond a thousand clips.
    return min(1.0, float(Fraction(2 * tail, 2**thrown)))
