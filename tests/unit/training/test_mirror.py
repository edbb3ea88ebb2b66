import numpy as np
import pytest
import torch

from mexlab.data.clips import ClipKey
from mexlab.features.feature_set import FeatureSet
from mexlab.features.normalise import NORMALISATIONS, normalise
from mexlab.runs.settings import TrainingSettings
from mexlab.training import LAENetClassifier
from mexlab.training.backends.draws import FoldDraws
from mexlab.training.backends.recipe import FoldJob, Plan
from mexlab.training.cross_validation import cross_validate
from mexlab.training.folds.mirror import mirror, normalise_mirrored
from mexlab.training.folds.prediction import predict

KEYS = [ClipKey("release", "s01", "x"), ClipKey("release", "s02", "y")]


def test_a_motion_to_the_left_becomes_one_to_the_right():
    maps = np.zeros((1, 3, 4, 4))
    maps[0, :, 1, 0] = [-2.0, 3.0, 1.5]
    mirrored = mirror(maps)
    assert mirrored[0, :, 1, 3].tolist() == [2.0, 3.0, 1.5]
    assert np.count_nonzero(mirrored) == 3
    assert np.array_equal(mirror(mirrored), maps)


def test_a_released_picture_turns_255_minus_u():
    pictures = np.random.default_rng(0).integers(0, 256, (2, 28, 28, 3), dtype=np.uint8)
    own = FeatureSet.from_release(pictures, [0, 1], ("a", "b"), KEYS)
    expected = pictures[:, :, ::-1].copy()
    expected[..., 0] = 255 - expected[..., 0]
    found = normalise_mirrored(own.inputs, "none", own.source)
    assert np.allclose(np.moveaxis(found, 1, 3) * 255, expected, atol=1e-4)


@pytest.mark.parametrize("how", [how for how in NORMALISATIONS if how != "none"])
@pytest.mark.parametrize("source", [{}, {"source": "release"}])
def test_scaling_and_mirroring_may_change_places(how, source):
    maps = np.random.default_rng(1).random((3, 3, 28, 28)).astype(np.float32)
    straight = normalise_mirrored(maps, how, {})
    scaled = normalise_mirrored(maps, how, source)
    assert np.allclose(straight, scaled, atol=1e-4)
    # A map without motion has none in the mirror either.
    still = np.full((1, 3, 28, 28), 0.3, np.float32)
    assert not normalise_mirrored(still, how, source).any()


@pytest.mark.parametrize("how", ["none", "median-scale"])
def test_the_mask_is_mirrored_along(how):
    maps = np.random.default_rng(2).normal(size=(2, 3, 28, 28)).astype(np.float32)
    share = np.zeros((2, 28, 28), np.float32)
    share[:, 5:9, 2:9] = 1.0
    found = normalise_mirrored(maps, how, {}, share)
    assert not found[:, :, 5:9, 19:26].any()
    np.testing.assert_allclose(found, mirror(normalise(maps, how, share)), atol=1e-5)


def test_half_of_the_clips_are_mirrored_each_by_its_own_draw():
    job = FoldJob("a/01", 1, np.arange(5, 55), torch.zeros(50, dtype=torch.int64))
    draws = FoldDraws(job, Plan(50, 1, 40, mirrored=1000))
    rows = np.concatenate([draws.next_batch()[0] for _ in range(40)])
    assert set(rows.tolist()) == {*range(5, 55), *range(1005, 1055)}
    assert 0.45 < (rows >= 1000).mean() < 0.55
    plain = FoldDraws(job, Plan(50, 1, 40))
    # Apart from being mirrored, the batches are the same clips in the same order.
    assert np.array_equal(rows % 1000, np.concatenate([plain.next_batch()[0] for _ in range(40)]))


def test_test_averages_a_clip_and_its_mirror_image(feature_set):
    quick = TrainingSettings(epochs=2, batch_size=16, normalise="none", mirror="off")
    plain = cross_validate(feature_set, quick)
    both = cross_validate(
        feature_set, TrainingSettings(epochs=2, batch_size=16, normalise="none", mirror="test")
    )
    fold = plain.folds[1]
    state = plain.states[0][fold.name]
    assert torch.equal(both.states[0][fold.name]["classifier.weight"], state["classifier.weight"])
    mirrored = torch.from_numpy(mirror(feature_set.inputs[fold.test_idx]))
    expected = (plain.probabilities[0, fold.test_idx] + predict("laenet", state, mirrored, 3)) / 2
    assert np.allclose(both.probabilities[0, fold.test_idx], expected, atol=1e-6)
    assert not np.allclose(both.probabilities, plain.probabilities, atol=1e-3)


def test_training_on_mirror_images_learns_both_sides(make_feature_set):
    made = make_feature_set()
    # Class 0 moves to the left on the left, class 1 to the right there; a network that has seen
    # only these is asked about the mirror images.
    labels = np.arange(len(made)) % 2
    inputs = np.random.default_rng(0).normal(0, 0.2, made.inputs.shape)
    inputs[:, 0, 10:18, 2:10] += np.where(labels, 2.0, -2.0)[:, None, None]
    right = {}
    for how in ("off", "train"):
        classifier = LAENetClassifier(epochs=30, batch_size=16, normalise="none", mirror=how)
        classifier.fit(inputs, labels)
        right[how] = classifier.score(mirror(inputs), labels)
    assert right["train"] > 0.95
    assert right["off"] < 0.8
