"""The queue: order, places, cancelling, and who takes a run on."""

from __future__ import annotations

import os

import pytest

from mexlab.errors import InputError, RunError
from mexlab.runs.run import CANCELLED, RUNNING, create_run, list_runs, open_run
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace import Workspace
from mexlab.workspace.queue.places import (
    QUEUE_FILE,
    cancel_run,
    claim_next,
    enqueue,
    enqueue_again,
    holding_up,
    move_first,
    set_beside,
    taken_out,
    waiting,
)
from mexlab.workspace.trainings.request import TrainRequest

QUICK = TrainRequest(training=TrainingSettings(epochs=2))


def queue(workspace: Workspace) -> list[str]:
    return [one.run.id for one in waiting(list_runs(workspace.runs_dir))]


@pytest.fixture
def three(workspace: Workspace) -> list[str]:
    return [enqueue(workspace, QUICK, expected=10.0 * n) for n in (1, 2, 3)]


def test_runs_wait_in_the_order_they_came(workspace: Workspace, three: list[str]) -> None:
    assert queue(workspace) == three
    found = waiting(list_runs(workspace.runs_dir))
    assert [one.expected for one in found] == [10.0, 20.0, 30.0]
    assert found[0].run.record["request"] == QUICK.to_record()


def test_one_goes_before_the_others(workspace: Workspace, three: list[str]) -> None:
    first, second, third = three
    move_first(workspace, third)
    assert queue(workspace) == [third, first, second]
    move_first(workspace, second)
    assert queue(workspace) == [second, third, first]
    assert waiting(list_runs(workspace.runs_dir))[0].expected == 20.0


def test_a_cancelled_one_leaves_the_queue(workspace: Workspace, three: list[str]) -> None:
    cancel_run(workspace, three[1])
    assert queue(workspace) == [three[0], three[2]]
    run = open_run(workspace.runs_dir, three[1])
    assert run.status == CANCELLED
    assert not (run.folder / QUEUE_FILE).exists()
    with pytest.raises(RunError, match="it is cancelled"):
        cancel_run(workspace, three[1])
    with pytest.raises(RunError, match="does not wait in the queue") as told:
        move_first(workspace, three[1])
    assert three[0] in str(told.value)


def test_a_run_is_taken_on_once(workspace: Workspace, three: list[str]) -> None:
    taken = claim_next(workspace)
    assert taken is not None
    assert taken.id == three[0]
    assert queue(workspace) == three[1:]
    # It is under way in this process: the others wait for it.
    assert [run.id for run in holding_up(list_runs(workspace.runs_dir))] == [taken.id]
    assert claim_next(workspace) is None
    taken.write_status(CANCELLED)
    following = claim_next(workspace)
    assert following is not None
    assert following.id == three[1]


def test_nobody_waits_for_a_run_beside_the_queue_nor_for_a_dead_one(
    workspace: Workspace, three: list[str]
) -> None:
    beside = create_run(workspace.runs_dir, QUICK.to_record())
    beside.record_process()
    beside.write_status(RUNNING)
    assert claim_next(workspace) is None, "as for a training in a terminal"
    set_beside(beside)
    taken = claim_next(workspace)
    assert taken is not None
    # Its process is gone.
    taken.record_process(2**22 + os.getpid())
    assert taken.refresh().status == "interrupted"
    assert claim_next(workspace) is not None


def test_a_run_taken_out_comes_back_to_its_place_where_it_cannot_start(
    workspace: Workspace, three: list[str]
) -> None:

    def fail_to_start() -> None:
        with taken_out(workspace, three[1]):
            assert queue(workspace) == [three[0], three[2]]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_to_start()
    assert queue(workspace) == three
    with taken_out(workspace, three[1]):
        pass
    assert queue(workspace) == [three[0], three[2]]


def test_a_cancelled_run_comes_back_at_the_end(workspace: Workspace, three: list[str]) -> None:
    cancel_run(workspace, three[0])
    enqueue_again(workspace, three[0], expected=5.0)
    assert queue(workspace) == [three[1], three[2], three[0]]
    with pytest.raises(RunError, match="is queued"):
        enqueue_again(workspace, three[0])


def test_a_folder_that_cannot_be_written_to_is_told(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: object, **_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mexlab.workspace.queue.places.FileLock.acquire", full)
    with pytest.raises(RunError, match="No space left"):
        enqueue(workspace, QUICK)
    assert list_runs(workspace.runs_dir) == []


def test_a_damaged_place_does_not_lose_the_run(workspace: Workspace, three: list[str]) -> None:
    (workspace.runs_dir / three[2] / QUEUE_FILE).write_text("{")
    assert sorted(queue(workspace)) == sorted(three)


def test_a_queued_run_of_nobody_is_not_the_queues(workspace: Workspace) -> None:
    create_run(workspace.runs_dir, QUICK.to_record())
    assert queue(workspace) == []
    assert claim_next(workspace) is None


def test_a_choice_that_there_is_not_makes_no_run(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="samm"):
        enqueue(workspace, TrainRequest(databases=("samm",)))
    assert list_runs(workspace.runs_dir) == []
