"""``mexlab features`` and ``mexlab train`` with an input of another side than 28."""

from __future__ import annotations

from typing import Any

import pytest

from mexlab.features.settings import FlowSettings
from mexlab.pages.flow.content import FlowRequest
from mexlab.pages.flow.held_out import HeldOutPredictions
from mexlab.pages.results.where_looked import WhereLooked
from mexlab.runs.run import open_run
from mexlab.workspace import Workspace


@pytest.fixture(scope="module")
def shown(journey: Any) -> Any:
    """What is printed of a training on inputs of 20 x 20 px."""
    return journey.json(
        "train", "--input-size", 20, "--epochs", 5, "--seeds", "1,2", "--name", "small"
    )


def test_features_are_those_that_are_there(journey: Any) -> None:
    cached = sorted((journey.workspace / "cache").rglob("*"))
    usual = journey.json("features")
    small = journey.json("features", "--input-size", 20)
    assert (small["ready"], small["left_out"]) == (usual["ready"], usual["left_out"])
    # The side is applied on use: nothing is computed anew.
    assert sorted((journey.workspace / "cache").rglob("*")) == cached


def test_the_run_says_what_it_was_trained_on(journey: Any, shown: Any) -> None:
    assert shown["status"] == "finished"
    assert shown["request"]["flow"]["input_size"] == 20
    assert shown["data"]["side"] == shown["data"]["features"]["flow"]["input_size"] == 20
    record = open_run(journey.workspace / "runs", shown["id"]).record
    assert record["backend"] == "stacked"
    assert "the compiled kernel is made for inputs of 28 x 28 px" in record["backend_note"]
    assert (
        "LAENet, inputs of 20 × 20 px · "
        in journey.run("show", shown["id"], "-w", journey.workspace).stdout
    )
    first = next(run for run in journey.json("runs") if run["name"] == "first")
    usual = journey.json("show", first["id"])
    assert usual["data"]["side"] == 28
    assert usual["data"]["clips"] == shown["data"]["clips"]
    assert usual["data"]["digest"] != shown["data"]["digest"]


def test_pages_ask_its_networks_with_its_own_inputs(journey: Any, shown: Any) -> None:
    workspace = Workspace.open(journey.workspace)
    run = open_run(workspace.runs_dir, shown["id"])
    prediction = run.predictions()[0]
    looked = WhereLooked(workspace)
    looked.ask(run, prediction)
    assert looked.wait(60)
    assert (len(looked.view.loss), len(looked.view.loss[0])) == (20, 20)
    assert "not the one that was trained on" not in looked.view.sentence
    asked = HeldOutPredictions(workspace, run_id=run.id)
    # The page shows maps of its own settings, which are not those of the run.
    request = FlowRequest(0, prediction.key, "database", FlowSettings())
    now = asked._computed(request, run, prediction.fold, *asked._used_marks(run)[prediction.key])
    assert now == pytest.approx(prediction.probabilities, abs=1e-3)
    asked.told = {"run": run.id, "name": run.name}
    _, words = asked.differences(FlowSettings(), "median-scale")
    assert words == ["input size 28 px, not 20 px"]
    workspace.close()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--input-size", 3), "input_size: expected a side from 4 px up, got 3"),
        (
            ("--input-size", 20, "--backend", "fused"),
            "--backend fused: the compiled kernel is made for inputs of 28 x 28 px, not 20 x 20. "
            "Leave --backend out: torch trains them",
        ),
        (("--input-size", 200_000), "inputs of 200000 x 200000 px take about"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_run(journey: Any, given: Any, said: str) -> None:
    before = [run["id"] for run in journey.json("runs")]
    done = journey.run("-w", journey.workspace, "train", *given)
    assert done.returncode == 1
    assert said in " ".join(done.stderr.split())
    assert [run["id"] for run in journey.json("runs")] == before
