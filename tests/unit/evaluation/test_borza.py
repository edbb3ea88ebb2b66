from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from mexlab.evaluation import borza


def labels_of(counts):
    """One truth and one prediction a frame, from a matrix of counts."""
    truth, called = np.nonzero(counts)
    times = counts[truth, called]
    return np.repeat(truth, times), np.repeat(called, times)


def test_table_1_follows_from_table_2_to_both_digits():
    assert {name: tuple(np.round(row, 2)) for name, row in borza.recomputed_table_1().items()} == (
        borza.TABLE_1
    )


def test_it_is_what_sklearn_makes_of_the_same_frames():
    truth, called = labels_of(borza.frame_confusion())
    assert len(truth) == 3161
    each = np.array(precision_recall_fscore_support(truth, called)[:3]).T
    whole = precision_recall_fscore_support(truth, called, average="weighted")[:3]
    computed = borza.recomputed_table_1()
    for name, row in zip(borza.FRAME_CLASSES, each, strict=True):
        assert computed[name] == pytest.approx(tuple(row))
    assert computed["average"] == pytest.approx(whole)
    assert round(100 * np.mean(truth == called), 2) == borza.PRINTED_ACCURACY["frames"]


def test_two_printed_recalls_are_not_those_of_the_counts():
    computed = {name: round(100 * row[1], 2) for name, row in borza.recomputed_table_1().items()}
    wrong = {name for name, one in borza.PRINTED_RECALL.items() if computed[name] != one}
    assert wrong == {"positive", "surprise"}


def test_table_4_comes_from_eighteen_clips_and_no_other_number():
    [only] = borza.clip_counts()
    assert (only.support, only.hits, only.claimed) == ((3, 11, 4), (2, 10, 1), (3, 14, 1))
    # Three subjects' 22 clips were left out, 17 of them detected: 18 fits neither.
    assert only.clips == 18
    assert borza.clip_counts(borza.DETECTION["true positives"]) == []
    detected = borza.DETECTION["true positives"] + borza.DETECTION["false negatives"]
    assert round(100 * borza.DETECTION["true positives"] / detected, 2) == 77.27
