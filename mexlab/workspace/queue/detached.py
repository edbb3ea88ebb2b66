"""Processes that belong to no page and no kernel: a training of its own, the queue's runner."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from mexlab.errors import RunError
from mexlab.runs.run import FAILED, Run, create_run
from mexlab.workspace.queue.places import set_beside, taken_out
from mexlab.workspace.trainings.check import check_request
from mexlab.workspace.trainings.jobs import LOG
from mexlab.workspace.trainings.request import TrainRequest
from mexlab.workspace.workspace import Workspace

#: Kept so that a child that has ended is waited for, and warns of nothing when collected.
_children: list[subprocess.Popen[bytes]] = []


def start_detached(workspace: Workspace, request: TrainRequest, *, name: str | None = None) -> str:
    """Start a training at once, beside all others, and return with the run's id.

    It belongs to no page and no kernel: closing the tab or stopping the server leaves it
    running, and whoever opens the run's folder finds it again.

    Raises
    ------
    InputError
        For what :func:`mexlab.workspace.trainings.check.check_request` refuses; no run is made
        then.
    RunError
        Where the run's folder cannot be made or the process cannot be started.
    """
    check_request(workspace, request)
    run = create_run(workspace.runs_dir, request.to_record(), name=name)
    try:
        set_beside(run)
        _carry_out(workspace, run)
    except RunError as error:
        run.write_status(FAILED, error=error.problem)
        raise
    return run.id


def start_waiting(workspace: Workspace, run_id: str) -> None:
    """Start a run of the queue at once, beside what is under way.

    Raises
    ------
    RunError
        Where no such run waits, or the process cannot be started; it keeps its place then.
    """
    with taken_out(workspace, run_id) as run:
        _carry_out(workspace, run)


def _carry_out(workspace: Workspace, run: Run) -> None:
    arguments = ["-m", "mexlab", "-w", str(workspace.path), "train", "--run", run.id]
    pid = spawn(arguments, workspace.path, run.folder / LOG)
    # At once, so that a process that dies before its first word is seen to be dead.
    run.record_process(pid)


def spawn(arguments: Sequence[str], folder: Path, log: Path) -> int:
    """Start a Python of ours in a session of its own; returns the process's id.

    Parameters
    ----------
    arguments : sequence of str
        Of the interpreter.
    folder : Path
        Where it runs.
    log : Path
        Takes its output.

    Raises
    ------
    RunError
        Where it cannot be started.
    """
    try:
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=folder,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
                close_fds=True,
            )
    except OSError as error:
        raise RunError(
            f"the process of the training could not be started ({error.strerror or error})",
            where=log.parent.name,
        ) from error
    reap()
    _children.append(process)
    return process.pid


def reap() -> None:
    """Wait for those children that have ended: none stays as a zombie."""
    _children[:] = [process for process in _children if process.poll() is None]
