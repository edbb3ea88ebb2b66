"""The progress bar of a training on standard error, fed by the run's own events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mexlab.cli.output import err, print_error
from mexlab.runs.progress import FEATURES, RunProgress


class TrainingWatch:
    """Turns the events of a training into a bar for the features and one for the folds.

    Parameters
    ----------
    bar : rich.progress.Progress
    """

    def __init__(self, bar: Any) -> None:
        self._bar = bar
        self._features: Any = None
        self._training: Any = None
        self._progress = RunProgress()

    def begin(self, title: str) -> None:
        """Take what follows as the events of another run."""
        self._bar.console.print(title)
        self._features = self._training = None
        self._progress = RunProgress()

    def event(self, event: dict[str, Any]) -> None:
        """Take one event as the run's folder gets it."""
        progress = self._progress = self._progress.after(event)
        if progress.stage == FEATURES:
            total = progress.clips_total
            if self._features is None:
                self._features = self._bar.add_task("Features", total=total)
            self._bar.update(self._features, completed=progress.clips_done, total=total)
        elif progress.share is not None:
            if self._training is None:
                self._training = self._bar.add_task("Training", total=1.0)
            self._bar.update(
                self._training,
                completed=progress.share,
                description=f"Training, {progress.folds_done} folds done",
            )


@contextmanager
def training_bar() -> Iterator[TrainingWatch]:
    """Show the bars while the block runs; Ctrl-C says what was kept."""
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=err(),
        refresh_per_second=8,
    )
    try:
        if not bar.console.is_terminal:
            bar.console.print("Training ...")
        with bar:
            yield TrainingWatch(bar)
    except KeyboardInterrupt:
        print_error(
            "training interrupted; the run is listed as cancelled, "
            "`mexlab train --resume` goes on with it"
        )
        raise SystemExit(130) from None
