import json
import warnings

import numpy as np
import pytest
from sklearn import metrics as reference

from mexlab.errors import InputError
from mexlab.evaluation import (
    METRIC_NAMES,
    confusion_matrix,
    metrics_by_database,
    metrics_from_confusion,
)


def against_scikit_learn(truth, predicted, n):
    """The four figures by scikit-learn, over the labels that occur."""
    precision = reference.precision_score(truth, predicted, average="macro", zero_division=0)
    uar = reference.balanced_accuracy_score(truth, predicted)
    return {
        "accuracy": reference.accuracy_score(truth, predicted),
        "uf1": reference.f1_score(truth, predicted, average="macro", zero_division=0),
        "uar": uar,
        "macro_precision": precision,
        "f1_score": 2 * precision * uar / (precision + uar) if precision + uar else 0.0,
    }


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("seed", range(30))
def test_agrees_with_scikit_learn_on_random_matrices(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    matrix = rng.integers(0, 12, (n, n))
    # Classes without clips, and classes never predicted, in some of them.
    if seed % 3 == 1:
        matrix[rng.integers(n)] = 0
    if seed % 3 == 2:
        matrix[:, rng.integers(n)] = 0
    matrix[0, 0] += 1
    truth = np.repeat(np.arange(n), matrix.sum(axis=1))
    predicted = np.concatenate([np.repeat(np.arange(n), row) for row in matrix])
    assert np.array_equal(confusion_matrix(truth, predicted, n), matrix)
    metrics = metrics_from_confusion(matrix)
    for name, value in against_scikit_learn(truth, predicted, n).items():
        assert metrics[name] == pytest.approx(value), name
    assert metrics.n == matrix.sum()


def test_by_hand():
    metrics = metrics_from_confusion([[3, 1], [2, 4]], ["calm", "moved"])
    assert metrics.accuracy == pytest.approx(7 / 10)
    assert metrics.per_class["calm"].precision == pytest.approx(3 / 5)
    assert metrics.per_class["calm"].recall == pytest.approx(3 / 4)
    assert metrics.per_class["calm"]["f1"] == pytest.approx(6 / 9)
    assert metrics.per_class["moved"].support == 6
    assert metrics.uar == pytest.approx((3 / 4 + 4 / 6) / 2)
    assert metrics.uf1 == pytest.approx((6 / 9 + 8 / 11) / 2)
    precision, recall = (3 / 5 + 4 / 5) / 2, (3 / 4 + 4 / 6) / 2
    assert metrics.f1_of_means == pytest.approx(2 * precision * recall / (precision + recall))


def test_a_class_that_occurs_nowhere_counts_in_no_mean():
    with_it = metrics_from_confusion([[3, 1, 0], [2, 4, 0], [0, 0, 0]])
    without = metrics_from_confusion([[3, 1], [2, 4]])
    for name in ("accuracy", "f1_score", "uf1", "uar"):
        assert with_it[name] == pytest.approx(without[name])
    absent = with_it.per_class["surprise"]
    assert (absent.precision, absent.recall, absent.f1, absent.support) == (None, None, None, 0)


def test_false_alarms_of_a_class_without_clips_lower_uf1_but_not_uar():
    metrics = metrics_from_confusion([[3, 0, 1], [0, 4, 0], [0, 0, 0]])
    assert metrics.per_class["surprise"].f1 == 0.0
    assert metrics.per_class["surprise"].recall is None
    assert metrics.uar == pytest.approx((3 / 4 + 1) / 2)
    assert metrics.uf1 == pytest.approx((6 / 7 + 1 + 0) / 3)


def test_nothing_right_gives_zero_and_not_a_division():
    metrics = metrics_from_confusion([[0, 2], [3, 0]])
    assert (metrics.accuracy, metrics.f1_of_means, metrics.uf1, metrics.uar) == (0, 0, 0, 0)


def test_record_is_plain_json():
    record = metrics_from_confusion(np.array([[3, 1, 0], [2, 4, 0], [0, 0, 0]])).to_record()
    again = json.loads(json.dumps(record, allow_nan=False))
    assert again["confusion"] == [[3, 1, 0], [2, 4, 0], [0, 0, 0]]
    assert again["per_class"]["surprise"]["recall"] is None
    assert set(again) >= {"accuracy", "f1_score", "uf1", "uar", "n"}


def test_is_a_mapping():
    metrics = metrics_from_confusion([[1, 0], [0, 1]])
    assert dict(metrics)["uf1"] == metrics["uf1"] == metrics.uf1 == 1.0
    assert set(METRIC_NAMES) <= set(metrics)
    with pytest.raises(KeyError):
        metrics["ufo"]


def test_the_harmonic_mean_of_means_is_no_f1_by_name_but_by_its_key_in_files():
    metrics = metrics_from_confusion([[3, 1], [2, 4]])
    assert metrics["f1_score"] == metrics.to_record()["f1_score"] == metrics.f1_of_means
    assert "f1_of_means" not in metrics
    with warnings.catch_warnings(record=True):
        assert metrics.f1_score == metrics.f1_of_means


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        ([[1, 2, 3], [1, 2, 3]], "square"),
        ([[0, 0], [0, 0]], "no clip"),
        ([[89.6, 7.2], [3.2, 1.0]], "Percentages"),
        ([[1, -1], [0, 1]], "non-negative"),
        ([[float("nan"), 1], [0, 1]], "whole"),
        ("matrix", "matrix of counts"),
    ],
)
def test_refuses_what_is_no_matrix_of_counts(matrix, said):
    with pytest.raises(InputError, match=said):
        metrics_from_confusion(matrix)


def test_refuses_names_that_do_not_fit():
    with pytest.raises(InputError, match="2 different class names"):
        metrics_from_confusion([[1, 0], [0, 1]], ["same", "same"])


@pytest.mark.parametrize(
    ("truth", "predicted", "said"),
    [([0, 1], [0], "one length"), ([0, 3], [0, 1], "truth"), ([0, 1], [0, -1], "predicted")],
)
def test_confusion_names_what_is_wrong(truth, predicted, said):
    with pytest.raises(InputError, match=said):
        confusion_matrix(truth, predicted, 3)


def test_figures_of_each_database_are_the_pooled_predictions_filtered():
    truth = np.array([0, 1, 2, 0, 1, 0])
    predicted = np.array([0, 1, 1, 0, 0, 1])
    owner = ["casme2", "smic", "smic", "casme2", "casme2", "smic"]
    found = metrics_by_database(truth, predicted, owner, ["a", "b", "c"])
    assert list(found) == ["full", "casme2", "smic"]
    assert found["full"].accuracy == pytest.approx(3 / 6)
    assert found["casme2"].confusion == [[2, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert found["smic"].confusion == [[0, 1, 0], [0, 1, 0], [0, 1, 0]]
    together = np.array(found["casme2"].confusion) + np.array(found["smic"].confusion)
    assert np.array_equal(together, found["full"].confusion)


def test_a_database_called_full_does_not_hide_the_pooled_figures():
    found = metrics_by_database([0, 1], [0, 0], ["full", "other"], ["a", "b"])
    assert found["full"].n == 2
    assert found["full (database)"].n == 1
