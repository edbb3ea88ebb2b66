"""Following a run by the events in its folder: what it does, how far it is, its curves so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mexlab.reports.details import Reasons, what_went_in
from mexlab.reports.queue_places import QueuePlace, place_sentence
from mexlab.reports.words import TONES, counted, explain, protocol_line, spell_seconds
from mexlab.runs import run as runs
from mexlab.runs.progress import FEATURES, TRAINING, RunProgress, read_progress
from mexlab.runs.resume import can_resume
from mexlab.runs.run import Run

#: Curves of finished folds are thinned to this many points in all: what cannot be seen apart
#: need not be sent.
MOST_POINTS = 6000

Curve = list[tuple[int, float]]


@dataclass(slots=True)
class RunFollower:
    """What is known of one run, brought up to date by :meth:`poll`.

    Attributes
    ----------
    run : Run
    progress : RunProgress
    curves : dict
        Epoch and training loss, by seed and fold.
    reasons : callable, optional
        Gets entries of what was left out and whose codings were read; gives those to be shown.
    """

    run: Run
    progress: RunProgress = field(default_factory=RunProgress)
    curves: dict[tuple[int, str], Curve] = field(default_factory=dict)
    reasons: Reasons | None = None
    _seen: tuple[str, str, bool] | None = None

    def poll(self) -> bool:
        """Read what is new; True where something is."""
        self.run.refresh()
        before, self.progress = self.progress, read_progress(self.run, self.progress)
        if self.progress.began:
            self.curves.clear()
        for seed, fold, epoch, loss in self.progress.points:
            self.curves.setdefault((seed, fold), []).append((epoch, loss))
        state = (self.run.status, self.run.reason, self.run.cancel_requested)
        changed = self.progress.offset != before.offset or state != self._seen
        self._seen = state
        return changed

    @property
    def confusion(self) -> list[list[int]] | None:
        """Of the clips whose folds are done, the last epoch's network on the held-out person."""
        return self.progress.confusion

    @property
    def classes(self) -> tuple[str, ...]:
        return self.progress.classes

    def monitor(self, results: str, place: QueuePlace | None = None) -> dict[str, Any]:
        """The run for :class:`mexlab.widgets.training.run_monitor.RunMonitor`.

        Parameters
        ----------
        results : str
            The link to its results.
        place : QueuePlace, optional
            Where it stands in the queue.
        """
        message, remedy = explain(self.run)
        status = self.run.status
        record: dict[str, Any] = {
            "id": self.run.id,
            "status": status,
            "tone": TONES[status],
            "headline": self.run.name,
            "protocol": protocol_line(self.run),
            "message": message,
            "remedy": remedy,
            "results": results if status == runs.FINISHED else "",
            "cancellable": not self.run.is_over,
            "cancelling": self.run.cancel_requested,
            "share": 1.0 if status == runs.FINISHED else self.progress.share,
            "stage": self._stage(),
            "done": self._done(),
            "left": "",
            "actions": self._actions(place),
            "details": what_went_in(self.run, self.reasons),
        }
        if place is not None:
            record["stage"] = place_sentence(place)
        progress = self.progress
        if progress.stage == FEATURES and not self.run.is_over:
            record["share"] = progress.clips_share
        if (
            status == runs.RUNNING
            and progress.stage == TRAINING
            and progress.seconds_left is not None
        ):
            record["left"] = f"about {spell_seconds(progress.seconds_left)} left"
        return record

    def _actions(self, place: QueuePlace | None) -> list[dict[str, str]]:
        """What can be done with the run beside cancelling it, as the monitor's buttons."""
        if can_resume(self.run):
            return [{"name": "resume", "title": "Resume"}]
        actions = []
        if place is not None and place.position > 1:
            actions.append({"name": "first", "title": "Move to the front"})
        if place is not None and (place.position > 1 or place.held_up_by):
            actions.append({"name": "beside", "title": "Start now beside the others"})
        return actions

    def _stage(self) -> str:
        status = self.run.status
        if status == runs.FINISHED:
            seconds = self.run.summary()["seconds"]
            return f"done in {spell_seconds(seconds)}" if seconds is not None else "done"
        if self.run.is_over:
            return ""
        progress = self.progress
        if progress.stage == FEATURES:
            done, total = progress.clips_done, progress.clips_total
            if done < total or not total:
                return f"computing motion: {done} of {counted(total, 'clip')}"
            return "motion computed, training begins"
        if progress.stage == TRAINING:
            epochs = self.run.summary()["epochs"]
            # No fold, no seed: many of them are trained side by side.
            return f"training, epoch {progress.epoch} of {epochs}" if progress.epoch else "training"
        return "starting"

    def _done(self) -> str:
        if self.progress.stage != TRAINING and self.run.status != runs.FINISHED:
            return ""
        total = self.progress.folds_total or _planned_folds(self.run)
        if self.run.status == runs.FINISHED:
            return counted(total, "fold") if total else ""
        return f"{self.progress.folds_done} of {counted(total, 'fold')}" if total else ""

    def load_finished(self) -> None:
        """Take curves from the finished run's own table, where the events are no longer needed."""
        self.curves.clear()
        for point in self.run.curves():
            self.curves.setdefault((point.seed, point.fold), []).append((point.epoch, point.loss))

    def traces(self) -> list[dict[str, Any]]:
        """Plotly traces: the curves of all folds, faint; their mean by epoch, strong."""
        return loss_traces(self.curves)


def loss_traces(curves: dict[tuple[int, str], Curve]) -> list[dict[str, Any]]:
    """One trace of all folds' curves, parted by gaps, and one of their mean.

    One trace for all: hundreds of traces would take plotly seconds to draw.
    """
    if not curves:
        return []
    points = sum(len(curve) for curve in curves.values())
    step = max(1, -(-points // MOST_POINTS))
    x: list[int | None] = []
    y: list[float | None] = []
    names: list[str] = []
    sums: dict[int, list[float]] = {}
    for (seed, fold), curve in curves.items():
        for epoch, loss in curve:
            tally = sums.setdefault(epoch, [0.0, 0.0])
            tally[0] += loss
            tally[1] += 1
        kept = [point for point in curve if point[0] % step == 0 or point is curve[-1]]
        x.extend([*(epoch for epoch, _ in kept), None])
        y.extend([*(loss for _, loss in kept), None])
        names.extend([f"{fold}, seed {seed}"] * (len(kept) + 1))
    epochs = sorted(sums)
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": x,
            "y": y,
            "text": names,
            "hovertemplate": "%{text}<br>epoch %{x}: %{y:.3f}<extra></extra>",
            "line": {"color": "var(--mx-faint)", "width": 1},
            "opacity": 0.55,
            "connectgaps": False,
        },
        {
            "type": "scatter",
            "mode": "lines",
            "x": epochs,
            "y": [sums[epoch][0] / sums[epoch][1] for epoch in epochs],
            "hovertemplate": "mean of the folds<br>epoch %{x}: %{y:.3f}<extra></extra>",
            "line": {"color": "var(--mx-focus)", "width": 2.5},
        },
    ]


def _planned_folds(run: Run) -> int:
    return run.count_folds() * max(len(run.summary()["seeds"]), 1)
