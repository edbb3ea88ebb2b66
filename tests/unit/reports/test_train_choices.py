from __future__ import annotations

from dataclasses import replace

import pytest

from mexlab.data.labels.schemes import label_schemes
from mexlab.errors import InputError
from mexlab.pages.train.choices import TrainChoices, read_recipe, read_request
from mexlab.pages.train.words import (
    data_sentence,
    join_words,
    nothing_yet,
    plan_sentence,
    why_not,
)
from mexlab.runs.presets import preset
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace.feature_sets.plan import plan_training
from mexlab.workspace.trainings.request import TrainRequest


@pytest.fixture
def choices(workspace):
    return TrainChoices(workspace)


def test_each_fault_stands_beside_its_field(choices):
    choice = {
        **choices.default_choice(),
        "epochs": "many",
        "learning_rate": "-1",
        "batch_size": "64",
        "seeds": "x",
    }
    values, faults = read_recipe(choice)
    assert set(faults) == {"epochs", "learning_rate", "seeds"}
    assert values == {"batch_size": 64, "class_weighting": 0.5, "label_smoothing": 0.1}
    with pytest.raises(InputError, match="epochs"):
        read_request(choice)


def test_a_comma_is_a_decimal_point(choices):
    values, faults = read_recipe({**choices.default_choice(), "learning_rate": "0,01"})
    assert values["learning_rate"] == 0.01
    assert not faults


def test_the_default_choice_takes_what_has_frames(choices):
    choice = choices.default_choice()
    assert choice["databases"] == ["casme2"]
    assert choice["source"] == "computed"
    assert {option["name"] for option in choices.options(choice)["sources"]} == {
        "computed",
        "release",
    }


def test_the_plan_says_what_runs_and_what_is_left_out(choices):
    choice = {
        **choices.default_choice(),
        "databases": ["smic"],
        "source": "release",
        "seeds": "1-3",
    }
    plan, faults = choices.plan(choice)
    # SMIC: a class of one subject alone cannot be learned from others.
    assert not plan["ready"]
    assert "smic/s01" in plan["sentence"]
    assert not faults

    plan, _ = choices.plan({**choices.default_choice(), "labels": "native"})
    assert plan["left_out"] == []
    assert not plan["ready"]


def test_the_plan_of_a_trainable_choice(workspace, choices, monkeypatch):
    # Every class by two people: the same clips, coded anew by anna.
    emotions = {"EP01": "disgust", "EP02": "happiness", "EP03": "disgust", "EP04": "happiness"}
    for row in workspace.store.clips(database="casme2"):
        if row.key.name in emotions:
            workspace.store.change_coding(
                row.key,
                "anna",
                {"onset": 10, "apex": 11, "offset": 12, "emotion": emotions[row.key.name]},
                page="test",
                expected_revision=None,
            )
    choice = {**choices.default_choice(), "coder": "anna", "epochs": "7", "seeds": "1-3"}
    plan, faults = choices.plan(choice)
    assert plan["sentence"] == (
        "LAENet on 4 clips of 2 subjects: leave one subject out, 2 folds × 3 seeds, 7 epochs, last "
        "epoch kept; nothing is chosen on held-out data."
    )
    assert plan["notes"][2] == "2 negative, 2 positive, 0 surprise."
    assert "nothing comparable has run on this machine" in plan["notes"][0]
    assert plan["left_out"] == [["anna has not coded it", ["casme2/sub02/EP05"], 1]]
    assert plan["ready"]
    assert not faults
    coders = {option["name"]: option["detail"] for option in choices.options(choice)["coders"]}
    assert coders == {"database": "4 clips", "anna": "4 clips"}
    request = read_request(choice)
    assert request.training.seeds == (1, 2, 3)
    assert request.databases == ("casme2",)
    assert request.coder == "anna"
    both, _ = choices.plan({**choice, "pretrain": "casme2"})
    assert "both pre-trained and tested on" in both["sentence"]
    assert not both["ready"]
    assert read_request({**choice, "pretrain": "smic"}).pretrain == ("smic",)


def test_presets_are_recipes_as_if_typed(choices):
    mexlab, authors = choices.options(choices.default_choice())["presets"]
    own = choices.default_choice()
    assert {name: own[name] for name in mexlab["values"]} == mexlab["values"]
    request = read_request({**own, **authors["values"], "databases": ["casme2"]})
    assert request.training == TrainingSettings(**preset("authors"))


def test_a_database_without_features_is_told(choices):
    plan, _ = choices.plan({**choices.default_choice(), "databases": []})
    assert plan == {"sentence": "Choose at least one database.", "ready": False}


def test_an_empty_workspace_says_what_to_do(tmp_path):
    from mexlab.workspace.workspace import Workspace

    choices = TrainChoices(Workspace.create(tmp_path / "empty"))
    plan, _ = choices.plan(choices.default_choice())
    assert "no database" in plan["sentence"]
    assert not plan["ready"]


def test_the_plan_counts_clips_subjects_and_classes(workspace):
    plan = plan_training(workspace, ["casme2"], "database", "megc2019", "computed")
    assert plan.clips == 4
    assert plan.subjects == 2
    assert plan.class_counts == {"negative": 1, "positive": 2, "surprise": 1}
    assert [entry.where for entry in plan.left_out] == ["casme2/sub02/EP05"]


def test_every_label_scheme_has_words_of_its_own(choices):
    schemes = choices.options(choices.default_choice())["schemes"]
    assert [one["name"] for one in schemes] == list(label_schemes())
    assert len({one["title"] for one in schemes}) == len(schemes)
    assert all(one["detail"] for one in schemes)


