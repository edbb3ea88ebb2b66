"""The leak gap: what choosing an epoch by the held-out clips would have claimed. No result.

A network is better after some epochs than after others, and by chance so on the handful of clips of
one person. Whoever keeps, for each held-out person, the epoch that does best on that very person
reports the luck of the draw as skill. It is the field's best-known leak, and in much public code:
STSTNet at its last epoch has UF1 0.72, with the best epoch of each person 0.77; OFF-ApexNet 0.70
and 0.84. Choosing one epoch for all persons, by the score of all persons, leaks as well, by less.

:func:`leak_gap` computes both from a run's predictions after every epoch, beside the strict figures
of the last one, so that the size of the leak can be seen on one's own data. Nothing of it enters a
run's figures.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mexlab.errors import InputError
from mexlab.evaluation.intervals import figures_of_matrices
from mexlab.evaluation.metrics import METRIC_NAMES, checked_labels, metrics_by_database
from mexlab.evaluation.seed_spread import seed_spread

STRICT = "strict"
EACH_FOLD = "best_epoch_of_each_fold"
ALL_FOLDS = "best_epoch_over_all_folds"

#: The two ways to leak, the larger first.
LEAKS = (EACH_FOLD, ALL_FOLDS)


@dataclass(frozen=True, slots=True, eq=False)
class LeakGap:
    """What two ways of choosing an epoch by the held-out clips would have claimed.

    Attributes
    ----------
    seeds : tuple of int
    epochs : ndarray of int, shape (E,)
        The epochs looked at; the last is the strict one.
    parts : dict
        ``full``, then each database; of each a dict by :data:`STRICT`, :data:`EACH_FOLD` and
        :data:`ALL_FOLDS`, as :func:`mexlab.evaluation.seed_spread.seed_spread` gives it.
    clips : dict of str to int
        Of each part.
    chosen_each : ndarray of int, shape (S, F)
        The epoch that each fold would have kept.
    chosen_all : ndarray of int, shape (S,)
        The epoch that all folds together would have kept.
    curves : dict of str to ndarray, shape (S, E)
        The four figures of Full after each epoch.
    """

    seeds: tuple[int, ...]
    epochs: NDArray[np.int64]
    parts: dict[str, dict[str, dict[str, Any]]]
    clips: dict[str, int]
    chosen_each: NDArray[np.int64]
    chosen_all: NDArray[np.int64]
    curves: dict[str, NDArray[np.float64]]

    def gap(self, part: str, leak: str, metric: str) -> float:
        """By how much the claimed figure lies above the strict one, mean over seeds.

        Parameters
        ----------
        part : str
            ``full`` or the name of a database.
        leak : str
            One of :data:`LEAKS`: how the epoch was chosen.
        metric : str
            One of :data:`mexlab.evaluation.metrics.METRIC_NAMES`.

        Returns
        -------
        float
            A share of 1, not points.
        """
        own = self.parts[part]
        return float(own[leak]["mean"][metric] - own[STRICT]["mean"][metric])

    def to_record(self) -> dict[str, Any]:
        """Plain JSON types, marked as no result in the record itself."""
        return {
            "valid": False,
            "why": "The epoch was chosen by the held-out clips that it is judged on.",
            "epochs": self.epochs.tolist(),
            "seeds": list(self.seeds),
            "parts": {
                name: {
                    "clips": self.clips[name],
                    **own,
                    "gap": {
                        leak: {metric: self.gap(name, leak, metric) for metric in METRIC_NAMES}
                        for leak in LEAKS
                    },
                }
                for name, own in self.parts.items()
            },
            "chosen_epoch_over_all_folds": self.chosen_all.tolist(),
        }


def leak_gap(
    truth: ArrayLike,
    predicted: ArrayLike,
    folds: Sequence[Hashable],
    databases: Sequence[str],
    class_names: Sequence[str],
    *,
    seeds: Sequence[int],
    epochs: Sequence[int] | NDArray[np.integer],
) -> LeakGap:
    """Compute what choosing an epoch by the held-out clips would have claimed.

    Parameters
    ----------
    truth : array_like of int, shape (N,)
        Class numbers.
    predicted : array_like of int, shape (S, E, N)
        The class predicted after each epoch by the network that never saw the subject.
    folds : sequence, length N
        The fold that held each clip out.
    databases : sequence of str, length N
    class_names : sequence of str
    seeds : sequence of int, length S
    epochs : sequence of int, length E
        Ascending; the last is the run's own last epoch.

    Returns
    -------
    LeakGap

    Raises
    ------
    InputError
        Where lengths differ, there is no clip, epochs do not ascend, or a class is out of range.

    Notes
    -----
    Chosen is by accuracy, as public code does. Of equally good epochs the last is kept, so that a
    gap is never made by a tie: where the last epoch is as good as any, the claimed figures are the
    strict ones.
    """
    calls = np.asarray(predicted)
    rounds = np.asarray(epochs)
    _check(truth, calls, folds, databases, seeds, rounds)
    labels, _ = checked_labels(truth, truth, len(class_names))
    if calls.min() < 0 or calls.max() >= len(class_names):
        raise InputError(f"expected class numbers 0 to {len(class_names) - 1}", where="predicted")
    fold_of, owner = _owners(folds)
    chosen_each = np.zeros((len(calls), owner.shape[1]), dtype=np.int64)
    chosen_all = np.zeros(len(calls), dtype=np.int64)
    matrices = []
    taken: dict[str, list[NDArray[np.integer]]] = {STRICT: [], EACH_FOLD: [], ALL_FOLDS: []}
    clips = np.arange(len(labels))
    # One seed at a time: 5 seeds x 800 epochs x 10,000 clips would not fit as one product.
    for s, own in enumerate(calls):
        hits = (own == labels).astype(np.float32)
        chosen_each[s] = _last_best(hits @ owner)
        chosen_all[s] = _last_best(hits.sum(axis=1)[:, None])[0]
        taken[STRICT].append(own[-1])
        taken[EACH_FOLD].append(own[chosen_each[s][fold_of], clips])
        taken[ALL_FOLDS].append(own[chosen_all[s]])
        matrices.append(_confusions(labels, own, len(class_names)))
    scored = {
        way: [metrics_by_database(labels, one, databases, class_names) for one in own]
        for way, own in taken.items()
    }
    names = list(scored[STRICT][0])
    figures = figures_of_matrices(np.concatenate(matrices))
    return LeakGap(
        seeds=tuple(int(seed) for seed in seeds),
        epochs=rounds.astype(np.int64),
        parts={
            name: {way: seed_spread(seeds, [one[name] for one in scored[way]]) for way in scored}
            for name in names
        },
        clips={name: int(scored[STRICT][0][name]["n"]) for name in names},
        chosen_each=rounds[chosen_each].astype(np.int64),
        chosen_all=rounds[chosen_all].astype(np.int64),
        curves={name: figures[name].reshape(len(calls), len(rounds)) for name in METRIC_NAMES},
    )


def spell_points(gap: float) -> str:
    """A gap in percentage points: ``+5.2``, ``0.0``, ``−0.4``.

    >>> spell_points(0.0518), spell_points(0.0), spell_points(-0.004)
    ('+5.2', '0.0', '−0.4')
    """
    rounded = round(100 * gap, 1)
    return f"{rounded:+.1f}".replace("-", "−") if rounded else "0.0"


def _check(
    truth: ArrayLike,
    calls: NDArray[Any],
    folds: Sequence[Hashable],
    databases: Sequence[str],
    seeds: Sequence[int],
    epochs: NDArray[Any],
) -> None:
    clips = len(np.asarray(truth))
    expected = (len(seeds), len(epochs), clips)
    if calls.shape != expected or not calls.size or not np.issubdtype(calls.dtype, np.integer):
        raise InputError(
            f"expected class numbers of shape (seeds, epochs, clips) = {expected}, got "
            f"{calls.dtype} of shape {calls.shape}",
            where="predicted",
        )
    for name, values in (("folds", folds), ("databases", databases)):
        if len(values) != clips:
            raise InputError(
                f"expected one for each of {clips} clips, got {len(values)}", where=name
            )
    if (np.diff(epochs) <= 0).any():
        raise InputError("expected epochs that ascend", where="epochs")


def _owners(folds: Sequence[Hashable]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The number of each clip's fold, shape (N,), and the same as columns of ones, (N, F)."""
    numbers: Mapping[Hashable, int] = {one: i for i, one in enumerate(dict.fromkeys(folds))}
    fold_of = np.array([numbers[one] for one in folds])
    return fold_of, np.eye(len(numbers), dtype=np.float32)[fold_of]


def _last_best(scores: NDArray[np.floating]) -> NDArray[np.int64]:
    """Of each column the row of its highest score, the last of several; (E, F) -> (F,)."""
    best: NDArray[np.int64] = len(scores) - 1 - scores[::-1].argmax(axis=0)
    return best


def _confusions(truth: NDArray[np.int64], calls: NDArray[Any], n: int) -> NDArray[np.int64]:
    """The matrix of each row of `calls`; (E, N) -> (E, n, n)."""
    cells = (np.arange(len(calls))[:, None] * n + truth) * n + calls
    counts = np.bincount(cells.ravel(), minlength=len(calls) * n * n)
    matrices: NDArray[np.int64] = counts.reshape(len(calls), n, n)
    return matrices
