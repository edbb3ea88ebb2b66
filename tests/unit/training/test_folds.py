import threading
import time

import numpy as np
import pytest
import torch

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError, TrainingStopped
from mexlab.features.feature_set import FeatureSet
from mexlab.runs.progress import EVENTS_PER_SECOND
from mexlab.runs.settings import TrainingSettings
from mexlab.training import cross_validation as module
from mexlab.training.backends import choice as backends
from mexlab.training.cross_validation import cross_validate
from mexlab.training.folds import work as fold_work

QUICK = TrainingSettings(epochs=2, batch_size=16)


def relabel(feature_set, labels):
    return FeatureSet(
        feature_set.inputs, labels, feature_set.classes, feature_set.keys, feature_set.source
    )


def test_learns_a_known_pattern_of_people_it_never_saw(feature_set):
    result = cross_validate(feature_set, TrainingSettings(epochs=25, batch_size=16, threads=2))
    guess = result.probabilities[0].argmax(axis=1)
    assert (guess == feature_set.labels).mean() > 0.9
    assert result.backend == "fused"
    assert np.allclose(result.probabilities.sum(axis=2), 1, atol=1e-5)
    first = [p.loss for p in result.curves if p.epoch == 1]
    last = [p.loss for p in result.curves if p.epoch == 25]
    assert np.mean(last) < np.mean(first)


def test_folds_are_people_and_predict_each_clip_once(feature_set):
    result = cross_validate(feature_set, QUICK)
    assert [fold.name for fold in result.folds] == [
        f"{database}/{subject}" for database in ("alpha", "beta") for subject in ("01", "02", "03")
    ]
    assert result.fold_of == feature_set.groups.tolist()
    assert [list(own) for own in result.states] == [[fold.name for fold in result.folds]]
    assert len(result.curves) == 6 * 2


@pytest.mark.parametrize(
    ("backend", "threads"), [("fused", 1), ("fused", 2), ("stacked", 2), ("loop", 1)]
)
def test_same_seed_same_predictions(feature_set, backend, threads):
    settings = TrainingSettings(epochs=2, batch_size=16, seeds=(5,), backend=backend)
    with_threads = TrainingSettings.from_record({**settings.to_record(), "threads": threads})
    first = cross_validate(feature_set, with_threads)
    # What the rest of the process draws in between changes nothing.
    torch.manual_seed(999)
    np.random.default_rng(1).normal()
    second = cross_validate(feature_set, with_threads)
    assert np.array_equal(first.probabilities, second.probabilities)
    other = cross_validate(
        feature_set, TrainingSettings(epochs=2, batch_size=16, seeds=(6,), backend=backend)
    )
    assert not np.allclose(first.probabilities, other.probabilities, atol=1e-3)


def test_a_seed_among_others_is_the_seed_alone(feature_set):
    alone = cross_validate(feature_set, TrainingSettings(epochs=2, batch_size=16, seeds=(2,)))
    among = cross_validate(feature_set, TrainingSettings(epochs=2, batch_size=16, seeds=(1, 2, 3)))
    assert among.probabilities.shape == (3, 36, 3)
    assert np.allclose(among.probabilities[1], alone.probabilities[0], atol=1e-5)


def test_all_backends_predict_alike(feature_set):
    results = [
        cross_validate(feature_set, TrainingSettings(epochs=3, batch_size=16, backend=backend))
        for backend in ("loop", "stacked", "fused")
    ]
    for result in results[1:]:
        assert np.allclose(result.probabilities, results[0].probabilities, atol=1e-3)


@pytest.mark.parametrize("backend", ["fused", "stacked", "loop"])
def test_a_persons_own_labels_and_features_do_not_touch_the_network_that_predicts_them(
    feature_set, backend
):
    settings = TrainingSettings(epochs=3, batch_size=16, backend=backend, threads=1)
    clean = cross_validate(feature_set, settings)
    held_out = clean.folds[2]
    labels = feature_set.labels.copy()
    labels[held_out.test_idx] = (labels[held_out.test_idx] + 1) % 3
    inputs = feature_set.inputs.copy()
    inputs[held_out.test_idx] *= -7.0
    changed = cross_validate(
        FeatureSet(inputs, labels, feature_set.classes, feature_set.keys), settings
    )
    for name, value in clean.states[0][held_out.name].items():
        assert torch.equal(changed.states[0][held_out.name][name], value), name
    # And it does touch the others, which learn from that person.
    other = clean.folds[0].name
    assert any(
        not torch.equal(changed.states[0][other][name], value)
        for name, value in clean.states[0][other].items()
    )