@pytest.mark.parametrize(
    ("training", "said"),
    [
        ({"protocol": "k-fold", "k": 2}, "2-fold by subject, 2 folds"),
        ({"protocol": "leave-one-subject-out"}, "leave one subject out, 2 folds"),
    ],
)
def test_the_sentence_names_the_protocol(workspace, training, said):
    plan = plan_training(workspace, ["casme2"], source="computed")
    request = TrainRequest(training=TrainingSettings(**training))
    assert said in plan_sentence(plan, request)


def test_one_database_cannot_be_left_out(workspace):
    plan = plan_training(workspace, ["casme2"], labels="native", source="computed")
    request = TrainRequest(training=TrainingSettings(protocol="leave-one-database-out"))
    said = why_not(workspace, plan, request)
    assert said is not None
    assert said.in_full.startswith("Leaving one database out needs at least two")
    request = TrainRequest(training=TrainingSettings(protocol="k-fold", k=9))
    said = why_not(workspace, plan, request)
    assert said is not None
    assert said.in_full == (
        "Expected 2 to 2 parts for 2 people, got 9. Ask for fewer parts, or choose more people."
    )


def test_parts_are_read_of_k_fold_alone(choices):
    choice = {**choices.default_choice(), "k": "many", "fold_seed": "3"}
    assert read_recipe(choice)[1] == {}
    _, faults = read_recipe({**choice, "protocol": "k-fold"})
    assert faults == {"k": "a whole number"}
    training = read_request({**choice, "protocol": "k-fold", "k": "2", "device": "cpu"}).training
    assert (training.protocol, training.k, training.fold_seed) == ("k-fold", 2, 3)
    assert training.device == "cpu"


def test_the_plan_follows_the_protocol(choices):
    choice = {**choices.default_choice(), "protocol": "leave-one-database-out"}
    plan, _ = choices.plan(choice)
    assert not plan["ready"]
    assert "two databases" in plan["sentence"]


def test_a_preset_leaves_protocol_and_device_alone(choices):
    for one in choices.options(choices.default_choice())["presets"]:
        assert not {"protocol", "k", "fold_seed", "device"} & set(one["values"])


def test_the_clips_are_named_by_database_codings_and_features(workspace):
    plan = plan_training(workspace, ["casme2"], source="computed")
    request = TrainRequest(databases=("casme2",))
    assert data_sentence(plan, request, workspace.store.databases()) == (
        "Clips: 4 of 5 of CASME II; coded by the databases; motion computed from the "
        "frames (tvl1-micro), eyes masked."
    )
    # Where expressions are counted, their number stands beside that of the clips.
    sample, label = plan.labelled[0]
    second = replace(sample, coding=replace(sample.coding, expression=2))
    several = replace(plan, labelled=[(second, label), *plan.labelled[1:]])
    words = data_sentence(several, request, workspace.store.databases())
    assert words.startswith("Clips: 4 of 5 of CASME II (4 expressions); ")
    plan = plan_training(workspace, ["smic"], source="release")
    words = data_sentence(plan, request, workspace.store.databases())
    assert words.startswith("Clips: all 3 of SMIC;")
    assert words.endswith("features as they were released.")


@pytest.mark.parametrize(
    ("parts", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (list("abc"), "a, b and c")],
)
def test_words_are_joined(parts, said):
    assert join_words(parts) == said


def test_databases_of_one_title_bear_their_names(choices):
    def shown(rows):
        choices.databases = rows
        options = choices.options(choices.default_choice())
        pretrain = {one["name"]: one.get("detail") for one in options["pretrainings"]}
        return {one["name"]: (one["detail"], pretrain[one["name"]]) for one in options["databases"]}

    casme2 = next(row for row in choices.databases if row.name == "casme2")
    alone = replace(casme2, layout="casme2", title="CASME II")
    size = shown([alone])["casme2"][0]
    assert shown([alone])["casme2"] == (size, "")
    # The title says it, and a folder's own title does not.
    assert (
        shown([replace(alone, name="smic-nir", title="SMIC-NIR", layout="smic")])["smic-nir"][1]
        == ""
    )
    own = replace(alone, name="own", layout="folder", title="RAW_selected")
    assert shown([own])["own"] == (f"own, {size}, ready features", "own")
    twice = shown([alone, replace(alone, name="again")])
    assert twice["casme2"] == (f"casme2, {size}", "casme2")
    assert twice["again"] == (f"again, {size}, ready features", "again")


def test_beside_a_coder_stands_what_is_amiss(choices, monkeypatch):
    choice = choices.default_choice()
    detail = {one["name"]: one["detail"] for one in choices.options(choice)["coders"]}
    assert detail["database"] == "4 clips"
    problem = "2 expressions would be counted twice, as two views of one moment: a and b"

    def refuse(*_):
        raise InputError(problem, remedy="Choose one of a, b")

    monkeypatch.setattr("mexlab.pages.train.choices.plan_training", refuse)
    detail = {one["name"]: one["detail"] for one in choices.options(choice)["coders"]}
    assert detail["database"] == problem.partition(":")[0]
    plan, _ = choices.plan(choice)
    assert plan["sentence"] == f"{problem}. Choose one of a, b."
    assert plan["sentence"] in nothing_yet(plan)["remedy"]
    assert "then start" in nothing_yet({"ready": True})["remedy"]
    monkeypatch.undo()
    left = choices.options({**choice, "kind": "macro"})["coders"]
    assert {one["detail"] for one in left} == {"no clip to use"}
