import numpy as np
import pytest

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError
from mexlab.evaluation.splits import k_fold_by_subject
from mexlab.features.feature_set import FeatureSet
from mexlab.pages.train.choices import read_recipe
from mexlab.runs.folding import (
    count_folds,
    cut_folds,
    dealt_by,
    is_published,
    protocol_text,
    spell_protocol,
)
from mexlab.runs.protocols import PROTOCOLS, Protocol
from mexlab.runs.run import create_run, open_run
from mexlab.runs.settings import TrainingSettings
from mexlab.training.cross_validation import cross_validate
from mexlab.training.execute import execute_run
from mexlab.training.results import load_run_network
from mexlab.workspace.trainings.command import train_command
from mexlab.workspace.trainings.request import TrainRequest


def settings_of(protocol, **more):
    return TrainingSettings(epochs=2, batch_size=16, threads=1, protocol=protocol, **more)


@pytest.mark.parametrize("name", list(PROTOCOLS))
def test_as_many_folds_as_were_counted(feature_set, name):
    settings = settings_of(name, k=3)
    folds = cut_folds(feature_set.groups, settings, feature_set.databases)
    assert len(folds) == count_folds(settings, subjects=6, databases=2)


@pytest.mark.parametrize("deals", [False, True])
def test_a_protocol_is_all_in_its_own_record(monkeypatch, feature_set, deals):
    """One that nobody knows by name is cut, counted, spelt and typed by what its record says."""
    halves = Protocol(
        "halves", "Halves", "", "In {k} halves, seed {fold_seed}.", "in {k} halves", "half",
        cut=lambda groups, k, seed, _databases: k_fold_by_subject(groups, k, seed),
        count=lambda k, _subjects, _databases: k,
        deals=deals,
    )  # fmt: skip
    monkeypatch.setitem(PROTOCOLS, "halves", halves)
    settings = settings_of("halves", k=2, fold_seed=4)
    folds = cut_folds(feature_set.groups, settings, feature_set.databases)
    assert [fold.name for fold in folds] == ["part 1", "part 2"]
    assert count_folds(settings, subjects=6, databases=2) == 2
    assert spell_protocol(settings) == "in 2 halves"
    assert protocol_text(settings).startswith("In 2 halves, seed 4. ")
    assert dealt_by(settings) == ((2, 4) if deals else None)
    assert not is_published(settings)
    typed = train_command(TrainRequest(training=settings))
    assert ("--fold-seed 4" in typed) is deals
    choice = {"protocol": "halves", "k": "2", "fold_seed": "4"}
    assert (read_recipe(choice)[0].get("fold_seed") == 4) is deals


def test_a_run_from_before_there_was_a_choice_left_one_subject_out():
    record = TrainingSettings().to_record()
    for name in ("protocol", "k", "fold_seed"):
        del record[name]
    settings = TrainingSettings.from_record(record)
    assert spell_protocol(settings) == "leave one subject out"
    assert protocol_text(settings).startswith("Leave one subject out: each subject")


def test_what_is_said_holds_the_numbers():
    settings = settings_of("k-fold", k=7, fold_seed=3)
    assert spell_protocol(settings) == "7-fold by subject"
    text = protocol_text(settings)
    assert "shuffled by seed 3, are dealt into 7 parts" in text
    assert "No epoch, threshold, seed or setting is selected on held-out clips" in text


@pytest.mark.parametrize(
    ("name", "folds"),
    [
        ("leave-one-database-out", ["alpha", "beta"]),
        ("k-fold", ["part 1", "part 2", "part 3"]),
    ],
)
def test_a_run_keeps_folds_and_figures_of_its_protocol(feature_set, tmp_path, name, folds):
    settings = settings_of(name, k=3, seeds=(1, 2))
    run = create_run(tmp_path, {"training": settings.to_record()})
    assert run.count_folds() == 0
    execute_run(run, feature_set, settings)
    run = open_run(tmp_path, run.id)
    assert run.record["protocol"] == protocol_text(settings)
    assert run.summary()["protocol"] == name
    assert run.count_folds() == len(folds)
    rows = run.predictions()
    assert sorted({row.fold for row in rows}) == folds
    for row in rows:
        assert name == "k-fold" or row.fold == row.key.database
    # One fold a person, also where there are several people in a fold.
    assert len({(row.key.group, row.fold) for row in rows}) == 6
    for part in ("alpha", "beta"):
        own = [row for row in rows if row.key.database == part]
        right = np.mean([row.correct for row in own])
        assert run.metrics[part]["accuracy"] == pytest.approx(right)
        assert run.metrics[part]["n"] == len(own) == 18
    for fold in folds:
        load_run_network(run, fold, 2)


def test_a_database_leaves_no_trace_in_the_network_that_predicts_it(feature_set):
    settings = settings_of("leave-one-database-out")
    clean = cross_validate(feature_set, settings)
    own = np.array([key.database == "alpha" for key in feature_set.keys])
    labels = np.where(own, (feature_set.labels + 1) % 3, feature_set.labels)
    inputs = np.where(own[:, None, None, None], -5 * feature_set.inputs, feature_set.inputs)
    spoilt = FeatureSet(inputs, labels, feature_set.classes, feature_set.keys)
    again = cross_validate(spoilt, settings)
    for name, value in clean.states[0]["alpha"].items():
        assert value.equal(again.states[0]["alpha"][name]), name
    assert not np.array_equal(clean.probabilities[0, ~own], again.probabilities[0, ~own])


class TestBadInput:
    def test_one_database(self, make_feature_set):
        with pytest.raises(InputError, match="at least two databases, got only alpha"):
            cross_validate(
                make_feature_set(databases=("alpha",)), settings_of("leave-one-database-out")
            )

    def test_more_parts_than_people(self, feature_set):
        with pytest.raises(InputError, match="expected 2 to 6 parts for 6 people, got 7"):
            cross_validate(feature_set, settings_of("k-fold", k=7))

    def test_a_class_of_one_database_alone(self, feature_set):
        own = np.array([key.database == "alpha" for key in feature_set.keys])
        labels = np.where(own, feature_set.labels, feature_set.labels % 2)
        one_sided = FeatureSet(feature_set.inputs, labels, feature_set.classes, feature_set.keys)
        with pytest.raises(InputError, match=r"surprise occurs only in alpha.*another protocol"):
            cross_validate(one_sided, settings_of("leave-one-database-out"))
        cross_validate(one_sided, settings_of("leave-one-subject-out"))

    @pytest.mark.parametrize("name", list(PROTOCOLS))
    def test_a_database_that_was_imported_twice(self, feature_set, name):
        own = [i for i, key in enumerate(feature_set.keys) if key.database == "alpha"]
        copies = [ClipKey("gamma", *str(feature_set.keys[i]).split("/")[1:]) for i in own]
        twice = FeatureSet(
            np.concatenate([feature_set.inputs, feature_set.inputs[own]]),
            np.concatenate([feature_set.labels, feature_set.labels[own]]),
            feature_set.classes,
            [*feature_set.keys, *copies],
        )
        with pytest.raises(InputError, match=r"alpha/01 and gamma/01.*imported twice"):
            cross_validate(twice, settings_of(name, k=9))

    def test_faces_that_stand_still_are_not_one_person(self, feature_set):
        inputs = feature_set.inputs.copy()
        inputs[[0, 6]] = 0.0
        still = FeatureSet(inputs, feature_set.labels, feature_set.classes, feature_set.keys)
        cross_validate(still, settings_of("k-fold", k=2))
