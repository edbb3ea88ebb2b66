"""Only the latest request matters, and asking never waits."""

from __future__ import annotations

import threading

from mexlab.pages.shell.latest_task import LatestTask


def request(name):
    return [name]


def test_what_was_superseded_is_never_begun():
    begun, gate, started = [], threading.Event(), threading.Event()

    def work(one):
        begun.append(one[0])
        started.set()
        assert gate.wait(10)

    task = LatestTask(work, "test")
    task.ask(request("first"))
    assert started.wait(10)
    for name in ("second", "third", "last"):
        task.ask(request(name))
    gate.set()
    assert task.wait(10)
    assert begun == ["first", "last"]


def test_work_sees_that_it_is_no_longer_wanted():
    seen, gate, started = [], threading.Event(), threading.Event()

    def work(one):
        started.set()
        assert gate.wait(10)
        seen.append((one[0], task.is_latest(one)))

    task = LatestTask(work, "test")
    task.ask(request("old"))
    assert started.wait(10)
    task.ask(request("new"))
    gate.set()
    assert task.wait(10)
    assert seen == [("old", False), ("new", True)]


def test_equal_requests_are_not_the_same():
    task = LatestTask(lambda one: None, "test")
    first, second = request("a"), request("a")
    task.ask(first)
    task.ask(second)
    assert task.is_latest(second)
    assert not task.is_latest(first)
    task.forget()
    assert not task.is_latest(second)
    assert task.wait(10)


def test_waiting_without_work_is_over_at_once():
    assert LatestTask(lambda one: None, "test").wait(0)


def test_an_error_that_work_did_not_foresee_ends_neither_the_thread_nor_what_is_asked_later(capsys):
    done = []

    def work(one):
        done.append(one[0])
        if one[0] == "bad":
            raise ValueError("nobody foresaw it")

    task = LatestTask(work, "test")
    task.ask(request("bad"))
    assert task.wait(10)
    task.ask(request("good"))
    assert task.wait(10)
    assert done == ["bad", "good"]
    assert "nobody foresaw it" in capsys.readouterr().err
