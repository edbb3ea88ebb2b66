from __future__ import annotations

import numpy as np
import pytest

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError, RunError
from mexlab.features.feature_set import FeatureSet
from mexlab.runs.run import create_run
from mexlab.runs.settings import TrainingSettings
from mexlab.training.execute import execute_run
from mexlab.training.held_out import held_out_call
from mexlab.training.occlusion import occlusion_map


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Three people; class b has motion at the lower right, class a at the upper left."""
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    inputs = rng.normal(scale=0.01, size=(60, 3, 28, 28)).astype(np.float32)
    inputs[labels == 0, :, 3:8, 3:8] += 1
    inputs[labels == 1, :, 20:25, 20:25] += 1
    keys = [ClipKey("toy", str(i // 20), f"clip{i}") for i in range(60)]
    settings = TrainingSettings(epochs=25, batch_size=16, threads=1, seeds=(1, 2), backend="loop")
    run = create_run(tmp_path_factory.mktemp("runs"), {"training": settings.to_record()})
    features = FeatureSet(inputs, labels, ("a", "b"), keys)
    return execute_run(run, features, settings), features


@pytest.mark.parametrize(("clip", "place"), [(0, (5, 5)), (1, (22, 22))])
def test_covering_the_motion_takes_the_class_away(trained, clip, place):
    run, features = trained
    called = features.classes[features.labels[clip]]
    loss, probability = occlusion_map(run, "toy/0", features.inputs[clip], called)
    assert loss.shape == (28, 28)
    row, column = np.unravel_index(loss.argmax(), loss.shape)
    assert abs(row - place[0]) <= 4
    assert abs(column - place[1]) <= 4
    # With nothing covered it is what the run itself recorded of this held-out clip.
    key = features.keys[clip]
    recorded = next(one for one in run.predictions() if one.key == key)
    assert probability == pytest.approx(recorded.probabilities[called], abs=1e-4)


def test_asked_anew_the_networks_say_what_the_run_recorded(trained):
    run, features = trained
    for clip in (0, 25, 59):
        key = features.keys[clip]
        recorded = next(one for one in run.predictions() if one.key == key)
        now = held_out_call(run, recorded.fold, features.inputs[clip])
        assert now == pytest.approx(recorded.probabilities, abs=1e-4)
    with pytest.raises(RunError, match="no fold 'toy/9'"):
        held_out_call(run, "toy/9", features.inputs[0])


def test_covering_what_stands_still_changes_nothing(trained):
    run, _ = trained
    still = np.zeros((3, 28, 28), dtype=np.float32)
    loss, _ = occlusion_map(run, "toy/1", still, "a")
    assert np.abs(loss).max() < 1e-6


def test_an_unknown_class_or_person_is_named(trained):
    run, features = trained
    with pytest.raises(InputError, match="expected one of a, b, got 'c'"):
        occlusion_map(run, "toy/0", features.inputs[0], "c")
    with pytest.raises(InputError, match="no fold 'toy/9'"):
        occlusion_map(run, "toy/9", features.inputs[0], "a")
