"""The queue of trainings: runs that wait for their turn, as their own folders say.

A waiting run is a queued run whose folder holds ``queue.json``: its place (runs go in the order of
their places) and how long it is expected to take. There is no other list, so that the queue
survives whoever made it and whoever was working on it. Changes are made under one lock file a
workspace, which the operating system lets go when its holder dies.

Who works on the queue: :mod:`mexlab.workspace.queue.runner`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from mexlab.errors import RunError
from mexlab.runs import liveness
from mexlab.runs.files import read_json, write_json
from mexlab.runs.resume import queue_again
from mexlab.runs.run import QUEUED, RUNNING, Run, create_run, list_runs, open_run
from mexlab.workspace.trainings.check import check_request, check_resumed
from mexlab.workspace.trainings.request import TrainRequest
from mexlab.workspace.workspace import Workspace

#: In a run's folder: where it stands in the queue, or that it runs beside it.
QUEUE_FILE = "queue.json"

#: In the workspace: the locks, who works on the queue, and what it could not say elsewhere.
QUEUE_FOLDER = "queue"

#: Touched when there may be something to do; the runner looks at its time alone.
_BELL = "bell"

#: Each change takes milliseconds; whoever waits longer than this waits for something stuck.
_LOCK_S = 20.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run in the queue.

    Attributes
    ----------
    run : Run
    place : float
        Runs go in the order of this.
    expected : float or None
        Seconds that it is expected to take, as measured when it was queued.
    """

    run: Run
    place: float
    expected: float | None


def queue_folder(workspace: Workspace) -> Path:
    """The folder of locks and logs; made where it is not there.

    Raises
    ------
    RunError
        Where it cannot be made.
    """
    folder = workspace.path / QUEUE_FOLDER
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise RunError(
            f"cannot be made ({error.strerror or error})",
            where=QUEUE_FOLDER,
            remedy="Check the workspace's permissions and free disk space",
        ) from error
    return folder


@contextmanager
def locked(workspace: Workspace) -> Iterator[None]:
    """Keep others from changing the queue meanwhile.

    Raises
    ------
    RunError
        Where somebody holds the lock for many seconds.
    """
    lock = FileLock(queue_folder(workspace) / "lock", timeout=_LOCK_S)
    try:
        lock.acquire()
    except Timeout as error:
        raise RunError(
            "is being changed by another process, which does not come to an end",
            where=QUEUE_FOLDER,
            remedy="Try again; restart the machine if it stays so",
        ) from error
    except OSError as error:
        raise RunError(
            f"cannot be written to ({error.strerror or error})",
            where=QUEUE_FOLDER,
            remedy="Check the workspace's permissions and free disk space",
        ) from error
    try:
        yield
    finally:
        lock.release()


def ring(workspace: Workspace) -> None:
    """Say that there may be something to do, or that somebody is at the train page."""
    try:
        (queue_folder(workspace) / _BELL).touch()
    except OSError:
        # A full disk: the runner looks by itself, too, only not at once.
        return


def rung_at(workspace: Workspace) -> float:
    """When the bell was last rung, as the file system's clock has it; 0 where it never was."""
    try:
        return (workspace.path / QUEUE_FOLDER / _BELL).stat().st_mtime
    except OSError:
        return 0.0


def enqueue(
    workspace: Workspace,
    request: TrainRequest,
    *,
    name: str | None = None,
    expected: float | None = None,
) -> str:
    """Put a training at the end of the queue; returns the run's id.

    Somebody has to work on it: :func:`mexlab.workspace.queue.runner.ensure_runner`.

    Parameters
    ----------
    workspace : Workspace
    request : TrainRequest
    name : str, optional
        The user's own name for the run.
    expected : float, optional
        Seconds that it is expected to take, for those who wait behind it.

    Raises
    ------
    InputError
        For what :func:`mexlab.workspace.trainings.check.check_request` refuses; no run is made
        then.
    RunError
        Where the run's folder cannot be made.
    """
    check_request(workspace, request)
    with locked(workspace):
        place = _last_place(list_runs(workspace.runs_dir))
        run = create_run(workspace.runs_dir, request.to_record(), name=name)
        _put(run, place, expected)
    ring(workspace)
    return run.id


def enqueue_again(workspace: Workspace, run_id: str, *, expected: float | None = None) -> None:
    """Put a run that ended unfinished at the end of the queue, with the folds that it has done.

    Parameters
    ----------
    workspace : Workspace
    run_id : str
    expected : float, optional
        As of :func:`enqueue`.

    Raises
    ------
    InputError
        Where what it asks for can no longer be trained; it stays as it is.
    RunError
        Where there is none of that id, or it is finished or under way.
    """
    check_resumed(workspace, open_run(workspace.runs_dir, run_id))
    with locked(workspace):
        runs = list_runs(workspace.runs_dir)
        run = queue_again(open_run(workspace.runs_dir, run_id))
        _put(run, _last_place(runs), expected)
    ring(workspace)


