"""Accuracy, F1-score, UF1 and UAR from one pooled confusion matrix.

The field's protocol pools the true and false positives of all folds first and computes each
figure once (MEGC 2019; LAENet paper, eqs. 7-14). Averaging figures over folds is a different,
and for folds of a handful of clips a meaningless, number; it is not offered.

Classes without clips
---------------------
MEGC defines ``F1_c = 2 TP_c / (2 TP_c + FP_c + FN_c)`` and ``UAR_c = TP_c / n_c`` for a composite
in which every class has clips. A single database, or a small one, may lack a class; then the same
formulas are applied wherever they are defined, and an undefined term is left out of its mean:

- a class neither in the truth nor among the predictions counts in no mean;
- a class without clips that was predicted anyway has F1 and precision 0, which lower UF1 and
  F1-score as false alarms should, and no recall, so that it does not enter UAR.

These are scikit-learn's conventions too (macro F1 over the labels that occur, balanced accuracy),
and the tests compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mexlab.deprecation import deprecated
from mexlab.errors import InputError

#: The four figures of the field, in the order in which papers print them.
METRIC_NAMES = ("accuracy", "f1_score", "uf1", "uar")

#: The figures of one class, as :class:`ClassMetrics` names them.
CLASS_FIGURES = ("precision", "recall", "f1")

#: Fields whose published key, in files and in :data:`METRIC_NAMES`, is another.
_KEYS = {"f1_of_means": "f1_score"}
_FIELDS = {key: name for name, key in _KEYS.items()}

#: The key under which the pooled figures of all databases stand.
FULL = "full"


@dataclass(frozen=True, slots=True)
class ClassMetrics:
    """Figures of one class; ``recall`` is None without clips, ``f1`` and ``precision`` are
    None where the class is neither in the truth nor among the predictions.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    support: int

    def __getitem__(self, name: str) -> float | int | None:
        if name not in self.to_record():
            raise KeyError(name)
        value: float | int | None = getattr(self, name)
        return value

    def to_record(self) -> dict[str, float | int | None]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Metrics(Mapping[str, Any]):
    """Figures of one confusion matrix, also reachable as ``metrics["uf1"]``.

    Attributes
    ----------
    accuracy : float
        Trace over total (eq. 7).
    f1_of_means : float
        Harmonic mean of mean precision and mean recall (eq. 8-10), which papers print as
        "F1-score"; not UF1. As a key, here and in files, it is ``f1_score``.
    uf1 : float
        Unweighted mean of the classes' F1 (eq. 11).
    uar : float
        Unweighted mean of the classes' recall (eq. 14).
    macro_precision : float
        Unweighted mean of the classes' precision.
    n : int
        Number of clips.
    per_class : dict of str to ClassMetrics
    confusion : list of list of int
        Rows are the truth, columns the prediction.
    """

    accuracy: float
    f1_of_means: float
    uf1: float
    uar: float
    macro_precision: float
    n: int
    per_class: dict[str, ClassMetrics]
    confusion: list[list[int]]

    def __getitem__(self, name: str) -> Any:
        if name not in list(self):
            raise KeyError(name)
        return getattr(self, _FIELDS.get(name, name))

    def __iter__(self) -> Iterator[str]:
        return (_KEYS.get(field.name, field.name) for field in fields(self))

    def __len__(self) -> int:
        return len(fields(self))

    @property
    @deprecated("Metrics.f1_score", "Metrics.f1_of_means", removal="0.3")
    def f1_score(self) -> float:
        """The old name of :attr:`f1_of_means`."""
        return self.f1_of_means

    def to_record(self) -> dict[str, Any]:
        """The figures as plain JSON types."""
        record: dict[str, Any] = dict(self)
        record["per_class"] = {name: c.to_record() for name, c in self.per_class.items()}
        record["confusion"] = [list(row) for row in self.confusion]
        return record


def confusion_matrix(truth: ArrayLike, predicted: ArrayLike, n: int) -> NDArray[np.int64]:
    """Count how often each class was taken for each.

    Parameters
    ----------
    truth, predicted : array_like of int, shape (N,)
        Class numbers in ``0 .. n - 1``.
    n : int
        Number of classes.

    Returns
    -------
    ndarray of int64, shape (n, n)
        Rows are the truth, columns the prediction.

    Raises
    ------
    InputError
        Where lengths differ, or a class number is out of range.
    """
    rows, columns = checked_labels(truth, predicted, n)
    matrix = np.zeros((n, n), dtype=np.int64)
    np.add.at(matrix, (rows, columns), 1)
    return matrix


