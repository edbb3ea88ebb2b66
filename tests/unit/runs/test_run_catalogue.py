from __future__ import annotations

import os
import shutil

from mexlab.runs import liveness
from mexlab.runs import run as runs
from mexlab.runs.catalogue import RunCatalogue
from mexlab.runs.labels import label_run
from mexlab.runs.run import CANCELLED, RUNNING, create_run, list_runs

REQUEST = {"training": {"model": "laenet"}}


def ids(found):
    return [(run.id, run.status, run.name) for run in found]


def test_it_lists_as_list_runs_does(tmp_path):
    catalogue = RunCatalogue(tmp_path / "runs")
    assert catalogue.runs() == []
    made = [create_run(tmp_path / "runs", REQUEST) for _ in range(3)]
    made[0].write_status(CANCELLED)
    (tmp_path / "runs" / "laenet-900").mkdir()
    (tmp_path / "runs" / "laenet-900" / "run.json").write_text("{")
    (tmp_path / "runs" / "a-file").touch()
    for _ in range(2):
        assert ids(catalogue.runs()) == ids(list_runs(tmp_path / "runs"))
    shutil.rmtree(made[1].folder)
    assert ids(catalogue.runs()) == ids(list_runs(tmp_path / "runs"))


def test_what_is_over_is_read_once_and_again_when_it_changed(tmp_path, monkeypatch):
    run = create_run(tmp_path, REQUEST)
    run.write_status(CANCELLED)
    catalogue = RunCatalogue(tmp_path)
    (first,) = catalogue.runs()
    monkeypatch.setattr(runs, "_read", lambda folder: 1 / 0)
    assert catalogue.runs()[0] is first
    monkeypatch.undo()
    label_run(run.folder, name="mine")
    assert catalogue.runs()[0].name == "mine"
    run.write_status(CANCELLED, error="because")
    assert catalogue.runs()[0].reason == "because"


def test_a_death_is_seen_though_no_file_changes(tmp_path, monkeypatch):
    run = create_run(tmp_path, REQUEST)
    run.record_process()
    run.write_status(RUNNING)
    catalogue = RunCatalogue(tmp_path)
    assert catalogue.runs()[0].status == "running"
    monkeypatch.setattr(liveness, "process_state", lambda folder: "dead")
    assert catalogue.runs()[0].status == "interrupted"
    # Another process takes it on again.
    monkeypatch.undo()
    run.record_process(os.getpid())
    assert catalogue.runs()[0].status == "running"
