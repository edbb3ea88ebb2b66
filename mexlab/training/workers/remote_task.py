"""What a worker does: train some folds and hand back what they gave. Runs in another process."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence

import torch

from mexlab import __version__
from mexlab.errors import RunError
from mexlab.training.backends.recipe import Watch
from mexlab.training.folds.work import FoldResult, FoldTask, FoldWork, PreparedWork

#: Inputs laid out for the backend, once a process and not once a task.
_prepared: weakref.WeakKeyDictionary[FoldWork, PreparedWork] = weakref.WeakKeyDictionary()
_preparing = threading.Lock()


def train_tasks(
    work: FoldWork,
    tasks: Sequence[FoldTask],
    version: str,
    should_stop: Callable[[], bool],
) -> list[FoldResult]:
    """Train and test some folds on one core.

    Parameters
    ----------
    work : FoldWork
    tasks : sequence of FoldTask
    version : str
        Of the mexlab that asks; another one might train otherwise.
    should_stop : callable

    Raises
    ------
    RunError
        Where this worker has another version of mexlab.
    InputError, TrainingStopped
        As :meth:`mexlab.training.folds.work.PreparedWork.train`.
    """
    check_version(version)
    # The number of threads is each thread's own in OpenMP.
    torch.set_num_threads(1)
    with _preparing:
        prepared = _prepared.get(work)
        if prepared is None:
            prepared = _prepared[work] = work.prepare()
    return prepared.train(tasks, Watch(lambda *told: None, lambda units: None, should_stop))


def check_version(version: str) -> None:
    if version != __version__:
        raise RunError(
            f"a worker has mexlab {__version__}, but {version} asks it to train",
            where="workers",
            remedy="Install the same version on every machine, and start the workers again",
        )
