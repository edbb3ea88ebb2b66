"""How a run ends stands in its folder, whatever ended it."""

from __future__ import annotations

import os

import pytest

from mexlab.errors import InputError, RunError, TrainingStopped
from mexlab.runs.ending import carried_out
from mexlab.runs.run import create_run, delete_run


@pytest.fixture
def run(tmp_path):
    return create_run(tmp_path, {"training": {"model": "laenet"}})


@pytest.mark.parametrize(
    ("error", "status", "reason", "refused"),
    [
        (KeyboardInterrupt(), "cancelled", "interrupted from the keyboard", False),
        (InputError("no clip", remedy="Code one"), "failed", "no clip. Code one", True),
        (RunError("cannot be written"), "failed", "cannot be written", False),
        (ZeroDivisionError("by zero"), "failed", "ZeroDivisionError: by zero", False),
        (SystemExit(3), "failed", "SystemExit: 3", False),
    ],
)
def test_an_error_ends_the_run_and_goes_on(run, error, status, reason, refused):
    heard = []
    with pytest.raises(type(error)), carried_out(run, heard.append):  # noqa: PT012
        run.write_status("running")
        raise error
    run.refresh()
    assert (run.status, run.reason) == (status, reason)
    assert run.record["refused"] is refused
    assert run.record["finished"]
    (event,) = heard
    assert (event["event"], event["message"]) == (status, reason)
    assert run.events()[0] == heard


def test_a_request_to_cancel_ends_the_run_and_goes_no_further(run):
    with carried_out(run):
        raise TrainingStopped("asked to")
    assert (run.refresh().status, run.reason) == ("cancelled", "cancelled by the user")


def test_what_the_block_says_itself_stands(run):
    with pytest.raises(KeyboardInterrupt), carried_out(run):  # noqa: PT012
        run.write_status("finished", metrics={"full": {}})
        raise KeyboardInterrupt
    assert '"finished"' in (run.folder / "run.json").read_text()
    assert run.events()[0] == []


def test_of_blocks_in_one_another_the_inner_word_counts(run):
    heard = []
    with pytest.raises(ZeroDivisionError), carried_out(run, heard.append), carried_out(run):
        raise ZeroDivisionError("by zero")
    assert run.refresh().reason == "ZeroDivisionError: by zero"
    assert len(run.events()[0]) == 1
    assert heard == [], "its own listener heard it"


def test_in_the_block_the_process_is_known_and_events_are_stamped(run):
    with carried_out(run) as tell:
        assert str(os.getpid()) in (run.folder / "process.json").read_text()
        tell({"event": "features", "done": 1, "total": 2})
    (event,) = run.events()[0]
    assert event.pop("at").startswith("20")
    assert event == {"event": "features", "done": 1, "total": 2}


def test_a_run_that_does_not_wait_is_left_as_it_is(run):
    run.write_status("cancelled", error="by somebody")
    with pytest.raises(RunError, match="is cancelled, only a queued run"), carried_out(run):
        raise AssertionError("never begun")
    assert run.refresh().reason == "by somebody"


@pytest.mark.parametrize("gone", ["disk", "folder"])
def test_the_error_that_led_here_is_raised_where_nothing_can_be_said(run, monkeypatch, gone):
    def full(_handle):
        raise OSError(28, "No space left on device")

    with pytest.raises(ZeroDivisionError), carried_out(run):  # noqa: PT012
        if gone == "disk":
            monkeypatch.setattr(os, "fsync", full)
        else:
            (run.folder / "process.json").unlink()
            delete_run(run)
        raise ZeroDivisionError("by zero")
