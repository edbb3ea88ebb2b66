import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mexlab.errors import InputError
from mexlab.evaluation import leave_one_subject_out

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
