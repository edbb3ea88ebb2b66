import numpy as np
import pytest

from mexlab.errors import InputError
from mexlab.evaluation.splits import Fold
from mexlab.features.feature_set import FeatureSet
from mexlab.runs.settings import TrainingSettings
from mexlab.training.cross_validation import cross_validate
from mexlab.training.selection import select_nested

#: The first learns nothing within two steps of next to no size, the second does.
CANDIDATES = [
    TrainingSettings(epochs=1, learning_rate=1e-6, batch_size=16, threads=1),
    TrainingSettings(epochs=15, batch_size=16, threads=1),
]


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        (lambda n: [Fold("x", np.arange(3, n), np.arange(4))], "trains on people that it holds"),
        (lambda n: [Fold("x", np.arange(6, n), np.arange(6))], "each clip out once"),
        (lambda n: [], "each clip out once"),
    ],
)
def test_given_folds_that_leak_or_leave_out_are_refused(feature_set, cut, said):
    with pytest.raises(InputError, match=said):
        cross_validate(feature_set, CANDIDATES[0], folds=cut(len(feature_set)))


def test_the_better_candidate_is_chosen_and_predicts(feature_set):
    told = []
    found = select_nested(
        feature_set, CANDIDATES, seeds=(4, 5), parts=3, on_person=lambda *args: told.append(args)
    )
    assert found.votes() == {1: 6}
    assert [name for name, _ in told] == list(found.chosen)
    direct = cross_validate(
        feature_set, TrainingSettings(epochs=15, batch_size=16, threads=1, seeds=(4, 5))
    )
    assert np.array_equal(found.probabilities, direct.probabilities)


def test_a_choice_does_not_see_the_clips_that_it_is_judged_by(feature_set):
    clean = select_nested(feature_set, CANDIDATES, seeds=(4,), parts=3)
    person = list(clean.chosen)[2]
    own = feature_set.groups == person
    labels = np.where(own, (feature_set.labels + 1) % 3, feature_set.labels)
    inputs = np.where(own[:, None, None, None], -5 * feature_set.inputs, feature_set.inputs)
    spoilt = FeatureSet(inputs, labels, feature_set.classes, feature_set.keys)
    again = select_nested(spoilt, CANDIDATES, seeds=(4,), parts=3)
    assert again.scores[person] == clean.scores[person]
    others = [name for name in clean.scores if name != person]
    assert any(again.scores[name] != clean.scores[name] for name in others)


def test_nothing_to_choose_from(feature_set):
    with pytest.raises(InputError, match="at least one candidate"):
        select_nested(feature_set, [], seeds=(1,))
