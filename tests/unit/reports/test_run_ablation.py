"""Which runs fall into which cell, on runs that were really trained."""

from __future__ import annotations

import shlex
from dataclasses import replace

import numpy as np
import pytest

from mexlab.cli import main
from mexlab.data.clips import ClipKey
from mexlab.features.feature_set import FeatureSet
from mexlab.features.flow_choices import FLOW_PRESETS
from mexlab.features.settings import FlowSettings
from mexlab.pages.results.page import ResultsPage
from mexlab.reports.ablation import run_ablation
from mexlab.reports.ablation_rows import (
    NO_RUN,
    ablation_columns,
    ablation_sentence,
    ablation_steps,
    own_ablation_rows,
    published_ablation_rows,
)
from mexlab.runs.run import create_run, list_runs, open_run
from mexlab.runs.settings import TrainingSettings
from mexlab.training.execute import execute_run
from mexlab.workspace.trainings.command import train_command
from mexlab.workspace.trainings.request import TrainRequest
from mexlab.workspace.workspace import Workspace

CLASSES = ("negative", "positive", "surprise")
LAYOUTS = {"lab": "casme2", "macro": "ckplus"}
REQUEST = TrainRequest(
    databases=("lab",), training=TrainingSettings(epochs=1, seeds=(1, 2), pretrain_epochs=1)
)


def clips(database, people, *, mask=True, source="computed", seed=1):
    """Features of three clips a person; those of a mask differ from those without one."""
    stream = np.random.default_rng(seed)
    count = 3 * people
    inputs = stream.normal(size=(count, 3, 28, 28)).astype(np.float32) * (0.5 if mask else 1.0)
    keys = [ClipKey(database, f"s{i // 3}", f"c{i}") for i in range(count)]
    flow = {} if source == "release" else {"flow": FlowSettings(eye_mask=mask).to_record()}
    about = {"source": source, **flow}
    return FeatureSet(inputs, np.arange(count) % 3, CLASSES, keys, about)


@pytest.fixture(scope="module")
def runs_dir(tmp_path_factory):
    """Trained for one epoch: with the mask, without, another network, pre-trained, two others."""
    folder = tmp_path_factory.mktemp("ablation") / "runs"
    plain = replace(REQUEST, flow=FlowSettings(eye_mask=False))

    def trained(request, target, source=None):
        run = create_run(folder, request.to_record())
        return execute_run(run, target, request.training, source=source)

    trained(REQUEST, clips("lab", 3))
    trained(plain, clips("lab", 3, mask=False))
    trained(replace(REQUEST, training=replace(REQUEST.training, model="ststnet")), clips("lab", 3))
    trained(replace(REQUEST, pretrain=("macro",)), clips("lab", 3), clips("macro", 2, seed=2))
    trained(replace(REQUEST, training=replace(REQUEST.training, seeds=(1,))), clips("lab", 3))
    trained(REQUEST, clips("lab", 4))
    assert [run.status for run in list_runs(folder)] == ["finished"] * 6
    return folder


@pytest.fixture
def shown(runs_dir):
    run = open_run(runs_dir, "laenet-001")
    return run, run_ablation(run, list_runs(runs_dir), LAYOUTS)


def test_runs_stand_in_the_cell_of_their_record(shown):
    run, found = shown
    cells = [(cell.pretrained, cell.mask, cell.run and cell.run.id) for cell in found.cells]
    assert cells == [
        (False, False, "laenet-002"),
        (False, True, "laenet-001"),
        (True, False, None),
        (True, True, "laenet-003"),
    ]
    figures = found.cells[1].figures()["accuracy"]
    seeds = run.metrics["full"]["seeds"]
    assert figures == (seeds["mean"]["accuracy"], seeds["sd"]["accuracy"])
    rows = own_ablation_rows(found, run, {"macro": "CK+"})
    assert [row["label"] for row in rows] == ["not pre-trained", "pre-trained on CK+"]
    assert rows[0]["cells"][1]["own"]
    assert rows[0]["cells"][1]["text"] == f"{figures[0]:.4f} ± {figures[1]:.4f}"
    assert rows[1]["cells"][0]["text"] == NO_RUN
    assert ablation_columns(found) == ["no eye mask", "eye mask"]
    assert "the eye mask" in ablation_sentence(found)


def test_what_is_otherwise_stays_out_and_says_why(shown):
    _, found = shown
    assert {run.id: why for run, why in found.unlike} == {
        "ststnet-001": "other network: ststnet, not laenet",
        "laenet-004": "other seeds: 1, not 1, 2",
        "laenet-005": "other clips, or other labels of them",
    }


