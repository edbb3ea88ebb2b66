"""Carry a training out: build its feature set, train on it, say in its run how it ended."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from mexlab.errors import MexlabError, TrainingStopped
from mexlab.runs.ending import carried_out
from mexlab.runs.progress import OnEvent
from mexlab.runs.resume import can_resume
from mexlab.runs.run import Run, create_run, delete_run
from mexlab.training.workers.choice import Workers
from mexlab.workspace.feature_sets.build import BuiltSet, build_feature_set
from mexlab.workspace.feature_sets.inputs import write_inputs
from mexlab.workspace.trainings.check import check_request, tested_on
from mexlab.workspace.trainings.request import TrainRequest
from mexlab.workspace.workspace import Workspace

#: Where a detached training says what it could not say in its run.
LOG = "log.txt"

#: Feature events a second at most; a page that tails them needs no more.
_EVENTS_PER_SECOND = 8.0


def train(
    workspace: Workspace,
    request: TrainRequest,
    run: Run | None = None,
    *,
    name: str | None = None,
    jobs: int | None = None,
    on_event: OnEvent | None = None,
    workers: Workers | None = None,
) -> Run:
    """Build the feature set and train on it; returns when the run is over.

    Parameters
    ----------
    workspace : Workspace
    request : TrainRequest
    run : Run, optional
        A queued run to take on; a new one by default. One that ended unfinished is made to wait
        again by :func:`mexlab.runs.resume.queue_again`, and goes on where it was.
    name : str, optional
        The user's own name for a new run.
    jobs : int, optional
        Processes that compute flow maps; all cores by default.
    on_event : callable, optional
        Told every event that is also written into the run's folder; ``features`` events come
        first, with ``done`` and ``total`` clips.
    workers : Workers, optional
        Where the folds are trained; threads of this process by default.

    Returns
    -------
    Run
        Finished or cancelled.

    Raises
    ------
    MexlabError
        Where it failed; the run says ``failed`` with the reason then, too. A new one that is
        refused before its first fold leaves no run.
    """
    own = run is None
    if run is None:
        check_request(workspace, request)
        run = create_run(workspace.runs_dir, request.to_record(), name=name)
    try:
        with carried_out(run, on_event) as tell:
            # Of a run that has waited: a database may be gone since.
            check_request(workspace, request)
            _train(workspace, request, run, jobs, tell, on_event, workers)
    except MexlabError:
        if own and not can_resume(run):
            # Whoever asked is told at once; a run that never was one would only be in the way.
            delete_run(run)
        raise
    return run.refresh()


def _train(
    workspace: Workspace,
    request: TrainRequest,
    run: Run,
    jobs: int | None,
    tell: OnEvent,
    on_event: OnEvent | None,
    workers: Workers | None,
) -> None:
    told = -1.0

    def features(done: int, total: int) -> None:
        nonlocal told
        if run.cancel_requested:
            raise TrainingStopped("cancelled while the features were computed")
        moment = time.monotonic()
        if done not in (0, total) and moment - told < 1.0 / _EVENTS_PER_SECOND:
            return
        told = moment
        tell({"event": "features", "done": done, "total": total})

    def build(databases: Sequence[str] | None, source: Any, kind: str | None) -> BuiltSet:
        return build_feature_set(
            workspace,
            databases,
            coder=request.coder,
            labels=request.labels,
            source=source,
            settings=request.flow,
            jobs=jobs,
            progress=features,
            kind=kind,
        )

    built = build(tested_on(workspace, request), request.features, request.kind)
    write_inputs(run, built.feature_set, built.samples)
    source, left_out = None, built.left_out
    if request.pretrain:
        # Pre-training is on macro-expressions more often than not.
        before = build(request.pretrain, built.feature_set.source["source"], "both")
        source, left_out = before.feature_set, left_out + before.left_out
    # Only here, and not at the top: torch takes a second that a page must not pay for.
    from mexlab.training.execute import execute_run

    provenance = {
        "databases": [
            {"name": row.name, "title": row.title, "synthetic": row.synthetic}
            for row in workspace.store.databases()
        ],
        "coder": request.coder,
        "labels": request.labels,
        "kind": request.kind,
        "left_out": [entry.to_record() for entry in left_out],
    }
    execute_run(
        run,
        built.feature_set,
        request.training,
        source=source,
        provenance=provenance,
        on_event=on_event,
        workers=workers,
    )
