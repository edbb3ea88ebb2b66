"""What each epoch's networks called: the last epoch is the run's own, and nothing flows back."""

import dataclasses

import numpy as np
import pytest
import torch

from mexlab.errors import RunError
from mexlab.features.feature_set import FeatureSet
from mexlab.features.normalise import normalise
from mexlab.runs.epoch_predictions import (
    EPOCHS,
    EpochPredictions,
    read_epoch_predictions,
    recorded_epochs,
    write_epoch_predictions,
)
from mexlab.runs.run import create_run, open_run
from mexlab.runs.settings import TrainingSettings
from mexlab.training.cross_validation import cross_validate
from mexlab.training.execute import execute_run
from mexlab.training.folds.epoch_record import predict_states
from mexlab.training.folds.prediction import predict

SETTINGS = TrainingSettings(epochs=4, batch_size=16, seeds=(1, 2), threads=1)
CONSTANT = dataclasses.replace(SETTINGS, schedule="constant")


@pytest.fixture(scope="module")
def finished(tmp_path_factory, feature_set):
    run = create_run(tmp_path_factory.mktemp("runs"), {"training": SETTINGS.to_record()})
    return execute_run(run, feature_set, SETTINGS)


def test_the_last_epoch_is_the_runs_own_prediction(finished):
    record = finished.epoch_predictions()
    assert record.seeds.tolist() == [1, 2]
    assert record.epochs.tolist() == [1, 2, 3, 4]
    assert record.predicted.shape == (2, 4, 36)
    for seed, own in zip(record.seeds, record.predicted, strict=True):
        last = [finished.classes[i] for i in own[-1]]
        assert last == [row.predicted for row in finished.predictions(int(seed))]
    # Epochs differ, so that the last column is not the only one there is.
    assert (record.predicted[:, 0] != record.predicted[:, -1]).any()


@pytest.mark.parametrize("backend", ["fused", "stacked", "loop"])
def test_an_epochs_calls_are_those_of_a_training_that_ends_there(feature_set, backend):
    # At a constant rate a training of three epochs is the beginning of one of four.
    settings = dataclasses.replace(CONSTANT, backend=backend, seeds=(3,))
    longer = cross_validate(feature_set, settings, record_epochs=True)
    for epoch in (1, 3):
        short = cross_validate(feature_set, dataclasses.replace(settings, epochs=epoch))
        called = longer.epochs.predicted[0, epoch - 1]
        assert called.tolist() == short.probabilities[0].argmax(axis=1).tolist()


@pytest.mark.parametrize("backend", ["fused", "stacked", "loop"])
def test_recording_changes_no_network(feature_set, backend):
    settings = dataclasses.replace(SETTINGS, backend=backend)
    with_it = cross_validate(feature_set, settings, record_epochs=True)
    without = cross_validate(feature_set, settings)
    assert without.epochs is None
    assert np.array_equal(with_it.probabilities, without.probabilities)


def test_held_out_clips_do_not_touch_the_network_that_predicts_them(feature_set):
    clean = cross_validate(feature_set, SETTINGS, record_epochs=True)
    held_out = clean.folds[2]
    labels, inputs = feature_set.labels.copy(), feature_set.inputs.copy()
    labels[held_out.test_idx] = (labels[held_out.test_idx] + 1) % 3
    inputs[held_out.test_idx] *= -7.0
    changed = cross_validate(
        FeatureSet(inputs, labels, feature_set.classes, feature_set.keys),
        SETTINGS,
        record_epochs=True,
    )
    for name, value in clean.states[0][held_out.name].items():
        assert torch.equal(changed.states[0][held_out.name][name], value), name


def test_several_networks_at_once_predict_as_each_alone(feature_set):
    result = cross_validate(feature_set, SETTINGS)
    states = list(result.states[0].values()) * 12
    maps = torch.from_numpy(normalise(feature_set.inputs, SETTINGS.normalise))[:5]
    found = predict_states("laenet", states, maps, 3)
    expected = [predict("laenet", state, maps, 3) for state in states]
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("epochs", "count"), [(1, 1), (40, 40), (100, 100), (101, 100), (800, 100)]
)
def test_at_most_a_hundred_epochs_always_the_last(epochs, count):
    found = recorded_epochs(epochs)
    assert (len(found), found[0], found[-1]) == (count, 1, epochs)
    steps = np.diff(found)
    assert not len(steps) or steps.max() - steps.min() <= 1


def test_thinned_epochs_are_named(feature_set):
    settings = TrainingSettings(epochs=120, batch_size=16, threads=1)
    record = cross_validate(feature_set, settings, record_epochs=True).epochs
    assert record.predicted.shape == (1, 100, 36)
    assert record.epochs[-1] == 120


def test_a_run_of_before_has_none(finished):
    path = finished.folder / EPOCHS
    kept = path.read_bytes()
    path.unlink()
    try:
        assert open_run(finished.folder.parent, finished.id).epoch_predictions() is None
    finally:
        path.write_bytes(kept)


GOOD = EpochPredictions(np.array([1, 2]), np.array([1, 4], np.int32), np.zeros((2, 2, 36), np.int8))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seeds": np.array([1, 3])}, "expected seeds"),
        ({"epochs": np.array([4, 1], np.int32)}, "ascend"),
        ({"predicted": np.zeros((2, 2, 35), np.int8)}, "clips"),
        ({"predicted": np.full((2, 2, 36), 3, np.int8)}, "class numbers 0 to 2"),
        ({"predicted": np.zeros((2, 2, 36))}, "whole numbers"),
        ({"predicted": np.array([None] * 3, object)}, "cannot be read"),
    ],
)
def test_a_record_that_is_not_this_runs(tmp_path, change, words):
    path = tmp_path / EPOCHS
    write_epoch_predictions(path, dataclasses.replace(GOOD, **change))
    with pytest.raises(RunError, match=rf"epochs.npz: .*{words}.*train again"):
        read_epoch_predictions(path, seeds=(1, 2), clips=36, classes=3)


def test_bytes_damaged_anywhere_are_said_or_leave_it_as_it_was(tmp_path):
    path = tmp_path / EPOCHS
    write_epoch_predictions(path, GOOD)
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        for damaged in (whole[:place], whole[:place] + b"\xff\xfe" + whole[place + 2 :]):
            path.write_bytes(damaged)
            try:
                found = read_epoch_predictions(path, seeds=(1, 2), clips=36, classes=3)
            except RunError as error:
                said = str(error)
            else:
                said = EPOCHS
                assert np.array_equal(found.predicted, GOOD.predicted)
            assert said.startswith(EPOCHS)
