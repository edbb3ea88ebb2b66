"""Work in the background of which only the latest matters: what was asked before is dropped."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from typing import Generic, TypeVar

Request = TypeVar("Request")


class LatestTask(Generic[Request]):
    """One thread that works on the most recent request.

    Holding an arrow key asks thirty times a second for something that takes a tenth: what is
    no longer wanted when its turn comes is never begun, and what is finished too late is for
    ``work`` to drop (:meth:`is_latest`).

    Parameters
    ----------
    work : callable
        Gets a request, in the background thread. It handles its own errors; one that it does not
        foresee goes to the kernel's log, and the next request is worked on all the same.
    name : str
        Of the thread.
    """

    def __init__(self, work: Callable[[Request], None], name: str) -> None:
        self._work = work
        self._name = name
        self._changed = threading.Condition()
        self._waiting: Request | None = None
        self._latest: Request | None = None
        self._busy = False
        self._thread: threading.Thread | None = None

    def ask(self, request: Request) -> None:
        """Work on this next, and on nothing that was asked before; returns at once."""
        with self._changed:
            self._waiting = self._latest = request
            self._changed.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name=self._name)
                self._thread.start()

    def forget(self) -> None:
        """Nothing is wanted any more."""
        with self._changed:
            self._waiting = self._latest = None

    def is_latest(self, request: Request) -> bool:
        """Whether nothing was asked since this very request."""
        return self._latest is request

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until nothing is left to do; False where that took longer than ``timeout`` s."""
        with self._changed:
            return self._changed.wait_for(lambda: self._waiting is None and not self._busy, timeout)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._waiting is not None)
                request, self._waiting = self._waiting, None
                self._busy = True
            assert request is not None
            try:
                self._work(request)
            except Exception:
                # With the thread gone, whatever is asked from then on would be dropped unsaid.
                traceback.print_exc()
