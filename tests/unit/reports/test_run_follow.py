from __future__ import annotations

import pytest

from mexlab.pages.train.follower import MOST_POINTS, RunFollower, loss_traces
from mexlab.reports.words import explain, run_row, spell_seconds, spell_seeds
from mexlab.runs.run import CANCELLED, FAILED, FINISHED, list_runs

CLASSES = ["negative", "positive", "surprise"]


def event(run, **fields):
    run.append_event(fields)


def test_features_come_first_with_a_progress_of_their_own(running):
    follower = RunFollower(running)
    event(running, event="features", done=3, total=12)
    assert follower.poll()
    shown = follower.monitor("results")
    assert shown["share"] == 0.25
    assert "3 of 12 clips" in shown["stage"]
    assert shown["cancellable"]
    assert shown["results"] == ""


def test_training_events_gather(running):
    follower = RunFollower(running)
    event(running, event="started", folds=["a/1", "a/2"], seeds=[1], classes=CLASSES)
    event(
        running,
        event="epoch",
        epoch=1,
        progress=0.25,
        seconds_left=70,
        points=[[1, "a/1", 1, 1.5, 0.3], [1, "a/2", 1, 1.1, 0.4]],
    )
    follower.poll()
    shown = follower.monitor("")
    assert shown["done"] == "0 of 2 folds"
    assert shown["left"] == "about 1 min 10 s left"
    assert shown["stage"] == "training, epoch 1 of 4"
    confusion = [[2, 0, 0], [1, 0, 0], [0, 0, 1]]
    event(
        running,
        event="fold",
        epoch=4,
        progress=0.5,
        folds_done=1,
        folds_total=2,
        confusion=confusion,
        points=[[1, "a/1", 2, 0.5, 0.9]],
    )
    assert follower.poll()
    assert follower.confusion == confusion
    assert follower.monitor("")["done"] == "1 of 2 folds"
    mean = follower.traces()[1]
    assert mean["x"] == [1, 2]
    assert mean["y"] == pytest.approx([1.3, 0.5])
    assert not follower.poll()


def test_the_end_is_told(running):
    follower = RunFollower(running)
    follower.poll()
    running.write_status(CANCELLED)
    assert follower.poll()
    shown = follower.monitor("results?run=x")
    assert shown["status"] == "cancelled"
    assert not shown["cancellable"]
    assert shown["results"] == ""
    assert "cancelled" in shown["message"]


def test_a_finished_run_links_to_its_results(finished):
    follower = RunFollower(finished)
    follower.poll()
    shown = follower.monitor("results?run=x")
    assert shown["results"] == "results?run=x"
    assert shown["stage"] == "done in 1 min 15 s"
    assert shown["share"] == 1.0
    follower.load_finished()
    assert len(follower.curves) == 2


def test_curves_of_many_folds_are_thinned_and_parted():
    curves = {(1, f"a/{i}"): [(e, 1.0) for e in range(1, 401)] for i in range(100)}
    every, mean = loss_traces(curves)
    assert every["x"].count(None) == 100
    assert len(every["x"]) <= MOST_POINTS + 300
    assert len(every["text"]) == len(every["x"]) == len(every["y"])
    # The last epoch, the one that counts, is always there.
    assert every["x"].count(400) == 100
    assert mean["x"] == list(range(1, 401))


def test_runs_say_why_they_have_no_results(workspace, running):
    running.write_status(FAILED, error="surprise has no clip in fold casme2/sub02")
    problem, remedy = explain(running)
    assert "surprise has no clip" in problem
    assert remedy
    broken = workspace.runs_dir / "laenet-009"
    broken.mkdir()
    (broken / "run.json").write_text("{")
    rows = {row["id"]: row for row in map(run_row, list_runs(workspace.runs_dir))}
    assert rows["laenet-009"]["status"] == "unreadable"
    assert rows["laenet-009"]["tone"] == "bad"
    assert rows[running.id]["status"] == "failed"


def test_a_run_whose_process_died_is_interrupted(running):
    # No process has that id: ids end at 2**22 on Linux.
    running.record_process(2**22 + 1)
    running.refresh()
    problem, remedy = explain(running)
    assert running.status == "interrupted"
    assert "interrupted" in problem
    assert "Resume it" in remedy


def test_row_of_a_finished_run(finished):
    row = run_row(finished)
    assert row["status"] == FINISHED
    assert row["figure"] == f"UF1 {finished.metrics['full']['uf1']:.3f}"
    assert row["detail"].startswith("7 clips")


@pytest.mark.parametrize(
    ("seeds", "said"), [([1], "1"), ([1, 2], "1, 2"), ([1, 2, 3, 4], "1–4"), ([1, 3, 9], "1, 3, 9")]
)
def test_seeds_as_written_by_hand(seeds, said):
    assert spell_seeds(seeds) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(8.4, "8 s"), (70, "1 min 10 s"), (7500, "2 h 5 min"), (-1, "0 s")]
)
def test_durations(seconds, said):
    assert spell_seconds(seconds) == said
