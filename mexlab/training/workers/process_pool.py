"""Workers in processes of this machine, by joblib's loky: each has an interpreter of its own."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import psutil
from joblib.externals.loky import ProcessPoolExecutor
from joblib.externals.loky.process_executor import BrokenProcessPool, ShutdownExecutorError

from mexlab import __version__
from mexlab.training.folds.work import FoldResult, FoldTask, FoldWork
from mexlab.training.workers.core_share import step_back
from mexlab.training.workers.remote_task import train_tasks

#: How often a worker looks whether the process that it works for still lives.
_PARENT_CHECK_S = 1.0

#: One thread a worker, also of libraries that ask for their number once, when they are loaded.
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)

_work: FoldWork | None = None


class ProcessPool:
    """As :class:`mexlab.training.workers.remote_chunks.Pool`.

    Parameters
    ----------
    work : FoldWork
        Sent to each process once.
    processes : int
    limit : callable
        How many of so many may be used now.
    """

    lost: tuple[type[BaseException], ...] = (BrokenProcessPool, ShutdownExecutorError)

    def __init__(self, work: FoldWork, processes: int, limit: Callable[[int], int]) -> None:
        self._work, self._processes, self._limit = work, processes, limit
        self._executor: Any = self._open()

    def _open(self) -> Any:
        return ProcessPoolExecutor(
            self._processes,
            initializer=_begin,
            initargs=(self._work, os.getpid(), psutil.Process().create_time()),
            env=_ONE_THREAD,
        )

    def slots(self) -> int:
        return self._limit(self._processes)

    def submit(self, tasks: Sequence[FoldTask]) -> Any:
        try:
            return self._executor.submit(_train, tuple(tasks), __version__)
        except self.lost:
            # A worker died since the last look: the executor takes nothing any more.
            self.recover()
            return self._executor.submit(_train, tuple(tasks), __version__)

    def recover(self) -> None:
        # One dead process breaks the whole executor: what the others were at is given again.
        self.close()
        self._executor = self._open()

    def close(self) -> None:
        self._executor.shutdown(wait=True, kill_workers=True)


def _begin(work: FoldWork, parent: int, since: float) -> None:
    global _work
    _work = work
    step_back()
    threading.Thread(target=_end_with, args=(parent, since), daemon=True).start()


def _end_with(parent: int, since: float) -> None:
    """Leave no worker behind whose training was killed."""
    while True:
        try:
            if psutil.Process(parent).create_time() != since:
                os._exit(1)
        except psutil.Error:
            os._exit(1)
        time.sleep(_PARENT_CHECK_S)


def _train(tasks: Sequence[FoldTask], version: str) -> list[FoldResult]:
    assert _work is not None
    # Cancelling ends the process.
    return train_tasks(_work, tasks, version, lambda: False)
