"""Runs on disk: create, list, open, follow, cancel. Imports no torch.

A run is a folder; everything that is known of it is in its files (:mod:`.run_files`), so that the
process that trains, the page that watches and the command line need nothing but the folder.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError, RunError
from mexlab.runs import files, liveness
from mexlab.runs.epoch_predictions import EPOCHS, EpochPredictions, read_epoch_predictions
from mexlab.runs.files import CurvePoint, Prediction
from mexlab.runs.labels import labels_or_fault
from mexlab.runs.record_check import check_curves, read_checked_predictions
from mexlab.runs.settings import TrainingSettings
from mexlab.runs.status import (  # noqa: F401 - a run's readers look for them here
    CANCELLED,
    FAILED,
    FINISHED,
    FORMAT,
    INTERRUPTED,
    QUEUED,
    RUNNING,
    STATUSES,
    UNREADABLE,
    WRITTEN,
    effective_status,
    fault_of_record,
)
from mexlab.runs.summary import IMPORTED, end_words, folds_of, summarise


@dataclass(slots=True)
class Run:
    """One training, as its folder says.

    Attributes
    ----------
    id : str
        The folder's name, ``laenet-001``.
    folder : Path
    reason : str
        Why it failed, was interrupted or cannot be read; else "".
    """

    id: str
    folder: Path
    reason: str = ""
    _status: str = UNREADABLE
    _record: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def record(self) -> dict[str, Any]:
        """All of ``run.json``: request, settings, protocol, versions, data, metrics."""
        return self._record

    @property
    def status(self) -> str:
        """One of :data:`STATUSES`, as of the last :meth:`refresh`."""
        return self._status

    @property
    def is_over(self) -> bool:
        return self.status not in (QUEUED, RUNNING)

    @property
    def created(self) -> str:
        return str(self._record.get("created", ""))

    @property
    def name(self) -> str:
        """The user's own name for it, else the id."""
        return str(self._record.get("name") or self.id)

    @property
    def model(self) -> str:
        settings = self._record.get("settings") or {}
        return str(settings.get("model") or self._record.get("model") or "")

    @property
    def settings(self) -> TrainingSettings | None:
        """The training's settings; None until it has begun."""
        record = self._record.get("settings")
        return None if not record else TrainingSettings.from_record(record)

    @property
    def imported(self) -> dict[str, Any]:
        """Of a run whose predictions another program made, what is known of them; else {}."""
        return dict(self._record.get(IMPORTED) or {})

    @property
    def has_probabilities(self) -> bool:
        """Not so of imported predictions that say the class alone."""
        return bool(self.imported.get("probabilities", True))

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple((self._record.get("data") or {}).get("classes", ()))

    @property
    def metrics(self) -> dict[str, dict[str, Any]]:
        """``full`` and one entry a database, of the seeds' mean probabilities; {} until finished.

        Each holds accuracy, f1_score, uf1, uar, macro_precision, n, per_class, confusion, and
        ``seeds``: ``per_seed`` (a list, each with ``seed`` and the four figures), ``mean``, ``sd``.
        """
        return dict(self._record.get("metrics") or {})

    def person(self, key: ClipKey) -> str:
        """Who is seen in a clip; in runs from before one was so, ``database/subject``."""
        own = "/".join(key.group)
        return str(((self._record.get("data") or {}).get("people") or {}).get(own, own))

    def refresh(self) -> Run:
        """Read the folder again; returns itself."""
        fresh = _read(self.folder)
        self._record, self._status, self.reason = fresh._record, fresh._status, fresh.reason
        return self

    def predictions(self, seed: int | None = None) -> list[Prediction]:
        """Out-of-fold predictions, one a clip.

        Parameters
        ----------
        seed : int, optional
            One seed's own; by default the mean of all seeds' probabilities.

        Raises
        ------
        RunError
            Where the run has none, or none of that seed.
        """
        rows = self.seed_predictions()
        if seed is None:
            return files.average_seeds(rows)
        chosen = [row for row in rows if row.seed == seed]
        if not chosen:
            seeds = sorted({row.seed for row in rows if row.seed is not None})
            raise RunError(f"has no seed {seed}", where=self.id, remedy=f"Its seeds are {seeds}")
        return chosen

    def seed_predictions(self) -> list[Prediction]:
        """Every seed's out-of-fold predictions, seed after seed; errors as of `predictions`."""
        self._must_be(FINISHED)
        return read_checked_predictions(self.folder, self._record)

    def curves(self) -> list[CurvePoint]:
        """Training loss and accuracy by seed, fold and epoch, of a finished run; none imported.

        Raises
        ------
        RunError
        """
        self._must_be(FINISHED)
        if self.imported:
            return []
        points, settings = files.read_curves(self.folder / files.CURVES), self.settings
        if settings is not None:
            check_curves(points, settings.seeds, settings.epochs)
        return points

    def epoch_predictions(self) -> EpochPredictions | None:
        """What each epoch's networks predicted for the held-out clips, of a finished run.

        For showing what choosing an epoch by them would have claimed, and for nothing else.

        Returns
        -------
        EpochPredictions or None
            None for a run from before they were recorded.

        Raises
        ------
        RunError
            Where the run is not finished, or the file is damaged.
        """
        self._must_be(FINISHED)
        data, settings = self._record.get("data") or {}, self.settings
        return read_epoch_predictions(
            self.folder / EPOCHS,
            seeds=() if settings is None else settings.seeds,
            clips=int(data.get("clips") or 0),
            classes=len(self.classes),
        )

    def events(self, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
        """Events since a byte offset, and the offset to ask from next."""
        return files.read_events(self.folder / files.PROGRESS, offset)

    def append_event(self, event: Mapping[str, Any]) -> None:
        files.append_event(self.folder / files.PROGRESS, dict(event))

    def request_cancel(self) -> None:
        """Ask a queued or running run to stop; it does within a second.

        Raises
        ------
        RunError
            Where it is over already.
        """
        self.refresh()
        if self.is_over:
            raise RunError(f"cannot be cancelled, it is {self.status}", where=self.id)
        files.write_whole(self.folder / files.CANCEL, "")
        if liveness.process_state(self.folder) == "none":
            # Nobody has taken it on: there is no one to hear it.
            self.write_status(CANCELLED)

    @property
    def cancel_requested(self) -> bool:
        return (self.folder / files.CANCEL).exists()

    def record_process(self, pid: int | None = None) -> None:
        """Say which process works on it, so that its death is seen as ``interrupted``."""
        liveness.record_process(self.folder, pid)

    def write_status(self, status: str, **changes: Any) -> None:
        """Write a status and further fields of the record, as one whole file.

        A status that ends the run also forgets its process, so that a finished folder carries
        nothing of the machine.
        """
        if status not in WRITTEN:
            raise RunError(f"expected a status of {', '.join(WRITTEN)}, got {status!r}")
        record = {**files.read_json(self.folder / files.RECORD), **changes, "status": status}
        files.write_json(self.folder / files.RECORD, record)
        if status not in (QUEUED, RUNNING):
            liveness.forget_process(self.folder)
        self.refresh()

    def count_folds(self) -> int:
        """How many folds each seed has; 0 as long as the run's data are not known."""
        return folds_of(self)

    def summary(self) -> dict[str, Any]:
        """What listings show: plain JSON types, always the same keys."""
        return summarise(self)

    def _must_be(self, status: str) -> None:
        if self.status != status:
            raise RunError(f"is {end_words(self)}, not {status}", where=self.id)


def create_run(
    runs_dir: Path,
    request: Mapping[str, Any],
    *,
    name: str | None = None,
    model: str | None = None,
) -> Run:
    """Make the folder of a new run, queued.

    Parameters
    ----------
    runs_dir : Path
        Made where it does not exist.
    request : mapping
        What was asked for, plain JSON types; kept under ``request``. The network's name, which
        starts the id, is found in ``model`` or in ``request["training"]["model"]``.
    name : str, optional
        The user's own name for it.
    model : str, optional

    Returns
    -------
    Run
        Its id counts up: ``laenet-001``, ``laenet-002``; unique also when two processes ask at
        once, since making a folder is atomic.

    Raises
    ------
    RunError
        Where the folder cannot be written to.
    """
    parts = [request, request.get("training"), request.get("settings")]
    named = [part.get("model") for part in parts if isinstance(part, Mapping)]
    model = model or next((one for one in named if isinstance(one, str)), "")
    stem = re.sub(r"[^a-z0-9]+", "-", (model or "run").lower()).strip("-") or "run"
    try:
        runs_dir.mkdir(parents=True, exist_ok=True)
        taken = [
            int(match[1])
            for path in runs_dir.iterdir()
            if (match := re.fullmatch(re.escape(stem) + r"-(\d+)", path.name))
        ]
        number = max(taken, default=0) + 1
        while True:
            folder = runs_dir / f"{stem}-{number:03d}"
            try:
                folder.mkdir()
                break
            except FileExistsError:
                number += 1
    except OSError as error:
        raise RunError(
            f"no run can be made ({error.strerror or error})",
            where=runs_dir.name,
            remedy="Check the workspace's permissions and free disk space",
        ) from error
    try:
        files.write_json(
            folder / files.RECORD,
            {
                "format": FORMAT,
                "id": folder.name,
                "name": name,
                "model": model,
                "created": now(),
                "status": QUEUED,
                "request": dict(request),
            },
        )
    except (RunError, TypeError, ValueError):
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return _read(folder)


def list_runs(runs_dir: Path) -> list[Run]:
    """Every run, newest first; a folder that cannot be read is listed as such, with the reason."""
    if not runs_dir.is_dir():
        return []
    folders = [path for path in runs_dir.iterdir() if path.is_dir() and path.name[0] != "."]
    runs = [_read(folder) for folder in folders]
    return sorted(runs, key=lambda run: (run.created, run.id), reverse=True)


def open_run(runs_dir: Path, run_id: str) -> Run:
    """One run by its id.

    Raises
    ------
    RunError
        Where there is none of that id (names those there are), or it cannot be read.
    """
    known = sorted(path.name for path in runs_dir.iterdir()) if runs_dir.is_dir() else []
    # Compared with the listing rather than joined to a path: an id never leaves the folder.
    if run_id not in known:
        raise RunError(
            f"no run {run_id!r}",
            where="runs",
            remedy=f"There are {', '.join(known)}" if known else "There is none yet: train one",
        )
    run = _read(runs_dir / run_id)
    if run.status == UNREADABLE:
        raise RunError(f"cannot be read: {run.reason}", where=run_id, remedy="Delete its folder")
    return run


def delete_run(run: Run) -> None:
    """Delete a run's folder, also one that cannot be read.

    Raises
    ------
    RunError
        While a process works on it, or where the folder cannot be deleted.
    """
    run.refresh()
    if not run.is_over and liveness.process_state(run.folder) == "alive":
        raise RunError(f"is {run.status}", where=run.id, remedy="Cancel it first")
    # Out of the listing in one step: an interrupted deletion leaves no half of a run.
    doomed = run.folder.with_name(f".deleted-{run.id}")
    try:
        shutil.rmtree(doomed, ignore_errors=True)
        run.folder.rename(doomed)
        shutil.rmtree(doomed)
    except OSError as error:
        raise RunError(f"cannot be deleted ({error.strerror or error})", where=run.id) from error


def now() -> str:
    """The time in UTC, to the millisecond, sortable as text."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")


def _read(folder: Path) -> Run:
    run = Run(folder.name, folder)
    try:
        record = files.read_json(folder / files.RECORD)
        run.reason = fault_of_record(record)
        if not run.reason:
            run._record = record
            run._status, run.reason = effective_status(record, folder)
            labels, fault = labels_or_fault(folder)
            run._record = {**record, **labels}
            run.reason = "; ".join(filter(None, (run.reason, fault)))
    except InputError as error:
        run.reason = str(error)
    except (TypeError, ValueError, AttributeError, OSError) as error:
        run._record, run._status, run.reason = {}, UNREADABLE, f"{files.RECORD}: {error}"
    return run
