"""How long a training will take, measured by those that this machine has done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mexlab.errors import InputError, MexlabError
from mexlab.models.sides import SIDE
from mexlab.runs.folding import count_folds
from mexlab.runs.run import FINISHED, Run
from mexlab.runs.summary import side_of_run
from mexlab.workspace.feature_sets.plan import TrainingPlan, plan_training
from mexlab.workspace.queue.places import expect, waiting
from mexlab.workspace.trainings.check import tested_on
from mexlab.workspace.trainings.input_size import input_side
from mexlab.workspace.trainings.request import TrainRequest
from mexlab.workspace.workspace import Workspace

#: Among so many of the newest runs that tell, the one of most work counts.
_NEWEST = 8

#: A run shorter than this is mostly its beginning and end: it tells of trainings of up to so many
#: times its work.
_TELLING_S, _TELLING_TIMES = 20.0, 10


def expected_seconds(
    runs: Iterable[Run], plan: TrainingPlan, request: TrainRequest
) -> tuple[float, str] | None:
    """Seconds of a planned training, and the run that they were measured by.

    A training's time goes with folds x seeds x epochs x training clips, which are all but those of
    one fold, times the pixels of an input. What one of these costs is taken from a finished run of
    the same network and backend, whose pre-training, if it had one, must have been as that of the
    plan: of the newest ones the one of most work, for a small one is mostly its beginning and end
    (of two as large the newer), and before all others one whose inputs were as large. What the
    compiled kernel did says nothing of inputs that torch will train, nor the other way round; and a
    run of seconds nothing of one that does many times its work.

    Parameters
    ----------
    runs : iterable of Run
        The newest first.
    plan : TrainingPlan
    request : TrainRequest

    Returns
    -------
    (float, str) or None
        None where no run tells.
    """
    training = request.training
    folds = count_folds(training, subjects=plan.subjects, databases=plan.databases)
    side = input_side(plan.source, request.flow)
    own = (folds - 1) * len(training.seeds) * training.epochs * plan.clips * side**2
    found: list[tuple[bool, float, float, str]] = []
    for run in runs:
        if run.status != FINISHED:
            continue
        settings = run.record.get("settings") or {}
        asked = run.record.get("request") or {}
        alike = all(settings.get(name) == getattr(training, name) for name in ("model", "backend"))
        if not alike or tuple(asked.get("pretrain") or ()) != request.pretrain:
            continue
        their_side = side_of_run(run.record)
        if not _of_one_backend(run, their_side, training.backend, side):
            continue
        summary = run.summary()
        seeds, epochs = len(summary["seeds"] or ()), summary["epochs"] or 0
        theirs = (run.count_folds() - 1) * seeds * epochs * (summary["clips"] or 0)
        theirs *= their_side**2
        seconds = run.record.get("seconds")
        if theirs <= 0 or not isinstance(seconds, int | float) or seconds <= 0:
            continue
        if seconds >= _TELLING_S or own <= _TELLING_TIMES * theirs:
            found.append((their_side == side, theirs, seconds * own / theirs, run.name))
        if len(found) == _NEWEST:
            break
    if not found:
        return None
    _, _, expected, name = max(found, key=lambda one: one[:2])
    return expected, name


def _of_one_backend(run: Run, their_side: int, backend: str, side: int) -> bool:
    """Whether a training will be by the backend of a run that asked for the same."""
    if backend != "auto" or (their_side == SIDE) == (side == SIDE):
        return True
    # One of the two is of 28. The kernel does these alone, where it can be used.
    return their_side == SIDE and run.record.get("backend") != "fused"


def expected_of_request(
    workspace: Workspace, runs: Iterable[Run], request: TrainRequest
) -> float | None:
    """Seconds that a training will take, for those who wait behind it; None where no run tells."""
    try:
        plan = plan_training(
            workspace,
            tested_on(workspace, request),
            request.coder,
            request.labels,
            request.features,  # type: ignore[arg-type]
        )
    except InputError:
        # The training says so itself, with more words.
        return None
    expected = expected_seconds(runs, plan, request)
    return None if expected is None else expected[0]


def measure_waiting(workspace: Workspace, runs: Sequence[Run]) -> None:
    """Write into the queue how long each run will take that nothing has told of so far.

    Parameters
    ----------
    workspace : Workspace
    runs : sequence of Run
        All of the workspace's, the newest first.
    """
    for one in waiting(runs):
        if one.expected is not None:
            continue
        try:
            request = TrainRequest.from_record(one.run.record["request"])
            seconds = expected_of_request(workspace, runs, request)
            if seconds is not None:
                expect(workspace, one.run.id, seconds)
        except MexlabError:
            # Begun or cancelled in the same moment; or its turn will show what is wrong.
            continue