def _last_place(runs: Iterable[Run]) -> float:
    """Behind all that wait; of the clock's size, for whoever reads the files."""
    return max([*(one.place for one in waiting(runs)), time.time()]) + 1e-3


def waiting(runs: Iterable[Run]) -> list[Waiting]:
    """Those of some runs that wait in the queue, in its order."""
    found = []
    for run in runs:
        if run.status != QUEUED or not (run.folder / QUEUE_FILE).exists():
            continue
        record = _read(run)
        place, expected = record.get("place"), record.get("expected")
        if isinstance(place, int | float):
            seconds = float(expected) if isinstance(expected, int | float) else None
            found.append(Waiting(run, float(place), seconds))
        elif not is_beside(run):
            # A damaged file loses the run's place, not the run.
            found.append(Waiting(run, run.folder.stat().st_mtime, None))
    return sorted(found, key=lambda one: (one.place, one.run.id))


def move_first(workspace: Workspace, run_id: str) -> None:
    """Let a waiting run go before all others that wait.

    Raises
    ------
    RunError
        Where no such run waits.
    """
    with locked(workspace):
        queue = waiting(list_runs(workspace.runs_dir))
        one = _find(workspace, queue, run_id)
        _put(one.run, min(other.place for other in queue) - 1.0, one.expected)


def expect(workspace: Workspace, run_id: str, seconds: float) -> None:
    """Note how long a waiting run is expected to take, where that has come to be known.

    Raises
    ------
    RunError
        Where no such run waits.
    """
    with locked(workspace):
        one = _find(workspace, waiting(list_runs(workspace.runs_dir)), run_id)
        _put(one.run, one.place, seconds)


def cancel_run(workspace: Workspace, run_id: str) -> None:
    """Cancel a run, waiting or under way.

    Raises
    ------
    RunError
        Where there is none of that id, or it is over.
    """
    # Under the lock, so that nobody takes a waiting one on in the same moment.
    with locked(workspace):
        run = open_run(workspace.runs_dir, run_id)
        run.request_cancel()
        if run.is_over:
            (run.folder / QUEUE_FILE).unlink(missing_ok=True)


def holding_up(runs: Iterable[Run]) -> list[Run]:
    """Those of some runs that the queue waits for: under way on this machine, and not beside it."""
    return [
        run
        for run in runs
        if run.status in (QUEUED, RUNNING)
        and liveness.process_state(run.folder) == "alive"
        and liveness.is_here(run.folder)
        and not is_beside(run)
    ]


def claim_next(workspace: Workspace) -> Run | None:
    """Take the first waiting run on, in the name of this process.

    Returns
    -------
    Run or None
        None where none waits, or others are under way that it has to wait for.

    Raises
    ------
    RunError
        Where the run's folder cannot be written to.
    """
    with locked(workspace):
        runs = list_runs(workspace.runs_dir)
        queue = waiting(runs)
        if not queue or holding_up(runs):
            return None
        run = queue[0].run
        # In this order: killed in between, the run shows as interrupted, and is not lost.
        run.record_process()
        (run.folder / QUEUE_FILE).unlink(missing_ok=True)
        return run


@contextmanager
def taken_out(workspace: Workspace, run_id: str) -> Iterator[Run]:
    """Take a waiting run out of the queue, to be started beside it; an error puts it back.

    Raises
    ------
    RunError
        Where no such run waits.
    """
    with locked(workspace):
        one = _find(workspace, waiting(list_runs(workspace.runs_dir)), run_id)
        set_beside(one.run)
        try:
            yield one.run
        except BaseException:
            _put(one.run, one.place, one.expected)
            raise


def set_beside(run: Run) -> None:
    """Say in a run's folder that the queue does not wait for it."""
    write_json(run.folder / QUEUE_FILE, {"beside": True})


def is_beside(run: Run) -> bool:
    """Whether a run was started beside the queue."""
    return bool(_read(run).get("beside"))


def _put(run: Run, place: float, expected: float | None) -> None:
    write_json(run.folder / QUEUE_FILE, {"place": place, "expected": expected})


def _read(run: Run) -> dict[str, Any]:
    try:
        return read_json(run.folder / QUEUE_FILE)
    except RunError:
        return {}


def _find(workspace: Workspace, queue: list[Waiting], run_id: str) -> Waiting:
    for one in queue:
        if one.run.id == run_id:
            return one
    run = open_run(workspace.runs_dir, run_id)
    ids = ", ".join(one.run.id for one in queue)
    raise RunError(
        f"is {run.status}, and does not wait in the queue",
        where=run_id,
        remedy=f"Waiting: {ids}" if ids else "Nothing is waiting",
    )
