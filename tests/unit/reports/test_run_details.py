from __future__ import annotations

from mexlab.reports.details import what_went_in
from mexlab.runs.run import create_run
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace.trainings.request import TrainRequest


def told(run):
    return dict(what_went_in(run))


def test_a_run_that_waits_says_what_was_asked_for(workspace):
    request = TrainRequest(
        databases=("casme2",),
        coder="anna",
        features="computed",
        training=TrainingSettings(epochs=7, seeds=(1, 2, 3)),
    )
    found = told(create_run(workspace.runs_dir, request.to_record()))
    assert found["clips"] == "of casme2"
    assert found["coded by"] == "anna"
    assert found["features"] == "motion computed from the frames (tvl1-micro), eyes masked"
    assert found["training"].startswith("leave one subject out; 7 epochs; seeds 1–3; optimiser")
    assert "software" not in found


def test_a_run_that_ran_says_what_went_in(running):
    running.write_status(
        "running",
        data={
            "databases": [{"name": "casme2", "title": "CASME II", "clips": 4}],
            "coder": "database",
            "labels": "megc2019",
            "class_counts": {"negative": 3, "positive": 1},
            "digest": "0123456789abcdef",
            "features": {"source": "release", "codings_sha256": "fedcba9876543210"},
            "left_out": [
                {"where": f"casme2/sub0{n}/EP01", "reason": "no apex", "kind": "skipped"}
                for n in range(1, 15)
            ],
        },
        versions={"mexlab": "1.0", "torch": "2.5"},
        backend="fused",
    )
    found = told(running)
    assert found["clips"] == "4 of CASME II"
    assert found["coded by"] == "the databases"
    assert found["labels"] == "megc2019: 3 negative, 1 positive"
    assert found["features"] == "features as they were released"
    assert found["same data"] == "inputs and labels 0123456789ab; codings fedcba987654"
    assert found["left out"].startswith("14, no apex: casme2/sub01/EP01, ")
    assert found["left out"].endswith(" and 2 more")
    assert found["software"] == "mexlab 1.0, torch 2.5, fused backend"
