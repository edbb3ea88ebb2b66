"""Working on the queue: here, in a process of its own, killed, idle, twice."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from mexlab.runs import liveness
from mexlab.runs.run import list_runs, open_run
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace import Workspace
from mexlab.workspace.queue import detached
from mexlab.workspace.queue import runner as queue_runner
from mexlab.workspace.queue.places import QUEUE_FOLDER, cancel_run, enqueue, waiting
from mexlab.workspace.queue.runner import drain, ensure_runner, runner_is_there, stop_runner
from mexlab.workspace.trainings.request import TrainRequest

QUICK = TrainRequest(training=TrainingSettings(epochs=2))
ENDLESS = TrainRequest(training=TrainingSettings(epochs=100_000))

#: Seconds within which a process of its own has to do what is asked; it imports torch first.
PATIENCE = 60.0

_PAUSE = threading.Event()


def wait_for(condition: Callable[[], Any]) -> Any:
    """Look again and again until a condition holds; fails where it never does."""
    until = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < until, "it never came to be"
        _PAUSE.wait(0.02)
    return found


def status(workspace: Workspace, run_id: str) -> str:
    return open_run(workspace.runs_dir, run_id).status


def wait_status(workspace: Workspace, run_id: str, wanted: str) -> None:
    """Wait until a run says so; fails at once where nobody is there who could bring it about."""

    def reached() -> bool:
        there = runner_is_there(workspace)
        if status(workspace, run_id) == wanted:
            return True
        log = workspace.path / QUEUE_FOLDER / "log.txt"
        assert there, log.read_text() if log.exists() else "no runner"
        return False

    wait_for(reached)


@pytest.fixture
def own_runner(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The process that a test starts; none outlives it."""
    monkeypatch.setenv(queue_runner.WAIT_VARIABLE, "60")

    def process() -> psutil.Process:
        return psutil.Process(detached._children[-1].pid)

    yield process
    for child in detached._children:
        if child.poll() is None:
            child.kill()
        child.wait()


def test_the_queue_is_carried_out_in_order(workspace: Workspace) -> None:
    ids = [enqueue(workspace, QUICK) for _ in range(2)]
    begun: list[str] = []
    assert drain(workspace, on_run=lambda run: begun.append(run.id)) == 2
    assert begun == ids
    assert [status(workspace, run_id) for run_id in ids] == ["finished", "finished"]
    assert not runner_is_there(workspace)


def test_a_failing_run_stops_none_behind_it(workspace: Workspace) -> None:
    bad, broken = enqueue(workspace, QUICK), enqueue(workspace, QUICK)
    # Asked for now, they would be refused at once: these have changed since.
    for run_id, was, now in ((bad, "megc2019", "fantasy"), (broken, "labels", "lables")):
        record = workspace.runs_dir / run_id / "run.json"
        record.write_text(record.read_text().replace(f'"{was}"', f'"{now}"'))
    gone = enqueue(workspace, QUICK)
    good = enqueue(workspace, QUICK)

    def begin(run: Any) -> None:
        if run.id == gone:
            (run.folder / "run.json").unlink()

    assert drain(workspace, on_run=begin) == 4
    assert status(workspace, bad) == "failed"
    assert "unknown field lables" in open_run(workspace.runs_dir, broken).reason
    assert status(workspace, good) == "finished"


def test_a_database_that_is_gone_fails_the_run_that_waited(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = enqueue(workspace, QUICK)
    monkeypatch.setattr(type(workspace.store), "databases", lambda self: [])
    assert drain(workspace) == 1
    assert "there is no database" in open_run(workspace.runs_dir, run_id).reason


def test_a_runner_of_its_own_carries_out_waits_warm_and_is_shared(
    workspace: Workspace, own_runner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = enqueue(workspace, QUICK)
    assert ensure_runner(workspace)
    process = own_runner()
    assert os.getsid(process.pid) == process.pid != os.getsid(0), "a session of its own"
    # A second page, while the first one's is still importing.
    assert not ensure_runner(workspace, warm=True)
    wait_status(workspace, first, "finished")
    second = enqueue(workspace, QUICK)
    assert not ensure_runner(workspace)
    wait_status(workspace, second, "finished")
    assert own_runner() == process
    monkeypatch.setattr(queue_runner, "_HANDOVER_S", 0.05)
    assert drain(workspace) is None, "it is the only one to work on the queue"
    assert "features" in (workspace.runs_dir / second / "progress.jsonl").read_text()
    assert stop_runner(workspace)
    wait_for(lambda: not runner_is_there(workspace))
    detached._children[-1].wait(PATIENCE)
    detached.reap()
    assert not process.is_running()
    assert not stop_runner(workspace)


def test_a_warm_runner_ends_by_itself(
    workspace: Workspace, own_runner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(queue_runner.WAIT_VARIABLE, "0.2")
    assert ensure_runner(workspace, warm=True)
    assert runner_is_there(workspace)
    assert detached._children[-1].wait(PATIENCE) == 0
    assert not runner_is_there(workspace)
    assert list_runs(workspace.runs_dir) == []


def test_none_is_kept_warm_where_that_is_not_wanted(
    workspace: Workspace, own_runner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(queue_runner.WAIT_VARIABLE, "0")
    assert not ensure_runner(workspace, warm=True)


def test_a_killed_runner_loses_only_the_run_it_was_at(
    workspace: Workspace, own_runner: Any
) -> None:
    lost, kept = enqueue(workspace, ENDLESS), enqueue(workspace, QUICK)
    ensure_runner(workspace)
    wait_status(workspace, lost, "running")
    own_runner().kill()
    wait_for(lambda: not runner_is_there(workspace))
    assert status(workspace, lost) == "interrupted"
    assert [one.run.id for one in waiting(list_runs(workspace.runs_dir))] == [kept]
    # Whoever looks next starts another.
    assert ensure_runner(workspace)
    wait_status(workspace, kept, "finished")
    stop_runner(workspace)


def test_cancelling_what_the_runner_is_at_lets_it_go_on(
    workspace: Workspace, own_runner: Any
) -> None:
    endless, quick = enqueue(workspace, ENDLESS), enqueue(workspace, QUICK)
    ensure_runner(workspace)
    wait_status(workspace, endless, "running")
    cancel_run(workspace, endless)
    wait_status(workspace, quick, "finished")
    assert status(workspace, endless) == "cancelled"
    stop_runner(workspace)


def test_a_leaving_runner_takes_the_run_that_comes_in_that_moment(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    late: list[str] = []
    leave = queue_runner._leave

    def slow_leave(*arguments: Any) -> bool:
        if not late:
            late.append(enqueue(workspace, QUICK))
        return leave(*arguments)

    monkeypatch.setattr(queue_runner, "_leave", slow_leave)
    assert drain(workspace) == 1
    assert status(workspace, late[0]) == "finished"


def test_nothing_is_left_of_a_runner_that_has_ended(workspace: Workspace) -> None:
    drain(workspace)
    folder = workspace.path / QUEUE_FOLDER
    assert liveness.process_state(folder) == "none"
