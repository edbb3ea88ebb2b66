"""What a running training tells, and how it is read: how far it is, and the time left."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mexlab.runs.files import PROGRESS, file_size

if TYPE_CHECKING:
    from mexlab.runs.run import Run

#: At most this many events a second; what comes in between is gathered into the next one.
EVENTS_PER_SECOND = 8.0

#: The pace is that of the last so many seconds, so that other work on the machine shows.
_WINDOW_S = 20.0

#: What a training does; "" before its first word.
FEATURES, TRAINING = "features", "training"

#: Of the events' end, where the newest one stands; one of hundreds of folds is a tenth of this.
_TAIL = 1 << 17

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


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run is, by what it told of itself; :func:`read_progress` reads it.

    Attributes
    ----------
    stage : {"", "features", "training"}
    clips_done, clips_total : int
        Of the flow maps.
    share : float or None
        Of the training, 0 to 1; None before it told one.
    seconds_left : float or None
        The newest that it told of this sitting; see :meth:`left_by_now`.
    told_at : str
        When it told `seconds_left`, an ISO time; "" where it did not say.
    folds_done, folds_total : int
        All seeds counted; 0 of 0 before they are known.
    epoch : int
    seed : int or None
        None where many are trained side by side.
    confusion : list of list of int or None
        Of the clips whose folds are done, their seeds averaged.
    classes : tuple of str
    points : tuple
        Seed, fold, epoch and training loss, where new since the progress before.
    began : bool
        A sitting began since the progress before. It tells again what earlier ones have kept: the
        curves before it are void.
    offset : int
        Of the events' file, as far as it was read.
    """

    stage: str = ""
    clips_done: int = 0
    clips_total: int = 0
    share: float | None = None
    seconds_left: float | None = None
    told_at: str = ""
    folds_done: int = 0
    folds_total: int = 0
    epoch: int = 0
    seed: int | None = None
    confusion: list[list[int]] | None = None
    classes: tuple[str, ...] = ()
    points: tuple[tuple[int, str, int, float], ...] = ()
    began: bool = False
    offset: int = 0

    @property
    def clips_share(self) -> float | None:
        """Of the flow maps, 0 to 1; None where their number is not known."""
        return self.clips_done / self.clips_total if self.clips_total else None

    def left_by_now(self) -> float | None:
        """The seconds that it told to be left, less those since."""
        if self.seconds_left is None:
            return None
        try:
            since = time.time() - datetime.fromisoformat(self.told_at).timestamp()
        except ValueError:
            since = 0.0
        return max(self.seconds_left - max(since, 0.0), 0.0)

    def after(self, event: Mapping[str, Any]) -> RunProgress:
        """The progress once an event was told, too."""
        kind = event.get("event")
        if kind == "features":
            done, total = int(event.get("done") or 0), int(event.get("total") or 0)
            now = replace(self, points=(), began=False)
            return replace(now, stage=FEATURES, clips_done=done, clips_total=total)
        now = self
        if kind == "started":
            folds = len(event.get("folds") or ()) * len(event.get("seeds") or ())
            now = RunProgress(
                stage=TRAINING,
                clips_done=self.clips_done,
                clips_total=self.clips_total,
                folds_total=folds,
                classes=self.classes,
                offset=self.offset,
            )
        changes: dict[str, Any] = {}
        if "progress" in event:
            changes |= {"stage": TRAINING, "share": float(event["progress"])}
        if isinstance(left := event.get("seconds_left"), int | float):
            changes |= {"seconds_left": float(left), "told_at": str(event.get("at", ""))}
        for name in ("folds_done", "folds_total", "epoch"):
            if event.get(name):
                changes[name] = int(event[name])
        if event.get("confusion"):
            changes["confusion"] = event["confusion"]
        if event.get("classes"):
            changes["classes"] = tuple(event["classes"])
        points = tuple(
            (int(seed), str(fold), int(epoch), float(loss))
            for seed, fold, epoch, loss, *_ in event.get("points") or ()
        )
        began, seed = kind == "started", event.get("seed", now.seed)
        return replace(now, points=points, began=began, seed=seed, **changes)


def read_progress(run: Run, before: RunProgress | None = None) -> RunProgress:
    """How far a run is, by the events in its folder.

    Parameters
    ----------
    run : Run
    before : RunProgress, optional
        What was read earlier: only what came since is read. A fresh ``RunProgress()`` reads all
        there is, with every point of the curves; by default only the newest events are read,
        which say all but the classes.
    """
    if before is None:
        before = RunProgress(offset=max(file_size(run.folder / PROGRESS) - _TAIL, 0))
    progress, began = before, False
    points: list[tuple[int, str, int, float]] = []
    events, offset = run.events(before.offset)
    for event in events:
        progress = progress.after(event)
        if progress.began:
            began = True
            points.clear()
        points.extend(progress.points)
    return replace(progress, points=tuple(points), began=began, offset=offset)
