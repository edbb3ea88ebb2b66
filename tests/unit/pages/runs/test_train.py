from __future__ import annotations

import os

from mexlab.errors import RunError
from mexlab.pages.train import TrainPage
from mexlab.training.runs import CANCELLED, create_run


def test_the_run_under_way_is_found_again(workspace, finished, running):
    page = TrainPage(workspace)
    assert page.list.selected == running.id
    assert page.monitor.run["status"] == "running"


def test_a_named_run_is_shown(workspace, finished, running):
    page = TrainPage(workspace, finished.id)
    assert page.monitor.run["results"].endswith(f"run={finished.id}")
    assert page.matrix.matrices[0]["detail"] == "7 clips"
    assert page.curves.data


def test_news_of_the_run_reach_the_widgets(workspace, running):
    page = TrainPage(workspace)
    running.append_event(
        {"event": "started", "folds": ["a/1", "a/2"], "seeds": [1], "classes": ["x", "y"]}
    )
    page.tick()
    assert page.matrix.matrices[0]["counts"] == [[0, 0], [0, 0]]
    running.append_event(
        {
            "event": "fold",
            "progress": 0.5,
            "seconds_left": 3,
            "seed": 1,
            "epoch": 4,
            "folds_done": 1,
            "folds_total": 2,
            "confusion": [[1, 0], [0, 2]],
            "points": [[1, "a/1", 4, 0.5, 1.0]],
        }
    )
    page.tick()
    assert page.matrix.matrices[0]["detail"] == "3 clips"
    assert page.monitor.run["done"] == "1 of 2 folds"
    assert page.curves.data[1]["y"] == [0.5]


def test_cancelling_leaves_its_mark_and_shows_the_end(workspace, running):
    page = TrainPage(workspace)
    page.cancel()
    assert running.cancel_requested
    assert page.monitor.run["cancelling"]
    running.write_status(CANCELLED)
    page.tick()
    assert page.monitor.run["status"] == "cancelled"
    assert next(row for row in page.list.rows if row["id"] == running.id)["status"] == "cancelled"


def test_start_asks_for_what_is_chosen(workspace, monkeypatch):
    asked = []

    def start(where, request, **_):
        asked.append(request)
        run = create_run(where.runs_dir, request.to_record())
        run.record_process(os.getpid())
        return run.id

    monkeypatch.setattr("mexlab.workspace.training_jobs.start_detached", start)
    page = TrainPage(workspace)
    run_id = page.start({**page.form.choice, "epochs": "9", "eye_mask": False})
    assert asked[0].training.epochs == 9
    assert not asked[0].flow.eye_mask
    assert page.list.selected == run_id
    assert not page.form.starting
    assert page.monitor.run["status"] == "queued"


def test_a_start_that_fails_is_told_in_the_form(workspace, monkeypatch):
    def start(*_, **__):
        raise RunError("no run can be made (No space left on device)", where="runs")

    monkeypatch.setattr("mexlab.workspace.training_jobs.start_detached", start)
    page = TrainPage(workspace)
    assert page.start(page.form.choice) is None
    assert "No space left" in page.form.plan["sentence"]
    assert not page.form.plan["ready"]
    assert not page.form.starting


def test_a_choice_is_planned_at_once(workspace):
    page = TrainPage(workspace)
    page.form.choice = {**page.form.choice, "databases": []}
    assert page.form.plan["sentence"] == "Choose at least one database."
    page.form.choice = {**page.form.choice, "epochs": "0"}
    assert "epochs" in page.form.faults


def test_an_unknown_run_is_told(workspace):
    page = TrainPage(workspace, "nope")
    assert "no run" in page.notice.heading
    assert page.follower is None


def test_nothing_is_being_trained(workspace, finished):
    page = TrainPage(workspace)
    assert page.notice.heading == "Nothing is being trained"
    assert page.list.rows[0]["id"] == finished.id
