from __future__ import annotations

import datetime as dt

import pytest

from mexlab.reports.queue_places import (
    QueuePlace,
    in_order,
    ordinal,
    place_sentence,
    queue_places,
    seconds_left,
)
from mexlab.runs.run import list_runs, now
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace.queue.places import enqueue
from mexlab.workspace.trainings.request import TrainRequest

REQUEST = TrainRequest(databases=("casme2",), training=TrainingSettings(epochs=4))


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "first"), (10, "tenth"), (11, "11th"), (12, "12th"), (21, "21st"), (112, "112th")],
)
def test_ordinals(number, word):
    assert ordinal(number) == word


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (QueuePlace(1, 0.0), "first in the queue, starts at once"),
        (QueuePlace(1, 41.0, "laenet-001"), "first in the queue, starts in about 40 s"),
        (QueuePlace(2, 0.4), "second in the queue, starts in about 5 s"),
        (QueuePlace(2, 200.0), "second in the queue, starts in about 3 min"),
        (QueuePlace(3, 7500.0), "third in the queue, starts in about 2 h 5 min"),
        (QueuePlace(3, None), "third in the queue"),
    ],
)
def test_a_place_in_words(place, words):
    assert place_sentence(place) == words


def test_places_add_up_what_is_before_them(workspace, running, unchecked):
    ids = [enqueue(workspace, REQUEST, expected=seconds) for seconds in (60.0, None, 5.0)]
    running.append_event({"event": "epoch", "progress": 0.5, "seconds_left": 40.0, "at": now()})
    runs = list_runs(workspace.runs_dir)
    places = queue_places(runs)
    assert list(places) == ids
    assert [place.position for place in places.values()] == [1, 2, 3]
    assert places[ids[0]].held_up_by == running.id
    assert places[ids[0]].starts_in == pytest.approx(40.0, abs=3.0)
    assert places[ids[1]].starts_in == pytest.approx(100.0, abs=3.0)
    assert places[ids[2]].starts_in is None
    assert [run.id for run in in_order(runs, places)] == [running.id, *ids]


def test_the_newest_word_on_the_time_left_counts_and_grows_old(running):
    assert seconds_left(running) is None
    running.append_event({"event": "epoch", "seconds_left": 90.0, "at": now()})
    before = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=30)
    running.append_event({"event": "epoch", "seconds_left": 50.0, "at": before.isoformat()})
    running.append_event({"event": "fold", "seconds_left": None, "at": now()})
    assert seconds_left(running) == pytest.approx(20.0, abs=3.0)
    running.append_event({"event": "epoch", "seconds_left": 10.0, "at": before.isoformat()})
    assert seconds_left(running) == 0.0
