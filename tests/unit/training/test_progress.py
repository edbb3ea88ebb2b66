import pytest

from mexlab.training.progress import EVENTS_PER_SECOND, Progress


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