def checked_labels(
    truth: ArrayLike, predicted: ArrayLike, n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Truth and prediction as arrays of class numbers.

    Raises
    ------
    InputError
        Where lengths differ, or a class number is not one of ``0 .. n - 1``.
    """
    rows, columns = np.asarray(truth), np.asarray(predicted)
    if rows.ndim != 1 or rows.shape != columns.shape:
        raise InputError(
            f"expected truth and predictions of one length, got {rows.shape} and {columns.shape}",
            where="truth, predicted",
        )
    for name, values in (("truth", rows), ("predicted", columns)):
        if values.size and (
            not np.issubdtype(values.dtype, np.integer) or values.min() < 0 or values.max() >= n
        ):
            raise InputError(f"expected class numbers 0 to {n - 1}, got {values!r}", where=name)
    return rows.astype(np.int64), columns.astype(np.int64)


def metrics_from_confusion(matrix: ArrayLike, class_names: Sequence[str] | None = None) -> Metrics:
    """Compute the field's figures from a pooled confusion matrix.

    Parameters
    ----------
    matrix : array_like of int, shape (C, C)
        Counts; rows are the truth, columns the prediction.
    class_names : sequence of str, optional
        Names of the classes; ``negative``, ``positive``, ``surprise`` for three classes,
        else ``class 0``, ``class 1``, ...

    Returns
    -------
    Metrics

    Raises
    ------
    InputError
        Where the matrix is not square, holds no clip, or is not made of counts
        (percentages cannot be pooled: give the counts).

    Examples
    --------
    LAENet's Table 6 gives its row of Table 4:

    >>> metrics = metrics_from_confusion([[224, 18, 8], [34, 67, 8], [19, 5, 59]])
    >>> [round(metrics[name], 4) for name in METRIC_NAMES]
    [0.7919, 0.7597, 0.7568, 0.7405]
    """
    counts = _checked_counts(matrix)
    names = _class_names(class_names, len(counts))
    hits = np.diag(counts)
    support, claimed = counts.sum(axis=1), counts.sum(axis=0)
    per_class: dict[str, ClassMetrics] = {}
    for i, name in enumerate(names):
        occurs = bool(support[i] + claimed[i])
        per_class[name] = ClassMetrics(
            precision=float(hits[i] / max(claimed[i], 1)) if occurs else None,
            recall=float(hits[i] / support[i]) if support[i] else None,
            f1=float(2 * hits[i] / (support[i] + claimed[i])) if occurs else None,
            support=int(support[i]),
        )
    precision = _mean(c.precision for c in per_class.values())
    recall = _mean(c.recall for c in per_class.values())
    both = precision + recall
    return Metrics(
        accuracy=float(hits.sum() / counts.sum()),
        f1_of_means=2 * precision * recall / both if both else 0.0,
        uf1=_mean(c.f1 for c in per_class.values()),
        uar=recall,
        macro_precision=precision,
        n=int(counts.sum()),
        per_class=per_class,
        confusion=counts.tolist(),
    )


def metrics_by_database(
    truth: ArrayLike,
    predicted: ArrayLike,
    databases: Sequence[str],
    class_names: Sequence[str],
) -> dict[str, Metrics]:
    """Figures of all clips together (``full``) and of each database's clips.

    The same pooled predictions are filtered by database; nothing is trained or averaged anew.

    Parameters
    ----------
    truth, predicted : array_like of int, shape (N,)
    databases : sequence of str, length N
        The database of each clip.
    class_names : sequence of str

    Returns
    -------
    dict
        ``full`` first, then the databases in the order in which they occur. A database that is
        itself called ``full`` stands under ``full (database)``.
    """
    rows, columns = np.asarray(truth), np.asarray(predicted)
    owner = np.asarray(list(databases), dtype=object)
    n = len(class_names)
    result = {FULL: metrics_from_confusion(confusion_matrix(rows, columns, n), class_names)}
    for name in dict.fromkeys(databases):
        mask = owner == name
        matrix = confusion_matrix(rows[mask], columns[mask], n)
        key = name if name != FULL else f"{FULL} (database)"
        result[key] = metrics_from_confusion(matrix, class_names)
    return result


def _checked_counts(matrix: ArrayLike) -> NDArray[np.int64]:
    try:
        values = np.asarray(matrix, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"expected a matrix of counts, got {matrix!r}", where="matrix") from error
    if values.ndim != 2 or values.shape[0] != values.shape[1] or not values.size:
        raise InputError(
            f"expected a square matrix of counts, got shape {values.shape}", where="matrix"
        )
    counts = np.rint(values)
    if not np.all(np.isfinite(values)) or (values < 0).any() or not np.array_equal(counts, values):
        raise InputError(
            "expected whole, non-negative counts",
            where="matrix",
            remedy="Percentages cannot be pooled: multiply them by the row's number of clips first",
        )
    if not counts.sum():
        raise InputError("the matrix holds no clip", where="matrix")
    return counts.astype(np.int64)


def _class_names(names: Sequence[str] | None, n: int) -> list[str]:
    if names is None:
        three = ["negative", "positive", "surprise"]
        return three if n == 3 else [f"class {i}" for i in range(n)]
    if len(names) != n or len(set(names)) != n:
        raise InputError(
            f"expected {n} different class names, got {list(names)!r}", where="class_names"
        )
    return list(names)


def _mean(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None]
    return float(sum(known) / len(known))
