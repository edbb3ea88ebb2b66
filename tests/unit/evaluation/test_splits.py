from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import GroupKFold

from mexlab.errors import InputError
from mexlab.evaluation import (
    k_fold_by_subject,
    leave_one_database_out,
    leave_one_subject_out,
)

names = st.sampled_from(["01", "02", "s01", "sub01"])
persons = st.tuples(st.sampled_from(["casme2", "smic", "samm"]), names)


@given(st.lists(persons, min_size=2, max_size=60).filter(lambda groups: len(set(groups)) > 1))
def test_nobody_is_on_both_sides_and_every_clip_is_held_out_once(groups):
    folds = leave_one_subject_out(groups)
    assert len(folds) == len(set(groups))
    held_out = np.concatenate([fold.test_idx for fold in folds])
    assert sorted(held_out) == list(range(len(groups)))
    for fold in folds:
        tested = {groups[i] for i in fold.test_idx}
        trained = {groups[i] for i in fold.train_idx}
        assert len(tested) == 1
        assert not tested & trained
        assert len(fold.test_idx) + len(fold.train_idx) == len(groups)


def test_the_same_number_in_two_databases_is_two_people():
    groups = [("smic", "01"), ("casme2", "01"), ("smic", "01"), ("casme2", "02")]
    folds = {fold.name: fold for fold in leave_one_subject_out(groups)}
    assert list(folds) == ["casme2/01", "casme2/02", "smic/01"]
    assert folds["smic/01"].test_idx.tolist() == [0, 2]
    assert folds["casme2/01"].test_idx.tolist() == [1]
    assert folds["casme2/01"].train_idx.tolist() == [0, 2, 3]


@pytest.mark.parametrize(("groups", "said"), [([], "no clip"), ([("smic", "s1")] * 3, "smic/s1")])
def test_one_person_cannot_be_left_out(groups, said):
    with pytest.raises(InputError, match=said):
        leave_one_subject_out(groups)


groups_of_two = st.lists(persons, min_size=2, max_size=60).filter(
    lambda groups: len({database for database, _ in groups}) > 1
)


def check_is_a_partition(folds, groups):
    """As scikit-learn's group splitters: each clip held out once, nobody on both sides."""
    held_out = np.concatenate([fold.test_idx for fold in folds])
    assert sorted(held_out) == list(range(len(groups)))
    assert len({fold.name for fold in folds}) == len(folds)
    seen = set()
    for fold in folds:
        tested = {groups[i] for i in fold.test_idx}
        trained = {groups[i] for i in fold.train_idx}
        assert tested
        assert not tested & trained
        assert not tested & seen
        assert sorted([*fold.test_idx, *fold.train_idx]) == list(range(len(groups)))
        seen |= tested
    assert seen == set(groups)


@given(groups_of_two)
def test_each_database_is_held_out_once_with_everybody_in_it(groups):
    folds = leave_one_database_out(groups)
    check_is_a_partition(folds, groups)
    assert [fold.name for fold in folds] == sorted({database for database, _ in groups})
    for fold in folds:
        assert {groups[i][0] for i in fold.test_idx} == {fold.name}


@pytest.mark.parametrize(("groups", "said"), [([], "no clip"), ([("smic", "s1")] * 3, "only smic")])
def test_one_database_cannot_be_left_out(groups, said):
    with pytest.raises(InputError, match=said):
        leave_one_database_out(groups)


@given(groups_of_two, st.data())
def test_each_person_is_in_one_part(groups, data):
    k = data.draw(st.integers(2, len(set(groups))))
    seed = data.draw(st.none() | st.integers(0, 9))
    folds = k_fold_by_subject(groups, k, seed)
    check_is_a_partition(folds, groups)
    assert [fold.name for fold in folds] == [f"part {i + 1}" for i in range(k)]
    # Nobody can be moved from the largest part to the smallest without making it the larger one.
    sizes = [len(fold.test_idx) for fold in folds]
    largest = folds[int(np.argmax(sizes))]
    fewest = min(Counter(groups[i] for i in largest.test_idx).values())
    assert len(set(groups)) == k or max(sizes) - min(sizes) <= fewest


def test_parts_are_as_even_as_scikit_learns():
    rng = np.random.default_rng(0)
    groups = [("a", str(p)) for p in range(40) for _ in range(rng.integers(1, 20))]
    number = [int(subject) for _, subject in groups]
    theirs = [len(test) for _, test in GroupKFold(5).split(number, groups=number)]
    ours = [len(fold.test_idx) for fold in k_fold_by_subject(groups, 5, seed=3)]
    assert max(ours) - min(ours) <= max(theirs) - min(theirs)


def test_parts_follow_from_the_seed_and_not_from_the_order_of_the_clips():
    groups = [("a", f"{person:02d}") for person in range(12) for _ in range(3)]

    def cut(seed, order=None):
        own = groups if order is None else [groups[i] for i in order]
        folds = k_fold_by_subject(own, 4, seed)
        return [{own[i] for i in fold.test_idx} for fold in folds]

    assert cut(1) == cut(1) == cut(1, np.random.default_rng(5).permutation(36))
    assert cut(1) != cut(2)
    assert cut(None)[0] == {("a", "00"), ("a", "04"), ("a", "08")}


@pytest.mark.parametrize("k", [1, 3])
def test_more_parts_than_people_or_one(k):
    with pytest.raises(InputError, match="expected 2 to 2 parts for 2 people"):
        k_fold_by_subject([("a", "1"), ("b", "1")], k, 1)
