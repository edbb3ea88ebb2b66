"""Trainings that run at once on one machine share its cores, and let everything else go first.

Each one leaves a mark in a folder of the user's own; a mark counts while its process lives.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from mexlab.errors import MexlabError
from mexlab.runs import liveness

#: How far a training steps back behind the pages, which somebody waits for.
_NICE = 5


@contextmanager
def taking_part() -> Iterator[CoreShare]:
    """Be counted among this machine's trainings while the block runs."""
    folder = _folder()
    mark = folder / uuid.uuid4().hex
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if _is_ours(folder):
            mark.mkdir()
            liveness.record_process(mark)
    except (OSError, MexlabError):
        # A full or read-only disk: the others do not see this one, which sees them.
        shutil.rmtree(mark, ignore_errors=True)
    try:
        yield CoreShare()
    finally:
        shutil.rmtree(mark, ignore_errors=True)


class CoreShare:
    """How much of the machine a training may use."""

    def limit(self, wanted: int) -> int:
        """Of so many threads or processes, how many to use now; at least one."""
        alive = max(trainings_alive(), 1)
        return max(1, min(wanted, max(_cores(), wanted) // alive))


def trainings_alive() -> int:
    """How many trainings run on this machine now; those that were killed are forgotten."""
    folder, alive = _folder(), 0
    if not _is_ours(folder):
        return 0
    with suppress(OSError):
        for mark in folder.iterdir():
            state = liveness.process_state(mark)
            alive += state == "alive"
            # Without a process file: one that is just beginning.
            if state == "dead":
                shutil.rmtree(mark, ignore_errors=True)
    return alive


def step_back_thread() -> None:
    """Let everything else go before this thread, where the system knows that of threads (Linux)."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):
            if os.getpriority(os.PRIO_PROCESS, thread) < _NICE:
                os.setpriority(os.PRIO_PROCESS, thread, _NICE)


def step_back() -> None:
    """Let everything else go before this process, for good: one that does nothing but train."""
    with suppress(psutil.Error, OSError, AttributeError):
        process = psutil.Process()
        if os.name == "nt":
            process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        elif process.nice() < _NICE:
            process.nice(_NICE)


def _folder() -> Path:
    """Of this user, on this machine; emptied by the system when it starts anew."""
    user = str(os.getuid()) if hasattr(os, "getuid") else "user"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.access(runtime, os.W_OK):
        return Path(runtime) / "mexlab-trainings"
    return Path(tempfile.gettempdir()) / f"mexlab-{user}-trainings"


def _is_ours(folder: Path) -> bool:
    """Not another user's, nor a link to elsewhere: dead marks in it are deleted."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and (
        not hasattr(os, "getuid") or found.st_uid == os.getuid()
    )


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