def test_the_empty_cell_says_what_fills_it(shown, monkeypatch, tmp_path):
    run, found = shown
    [step] = ablation_steps(found, run, {"macro": "CK+"})
    assert "Pre-trained, no eye mask: pre-train on CK+, eye mask off" in step["text"]
    asked = []
    monkeypatch.setattr(
        "mexlab.cli.train.train_with_bar", lambda _, request, **__: asked.append(request) or run
    )
    Workspace.create(tmp_path / "ws")
    monkeypatch.setenv("MEXLAB_WORKSPACE", str(tmp_path / "ws"))
    program, *words = shlex.split(step["command"])
    assert program == "mexlab"
    assert main(words) == 0
    assert asked == [replace(REQUEST, pretrain=("macro",), flow=FlowSettings(eye_mask=False))]


def test_around_another_run_the_table_is_another(runs_dir):
    run = open_run(runs_dir, "ststnet-001")
    found = run_ablation(run, list_runs(runs_dir), {})
    assert [cell.run and cell.run.id for cell in found.cells] == [None, "ststnet-001", None, None]
    assert found.cells[2].command == ""
    assert "import CK+" in found.cells[2].missing
    assert "--model ststnet" in found.cells[0].command
    record = found.to_record()
    assert record["cells"][1]["figures"]["uf1"]["mean"] == pytest.approx(
        run.metrics["full"]["seeds"]["mean"]["uf1"]
    )
    assert {one["run"] for one in record["left_out"]} == {f"laenet-00{n}" for n in range(1, 6)}


def test_the_mask_of_a_release_cannot_be_switched(tmp_path):
    request = replace(REQUEST, training=TrainingSettings(epochs=1, backend="loop"))
    run = create_run(tmp_path / "runs", request.to_record())
    run = execute_run(run, clips("lab", 3, source="release"), request.training)
    found = run_ablation(run, [run], LAYOUTS)
    assert [(cell.pretrained, cell.mask) for cell in found.cells] == [(False, None), (True, None)]
    assert ablation_columns(found) == ["as released"]
    assert found.cells[0].figures()["accuracy"][1] is None


def test_a_damaged_run_is_named_and_the_table_stands(runs_dir, shown, tmp_path):
    run, _ = shown
    damaged = open_run(runs_dir, "laenet-002")
    damaged.folder = tmp_path
    found = run_ablation(run, [damaged, run], LAYOUTS)
    [(_, why)] = found.unlike
    assert why.startswith("cannot be read (")
    assert "predictions.csv: is missing" in why
    assert found.cells[1].run is run


def test_the_page_holds_it_beside_the_published(workspace, finished, write_run):
    assert [row["cells"] for row in published_ablation_rows()] == [
        ["0.7443", "0.7466"],
        ["0.7760", "0.7919"],
    ]
    other = write_run(only="casme2")
    page = ResultsPage(workspace, finished.id)
    view = page.below.ablation
    assert view.rows[0]["cells"][1]["run"] == finished.id
    assert view.published
    assert [run for run, _ in view.unlike] == [other.name]
    assert "other databases" in view.unlike[0][1]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"coder": "anna", "labels": "native", "features": "release"},
        {"flow": FlowSettings(eye_mask=False, flow="dis")},
        {"flow": FLOW_PRESETS["paper"]},
        {"flow": replace(FLOW_PRESETS["paper"], head_motion="compensated")},
        {"flow": FlowSettings(eye_mask_margin=0.5, margins=(1, 2, 3, 4), face_size=(128, 160))},
        {"training": TrainingSettings(masked_cells="counted")},
        {"pretrain": ("ck plus",), "training": TrainingSettings(pretrain_epochs=3)},
        {"training": TrainingSettings(seeds=(1, 2, 3), mirror="off", learning_rate=5e-5)},
        {"training": TrainingSettings(seeds=(3, 1), protocol="k-fold", k=4, fold_seed=2)},
    ],
)
def test_a_command_asks_for_the_same_again(change, monkeypatch, tmp_path, runs_dir):
    asked = []
    run = open_run(runs_dir, "laenet-001")
    monkeypatch.setattr(
        "mexlab.cli.train.train_with_bar", lambda _, request, **__: asked.append(request) or run
    )
    Workspace.create(tmp_path / "ws")
    monkeypatch.setenv("MEXLAB_WORKSPACE", str(tmp_path / "ws"))
    request = replace(REQUEST, **change)
    assert main(shlex.split(train_command(request))[1:]) == 0
    assert asked[0].to_record() == {
        **request.to_record(),
        "training": {
            **request.training.to_record(),
            # Of no account without a pre-training.
            "pretrain_epochs": asked[0].training.pretrain_epochs,
        },
    }
    assert not request.pretrain or asked[0].training == request.training


def test_what_no_option_says_has_no_command():
    assert train_command(replace(REQUEST, training=TrainingSettings(weight_decay=0.1))) == ""
