"""Chunks of folds on the cores there are: one thread a chunk, or torch's own threads."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

import torch

from mexlab.training.backends.recipe import FoldJob, Watch
from mexlab.training.workers.core_share import step_back_thread

_Job = TypeVar("_Job")
_Done = TypeVar("_Done")


def train_chunks(
    train: Callable[[Sequence[_Job], Watch], list[_Done]],
    jobs: Sequence[_Job],
    size: int,
    watch: Watch,
    *,
    threads: int | None,
    side_by_side: bool,
    limit: Callable[[int], int] = lambda cores: cores,
) -> Generator[tuple[list[int], list[_Done]], None, None]:
    """Train all jobs, ``size`` at a time, and hand out what each chunk gave once it is done.

    Parameters
    ----------
    train : callable
        Trains one chunk; where ``side_by_side``, on several threads at once.
    jobs : sequence
    size : int
        Jobs a chunk.
    watch : Watch
        Called by one thread at a time.
    threads : int or None
        Cores to use; None for torch's own choice.
    side_by_side : bool
        Give each core a chunk of its own, with one thread inside, rather than all cores to one
        chunk: layers of so few filters do not keep two cores busy.
    limit : callable
        How many of so many cores to use now; asked whenever a chunk is done. Only where chunks go
        side by side: what all cores do together would come out otherwise on fewer.

    Yields
    ------
    list of int, list
        Positions of the chunk's jobs, and what ``train`` returned for them; in the order in which
        they are done.

    Raises
    ------
    TrainingStopped
        When the watch says so; every chunk has stopped by then.
    """
    chunks = [list(range(i, min(i + size, len(jobs)))) for i in range(0, len(jobs), size)]
    cores = threads or torch.get_num_threads()
    if not side_by_side or cores == 1:
        with _torch_threads(cores):
            for chunk in chunks:
                yield chunk, train([jobs[i] for i in chunk], watch)
        return
    leave = threading.Event()
    shared = _shared(watch, leave)
    with _torch_threads(1), ThreadPoolExecutor(cores, "mexlab-fold", step_back_thread) as pool:
        try:
            waiting = deque(chunks)
            flying: dict[Future[list[_Done]], list[int]] = {}
            while waiting or flying:
                free = limit(cores) - len(flying)
                for chunk in [waiting.popleft() for _ in range(min(free, len(waiting)))]:
                    future = pool.submit(_on_one_core, train, [jobs[i] for i in chunk], shared)
                    flying[future] = chunk
                done, _ = wait(flying, return_when=FIRST_COMPLETED)
                for future in done:
                    yield flying.pop(future), future.result()
        finally:
            # Also on Ctrl-C, and when the reader of this generator gives up.
            leave.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _on_one_core(
    train: Callable[[Sequence[_Job], Watch], list[_Done]], jobs: Sequence[_Job], watch: Watch
) -> list[_Done]:
    # The number of threads is each thread's own in OpenMP.
    torch.set_num_threads(1)
    return train(jobs, watch)


def _shared(watch: Watch, leave: threading.Event) -> Watch:
    lock = threading.Lock()

    def on_epoch(
        jobs: Sequence[FoldJob], epoch: int, losses: list[float], accuracies: list[float]
    ) -> None:
        with lock:
            watch.on_epoch(jobs, epoch, losses, accuracies)

    def on_steps(units: int) -> None:
        with lock:
            watch.on_steps(units)

    return Watch(on_epoch, on_steps, lambda: leave.is_set() or watch.should_stop())


@contextmanager
def _torch_threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
