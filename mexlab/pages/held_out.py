"""What a network that never saw the person said of a clip, beside the maps that it saw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mexlab.data.clips import ClipKey
from mexlab.errors import MexlabError
from mexlab.pages.links import page_url
from mexlab.training.runs import Run, list_runs, open_run


class HeldOutPredictions:
    """Out-of-fold predictions of one run, or of the newest finished run that has the clip.

    Parameters
    ----------
    runs_dir : path
    run_id : str, optional

    Raises
    ------
    RunError
        Where there is no run of that id.
    """

    def __init__(self, runs_dir: Path, run_id: str | None = None) -> None:
        self._folder = runs_dir
        self._chosen = None if run_id is None else open_run(runs_dir, run_id)
        self._read: dict[str, dict[ClipKey, Any]] = {}

    def record(self, key: ClipKey) -> dict[str, Any] | None:
        """Run, classes with probabilities, truth and prediction; None where no run has the clip."""
        runs = [self._chosen] if self._chosen is not None else list_runs(self._folder)
        for run in runs:
            found = self._predictions(run).get(key)
            if found is not None:
                return {
                    "run": run.id,
                    "truth": found.truth,
                    "predicted": found.predicted,
                    "classes": [
                        {"name": name, "probability": probability}
                        for name, probability in found.probabilities.items()
                    ],
                    "url": page_url("results", run=run.id),
                }
        return None

    def _predictions(self, run: Run) -> dict[ClipKey, Any]:
        if run.status != "finished":
            return {}
        if run.id not in self._read:
            try:
                self._read[run.id] = {row.key: row for row in run.predictions()}
            except (MexlabError, OSError, ValueError):
                # A damaged run is told of on the results page; the maps need none.
                self._read[run.id] = {}
        return self._read[run.id]
