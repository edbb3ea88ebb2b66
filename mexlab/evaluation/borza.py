"""The figures of Borza, Itu & Danescu, and what can be computed again of them.

*Micro Expression Detection and Recognition from High Speed Cameras using Convolutional Neural
Networks*, Tables 1 to 4: a network that tells non-micro frames from three kinds of
micro-expression. Table 2 prints counts, of which Table 1 must follow. Table 4 prints figures of
clips only; :func:`clip_counts` finds which numbers of clips they can come from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from mexlab.evaluation.metrics import metrics_from_confusion

#: The order of Table 2.
FRAME_CLASSES = ("neutral", "positive", "negative", "surprise")

#: Table 2, frames: rows are the truth, columns the prediction.
_TABLE_2 = ((1941, 81, 533, 10), (5, 57, 0, 0), (25, 61, 336, 0), (41, 0, 6, 65))

#: Table 2's column "Accuracy", in per cent: recall of each class.
PRINTED_RECALL = {"neutral": 75.67, "positive": 91.93, "negative": 79.62, "surprise": 58.02}

#: Table 1: precision, recall, F1-score as printed.
TABLE_1 = {
    "neutral": (0.96, 0.76, 0.85),
    "positive": (0.29, 0.92, 0.44),
    "negative": (0.38, 0.80, 0.52),
    "surprise": (0.87, 0.58, 0.70),
    "average": (0.87, 0.76, 0.79),
}

#: Table 4, clips: precision, recall, F1-score as printed.
TABLE_4 = {
    "positive": (0.67, 0.67, 0.67),
    "negative": (0.71, 0.91, 0.80),
    "surprise": (1.00, 0.25, 0.40),
    "average": (0.77, 0.72, 0.69),
}

#: Accuracy as printed under Table 1 and Table 4, in per cent.
PRINTED_ACCURACY = {"frames": 75.89, "clips": 72.22}

#: Table 3: detected, missed, false alarms; clips of the three subjects left out.
DETECTION = {"true positives": 17, "false negatives": 5, "false positives": 8}


@dataclass(frozen=True, slots=True)
class ClipCounts:
    """Counts that give Table 4: of each class clips, hits and clips called so.

    Attributes
    ----------
    support, hits, claimed : tuple of int
        In the order positive, negative, surprise.
    """

    support: tuple[int, ...]
    hits: tuple[int, ...]
    claimed: tuple[int, ...]

    @property
    def clips(self) -> int:
        return sum(self.support)


def frame_confusion() -> NDArray[np.int64]:
    """Table 2's counts, in the order of :data:`FRAME_CLASSES`."""
    return np.array(_TABLE_2, dtype=np.int64)


def recomputed_table_1() -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 of Table 2's counts; the average is weighted by support."""
    metrics = metrics_from_confusion(frame_confusion(), FRAME_CLASSES)
    rows = {
        name: (one.precision or 0.0, one.recall or 0.0, one.f1 or 0.0)
        for name, one in metrics.per_class.items()
    }
    support = [one.support for one in metrics.per_class.values()]
    average = np.average(list(rows.values()), axis=0, weights=support)
    return {**rows, "average": (float(average[0]), float(average[1]), float(average[2]))}


def clip_counts(most: int = 22) -> list[ClipCounts]:
    """Every way in which up to `most` clips give all of Table 4, averages and accuracy included.

    Parameters
    ----------
    most : int
        22 clips were left out of the training.

    Returns
    -------
    list of ClipCounts
        Averages are taken as weighted by support, as Table 1's are.
    """
    names = ("positive", "negative", "surprise")
    possible = [list(_class_counts(TABLE_4[name], most)) for name in names]
    found = []
    for three in product(*possible):
        support, hits, claimed = (tuple(column) for column in zip(*three, strict=True))
        counts = ClipCounts(support, hits, claimed)
        # Each clip is called something: as many calls as clips.
        if counts.clips > most or sum(claimed) != counts.clips:
            continue
        if round(100 * sum(hits) / counts.clips, 2) != PRINTED_ACCURACY["clips"]:
            continue
        figures = [_figures(*one) for one in three]
        average = np.average(figures, axis=0, weights=support)
        if tuple(np.round(average, 2)) == TABLE_4["average"]:
            found.append(counts)
    return found


def _class_counts(printed: tuple[float, float, float], most: int) -> Iterator[tuple[int, int, int]]:
    for support in range(1, most + 1):
        for hits in range(1, support + 1):
            for claimed in range(hits, most + 1):
                if tuple(np.round(_figures(support, hits, claimed), 2)) == printed:
                    yield support, hits, claimed


def _figures(support: int, hits: int, claimed: int) -> tuple[float, float, float]:
    return hits / claimed, hits / support, 2 * hits / (support + claimed)
