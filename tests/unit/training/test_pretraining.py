import numpy as np
import pytest
import torch

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError, TrainingStopped
from mexlab.features.feature_set import FeatureSet
from mexlab.runs.run import create_run
from mexlab.runs.settings import TrainingSettings
from mexlab.training import LAENetClassifier
from mexlab.training.cross_validation import cross_validate
from mexlab.training.execute import execute_run
from mexlab.training.pretraining import plan_pretraining

#: So short a fine-tuning learns next to nothing of its own.
SHORT = TrainingSettings(epochs=1, batch_size=16, learning_rate=1e-3, pretrain_epochs=30, threads=1)


def renamed(feature_set, database, classes=None):
    keys = [ClipKey(database, f"{k.database}{k.subject}", k.name) for k in feature_set.keys]
    return FeatureSet(
        feature_set.inputs,
        feature_set.labels,
        classes or feature_set.classes,
        keys,
        feature_set.source,
    )


@pytest.fixture
def macro(make_feature_set):
    return renamed(make_feature_set(seed=9), "macro")


def accuracy(result, feature_set):
    return (result.probabilities.mean(axis=0).argmax(axis=1) == feature_set.labels).mean()


@pytest.mark.parametrize("backend", ["fused", "stacked", "loop"])
def test_what_was_learnt_before_is_there(feature_set, macro, backend):
    settings = TrainingSettings.from_record({**SHORT.to_record(), "backend": backend})
    alone = cross_validate(feature_set, settings)
    after = cross_validate(feature_set, settings, source=macro)
    assert accuracy(alone, feature_set) < 0.7
    assert accuracy(after, feature_set) > 0.9
    assert alone.pretraining is None
    assert after.pretraining["databases"] == ["macro"]
    assert (after.pretraining["clips"], after.pretraining["epochs"]) == (36, 30)
    # The curves are of the folds, and only of them.
    assert {point.fold for point in after.curves} == {fold.name for fold in after.folds}


def test_nobody_who_is_tested_on_is_in_the_source(feature_set, macro):
    shared = FeatureSet(
        np.concatenate([macro.inputs, feature_set.inputs[:7] + 1]),
        np.concatenate([macro.labels, feature_set.labels[:7]]),
        macro.classes,
        [*macro.keys, *(ClipKey(k.database, k.subject, f"other {k.name}")
                        for k in feature_set.keys[:7])],
        macro.source,
    )  # fmt: skip
    planned = plan_pretraining(shared, feature_set, SHORT)
    assert planned.left_out == ("alpha/01", "beta/01")
    assert not set(planned.source.persons) & set(feature_set.persons)
    assert planned.source.keys == macro.keys


def test_a_database_imported_under_two_names_is_found_by_its_clips(feature_set, macro):
    twice = renamed(feature_set, "again")
    with pytest.raises(
        InputError, match=r"got none after leaving out the 6 people to be tested on"
    ):
        plan_pretraining(twice, feature_set, SHORT)
    # One clip gives its person away; that person's other clips go with it.
    inputs = macro.inputs.copy()
    inputs[13] = feature_set.inputs[0]
    mixed = FeatureSet(inputs, macro.labels, macro.classes, macro.keys, macro.source)
    planned = plan_pretraining(mixed, feature_set, SHORT)
    assert planned.left_out == (macro.groups[13],)
    assert len(planned.source) == 30


def test_the_held_out_clips_do_not_touch_what_predicts_them(feature_set, macro):
    clean = cross_validate(feature_set, SHORT, source=macro)
    fold = clean.folds[1]
    inputs, labels = feature_set.inputs.copy(), feature_set.labels.copy()
    inputs[fold.test_idx] *= -3.0
    labels[fold.test_idx] = (labels[fold.test_idx] + 1) % 3
    spoilt = FeatureSet(inputs, labels, feature_set.classes, feature_set.keys, feature_set.source)
    again = cross_validate(spoilt, SHORT, source=macro)
    for name, value in clean.states[0][fold.name].items():
        assert torch.equal(again.states[0][fold.name][name], value), name


def test_other_classes_hand_on_all_but_the_classifier(feature_set, macro):
    other = renamed(macro, "other", classes=("anger", "fear", "joy"))
    result = cross_validate(feature_set, SHORT, source=other)
    same = cross_validate(feature_set, SHORT, source=macro)
    name = result.folds[0].name
    assert not torch.allclose(
        result.states[0][name]["classifier.weight"], same.states[0][name]["classifier.weight"],
        atol=0.05,
    )  # fmt: skip
    assert int(result.states[0][name]["streams.0.norm.num_batches_tracked"]) == 2


def test_features_of_another_kind_are_refused(feature_set, macro):
    source = {**macro.source, "source": "release"}
    release = FeatureSet(macro.inputs, macro.labels, macro.classes, macro.keys, source)
    with pytest.raises(InputError, match="features are release"):
        plan_pretraining(release, feature_set, SHORT)


def test_stops_when_asked(feature_set, macro):
    settings = TrainingSettings(pretrain_epochs=100_000, batch_size=16, threads=1)
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 5

    with pytest.raises(TrainingStopped):
        cross_validate(feature_set, settings, source=macro, should_stop=stop)


def test_the_runs_record_says_so(feature_set, macro, tmp_path):
    run = create_run(tmp_path, {"training": SHORT.to_record()})
    events = []
    execute_run(run, feature_set, SHORT, source=macro, on_event=events.append)
    assert run.record["pretraining"]["digest"] == macro.content_digest()
    assert run.record["pretraining"]["left_out"] == []
    assert events[0]["pretraining"]["clips"] == 36
    assert events[-2]["progress"] == 1.0


def test_fine_tuning_a_classifier(feature_set, macro):
    before = LAENetClassifier(epochs=30, batch_size=16).fit(macro.inputs, macro.labels)
    quick = {"epochs": 1, "batch_size": 16, "learning_rate": 1e-3}
    data = feature_set.inputs, feature_set.labels
    alone = LAENetClassifier(**quick).fit(*data).score(*data)
    after = LAENetClassifier(**quick).fit(*data, start=before).score(*data)
    assert alone < 0.7
    assert after > 0.9
