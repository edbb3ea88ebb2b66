from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mexlab.errors import InputError
from mexlab.evaluation.leak import ALL_FOLDS, EACH_FOLD, LEAKS, STRICT, leak_gap, spell_points
from mexlab.evaluation.metrics import METRIC_NAMES, metrics_by_database

CLASSES = ("negative", "positive", "surprise")


def gap(truth, predicted, folds, databases=None, **options):
    calls = np.asarray(predicted, dtype=np.int8)
    options = {
        "seeds": range(1, len(calls) + 1),
        "epochs": range(1, calls.shape[1] + 1),
        **options,
    }
    return leak_gap(truth, calls, folds, databases or ["one"] * len(truth), CLASSES, **options)


def test_two_people_by_hand():
    """Anna is best after epoch 1, Ben after epoch 2; together they are best after epoch 2."""
    truth = [0, 1, 0, 1, 2]
    calls = [[0, 1, 1, 1, 0], [0, 0, 0, 1, 2], [1, 1, 0, 0, 2]]
    found = gap(truth, [calls], ["anna", "anna", "ben", "ben", "ben"], epochs=[10, 20, 30])
    full = found.parts["full"]
    assert full[STRICT]["mean"]["accuracy"] == pytest.approx(3 / 5)
    assert full[EACH_FOLD]["mean"]["accuracy"] == 1.0
    assert full[ALL_FOLDS]["mean"]["accuracy"] == pytest.approx(4 / 5)
    assert found.chosen_each.tolist() == [[10, 20]]
    assert found.chosen_all.tolist() == [20]
    assert found.curves["accuracy"].tolist() == [[pytest.approx(n / 5) for n in (3, 4, 3)]]
    # Strict calls 1 0 | 1 1 -> negative F1 1/2, positive 1/2, surprise 1.
    assert full[STRICT]["mean"]["uf1"] == pytest.approx(2 / 3)
    assert found.gap("full", EACH_FOLD, "uf1") == pytest.approx(1 / 3)
    assert full[STRICT]["sd"]["uf1"] is None
    record = found.to_record()
    assert record["valid"] is False
    assert record["parts"]["full"]["gap"][ALL_FOLDS]["accuracy"] == pytest.approx(1 / 5)


def test_seeds_choose_each_for_itself_and_databases_follow_the_choice():
    truth = [0, 1, 0, 1]
    calls = [[[0, 1, 1, 0], [1, 0, 0, 1]], [[1, 0, 1, 1], [0, 1, 0, 1]]]
    found = gap(truth, calls, ["a", "a", "b", "b"], ["x", "x", "y", "y"])
    assert found.chosen_each.tolist() == [[1, 2], [2, 2]]
    assert [row["accuracy"] for row in found.parts["full"][STRICT]["per_seed"]] == [0.5, 1.0]
    assert found.parts["x"][STRICT]["mean"]["accuracy"] == 0.5
    assert found.parts["x"][EACH_FOLD]["mean"]["accuracy"] == 1.0
    assert found.parts["full"][STRICT]["sd"]["accuracy"] == pytest.approx(np.std([0.5, 1], ddof=1))
    assert found.clips == {"full": 4, "x": 2, "y": 2}


@st.composite
def runs(draw):
    clips, epochs, seeds = (
        draw(st.integers(1, 12)),
        draw(st.integers(1, 6)),
        draw(st.integers(1, 3)),
    )
    stream = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    folds = [f"p{number}" for number in stream.integers(0, draw(st.integers(1, 4)), clips)]
    # A person belongs to one database, so that a database's folds are whole.
    databases = ["odd" if int(name[1]) % 2 else "even" for name in folds]
    truth = stream.integers(0, 3, clips)
    return truth, stream.integers(0, 3, (seeds, epochs, clips)), folds, databases


@given(runs())
@settings(max_examples=80, deadline=None)
def test_choosing_never_claims_less_than_the_last_epoch(run):
    truth, calls, folds, databases = run
    found = gap(*run)
    for part, own in found.parts.items():
        for leak in LEAKS if part == "full" else (EACH_FOLD,):
            for claimed, strict in zip(own[leak]["per_seed"], own[STRICT]["per_seed"], strict=True):
                assert claimed["accuracy"] >= strict["accuracy"] - 1e-12
    full = found.parts["full"]
    assert full[EACH_FOLD]["mean"]["accuracy"] >= full[ALL_FOLDS]["mean"]["accuracy"] - 1e-12
    # Fold by fold: the epoch kept is as good as any.
    names = list(dict.fromkeys(folds))
    for s, own in enumerate(calls):
        for f, name in enumerate(names):
            mine = np.array([one == name for one in folds])
            right = (own[:, mine] == truth[mine]).sum(axis=1)
            kept = found.chosen_each[s, f] - 1
            assert right[kept] == right.max() >= right[-1]
            assert (right[kept + 1 :] < right.max()).all()
    # Strict is what the run itself would report of its last epoch.
    for s, own in enumerate(calls):
        scored = metrics_by_database(truth, own[-1], databases, CLASSES)
        for part, one in scored.items():
            for metric in METRIC_NAMES:
                assert found.parts[part][STRICT]["per_seed"][s][metric] == one[metric]
        assert found.curves["uf1"][s, -1] == pytest.approx(scored["full"]["uf1"])


@given(runs())
@settings(max_examples=30, deadline=None)
def test_where_no_epoch_beats_the_last_there_is_no_gap(run):
    truth, calls, folds, databases = run
    once = gap(truth, calls[:, -1:], folds, databases)
    calls = calls.copy()
    calls[:, -1] = truth
    perfect = gap(truth, calls, folds, databases)
    for found in (once, perfect):
        for part in found.parts:
            for leak in LEAKS:
                assert found.parts[part][leak] == found.parts[part][STRICT]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"predicted": [[[0, 1]]]}, "shape"),
        ({"predicted": [[[0, 1, 3]]]}, "0 to 2"),
        ({"predicted": [[[0, 1, -1]]]}, "0 to 2"),
        ({"folds": ["a"]}, "folds"),
        ({"databases": ["a"]}, "databases"),
        ({"predicted": [[[0, 1, 2]] * 2], "epochs": [2, 2]}, "ascend"),
        ({"truth": [0, 1, 7]}, "0 to 2"),
    ],
)
def test_what_does_not_fit_is_told(change, said):
    given_values = {
        "truth": [0, 1, 2],
        "predicted": [[[0, 1, 2]]],
        "folds": ["a", "b", "b"],
        "databases": ["x"] * 3,
        **change,
    }
    with pytest.raises(InputError, match=said):
        gap(**given_values)


@pytest.mark.parametrize(("value", "said"), [(0.0518, "+5.2"), (0.0004, "0.0"), (-0.004, "−0.4")])
def test_points_are_spelled(value, said):
    assert spell_points(value) == said
