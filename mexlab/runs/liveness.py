"""Whether the process that works on a run is still there."""

from __future__ import annotations

import hashlib
import os
import platform
import time
import uuid
from pathlib import Path
from typing import Any

import psutil

from mexlab.errors import RunError
from mexlab.runs.files import PROCESS, PROGRESS, read_json, write_json

#: Two readings of one process's start can differ by the clock's tick.
_SAME_START_S = 2.0

#: A run of another machine (a workspace on a shared disk) cannot be asked; it is taken to live
#: while its events are younger than this.
_SILENCE_S = 300.0


def record_process(folder: Path, pid: int | None = None) -> None:
    """Note in a run's folder which process works on it.

    The start time tells it from a later process under the same id; the machine's digest tells
    other machines apart without naming any.
    """
    pid = os.getpid() if pid is None else pid
    try:
        started = psutil.Process(pid).create_time()
    except psutil.Error:
        # Already gone: a start that no living process has.
        started = 0.0
    write_json(folder / PROCESS, {"pid": pid, "started": started, "machine": _machine()})


def forget_process(folder: Path) -> None:
    (folder / PROCESS).unlink(missing_ok=True)


def process_state(folder: Path) -> str:
    """``none`` where no process took the run on yet, ``alive``, or ``dead``."""
    if not (folder / PROCESS).exists():
        return "none"
    try:
        record: dict[str, Any] = read_json(folder / PROCESS)
        pid, started, machine = int(record["pid"]), float(record["started"]), record["machine"]
    except (RunError, KeyError, TypeError, ValueError):
        return "dead"
    if machine != _machine():
        return "alive" if _silence(folder) < _SILENCE_S else "dead"
    try:
        process = psutil.Process(pid)
        alive = (
            process.status() != psutil.STATUS_ZOMBIE
            and abs(process.create_time() - started) < _SAME_START_S
        )
    except psutil.NoSuchProcess:
        return "dead"
    except psutil.AccessDenied:
        return "alive"
    return "alive" if alive else "dead"


def is_here(folder: Path) -> bool:
    """Whether the process that works on a run is, or was, one of this machine."""
    try:
        return bool(read_json(folder / PROCESS).get("machine") == _machine())
    except RunError:
        return False


def _machine() -> str:
    name = f"{platform.node()}/{uuid.getnode()}"
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _silence(folder: Path) -> float:
    newest = max(
        path.stat().st_mtime for path in (folder / PROGRESS, folder / PROCESS) if path.exists()
    )
    return time.time() - newest
