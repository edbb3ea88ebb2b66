"""Inputs of another side than 28: trained, kept, asked and taken on as those are."""

import json

import numpy as np
import pytest

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError, RunError
from mexlab.features.feature_set import FeatureSet
from mexlab.runs.resume import kept_folds as count_of
from mexlab.runs.resume import queue_again
from mexlab.runs.run import create_run, open_run
from mexlab.runs.settings import TrainingSettings
from mexlab.training import LAENetClassifier
from mexlab.training import cross_validation as folds
from mexlab.training.cross_validation import cross_validate
from mexlab.training.execute import execute_run
from mexlab.training.folds import kept as kept_folds
from mexlab.training.folds.checks import check_trainable
from mexlab.training.folds.weights import load_weights, save_weights
from mexlab.training.held_out import held_out_call
from mexlab.training.occlusion import occlusion_map, square_of
from mexlab.training.pretraining import plan_pretraining
from mexlab.training.results import load_run_network, weights_file

SIDE = 20
# Batches of which the stacked backend takes some folds at once, and not all.
SETTINGS = TrainingSettings(epochs=4, batch_size=30, seeds=(1, 2), threads=1)


def resized(feature_set, side=SIDE):
    """The middle of each map, or with a rim."""
    cut = (feature_set.inputs.shape[-1] - side) // 2
    inputs = (
        feature_set.inputs[..., cut : cut + side, cut : cut + side]
        if cut > 0
        else np.pad(feature_set.inputs, ((0, 0), (0, 0), (-cut, -cut), (-cut, -cut)))
    )
    return FeatureSet(
        inputs, feature_set.labels, feature_set.classes, feature_set.keys, feature_set.source
    )


@pytest.fixture(scope="module")
def small(feature_set):
    return resized(feature_set)


@pytest.fixture(scope="module")
def run(tmp_path_factory, small):
    made = create_run(tmp_path_factory.mktemp("runs"), {"training": SETTINGS.to_record()})
    return execute_run(made, small, SETTINGS)


@pytest.mark.parametrize("side", [SIDE, 36])
def test_torch_trains_them_unasked_and_as_the_reference(feature_set, side):
    features = resized(feature_set, side)
    ways = {
        name: cross_validate(
            features, TrainingSettings(epochs=3, batch_size=16, threads=1, backend=name)
        )
        for name in ("auto", "loop")
    }
    found, reference = ways["auto"], ways["loop"]
    assert (found.backend, reference.backend) == ("stacked", "loop")
    assert f"28 x 28 px, not {side} x {side}" in found.backend_note
    assert np.allclose(found.probabilities, reference.probabilities, atol=1e-3)


def test_they_are_learnt_from(small):
    settings = TrainingSettings(epochs=25, batch_size=16, threads=1)
    found = cross_validate(small, settings).probabilities[0].argmax(axis=1)
    assert (found == small.labels).mean() > 0.8


def test_the_run_says_its_side_and_its_networks_have_it(run, small):
    assert run.record["data"]["side"] == SIDE
    assert run.record["backend"] == "stacked"
    assert load_weights(weights_file(run, 2))[1]["side"] == SIDE
    person = str(small.groups[0])
    assert load_run_network(run, person).side == SIDE
    # The record by epoch ends with the run's own calls, and is whole.
    assert run.epoch_predictions().predicted.shape == (2, 4, 36)


def test_asked_anew_its_networks_say_what_it_recorded(run, small):
    for clip in (0, 17, 35):
        recorded = next(one for one in run.predictions() if one.key == small.keys[clip])
        now = held_out_call(run, recorded.fold, small.inputs[clip])
        assert now == pytest.approx(recorded.probabilities, abs=1e-4)
        loss, share = occlusion_map(run, recorded.fold, small.inputs[clip], recorded.predicted)
        assert loss.shape == (SIDE, SIDE)
        assert np.isfinite(loss).all()
        assert share == pytest.approx(recorded.probabilities[recorded.predicted], abs=1e-4)


@pytest.mark.parametrize("side", [21, 28])
def test_inputs_of_another_side_are_not_asked_about(run, feature_set, side):
    """Of 21 pooling makes as many cells as of 20."""
    maps = np.zeros((3, side, side), dtype=np.float32)
    for ask in (held_out_call, lambda *those: occlusion_map(*those, "negative")):
        with pytest.raises(InputError, match=f"made for inputs of 20 x 20 px, got {side} x {side}"):
            ask(run, "alpha/01", maps)


def test_networks_of_another_side_are_not_taken_for_the_runs(tmp_path, run, small):
    other = execute_run(create_run(tmp_path, {}), small, SETTINGS)
    path = weights_file(other, 1)
    states, about = load_weights(path)
    del about["parts"]
    save_weights(path, states, **{**about, "side": 21})
    with pytest.raises(RunError, match=r"expected the weights of .*'side': 20.*got .*'side': 21"):
        load_run_network(other, "alpha/01", 1)


