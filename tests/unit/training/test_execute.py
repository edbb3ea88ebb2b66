import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from mexlab.errors import InputError, RunError
from mexlab.evaluation import metrics_from_confusion
from mexlab.features.normalise import normalise
from mexlab.runs import files as run_files
from mexlab.runs.run import create_run, list_runs, open_run
from mexlab.runs.settings import TrainingSettings
from mexlab.training.execute import execute_run
from mexlab.training.results import load_run_network

SETTINGS = TrainingSettings(epochs=3, batch_size=16, seeds=(1, 2), threads=1, mirror="off")
PROVENANCE = {
    "databases": [
        {"name": "alpha", "title": "Alpha", "synthetic": True, "root": "/home/someone/data/alpha"}
    ],
    "coder": "database",
    "labels": "megc2019",
    "windows": "C:\\Users\\someone\\data",
}


def request():
    return {"training": SETTINGS.to_record()}


@pytest.fixture(scope="module")
def finished(tmp_path_factory, feature_set):
    runs_dir = tmp_path_factory.mktemp("runs")
    events = []
    run = create_run(runs_dir, request())
    execute_run(run, feature_set, SETTINGS, provenance=PROVENANCE, on_event=events.append)
    return open_run(runs_dir, run.id), events


def test_ends_finished_with_everything_in_its_folder(finished):
    run, events = finished
    assert run.status == "finished"
    names = {path.relative_to(run.folder).as_posix() for path in run.folder.rglob("*.*")}
    assert names == {
        "run.json",
        "progress.jsonl",
        "predictions.csv",
        "curves.csv",
        "epochs.npz",
        "weights/seed-1.safetensors",
        "weights/seed-2.safetensors",
    }
    assert events[0]["event"] == "started"
    assert events[-1]["event"] == "done"
    assert events[-1]["metrics"] == run.metrics
    assert run.events()[0] == json.loads(json.dumps(events))


def test_record_says_what_was_done_and_with_what(finished, feature_set):
    record = finished[0].record
    assert finished[0].settings == SETTINGS
    assert "Leave one subject out" in record["protocol"]
    assert "last epoch" in record["protocol"]
    assert set(record["versions"]) >= {"mexlab", "python", "torch", "numpy"}
    data = record["data"]
    assert data["digest"] == feature_set.content_digest()
    assert data["features"] == {"flow": "made", "seed": 0}
    assert (data["coder"], data["labels"]) == ("database", "megc2019")
    assert (data["clips"], data["subjects"]) == (36, 6)
    assert [(d["name"], d["synthetic"], d["subjects"]) for d in data["databases"]] == [
        ("alpha", True, 3),
        ("beta", False, 3),
    ]
    assert data["synthetic"] is True


def test_nothing_of_the_machine_is_kept(finished, tmp_path):
    run, _ = finished
    text = "".join(
        path.read_text() for path in run.folder.iterdir() if path.suffix in (".json", ".jsonl")
    )
    for trace in ("someone", str(run.folder.parent), str(Path.home()), '"pid"'):
        assert trace not in text
    assert run.record["data"]["databases"][0]["root"] == "alpha"


def test_figures_are_those_of_the_mean_probabilities(finished, feature_set):
    run, _ = finished
    rows = run.predictions()
    assert [row.key for row in rows] == feature_set.keys
    assert {row.seed for row in rows} == {None}
    assert [row.true for row in rows] == [feature_set.classes[i] for i in feature_set.labels]
    for database, mask in (
        ("full", [True] * 36),
        ("alpha", [row.key.database == "alpha" for row in rows]),
        ("beta", [row.key.database == "beta" for row in rows]),
    ):
        matrix = np.zeros((3, 3), int)
        for row, counts in zip(rows, mask, strict=True):
            if counts:
                truth = feature_set.classes.index(row.true)
                matrix[truth, feature_set.classes.index(row.predicted)] += 1
        assert run.metrics[database]["confusion"] == matrix.tolist()
        assert run.metrics[database]["uf1"] == metrics_from_confusion(matrix).uf1
        assert run.metrics[database]["n"] == sum(mask)
    assert list(run.metrics) == ["full", "alpha", "beta"]


def test_seeds_are_reported_each_and_together(finished):
    run, _ = finished
    seeds = run.metrics["full"]["seeds"]
    assert [one["seed"] for one in seeds["per_seed"]] == [1, 2]
    values = [one["uf1"] for one in seeds["per_seed"]]
    assert seeds["mean"]["uf1"] == pytest.approx(np.mean(values))
    assert seeds["sd"]["uf1"] == pytest.approx(np.std(values, ddof=1))
    for one in seeds["per_seed"]:
        rows = run.predictions(one["seed"])
        assert one["accuracy"] == pytest.approx(np.mean([row.correct for row in rows]))
    one, two = run.predictions(1), run.predictions(2)
    for mean, a, b in zip(run.predictions(), one, two, strict=True):
        for name, value in mean.probabilities.items():
            expected = (a.probabilities[name] + b.probabilities[name]) / 2
            assert value == pytest.approx(expected)
    with pytest.raises(RunError, match="no seed 9"):
        run.predictions(9)


