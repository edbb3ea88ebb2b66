import datetime as dt

import pytest

from mexlab.runs.progress import (
    EVENTS_PER_SECOND,
    FEATURES,
    TRAINING,
    Progress,
    RunProgress,
    read_progress,
)
from mexlab.runs.run import create_run, now


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_at_most_eight_events_a_second_and_no_point_lost():
    clock, events = Clock(), []
    progress = Progress(events.append, 1000, clock=clock)
    for epoch in range(1, 1001):
        clock.now += 0.01
        progress.epoch(seeds=[1], folds=["a"], epoch=epoch, loss=[1 / epoch], accuracy=[0.5])
        progress.advance(1)
    progress.tell(now=True)
    assert len(events) <= 10 * EVENTS_PER_SECOND + 2
    told = [point[2] for event in events for point in event["points"]]
    assert told == list(range(1, 1001))


def test_time_left_follows_the_measured_pace():
    clock, events = Clock(), []
    progress = Progress(events.append, 100, clock=clock)
    for _ in range(25):
        clock.now += 2.0
        progress.advance(1)
    assert progress.pace() == {"progress": 0.25, "seconds": 50.0, "seconds_left": 150.0}
    # The machine gets busy: the pace of the last seconds counts, not that of the whole.
    for _ in range(25):
        clock.now += 4.0
        progress.advance(1)
    assert progress.pace()["seconds_left"] == pytest.approx(200.0)
    assert progress.pace()["seconds"] == 150.0


def test_no_pace_no_promise():
    progress = Progress(lambda event: None, 10, clock=Clock())
    assert progress.pace()["seconds_left"] is None


def test_an_ended_fold_is_told_with_what_was_found():
    clock, events = Clock(), []
    progress = Progress(events.append, 10, clock=clock)
    progress.fold(seed=2, fold="a/01", n=5, correct=4, folds_done=1, folds_total=3)
    (event,) = events
    assert event["event"] == "fold"
    assert event["folds"] == [{"seed": 2, "fold": "a/01", "n": 5, "correct": 4}]
    assert (event["folds_done"], event["folds_total"]) == (1, 3)
    progress.tell(now=True)
    assert len(events) == 1


STARTED = {"event": "started", "folds": ["a/1", "a/2"], "seeds": [1], "classes": ["no", "yes"]}


@pytest.fixture
def run(tmp_path):
    return create_run(tmp_path, {"training": {"model": "laenet"}})


def tell(run, *events):
    for event in events:
        run.append_event(event)


def test_a_run_that_told_nothing_is_at_no_stage(run):
    assert read_progress(run) == RunProgress()


def test_what_is_read_is_what_was_told(run):
    tell(run, {"event": "features", "done": 3, "total": 12})
    progress = read_progress(run, RunProgress())
    assert (progress.stage, progress.clips_share, progress.share) == (FEATURES, 0.25, None)
    teller = Progress(run.append_event, 100, clock=Clock())
    tell(run, STARTED)
    teller.epoch(seeds=[1, 1], folds=["a/1", "a/2"], epoch=1, loss=[1.5, 1.1], accuracy=[0.3, 1])
    teller.fold(seed=1, fold="a/1", n=2, correct=1, folds_done=1, folds_total=2)
    teller.advance(25)
    teller.tell(now=True)
    progress = read_progress(run, progress)
    assert (progress.stage, progress.share) == (TRAINING, 0.25)
    assert (progress.folds_done, progress.folds_total, progress.epoch) == (1, 2, 1)
    assert progress.classes == ("no", "yes")
    assert progress.points == ((1, "a/1", 1, 1.5), (1, "a/2", 1, 1.1))


def test_only_what_is_new_is_read_and_no_point_twice(run):
    tell(run, STARTED, {"event": "epoch", "progress": 0.5, "points": [[1, "a/1", 1, 0.9, 0.5]]})
    first = read_progress(run, RunProgress())
    assert (len(first.points), first.began) == (1, True)
    again = read_progress(run, first)
    assert (again.points, again.began, again.share) == ((), False, 0.5)
    assert again.offset == first.offset
    tell(run, {"event": "epoch", "epoch": 2, "points": [[1, "a/1", 2, 0.8, 0.5]]})
    assert read_progress(run, again).points == ((1, "a/1", 2, 0.8),)


def test_a_sitting_that_begins_makes_what_was_told_before_void(run):
    old = {"event": "fold", "progress": 0.9, "folds_done": 2, "seconds_left": 5, "epoch": 9}
    tell(run, STARTED, {**old, "points": [[1, "a/1", 9, 0.1, 1.0]]}, STARTED)
    progress = read_progress(run, RunProgress())
    assert progress.began
    assert progress.points == ()
    assert (progress.share, progress.seconds_left, progress.folds_done) == (None, None, 0)
    assert (progress.folds_total, progress.epoch, progress.stage) == (2, 0, TRAINING)


def test_the_newest_events_of_a_long_run_say_all_but_the_classes(run):
    tell(run, STARTED)
    points = [[1, "a/1", epoch, 0.5, 0.5] for epoch in range(100)]
    for done in range(1, 200):
        told = {"folds_done": done, "folds_total": 200, "seconds_left": 3.0, "confusion": [[done]]}
        tell(run, {"event": "fold", "progress": done / 200, "points": points, **told})
    whole, newest = read_progress(run, RunProgress()), read_progress(run)
    assert len(newest.points) < len(whole.points) == 19_900, "the rest was not read"
    for name in ("stage", "share", "folds_done", "folds_total", "seconds_left", "confusion"):
        assert getattr(newest, name) == getattr(whole, name), name
    assert newest.offset == whole.offset


def test_the_time_left_grows_old(run):
    before = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=30)
    tell(run, {"event": "epoch", "seconds_left": 50.0, "at": before.isoformat()})
    tell(run, {"event": "fold", "seconds_left": None, "at": now()})
    progress = read_progress(run)
    assert progress.seconds_left == 50.0
    assert progress.left_by_now() == pytest.approx(20.0, abs=3.0)
    assert RunProgress().left_by_now() is None
    # Where it did not say when, nobody knows how long ago.
    assert RunProgress().after({"seconds_left": 50.0}).left_by_now() == 50.0
