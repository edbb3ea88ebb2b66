"""Chunks of folds on workers outside this process; a worker that dies costs its folds only."""

from __future__ import annotations

import queue
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Sequence
from typing import Any, Protocol

from mexlab.errors import RunError, TrainingStopped
from mexlab.training.folds.work import FoldResult, FoldTask, FoldWork
from mexlab.training.workers.choice import Workers

#: Seconds between two looks at whether to stop; a result is taken at once.
_LOOK_S = 0.2

#: A fold whose worker died so often is not tried again: it may be the fold.
_TRIES = 4


class Pool(Protocol):
    """Workers that hold the inputs of a training; a concurrent.futures-like face of them."""

    #: What a future raises where not the task failed, but its worker.
    lost: tuple[type[BaseException], ...]

    def slots(self) -> int:
        """How many chunks are to be under way now; 0 while there is no worker."""

    def submit(self, tasks: Sequence[FoldTask]) -> Any:
        """Give a chunk to a worker; returns a future (``done``, ``result``, ``cancel`` and
        ``add_done_callback``).
        """

    def recover(self) -> None:
        """See to it that chunks can be given again after a worker was lost."""

    def close(self) -> None:
        """Let nothing of it go on."""


def open_pool(workers: Workers, work: FoldWork, limit: Callable[[int], int]) -> Pool:
    """The workers that were asked for, with the inputs of the training.

    Parameters
    ----------
    workers : Workers
        Other than threads.
    work : FoldWork
    limit : callable
        How many of so many processes of this machine may be used now.

    Raises
    ------
    InputError
        Where a cluster does not answer, has no worker, or another mexlab.
    """
    # Only here: neither library is needed by a training on threads.
    if workers.dask is not None:
        from mexlab.training.workers.dask_pool import DaskPool

        return DaskPool(work, workers.dask)
    from mexlab.training.workers.process_pool import ProcessPool

    return ProcessPool(work, workers.processes or 1, limit)


def train_remotely(
    pool: Pool,
    tasks: Sequence[FoldTask],
    size: int,
    *,
    should_stop: Callable[[], bool],
    on_lost: Callable[[int], None],
) -> Generator[list[FoldResult], None, None]:
    """Train all tasks, ``size`` at a time, and hand out each chunk's results once it is done.

    Parameters
    ----------
    pool : Pool
        Closed in the end, whatever happens.
    tasks : sequence of FoldTask
    size : int
        Tasks a chunk.
    should_stop : callable
    on_lost : callable
        Told how many chunks have to be trained again because their workers died.

    Yields
    ------
    list of FoldResult

    Raises
    ------
    TrainingStopped
        When asked to; within a second.
    RunError
        Where a fold's workers die again and again.
    InputError
        What a task itself raised.
    """
    waiting = deque(tuple(tasks[i : i + size]) for i in range(0, len(tasks), size))
    flying: dict[Any, tuple[FoldTask, ...]] = {}
    losses: Counter[tuple[FoldTask, ...]] = Counter()
    news: queue.SimpleQueue[Any] = queue.SimpleQueue()
    try:
        while waiting or flying:
            if should_stop():
                raise TrainingStopped("the training was cancelled")
            slots = pool.slots()
            while waiting and len(flying) < slots:
                chunk = waiting.popleft()
                future = pool.submit(chunk)
                flying[future] = chunk
                future.add_done_callback(news.put)
            _await(news, _LOOK_S)
            lost = []
            for future in [future for future in flying if future.done()]:
                chunk = flying.pop(future)
                try:
                    results = future.result()
                except pool.lost:
                    lost.append(chunk)
                    continue
                yield results
            if lost:
                losses.update(lost)
                _refuse_the_hopeless(losses)
                on_lost(len(lost))
                waiting.extendleft(reversed(lost))
                pool.recover()
    finally:
        # Also on Ctrl-C, and when the reader of this generator gives up.
        pool.close()


def _await(news: queue.SimpleQueue[Any], seconds: float) -> None:
    """Sleep until something is done; a callback that never comes costs the wait alone."""
    end = time.monotonic() + seconds
    try:
        news.get(timeout=seconds)
        while time.monotonic() < end:
            news.get_nowait()
    except queue.Empty:
        return


def _refuse_the_hopeless(losses: Counter[tuple[FoldTask, ...]]) -> None:
    for chunk, count in losses.items():
        if count >= _TRIES:
            raise RunError(
                f"{count} workers died while they trained the same {len(chunk)} folds",
                where="workers",
                remedy="They may lack memory: use fewer at once, then resume the run",
            )
