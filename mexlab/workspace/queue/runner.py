"""Who works on the queue: one process a workspace, that waits warm for the next training.

``python -m mexlab.workspace.queue.runner WORKSPACE`` carries out one waiting run after the other,
then waits for more with everything imported, and ends when nothing has come for some minutes. One
lock file makes it the only one; killed, it loses the run that it was at, which then shows as
interrupted, and the next one to look at the queue starts another.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from mexlab.errors import MexlabError
from mexlab.runs import liveness
from mexlab.runs.catalogue import RunCatalogue
from mexlab.runs.ending import carried_out
from mexlab.runs.progress import OnEvent
from mexlab.runs.run import Run, list_runs
from mexlab.training.workers.core_share import step_back
from mexlab.workspace.queue.detached import reap, spawn
from mexlab.workspace.queue.places import (
    QUEUE_FOLDER,
    claim_next,
    holding_up,
    locked,
    queue_folder,
    ring,
    rung_at,
    waiting,
)
from mexlab.workspace.trainings.jobs import LOG, train
from mexlab.workspace.trainings.request import TrainRequest
from mexlab.workspace.workspace import Workspace

#: Seconds that a runner waits for work unless ``MEXLAB_RUNNER_WAIT`` says otherwise.
WAIT_S = 300.0

WAIT_VARIABLE = "MEXLAB_RUNNER_WAIT"

#: Seconds between two looks at the bell, one ``stat`` each; a training that is started from the
#: page waits half of it on average.
_LOOK_S = 0.05

#: Seconds between two looks at all runs: for what rang no bell, as a run in a terminal that ends.
_LIST_S = 1.0

#: A runner that is just leaving holds its lock for so long at most.
_HANDOVER_S = 5.0

_STOP = "stop"

_MODULE = "mexlab.workspace.queue.runner"


def drain(
    workspace: Workspace,
    *,
    wait: float = 0.0,
    warm: bool = False,
    on_run: Callable[[Run], None] | None = None,
    on_event: OnEvent | None = None,
    into_runs: bool = False,
) -> int | None:
    """Carry out waiting runs, one after the other, until none waits.

    A run that fails says so in its record, and those behind it are carried out all the same.

    Parameters
    ----------
    workspace : Workspace
    wait : float
        Seconds to wait for further runs, counted from the last one's end or the last ring of the
        bell; 0 ends with the queue.
    warm : bool
        Import all that a training needs before there is one.
    on_run : callable, optional
        Told each run before it begins.
    on_event : callable, optional
        Told each run's events.
    into_runs : bool
        Send this process's output into the folder of the run that it is at.

    Returns
    -------
    int or None
        How many runs were carried out; None where another process works on this queue.

    Raises
    ------
    RunError
        Where the workspace cannot be written to.
    """
    folder = queue_folder(workspace)
    lock = FileLock(folder / "runner.lock")
    try:
        lock.acquire(timeout=_HANDOVER_S)
    except Timeout:
        return None
    try:
        with locked(workspace):
            (folder / _STOP).unlink(missing_ok=True)
            liveness.record_process(folder)
        done = 0
        if warm and not waiting(list_runs(workspace.runs_dir)):
            _warm_up()
        catalogue = RunCatalogue(workspace.runs_dir)
        while (run := _next(workspace, folder, catalogue, wait)) is not None:
            if on_run is not None:
                on_run(run)
            with _output_into(run) if into_runs else _as_it_is():
                _carry_out(workspace, run, on_event)
            done += 1
            gc.collect()
        return done
    except BaseException:
        # Not where it has left in order: another may have come since.
        liveness.forget_process(folder)
        raise
    finally:
        lock.release()


def _next(workspace: Workspace, folder: Path, catalogue: RunCatalogue, wait: float) -> Run | None:
    """The next run, taken on; None where it is time to go."""
    since = time.time()
    looked, heard = -_LIST_S, -1.0
    while True:
        if not folder.is_dir():
            return None
        rung = rung_at(workspace)
        moment = time.monotonic()
        if rung != heard or moment - looked >= _LIST_S:
            heard, looked = rung, moment
            stopped = (folder / _STOP).exists()
            if not stopped:
                # Without the lock at first: nearly always there is nothing to take.
                seen = catalogue.runs()
                free = waiting(seen) and not holding_up(seen)
                if free and (run := claim_next(workspace)) is not None:
                    return run
            idle = time.time() - max(since, rung) >= wait
            if (stopped or idle) and _leave(workspace, folder):
                return None
        time.sleep(_LOOK_S)


def _leave(workspace: Workspace, folder: Path) -> bool:
    """Say that nobody works on the queue any more, unless a run has come in this moment."""
    with locked(workspace):
        stopped = (folder / _STOP).exists()
        if not stopped and waiting(list_runs(workspace.runs_dir)):
            return False
        liveness.forget_process(folder)
        return True


def _carry_out(workspace: Workspace, run: Run, on_event: OnEvent | None) -> None:
    try:
        # Around the training: what is wrong with the request itself stands in the run, too.
        with carried_out(run):
            request = TrainRequest.from_record(run.record.get("request") or {})
            train(workspace, request, run, on_event=on_event)
    except MexlabError as error:
        print(f"{run.id}: {error}", file=sys.stderr)
    except Exception:
        traceback.print_exc()


def _warm_up() -> None:
    from mexlab.training.warm_up import warm_up

    try:
        warm_up()
    except Exception:
        # A training will say what is wrong, in its own record.
        traceback.print_exc()


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


@contextmanager
def _output_into(run: Run) -> Iterator[None]:
    """Output of the process, that of its libraries too, goes into the run's log meanwhile."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    target = os.open(run.folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        os.dup2(target, 1)
        os.dup2(target, 2)
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for own, number in zip(kept, (1, 2), strict=True):
            os.dup2(own, number)
            os.close(own)
        os.close(target)