def test_held_out_clips_are_looked_at_once_a_fold_and_only_after_its_last_epoch(
    feature_set, monkeypatch
):
    events = []
    real = fold_work.predict

    def spy(model, state, inputs, classes):
        events.append("predict")
        return real(model, state, inputs, classes)

    monkeypatch.setattr(fold_work, "predict", spy)
    settings = TrainingSettings(epochs=4, batch_size=16, threads=1, backend="loop", mirror="off")
    real_epoch = module.Progress.epoch

    def on_epoch(self, **what):
        events.append(("epoch", what["folds"][0], what["epoch"]))
        real_epoch(self, **what)

    monkeypatch.setattr(module.Progress, "epoch", on_epoch)
    result = cross_validate(feature_set, settings)
    expected = []
    for fold in result.folds:
        expected += [("epoch", fold.name, epoch) for epoch in range(1, 5)] + ["predict"]
    assert events == expected


def test_the_last_epochs_network_is_the_one_that_predicts(feature_set):
    settings = TrainingSettings(epochs=3, batch_size=16, schedule="constant", threads=1)
    longer = TrainingSettings(epochs=4, batch_size=16, schedule="constant", threads=1)
    short, long = cross_validate(feature_set, settings), cross_validate(feature_set, longer)
    # The first three epochs are the same training, whose results differ by the fourth alone.
    same = [p for p in long.curves if p.epoch <= 3]
    assert [p.loss for p in same] == pytest.approx([p.loss for p in short.curves], rel=1e-4)
    assert not np.allclose(short.probabilities, long.probabilities, atol=1e-4)
    steps = long.states[0]["alpha/01"]["streams.0.norm.num_batches_tracked"]
    assert int(steps) == 4 * 2


def test_normalisation_is_of_each_clip_alone(feature_set):
    settings = TrainingSettings(epochs=2, batch_size=16, normalise="median-scale", threads=1)
    scaled = feature_set.inputs * np.linspace(0.5, 20, len(feature_set))[:, None, None, None]
    result = cross_validate(feature_set, settings)
    other = cross_validate(
        FeatureSet(scaled, feature_set.labels, feature_set.classes, feature_set.keys), settings
    )
    assert np.allclose(result.probabilities, other.probabilities, atol=1e-3)


def test_events_say_what_runs_how_far_it_is_and_how_long_it_takes(feature_set):
    events = []
    began = time.monotonic()
    cross_validate(
        feature_set, TrainingSettings(epochs=6, batch_size=16, seeds=(1, 2)), on_event=events.append
    )
    took = time.monotonic() - began
    assert events[0]["event"] == "started"
    assert events[0]["folds"][:2] == ["alpha/01", "alpha/02"]
    assert (events[0]["seeds"], events[0]["epochs"]) == ([1, 2], 6)
    assert len(events) <= took * EVENTS_PER_SECOND + 3
    points = [tuple(point[:3]) for event in events[1:] for point in event["points"]]
    assert len(points) == len(set(points)) == 2 * 6 * 6
    shares = [event["progress"] for event in events[1:]]
    assert shares == sorted(shares)
    last = events[-1]
    assert last["event"] == "fold"
    assert (last["progress"], last["folds_done"], last["folds_total"]) == (1.0, 12, 12)
    assert last["seconds_left"] == 0.0
    assert np.sum(last["confusion"]) == 36


