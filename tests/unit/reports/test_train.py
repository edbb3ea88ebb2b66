from __future__ import annotations

import pytest

from mexlab.errors import RunError
from mexlab.pages.train.page import TrainPage
from mexlab.runs.run import CANCELLED, now, open_run
from mexlab.workspace.trainings.request import TrainRequest


def test_the_run_under_way_is_found_again(workspace, finished, running):
    page = TrainPage(workspace)
    assert page.list.selected == running.id
    assert page.monitor.run["status"] == "running"


def test_a_named_run_is_shown(workspace, finished, running):
    page = TrainPage(workspace, finished.id)
    assert page.monitor.run["results"].endswith(f"run={finished.id}")
    assert page.matrix.matrices[0]["detail"] == "7 clips, 2 seeds averaged"
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


@pytest.fixture
def runner(monkeypatch, unchecked):
    """Takes down what a page asks of the queue's process, and starts none."""
    asked = []

    def ensure(workspace, *, warm=False):
        asked.append("warm" if warm else "work")
        return True

    monkeypatch.setattr("mexlab.workspace.queue.runner.ensure_runner", ensure)
    return asked


def test_start_asks_for_what_is_chosen(workspace, runner):
    page = TrainPage(workspace)
    run_id = page.start({**page.form.choice, "epochs": "9", "eye_mask": False})
    request = TrainRequest.from_record(open_run(workspace.runs_dir, run_id).record["request"])
    assert request.training.epochs == 9
    assert not request.flow.eye_mask
    assert runner == ["work"]
    assert page.list.selected == run_id
    assert not page.form.starting
    assert page.monitor.run["status"] == "queued"
    assert page.monitor.run["stage"] == "first in the queue, starts at once"
    assert page.monitor.run["actions"] == []


def test_a_start_that_fails_is_told_in_the_form(workspace, monkeypatch):
    def enqueue(*_, **__):
        raise RunError("no run can be made (No space left on device)", where="runs")

    monkeypatch.setattr("mexlab.workspace.queue.places.enqueue", enqueue)
    page = TrainPage(workspace)
    assert page.start(page.form.choice) is None
    assert "No space left" in page.form.plan["sentence"]
    assert not page.form.plan["ready"]
    assert not page.form.starting


def test_a_start_while_another_is_under_way_is_queued(workspace, running, runner):
    running.append_event({"event": "epoch", "progress": 0.5, "seconds_left": 40.0, "at": now()})
    page = TrainPage(workspace)
    assert page.form.busy
    first = page.start(page.form.choice)
    assert page.list.selected == running.id, "what is under way stays in sight"
    assert page.form.said == f"{first} is first in the queue, starts in about 40 s."
    # Nothing like the first has run here yet: nobody knows how long it takes.
    second = page.start(page.form.choice)
    assert page.form.said == f"{second} is second in the queue."
    assert [row["id"] for row in page.list.rows[:3]] == [running.id, first, second]
    assert page.list.rows[2]["detail"].startswith("second in the queue")


def test_those_that_wait_are_measured_by_a_run_that_ends(workspace, running, finished, runner):
    running.append_event({"event": "epoch", "progress": 0.5, "seconds_left": 40.0, "at": now()})
    record = finished.record
    finished.write_status(CANCELLED)
    page = TrainPage(workspace)
    page.start(page.form.choice)
    page.start(page.form.choice)
    assert page.form.said.endswith("is second in the queue.")
    finished.write_status(record.pop("status"), **record)
    page.refresh_runs()
    page.refresh_runs()
    assert "is second in the queue, starts in about" in page.form.said


def test_the_watched_run_is_moved_started_and_cancelled(workspace, running, runner, monkeypatch):
    page = TrainPage(workspace)
    first, second = (page.start(page.form.choice) for _ in range(2))
    page.choose_run(second)
    assert [one["name"] for one in page.monitor.run["actions"]] == ["first", "beside"]
    page.move_first()
    assert page.monitor.run["stage"].startswith("first in the queue")
    assert [row["id"] for row in page.list.rows[1:3]] == [second, first]
    page.cancel()
    assert page.monitor.run["status"] == "cancelled"
    assert [one["name"] for one in page.monitor.run["actions"]] == ["resume"]
    started = []
    monkeypatch.setattr(
        "mexlab.workspace.queue.detached._carry_out", lambda _, run: started.append(run.id)
    )
    page.choose_run(first)
    page.start_waiting()
    assert started == [first]
    # It is not the queue's any more, and nothing can be done with it but cancelling.
    page.start_waiting()
    assert started == [first]
    assert "does not wait" in page.shell.top_bar.status["text"]


def test_an_interrupted_run_is_resumed_at_the_end_of_the_queue(workspace, running, runner):
    # No process has that id: ids end at 2**22 on Linux.
    running.record_process(2**22 + 1)
    page = TrainPage(workspace, running.id)
    assert page.monitor.run["status"] == "interrupted"
    assert [one["title"] for one in page.monitor.run["actions"]] == ["Resume"]
    first = page.start(page.form.choice)
    page.choose_run(running.id)
    page.resume()
    assert page.monitor.run["status"] == "queued"
    assert page.monitor.run["stage"] == "second in the queue"
    assert [row["id"] for row in page.list.rows[:2]] == [first, running.id]
    assert runner == ["work", "work"]
    # A second press of the button comes too late.
    page.resume()
    assert "only a run that is" in page.shell.top_bar.status["text"]


def test_a_finished_run_offers_nothing(workspace, finished):
    page = TrainPage(workspace, finished.id)
    assert page.monitor.run["actions"] == []


def test_a_queue_that_nobody_works_on_is_taken_up(workspace, running, runner):
    page = TrainPage(workspace)
    page.start(page.form.choice)
    running.write_status(CANCELLED)
    page.tick()
    runner.clear()
    page._listed_at -= 10.0
    page.tick()
    assert runner == ["warm"]


def test_a_choice_is_planned_at_once(workspace):
    page = TrainPage(workspace)
    page.form.choice = {**page.form.choice, "databases": []}
    assert page.form.plan["sentence"] == "Choose at least one database."
    page.form.choice = {**page.form.choice, "epochs": "0"}
    assert "epochs" in page.form.faults


def test_a_choice_takes_no_run_off_the_page(workspace, running):
    page = TrainPage(workspace)
    page.choose_run("")
    page.choose_run(running.id)
    page.form.choice = {**page.form.choice, "epochs": 2}
    assert "mx-gone" not in page.watch._dom_classes
    assert "mx-gone" in page.notice_slot._dom_classes


def test_an_unknown_run_is_told(workspace):
    page = TrainPage(workspace, "nope")
    assert page.notice.heading == "No run 'nope'."
    assert page.follower is None


def test_nothing_is_being_trained(workspace, finished):
    page = TrainPage(workspace)
    assert page.notice.heading == "Nothing is being trained"
    assert page.form.plan["sentence"] in page.notice.remedy
    page.form.choice = {**page.form.choice, "databases": []}
    assert "Choose at least one database" in page.notice.remedy
    assert page.list.rows[0]["id"] == finished.id
