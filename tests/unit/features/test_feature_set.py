from dataclasses import replace

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold, LeaveOneGroupOut

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError
from mexlab.features.feature_set import FeatureSet

DIGEST = "1f1a7637393a42c8baf039c272eb76fae838da2c66eca87aafab9d84a2d4d6b7"
CLASSES = ("negative", "positive", "surprise")
KEYS = [
    ClipKey("casme2", "sub01", "a"),
    ClipKey("casme2", "sub02", "a"),
    ClipKey("smic", "sub01", "b"),
    ClipKey("casme2", "sub01", "c"),
]


@pytest.fixture
def features():
    inputs = np.arange(4 * 3 * 28 * 28, dtype=np.float32).reshape(4, 3, 28, 28)
    return FeatureSet(inputs, np.array([0, 2, 2, 0]), CLASSES, KEYS, {"flow": "tvl1"})


def test_classes_are_counted(features):
    assert features.counts() == {"negative": 2, "positive": 0, "surprise": 2}
    assert len(features) == 4


def test_groups_are_what_scikit_learn_takes(features):
    assert features.groups.tolist() == [
        "casme2/sub01",
        "casme2/sub02",
        "smic/sub01",
        "casme2/sub01",
    ]
    assert features.groups.shape == (4,)
    assert features.groups.dtype.kind == "U"
    for cut in (LeaveOneGroupOut(), GroupKFold(3)):
        folds = list(cut.split(features.inputs, features.labels, groups=features.groups))
        assert len(folds) == 3
        for train, test in folds:
            assert not set(features.groups[train]) & set(features.groups[test])


def test_subset_by_mask_and_by_indices(features):
    mask = np.array([key.database == "casme2" for key in features.keys])
    part = features.subset(mask)
    assert part.keys == [KEYS[0], KEYS[1], KEYS[3]]
    np.testing.assert_array_equal(part.labels, [0, 2, 0])
    np.testing.assert_array_equal(part.inputs, features.inputs[mask])
    assert part.source == {"flow": "tvl1"}
    assert features.subset(np.array([3, 0])).keys == [KEYS[3], KEYS[0]]
    with pytest.raises(InputError, match="mask of 4 samples"):
        features.subset(np.array([True]))


def test_digest_follows_the_content(features):
    same = FeatureSet(features.inputs.copy(), features.labels, CLASSES, KEYS, {"other": 1})
    assert same.content_digest() == features.content_digest()
    inputs = features.inputs.copy()
    inputs[0, 0, 0, 0] += 1
    others = [
        FeatureSet(inputs, features.labels, CLASSES, KEYS),
        FeatureSet(features.inputs, [0, 2, 2, 1], CLASSES, KEYS),
        FeatureSet(features.inputs, features.labels, ("n", "p", "s"), KEYS),
        FeatureSet(features.inputs, features.labels, CLASSES, KEYS[::-1]),
    ]
    digests = {other.content_digest() for other in others} | {features.content_digest()}
    assert len(digests) == 5


def test_all_faults_at_once(features):
    inputs = features.inputs.copy()
    inputs[1] = np.nan
    with pytest.raises(InputError) as caught:
        FeatureSet(inputs, [0, 1, 3], CLASSES, [KEYS[0], KEYS[1], KEYS[0], KEYS[3]])
    text = str(caught.value)
    assert "4 inputs, 3 labels and 4 keys" in text
    assert "labels: expected 0 to 2, got 0 to 3" in text
    assert "casme2/sub01/a occurs more than once" in text
    assert "not a number in casme2/sub02/a" in text


def test_release_pictures():
    images = np.zeros((2, 28, 28, 3), np.uint8)
    images[1, 4, 7] = (255, 51, 0)
    features = FeatureSet.from_release(images, [0, 1], CLASSES, KEYS[:2])
    assert features.inputs.shape == (2, 3, 28, 28)
    np.testing.assert_allclose(features.inputs[1, :, 4, 7], [1, 0.2, 0], rtol=1e-6)
    assert features.source["source"] == "release"
    with pytest.raises(InputError, match="uint8 pictures"):
        FeatureSet.from_release(images.astype(float), [0, 1], CLASSES, KEYS[:2])


def test_a_person_in_two_databases_has_one_name_and_others_keep_theirs(features):
    persons = ("casme2/sub01", "P2", "casme2/sub01", "casme2/sub01")
    shared = replace(features, persons=persons)
    # CASME II sub01 and SMIC sub01 are one; P2 is in one database alone, and called as ever.
    assert shared.groups.tolist() == ["casme2/sub01", "casme2/sub02", *["casme2/sub01"] * 2]
    assert shared.subset(np.array([1, 2])).persons == ("P2", "casme2/sub01")
    # Folds are cut otherwise: what was kept of the other set is of another one.
    assert shared.content_digest() != features.content_digest()
    renamed = replace(features, persons=("a", "P2", "c", "a"))
    assert renamed.groups.tolist() == features.groups.tolist()
    assert renamed.content_digest() == features.content_digest()
    with pytest.raises(InputError, match="persons"):
        replace(features, persons=("a",))


def test_the_digest_of_before_there_were_persons_is_kept(features):
    """The digest is part of a run's identity: of 415860a, computed there."""
    assert features.content_digest() == DIGEST