def test_weights_predict_again_what_the_run_predicted(finished, feature_set):
    run, _ = finished
    maps = torch.from_numpy(normalise(feature_set.inputs, SETTINGS.normalise))
    for seed in SETTINGS.seeds:
        for row, inputs in zip(run.predictions(seed), maps, strict=True):
            net = load_run_network(run, row.fold, seed)
            with torch.no_grad():
                shares = torch.softmax(net(inputs[None]), dim=1)[0].tolist()
            assert list(row.probabilities.values()) == pytest.approx(shares, abs=1e-6)


def test_a_network_that_the_run_does_not_have(finished):
    run, _ = finished
    with pytest.raises(RunError, match="no fold 'gamma/1'"):
        load_run_network(run, "gamma/1")
    with pytest.raises(RunError, match="no seed 3"):
        load_run_network(run, "alpha/01", 3)


def test_curves_are_all_there(finished):
    points = finished[0].curves()
    assert len(points) == 2 * 6 * 3
    assert {point.fold for point in points} == {
        f"{d}/0{i}" for d in ("alpha", "beta") for i in (1, 2, 3)
    }
    assert all(0 <= point.accuracy <= 1 and point.loss > 0 for point in points)


def test_a_damaged_table_names_its_row(finished, tmp_path):
    run, _ = finished
    text = (run.folder / "predictions.csv").read_text().splitlines()
    text[3] = text[3].rsplit(",", 1)[0] + ",oops"
    broken = tmp_path / "predictions.csv"
    broken.write_text("\n".join(text))
    with pytest.raises(RunError, match=r"predictions.csv, row 4.*oops"):
        run_files.read_predictions(broken)


def test_runs_once_only(finished, feature_set):
    with pytest.raises(RunError, match="is finished, only a queued run"):
        execute_run(finished[0], feature_set, SETTINGS)


def test_same_settings_same_predictions(finished, feature_set, tmp_path):
    again = execute_run(create_run(tmp_path, request()), feature_set, SETTINGS)
    assert again.seed_predictions() == finished[0].seed_predictions()
    assert again.metrics == finished[0].metrics


ENDLESS = TrainingSettings(epochs=100_000, batch_size=16, threads=1)


def within(seconds):
    """A ``should_stop`` that never does, but ends a training which hears of no request."""
    end = time.monotonic() + seconds

    def still():
        if time.monotonic() > end:
            pytest.fail("the cancel request was not heard")
        return False

    return still


def test_cancelled_through_its_folder(feature_set, tmp_path):
    run = create_run(tmp_path, request())

    def cancel(event):
        if event["event"] == "epoch" and not run.cancel_requested:
            open_run(tmp_path, run.id).request_cancel()

    execute_run(run, feature_set, ENDLESS, on_event=cancel, should_stop=within(60))
    assert run.status == "cancelled"
    assert run.events()[0][-1]["event"] == "cancelled"
    assert not (run.folder / "process.json").exists()


def test_cancelled_before_it_began(feature_set, tmp_path):
    run = create_run(tmp_path, request())
    run.record_process()
    run.request_cancel()
    assert execute_run(run, feature_set, ENDLESS, should_stop=within(60)).status == "cancelled"


def test_control_c_leaves_a_cancelled_run(feature_set, tmp_path):
    run = create_run(tmp_path, request())

    def interrupt(event):
        if event["event"] == "epoch":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        execute_run(run, feature_set, ENDLESS, on_event=interrupt)
    assert run.refresh().status == "cancelled"


def test_what_cannot_be_trained_on_fails_with_the_reason(feature_set, tmp_path):
    other = create_run(tmp_path, request())
    run = create_run(tmp_path, request())
    with pytest.raises(InputError, match="at least two subjects"):
        execute_run(run, feature_set.subset(np.arange(6)), SETTINGS)
    listed = {one.id: one for one in list_runs(tmp_path)}
    assert listed[run.id].status == "failed"
    assert "at least two subjects" in listed[run.id].reason
    assert run.events()[0][-1]["event"] == "failed"
    assert listed[other.id].status == "queued"


def test_a_disk_that_fills_up_fails_this_run_alone(finished, feature_set, tmp_path, monkeypatch):
    run = create_run(tmp_path, request())
    real = os.fsync

    def fsync(handle):
        if os.fstat(handle).st_size > 4000:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(RunError, match="No space left on device"):
        execute_run(run, feature_set, SETTINGS)
    assert run.refresh().status == "failed"
    assert "No space left" in run.reason
    assert finished[0].refresh().status == "finished"


def test_killed_in_the_middle_it_is_interrupted(tmp_path):
    run = create_run(tmp_path, request())
    code = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from conftest import build_feature_set
from mexlab.training.execute import execute_run
from mexlab.runs.run import open_run
from mexlab.runs.settings import TrainingSettings

def kill(event):
    if event["event"] == "epoch":
        os.kill(os.getpid(), signal.SIGKILL)

execute_run(
    open_run(Path(sys.argv[1]), "laenet-001"),
    build_feature_set(),
    TrainingSettings(epochs=100_000, batch_size=16, threads=1),
    on_event=kill,
)
"""
    # `build_feature_set` is the one of tests/unit.
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(Path(__file__).parents[1])],
        check=False,
        timeout=240,
    )
    assert done.returncode == -9
    assert run.refresh().status == "interrupted"
    assert run.events()[0][0]["event"] == "started"
