from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import f1_score, recall_score

from mexlab.errors import InputError
from mexlab.evaluation.comparison import compare_predictions, exact_mcnemar
from mexlab.evaluation.intervals import Bootstrap, draw_weights


@pytest.mark.parametrize(("gained", "lost"), [(0, 0), (1, 0), (9, 1), (12, 12), (30, 51), (3, 17)])
def test_mcnemar_is_the_binomial_test_of_scipy(gained, lost):
    want = binomtest(gained, gained + lost, 0.5).pvalue if gained + lost else 1.0
    assert exact_mcnemar(gained, lost) == pytest.approx(want)
    assert exact_mcnemar(lost, gained) == exact_mcnemar(gained, lost)


def test_mcnemar_of_many_clips_does_not_overflow():
    assert exact_mcnemar(1500, 1500) == 1
    assert 0 < exact_mcnemar(1500, 1250) < 1e-4
    with pytest.raises(InputError, match="counts"):
        exact_mcnemar(-1, 2)


def test_changes_are_counted_by_hand():
    truth = [0, 0, 1, 1, 2, 2]
    first = [0, 1, 1, 0, 2, 0]
    second = [0, 0, 0, 2, 2, 2]
    found = compare_predictions(truth, first, second, list("aabbcc"), 3)
    assert found.changed.tolist() == [False, True, True, True, False, True]
    assert (found.gained, found.lost, found.clips) == (2, 1, 6)
    assert found.p_value == 1.0
    assert found.differences["accuracy"].value == pytest.approx(1 / 6)


def test_differences_are_drawn_over_the_same_persons():
    stream = np.random.default_rng(2)
    truth = stream.integers(0, 3, 80)
    first = np.where(stream.random(80) < 0.5, truth, stream.integers(0, 3, 80))
    second = np.where(stream.random(80) < 0.7, truth, stream.integers(0, 3, 80))
    subjects = [f"s{i % 9}" for i in range(80)]
    options = Bootstrap(draws=120, seed=4)
    found = compare_predictions(truth, first, second, subjects, 3, options)
    uf1, uar = [], []
    for weights in draw_weights(9, options):
        rows = [i for person, w in enumerate(weights) for i in list(range(person, 80, 9)) * int(w)]
        kinds = {"average": "macro", "zero_division": 0}
        uf1.append(
            f1_score(truth[rows], second[rows], **kinds)
            - f1_score(truth[rows], first[rows], **kinds)
        )
        uar.append(
            recall_score(truth[rows], second[rows], **kinds)
            - recall_score(truth[rows], first[rows], **kinds)
        )
    for name, values in (("uf1", uf1), ("uar", uar)):
        interval = found.differences[name].interval
        assert (interval.low, interval.high) == pytest.approx(
            tuple(np.percentile(values, (2.5, 97.5)))
        )


def test_two_that_say_the_same_do_not_differ():
    truth = [0, 1, 2, 0]
    found = compare_predictions(truth, truth, truth, list("abcd"), 3)
    assert not found.changed.any()
    for one in found.differences.values():
        assert (one.value, one.interval.low, one.interval.high) == (0, 0, 0)
        assert not one.beyond_chance


def test_one_person_gives_no_interval_and_a_clear_gain_is_beyond_chance():
    alone = compare_predictions([0, 1], [0, 0], [0, 1], ["a", "a"], 3)
    assert alone.differences["uf1"].interval is None
    assert not alone.differences["uf1"].beyond_chance
    truth = [0, 1] * 20
    gain = compare_predictions(truth, [0] * 40, truth, [i // 2 for i in range(40)], 2)
    assert gain.differences["accuracy"].beyond_chance
    assert gain.p_value < 1e-5
