from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from mexlab.errors import InputError
from mexlab.evaluation.intervals import (
    Bootstrap,
    bootstrap_intervals,
    draw_weights,
    figures_of_matrices,
    subject_confusions,
)
from mexlab.evaluation.metrics import METRIC_NAMES, metrics_from_confusion

CLASSES = ("negative", "positive", "surprise")


def made_run(seed=3, persons=12, clips=90):
    stream = np.random.default_rng(seed)
    truth = stream.integers(0, 3, clips)
    predicted = np.where(stream.random(clips) < 0.6, truth, stream.integers(0, 3, clips))
    subjects = [("a" if i % 2 else "b", f"s{i % persons:02d}") for i in range(clips)]
    return truth, predicted, subjects


def test_intervals_are_those_of_sklearn_on_the_same_draws():
    truth, predicted, subjects = made_run()
    options = Bootstrap(draws=150, seed=5)
    found = bootstrap_intervals(truth, predicted, subjects, CLASSES, options)
    order = list(dict.fromkeys(subjects))
    rows = {one: [i for i, subject in enumerate(subjects) if subject == one] for one in order}
    drawn = {"accuracy": [], "uf1": [], "uar": []}
    for weights in draw_weights(len(order), options):
        chosen = [i for one, w in zip(order, weights, strict=True) for i in rows[one] * int(w)]
        t, p = truth[chosen], predicted[chosen]
        drawn["accuracy"].append(accuracy_score(t, p))
        drawn["uf1"].append(f1_score(t, p, average="macro"))
        drawn["uar"].append(balanced_accuracy_score(t, p))
    for name, values in drawn.items():
        low, high = np.percentile(values, (2.5, 97.5))
        assert found.figures[name].low == pytest.approx(low)
        assert found.figures[name].high == pytest.approx(high)
    assert found.subjects == 12


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=9, max_size=9).filter(any))
def test_many_matrices_at_once_give_the_figures_of_each(counts):
    matrix = np.array(counts).reshape(3, 3)
    alone = metrics_from_confusion(matrix, CLASSES)
    many = figures_of_matrices(np.stack([matrix, np.eye(3, dtype=int)]))
    for name in METRIC_NAMES:
        assert many[name][0] == pytest.approx(alone[name])
        assert many[name][1] == 1
    for i, name in enumerate(CLASSES):
        for figure in ("precision", "recall", "f1"):
            want = alone.per_class[name][figure]
            assert many[figure][0, i] == pytest.approx(
                np.nan if want is None else want, nan_ok=True
            )


def test_persons_are_drawn_and_not_clips():
    # Twenty clips of two persons, one all right and one all wrong: drawing persons, accuracy is
    # 0, 0.5 or 1; drawing clips it would stay near one half.
    truth = np.zeros(20, dtype=int)
    predicted = np.repeat([0, 1], 10)
    subjects = [("a", "1")] * 10 + [("a", "2")] * 10
    found = bootstrap_intervals(truth, predicted, subjects, CLASSES)
    assert (found.figures["accuracy"].low, found.figures["accuracy"].high) == (0, 1)


def test_one_number_in_two_databases_is_two_persons():
    confusions = subject_confusions([0, 1], [0, 0], [("a", "01"), ("b", "01")], 3)
    assert confusions.shape == (2, 3, 3)
    assert confusions[1, 1, 0] == 1


def test_the_same_seed_gives_the_same_interval_and_a_level_its_width():
    truth, predicted, subjects = made_run()
    wide = bootstrap_intervals(truth, predicted, subjects, CLASSES)
    assert wide == bootstrap_intervals(truth, predicted, subjects, CLASSES)
    half = bootstrap_intervals(truth, predicted, subjects, CLASSES, Bootstrap(level=0.5))
    for name in METRIC_NAMES:
        assert wide.figures[name].low < half.figures[name].low
        assert half.figures[name].high < wide.figures[name].high


@pytest.mark.parametrize("persons", [2, 24, 68])
def test_each_draw_holds_as_many_people_as_there_are(persons):
    weights = draw_weights(persons, Bootstrap(draws=50))
    assert weights.shape == (50, persons)
    assert set(weights.sum(axis=1)) == {persons}


def test_what_cannot_be_said_is_left_out():
    alone = bootstrap_intervals([0, 1], [0, 0], [("a", "1")] * 2, CLASSES)
    assert (alone.figures, alone.per_class, alone.subjects) == ({}, {}, 1)
    # Surprise neither occurs nor is called; positive occurs but is never called.
    found = bootstrap_intervals([0, 1, 0], [0, 0, 0], [("a", "1"), ("a", "2"), ("a", "3")], CLASSES)
    assert found.per_class["surprise"] == {}
    assert found.per_class["positive"]["recall"].high == 0


@pytest.mark.parametrize(
    ("truth", "predicted", "subjects", "said"),
    [
        ([0, 1], [0], ["a", "b"], "one length"),
        ([0, 1], [0, 1], ["a"], "one length"),
        ([0, 3], [0, 1], ["a", "b"], "class numbers 0 to 2"),
        ([0, 1], [0.5, 1.0], ["a", "b"], "class numbers 0 to 2"),
        ([], [], [], "no clip"),
    ],
)
def test_faults_are_named(truth, predicted, subjects, said):
    with pytest.raises(InputError, match=said):
        bootstrap_intervals(truth, predicted, subjects, CLASSES)


@pytest.mark.parametrize("options", [{"draws": 0}, {"level": 1.0}, {"level": 0.0}])
def test_settings_are_checked(options):
    with pytest.raises(InputError, match=next(iter(options))):
        Bootstrap(**options)
