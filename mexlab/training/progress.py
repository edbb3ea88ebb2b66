"""What a running training tells: events at a pace that a page can follow, and the time left.

Imports no torch.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

#: At most this many events a second; what comes in between is gathered into the next one.
EVENTS_PER_SECOND = 8.0

#: The pace is that of the last so many seconds, so that other work on the machine shows.
_WINDOW_S = 20.0

OnEvent = Callable[[dict[str, Any]], None]


class Progress:
    """Gather a training's news and tell it at most eight times a second.

    Every point of every curve is told, in order; only how many go into one event depends on the
    clock. May be called from several threads; listeners hear one event at a time.

    An event holds ``event`` (``epoch``, or ``fold`` where one ended since the last), ``seed``,
    ``epoch``, ``loss`` (mean of the new points), ``points`` (lists of seed, fold, epoch, training
    loss, training accuracy), ``folds`` (those ended, with ``n`` held-out clips and how many
    ``correct``), ``folds_done``, ``folds_total``, ``confusion`` (of the clips held out so
    far, their seeds averaged), ``progress``
    (0 to 1), ``seconds`` and ``seconds_left`` (None until there is a pace).

    Parameters
    ----------
    on_event : callable
        Takes one plain dict.
    total : int
        Units of work of the whole training (training steps of all folds and seeds).
    clock : callable, optional
        Seconds; passed by tests.
    """

    def __init__(
        self, on_event: OnEvent, total: int, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._on_event = on_event
        self._total = max(total, 1)
        self._clock = clock
        self._begun = clock()
        self._before = 0.0
        self._done = 0
        self._told = -1.0e9
        self._marks: deque[tuple[float, int]] = deque([(self._begun, 0)])
        self._points: list[list[Any]] = []
        self._folds: list[dict[str, Any]] = []
        self._state: dict[str, Any] = {}
        self._lock = threading.RLock()

    @property
    def seconds(self) -> float:
        """Since the beginning, earlier sittings included."""
        return self._before + self._clock() - self._begun

    def take_up(self, units: int, seconds: float) -> None:
        """Count what earlier sittings did; the pace is this one's alone."""
        with self._lock:
            self._done += units
            self._before = seconds
            self._marks = deque([(self._clock(), self._done)])

    def advance(self, units: int) -> None:
        """Count work as done, and tell what has gathered when it is time to."""
        with self._lock:
            self._done += units
            instant = self._clock()
            if instant - self._marks[-1][0] >= 0.05:
                self._marks.append((instant, self._done))
                while len(self._marks) > 2 and instant - self._marks[0][0] > _WINDOW_S:
                    self._marks.popleft()
            self.tell()

    def epoch(
        self,
        *,
        seeds: list[int],
        folds: list[str],
        epoch: int,
        loss: list[float],
        accuracy: list[float],
    ) -> None:
        """Note one epoch of one or several folds."""
        with self._lock:
            self._state = {**self._state, "seed": seeds[-1], "epoch": epoch}
            self._points.extend(
                [seed, fold, epoch, round(one, 5), round(share, 4)]
                for seed, fold, one, share in zip(seeds, folds, loss, accuracy, strict=True)
            )
            self.tell()

    def fold(self, *, seed: int, fold: str, n: int, correct: int, **more: Any) -> None:
        """Note a fold as done, with what the last epoch's network made of the held-out clips."""
        with self._lock:
            self._folds.append({"seed": seed, "fold": fold, "n": n, "correct": correct})
            self._state = {**self._state, "seed": seed, **more}
            self.tell()

    def tell(self, *, now: bool = False) -> None:
        """Pass on what has gathered, unless the last time was less than an eighth second ago."""
        with self._lock:
            instant = self._clock()
            if not (self._points or self._folds):
                return
            if not now and instant - self._told < 1.0 / EVENTS_PER_SECOND:
                return
            self._told = instant
            points, self._points = self._points, []
            folds, self._folds = self._folds, []
            losses = [point[3] for point in points]
            self._on_event(
                {
                    # One event a beat: a beat in which a fold ended is a "fold", else an "epoch".
                    "event": "fold" if folds else "epoch",
                    **self._state,
                    "loss": round(sum(losses) / len(losses), 5) if losses else None,
                    "points": points,
                    "folds": folds,
                    **self.pace(),
                }
            )

    def pace(self) -> dict[str, Any]:
        """Share done, seconds so far, and seconds left at the pace measured lately."""
        instant = self._clock()
        since, before = self._marks[0]
        rate = (self._done - before) / (instant - since) if instant > since else 0.0
        left = (self._total - self._done) / rate if rate > 0 else None
        return {
            "progress": round(min(self._done / self._total, 1.0), 4),
            "seconds": round(self._before + instant - self._begun, 2),
            "seconds_left": None if left is None else round(max(left, 0.0), 1),
        }
