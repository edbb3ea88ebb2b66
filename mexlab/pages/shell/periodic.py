"""Doing something again and again in a page's kernel, on its own event loop."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Callable


class Periodic:
    """Call a function at a steady pace, in the kernel's main thread and between its messages.

    No thread: handlers and this never run at once, so that neither needs a lock. The function
    has to be short; long work belongs in a process of its own.

    Parameters
    ----------
    act : callable
        What it raises is printed on the server's terminal and does not end the calls.
    seconds : float
        Between the end of one call and the next.
    """

    def __init__(self, act: Callable[[], None], seconds: float) -> None:
        self._act = act
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    def start(self) -> bool:
        """Begin; False where no event loop runs here (a plain script or test)."""
        if self._task is not None and not self._task.done():
            return True
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return False
        self._task = loop.create_task(self._keep_on())
        return True

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _keep_on(self) -> None:
        while True:
            try:
                self._act()
            except Exception:
                traceback.print_exc(file=sys.__stderr__)
            await asyncio.sleep(self._seconds)