def runner_is_there(workspace: Workspace) -> bool:
    """Whether a process works on the queue, or waits for work."""
    return liveness.process_state(workspace.path / QUEUE_FOLDER) == "alive"


def ensure_runner(workspace: Workspace, *, warm: bool = False) -> bool:
    """See to it that somebody works on the queue; returns whether a process was started.

    Parameters
    ----------
    workspace : Workspace
    warm : bool
        Also where nothing waits, so that the next training begins at once; unless
        ``MEXLAB_RUNNER_WAIT`` is 0, which wants no process to wait.

    Raises
    ------
    RunError
        Where the process cannot be started.
    """
    reap()
    wait = _wait_seconds()
    with locked(workspace):
        ring(workspace)
        if runner_is_there(workspace):
            return False
        if not waiting(list_runs(workspace.runs_dir)) and not (warm and wait > 0):
            return False
        folder = queue_folder(workspace)
        arguments = ["-m", _MODULE, str(workspace.path), "--wait", str(wait)]
        pid = spawn(arguments, workspace.path, folder / LOG)
        # At once, so that another page starts none beside it.
        liveness.record_process(folder, pid)
        return True


def stop_runner(workspace: Workspace) -> bool:
    """Let the runner end once the run that it is at is over; False where there is none."""
    if not runner_is_there(workspace):
        return False
    (queue_folder(workspace) / _STOP).touch()
    ring(workspace)
    return True


def _wait_seconds() -> float:
    try:
        return max(float(os.environ.get(WAIT_VARIABLE, "")), 0.0)
    except ValueError:
        return WAIT_S


def main(arguments: list[str] | None = None) -> int:
    """The detached runner; returns its exit status."""
    parser = argparse.ArgumentParser(prog=__name__)
    parser.add_argument("workspace")
    parser.add_argument("--wait", type=float, default=WAIT_S)
    given = parser.parse_args(arguments)
    workspace = Workspace.open(given.workspace)
    step_back()
    try:
        drain(workspace, wait=given.wait, warm=given.wait > 0, into_runs=True)
    finally:
        workspace.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