def test_a_run_from_before_there_was_a_choice_is_of_28(tmp_path, feature_set):
    run = execute_run(create_run(tmp_path, {}), feature_set, SETTINGS)
    record = json.loads((run.folder / "run.json").read_text())
    del record["data"]["side"]
    (run.folder / "run.json").write_text(json.dumps(record))
    states, about = load_weights(weights_file(run, 1))
    del about["parts"], about["side"]
    save_weights(weights_file(run, 1), states, **about)
    again = open_run(tmp_path, run.id)
    assert load_run_network(again, "alpha/01", 1).side == 28
    now = held_out_call(again, "alpha/01", feature_set.inputs[0])
    recorded = next(one for one in run.predictions() if one.key == feature_set.keys[0])
    assert now == pytest.approx(recorded.probabilities, abs=1e-4)


class TestTakenOn:
    @pytest.fixture(autouse=True)
    def _each_fold_a_file(self, monkeypatch):
        monkeypatch.setattr(kept_folds, "_EVERY_S", 0.0)

    def stopped(self, runs_dir, features):
        run = create_run(runs_dir, {"training": SETTINGS.to_record()})
        execute_run(run, features, SETTINGS, should_stop=lambda: count_of(run) >= 2)
        assert run.status == "cancelled"
        return run

    def test_it_ends_as_if_it_had_never_ended(self, tmp_path, run, small):
        again = queue_again(self.stopped(tmp_path, small))
        execute_run(again, small, SETTINGS)
        name = "predictions.csv"
        assert (again.folder / name).read_bytes() == (run.folder / name).read_bytes()

    def test_but_not_with_inputs_of_another_side(self, tmp_path, small, feature_set):
        stopped = queue_again(self.stopped(tmp_path, small))
        with pytest.raises(RunError, match="side 20 before, 28 now"):
            execute_run(stopped, feature_set, SETTINGS)

    def test_folds_from_before_there_was_a_choice_are_of_28(
        self, tmp_path, feature_set, monkeypatch
    ):
        real = folds.describe_training

        def without_side(*about):
            said = real(*about)
            del said["data"]["side"]
            return said

        with monkeypatch.context() as before:
            before.setattr(folds, "describe_training", without_side)
            stopped = self.stopped(tmp_path, feature_set)
        told = []
        execute_run(queue_again(stopped), feature_set, SETTINGS, on_event=told.append)
        assert told[0]["folds_kept"] >= 2


def test_pre_training_is_on_inputs_of_the_same_side(small, feature_set):
    keys = [ClipKey("macro", f"{k.database}{k.subject}", k.name) for k in small.keys]

    def named(features):
        return FeatureSet(
            features.inputs + 1, features.labels, features.classes, keys, features.source
        )

    settings = TrainingSettings(epochs=1, pretrain_epochs=2, batch_size=16, threads=1)
    assert cross_validate(small, settings, source=named(small)).pretraining["clips"] == 36
    said = "inputs are 28 x 28 px, those of the training 20 x 20"
    with pytest.raises(InputError, match=said):
        plan_pretraining(named(feature_set), small, settings)


def test_inputs_of_which_nothing_is_left_are_refused(feature_set):
    said = "laenet takes inputs of 4 x 4 px or larger, got 2 x 2"
    with pytest.raises(InputError, match=said):
        check_trainable(resized(feature_set, 2), SETTINGS)
    check_trainable(resized(feature_set, 4), SETTINGS)


def test_a_classifier_takes_them(small, feature_set, tmp_path):
    emotions = np.array(small.classes)[small.labels]
    fitted = LAENetClassifier(epochs=25, batch_size=16).fit(small.inputs, emotions)
    assert fitted.side_ == SIDE
    assert fitted.score(small.inputs, emotions) > 0.9
    fitted.save(tmp_path / "small.safetensors")
    loaded = LAENetClassifier.load(tmp_path / "small.safetensors")
    shares = fitted.predict_proba(small.inputs)
    assert np.array_equal(loaded.predict_proba(small.inputs), shares)
    for one in (fitted, loaded):
        with pytest.raises(InputError, match="fitted to maps of 20 x 20 px, got 28 x 28"):
            one.predict(feature_set.inputs)
    with pytest.raises(InputError, match="was fitted to maps of 20 x 20 px, these are 28 x 28"):
        LAENetClassifier(epochs=1).fit(feature_set.inputs, emotions, start=fitted)
    again = LAENetClassifier(epochs=1).fit(small.inputs, emotions, start=loaded)
    assert again.score(small.inputs, emotions) > 0.9
    with pytest.raises(InputError, match="X: laenet takes inputs of 4 x 4 px or larger, got 2 x 2"):
        LAENetClassifier().fit(small.inputs[..., :2, :2], emotions)
    with pytest.raises(InputError, match="X: expected square maps, got 20 x 18"):
        LAENetClassifier().fit(small.inputs[..., :18], emotions)


@pytest.mark.parametrize("side", [4, 20, 28, 29, 56, 70, 140])
def test_each_pixel_is_covered_equally_often(side):
    stride, patch = square_of(side)
    covered = np.zeros(side, dtype=int)
    places = range(stride - patch, side, stride)
    for place in places:
        covered[max(place, 0) : place + patch] += 1
    assert set(covered.tolist()) == {patch // stride}
    # No more squares than twice those of 28, however large the input.
    assert len(places) ** 2 <= 2 * (28 + 6) ** 2