@pytest.mark.parametrize(("backend", "threads"), [("fused", 2), ("stacked", 2), ("loop", 1)])
def test_stops_when_asked(feature_set, backend, threads):
    told = []
    settings = TrainingSettings(epochs=100_000, batch_size=16, backend=backend, threads=threads)
    with pytest.raises(TrainingStopped):
        cross_validate(
            feature_set, settings, on_event=told.append, should_stop=lambda: len(told) > 2
        )
    alive = [thread for thread in threading.enumerate() if thread.name.startswith("mexlab-fold")]
    assert not alive


def test_an_error_of_a_listener_ends_every_thread(feature_set):
    def listener(event):
        if event["event"] != "started":
            raise RuntimeError("nobody listens")

    with pytest.raises(RuntimeError, match="nobody listens"):
        cross_validate(
            feature_set,
            TrainingSettings(epochs=100_000, batch_size=16, threads=2),
            on_event=listener,
        )
    alive = [thread for thread in threading.enumerate() if thread.name.startswith("mexlab-fold")]
    assert not alive


def test_threads_are_as_set_and_given_back(feature_set, monkeypatch):
    before = torch.get_num_threads()
    seen = set()
    real = backends.train_one_by_one

    def spy(*args):
        seen.add(torch.get_num_threads())
        return real(*args)

    monkeypatch.setattr(backends, "train_one_by_one", spy)
    cross_validate(
        feature_set, TrainingSettings(epochs=1, batch_size=16, backend="loop", threads=3)
    )
    assert seen == {3}
    assert torch.get_num_threads() == before


class TestBadInput:
    def test_no_clip(self, feature_set):
        with pytest.raises(InputError, match="no labelled clip"):
            cross_validate(feature_set.subset(np.zeros(36, bool)), QUICK)

    def test_one_person(self, feature_set):
        with pytest.raises(InputError, match="at least two subjects, got only alpha/01"):
            cross_validate(feature_set.subset(np.arange(6)), QUICK)

    def test_one_class(self, feature_set):
        with pytest.raises(InputError, match="at least two classes are needed, got 36 negative"):
            cross_validate(relabel(feature_set, np.zeros(36, int)), QUICK)

    def test_a_class_that_only_one_person_shows(self, feature_set):
        labels = np.minimum(feature_set.labels, 1)
        labels[0] = 2
        with pytest.raises(InputError, match="surprise occurs only in alpha/01"):
            cross_validate(relabel(feature_set, labels), QUICK)

    def test_a_class_that_nobody_shows_is_no_fault(self, feature_set):
        labels = np.minimum(feature_set.labels, 1)
        result = cross_validate(relabel(feature_set, labels), QUICK)
        assert result.probabilities.shape == (1, 36, 3)

    def test_not_a_number(self, feature_set, make_feature_set):
        broken = make_feature_set()
        # Past the feature set's own check, as a damaged cache would.
        broken.inputs[7, 1, 3, 3] = np.nan
        with pytest.raises(InputError, match=r"not numbers in 1 clips, first beta/01/clip1"):
            cross_validate(broken, QUICK)

    def test_inputs_of_which_pooling_leaves_nothing(self):
        keys = [ClipKey("a", str(i // 2), str(i)) for i in range(8)]
        small = FeatureSet(np.zeros((8, 3, 3, 3)), np.arange(8) % 2, ("x", "y"), keys)
        with pytest.raises(
            InputError, match="laenet takes inputs of 4 x 4 px or larger, got 3 x 3"
        ):
            cross_validate(small, QUICK)
        with pytest.raises(InputError, match="expected square maps"):
            FeatureSet(np.zeros((8, 3, 14, 15)), np.arange(8) % 2, ("x", "y"), keys)

    @pytest.mark.parametrize("backend", ["fused", "stacked", "loop"])
    def test_a_training_that_blows_up(self, feature_set, backend, monkeypatch):
        def burst(jobs, inputs, classes, settings, plan, watch):
            watch.on_epoch(jobs, 3, [float("nan")] * len(jobs), [0.3] * len(jobs))

        for name in ("train_one_by_one", "train_stacked", "train_fused"):
            monkeypatch.setattr(backends, name, burst)
        with pytest.raises(InputError, match=r"alpha/01 is not a number at epoch 3.*learning rate"):
            cross_validate(feature_set, TrainingSettings(backend=backend, threads=1))
