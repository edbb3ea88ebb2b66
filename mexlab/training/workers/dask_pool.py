"""Workers on other machines, by a Dask cluster. The only file that imports Dask.

Tasks are submitted one by one rather than through joblib's Dask backend: a task whose worker dies
is then given to another one by Dask's own scheduler, while the rest goes on.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from distributed import Client, Event, KilledWorker, get_client
from distributed.client import FutureCancelledError
from distributed.comm import connect as call

from mexlab import __version__
from mexlab.errors import InputError, RunError
from mexlab.training.folds.work import FoldResult, FoldTask, FoldWork
from mexlab.training.workers.remote_task import train_tasks

#: For a scheduler to answer, and for a first worker to be there.
_ANSWER_S = 4.0

#: A cluster that has had no worker for so long is given up.
_NO_WORKER_S = 60.0

#: How often a worker asks whether to stop, and this process how many workers there are.
_ASK_S = 1.0

#: Chunks a thread of the cluster: the next one is there when one is done.
_AHEAD = 2


class DaskPool:
    """As :class:`mexlab.training.workers.remote_chunks.Pool`.

    Parameters
    ----------
    work : FoldWork
        Sent to the cluster once.
    address : str
        Of its scheduler.

    Raises
    ------
    InputError
        Where nobody answers at that address, no worker is there, or one has another mexlab.
    """

    lost: tuple[type[BaseException], ...] = (KilledWorker, CancelledError, FutureCancelledError)

    def __init__(self, work: FoldWork, address: str) -> None:
        self._work, self._address = work, address
        self._client = connect(address)
        self._threads, self._asked, self._seen = 0, -1.0e9, time.monotonic()
        self._stop = Event(f"mexlab-stop-{uuid.uuid4().hex}", client=self._client)
        self._inputs: Any = None

    def slots(self) -> int:
        instant = time.monotonic()
        if instant - self._asked >= _ASK_S:
            self._asked = instant
            self._threads = self._count_threads()
        if self._threads:
            self._seen = instant
        elif instant - self._seen > _NO_WORKER_S:
            raise RunError(
                f"the cluster has had no worker for {_NO_WORKER_S:.0f} seconds",
                where="dask",
                remedy="Start workers again, then resume the run",
            )
        return self._threads * _AHEAD if self._threads and self._have_inputs() else 0

    def _have_inputs(self) -> bool:
        if self._inputs is None:
            try:
                # On all workers, so that the death of one does not take the only copy along.
                self._inputs = self._client.scatter(self._work, broadcast=True, hash=False)
            except TimeoutError:
                # The workers that were there a moment ago are gone.
                self._asked = -1.0e9
        return self._inputs is not None

    def _count_threads(self) -> int:
        if self._client.status != "running":
            return 0
        return sum(self._client.nthreads().values())

    def submit(self, tasks: Sequence[FoldTask]) -> Any:
        return self._client.submit(
            _train, self._inputs, tuple(tasks), __version__, self._stop.name, pure=False
        )

    def recover(self) -> None:
        """Send the inputs again: they may have died with the last worker that had them."""
        if self._client.status != "running":
            with suppress(Exception):
                self._client.close(timeout=1)
            self._client = connect(self._address)
            self._stop = Event(self._stop.name, client=self._client)
        self._inputs, self._asked = None, -1.0e9

    def close(self) -> None:
        # Whatever is wrong with the cluster by now, there is nothing more to ask of it.
        with suppress(Exception):
            if self._client.status == "running":
                self._stop.set()
        with suppress(Exception):
            self._client.close(timeout=2)


def check_cluster(address: str) -> None:
    """Whether a training could begin there.

    Raises
    ------
    InputError
        As :class:`DaskPool`; within ten seconds.
    """
    connect(address).close()


def connect(address: str) -> Client:
    """A client of a cluster whose workers have this version of mexlab."""
    try:
        # A client waits for ever where somebody takes the call, but speaks no Dask.
        with ThreadPoolExecutor(1) as aside:
            # Aside, since a notebook's own thread has a loop already.
            aside.submit(asyncio.run, _call(address)).result()
        client = Client(address, timeout=_ANSWER_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(
            f"no Dask scheduler answers at {address}",
            where="dask",
            remedy="Start one (`dask scheduler`) and its workers (`dask worker ADDRESS`), or "
            "check the address and the firewall",
        ) from error
    try:
        _check_workers(client, address)
    except BaseException:
        client.close(timeout=2)
        raise
    return client


async def _call(address: str) -> None:
    comm = await asyncio.wait_for(call(address, timeout=_ANSWER_S), _ANSWER_S)
    await comm.close()


def _check_workers(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_ANSWER_S)
    except TimeoutError as error:
        raise InputError(
            f"the Dask scheduler at {address} has no worker",
            where="dask",
            remedy=f"Start some: `dask worker {address}`, on each machine",
        ) from error
    # By a function of Python's own: a worker without mexlab could not load one of ours.
    found = client.run(importlib.metadata.version, "mexlab", on_error="return")
    others = sorted({str(one) for one in found.values() if one != __version__}, key=str)
    if others:
        wrong = sum(one != __version__ for one in found.values())
        without = sum(isinstance(one, BaseException) for one in found.values())
        has = "no mexlab" if without == wrong else f"mexlab {', '.join(others)}"
        raise InputError(
            f"{wrong} of {len(found)} workers have {has}, here it is {__version__}",
            where="dask",
            remedy="Install the same version on every machine, and start the workers again",
        )


def _train(work: FoldWork, tasks: Sequence[FoldTask], version: str, stop: str) -> list[FoldResult]:
    """On a worker."""
    return train_tasks(work, tasks, version, _asking(stop))


def _asking(name: str) -> Callable[[], bool]:
    event = Event(name, client=get_client())
    asked = time.monotonic()

    def should_stop() -> bool:
        nonlocal asked
        if time.monotonic() - asked < _ASK_S:
            return False
        asked = time.monotonic()
        try:
            return bool(event.is_set())
        except (OSError, RuntimeError, TimeoutError, ValueError):
            # Nobody is there any more to hand a result to.
            return True

    return should_stop
