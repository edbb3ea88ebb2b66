"""Carry a run out: train, and write everything that it leaves into its folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from mexlab.errors import TrainingStopped
from mexlab.features.feature_set import FeatureSet
from mexlab.runs.ending import carried_out
from mexlab.runs.folding import protocol_text
from mexlab.runs.progress import OnEvent
from mexlab.runs.provenance import describe_data, software_versions
from mexlab.runs.run import FINISHED, RUNNING, Run, now
from mexlab.runs.settings import TrainingSettings
from mexlab.training.cross_validation import cross_validate
from mexlab.training.folds.kept import KeptFolds
from mexlab.training.results import write_results
from mexlab.training.workers.choice import Workers

#: How often the folder is asked for a cancel request; within the second that is promised.
_CANCEL_CHECK_S = 0.2


def execute_run(
    run: Run,
    feature_set: FeatureSet,
    settings: TrainingSettings,
    *,
    source: FeatureSet | None = None,
    provenance: Mapping[str, Any] | None = None,
    on_event: OnEvent | None = None,
    should_stop: Callable[[], bool] | None = None,
    workers: Workers | None = None,
) -> Run:
    """Train as ``settings`` say and leave a finished, cancelled or failed run.

    Parameters
    ----------
    run : Run
        Queued; :func:`mexlab.runs.create_run`. One that was cancelled or killed is trained on
        from the folds that it has finished (:func:`mexlab.runs.resume.queue_again`).
    feature_set : FeatureSet
    settings : TrainingSettings
    source : FeatureSet, optional
        To pre-train on; :func:`mexlab.training.cross_validate`.
    provenance : mapping, optional
        Whence the clips and labels come, plain JSON types: ``databases`` (a list of ``name``,
        ``title``, ``synthetic``), ``coder``, ``labels``, ``left_out``. Absolute paths are cut
        down to their last part, so that a run can be passed on.
    on_event : callable, optional
        Hears every event that is also written to ``progress.jsonl``.
    should_stop : callable, optional
        Asked besides the folder's cancel request.
    workers : Workers, optional
        Where the folds are trained; threads of this process by default.

    Returns
    -------
    Run
        ``finished`` or ``cancelled``.

    Raises
    ------
    InputError, RunError
        After the run was marked ``failed`` with the reason; other runs are untouched.
    """
    with carried_out(run, on_event) as tell:
        if settings.masked_cells == "counted":
            # What is recorded of the data is what was trained on.
            feature_set = feature_set.without_mask()
        run.write_status(
            RUNNING,
            started=run.record.get("started") or now(),
            settings=settings.to_record(),
            protocol=protocol_text(settings),
            versions=software_versions(),
            workers=(workers or Workers()).describe(),
            data=describe_data(feature_set, provenance or {}),
        )
        stop = _cancel_watch(run, should_stop)
        if stop():
            raise TrainingStopped("cancelled before it began")
        keep = KeptFolds(run.folder)
        result = cross_validate(
            feature_set,
            settings,
            source=source,
            on_event=tell,
            should_stop=stop,
            record_epochs=True,
            keep=keep,
            workers=workers,
        )
        metrics = write_results(run, feature_set, settings, result)
        run.write_status(
            FINISHED,
            finished=now(),
            seconds=round(result.seconds, 2),
            backend=result.backend,
            backend_note=result.backend_note,
            device=result.device,
            pretraining=result.pretraining,
            metrics=metrics,
        )
        keep.delete()
        tell({"event": "done", "progress": 1.0, "seconds": result.seconds, "metrics": metrics})
    return run.refresh()


def _cancel_watch(run: Run, also: Callable[[], bool] | None) -> Callable[[], bool]:
    asked = -_CANCEL_CHECK_S

    def should_stop() -> bool:
        nonlocal asked
        if also is not None and also():
            return True
        instant = time.monotonic()
        if instant - asked < _CANCEL_CHECK_S:
            return False
        asked = instant
        return run.cancel_requested

    return should_stop
