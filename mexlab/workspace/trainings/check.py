"""Whether a training can be: all that is known before anything is computed, and before it is a run.

What is refused here leaves nothing behind. What shows only once motion is computed (no face was
found in any clip of a class, a database that was imported twice) is refused by
:mod:`mexlab.training.folds.checks`, before the first fold.
"""

from __future__ import annotations

from mexlab.errors import InputError
from mexlab.features.settings import FlowSettings
from mexlab.runs.folding import cut_folds
from mexlab.runs.resume import can_resume
from mexlab.runs.run import Run
from mexlab.runs.settings import TrainingSettings
from mexlab.training.folds.checks import unlearnable, why_unlearnable
from mexlab.workspace.feature_sets.plan import TrainingPlan, commonest_reasons, plan_training
from mexlab.workspace.feature_sets.samples import check_choice
from mexlab.workspace.trainings.input_size import check_input_size
from mexlab.workspace.trainings.request import TrainRequest
from mexlab.workspace.workspace import Workspace


def check_request(workspace: Workspace, request: TrainRequest) -> TrainingPlan:
    """Refuse what cannot be trained; returns what the training would use.

    Parameters
    ----------
    workspace : Workspace
    request : TrainRequest

    Returns
    -------
    TrainingPlan

    Raises
    ------
    InputError
        For a database, coder or scheme that there is not; clips of one class or one subject; fewer
        people or databases than the protocol needs; a class that one fold alone shows; nothing to
        pre-train on; landmarks that cannot be found; a device that is not there; inputs of a side
        that the network, the backend or the memory cannot take.
    """
    check_choice(workspace, request.databases, request.coder)
    if request.training.device == "cuda":
        # torch takes a second, which only those pay who ask for what needs it.
        from mexlab.training.backends.choice import choose_backend

        choose_backend(request.training)
    tested = tested_on(workspace, request)
    if request.pretrain:
        check_choice(workspace, request.pretrain, request.coder)
        if tested == ():
            raise InputError(
                "no database is left to train and test on",
                where="pretrain",
                remedy="Import the databases to recognise in, beside the one to pre-train on",
            )
    plan = plan_training(
        workspace,
        tested,
        request.coder,
        request.labels,
        request.features,  # type: ignore[arg-type]
        request.kind,
    )
    if plan.source == "computed" and request.flow.landmarks != FlowSettings().landmarks:
        # OpenCV takes its time, too.
        from mexlab.vision.landmarks import check_landmarks

        check_landmarks(request.flow.landmarks)
    check_plan(plan, request.training)
    check_input_size(request, plan.source, plan.clips)
    check_pretraining(workspace, request, plan)
    return plan


def check_resumed(workspace: Workspace, run: Run) -> TrainRequest:
    """Refuse to take on what would fail at once; returns what the run asks for.

    Whether the run ended at all is for :func:`mexlab.runs.resume.queue_again` to say.

    Raises
    ------
    InputError
        As of :func:`check_request`, for a database that is gone since, or other labels.
    """
    request = TrainRequest.from_record(run.record.get("request") or {})
    if can_resume(run):
        check_request(workspace, request)
    return request


def check_plan(plan: TrainingPlan, training: TrainingSettings) -> None:
    """Refuse clips that no folds can be cut from.

    The training checks the same again, on the clips whose motion could be computed.

    Raises
    ------
    InputError
    """
    if not plan.clips:
        raise InputError(
            "no clip is left to train on",
            remedy=commonest_reasons(plan.left_out),
        )
    if plan.subjects < 2:
        raise InputError(
            "all clips are of one subject: there is no one to leave out",
            remedy="Choose another database, too",
        )
    present = [name for name, count in plan.class_counts.items() if count]
    if len(present) < 2:
        raise InputError(
            f"all clips are {present[0]}: there is nothing to tell apart",
            remedy="Add a database, or choose other classes",
        )
    folds = cut_folds(plan.groups, training, plan.database_of)
    labels = [plan.classes.index(label) for _, label in plan.labelled]
    for fold, names in unlearnable(labels, plan.classes, folds):
        raise InputError(
            why_unlearnable(fold, names),
            remedy="Add a database, or choose other classes",
        )


def check_pretraining(workspace: Workspace, request: TrainRequest, plan: TrainingPlan) -> None:
    """Refuse a pre-training for which no clips are left, once those tested on are taken out.

    Raises
    ------
    InputError
    """
    if not request.pretrain:
        return
    source = plan_training(
        workspace, request.pretrain, request.coder, request.labels, plan.source, "both"
    )
    tested = {sample.person for sample, _ in plan.labelled}
    rest = [(one.person, label) for one, label in source.labelled]
    own = [(person, label) for person, label in rest if person not in tested]
    if len(own) >= 2 and len({label for _, label in own}) >= 2:
        return
    shared = len({person for person, _ in rest} & tested)
    raise InputError(
        f"clips of at least two classes are needed, got {_counts(own)}"
        + (f" after leaving out the {shared} subjects to be tested on" if shared else ""),
        where="pretrain",
        remedy=(commonest_reasons(source.left_out) if source.left_out else "")
        or "Choose a database of other subjects, with features of the same kind",
    )


def tested_on(workspace: Workspace, request: TrainRequest) -> tuple[str, ...] | None:
    """The databases that a request trains and tests on: those named, or all but the source's."""
    if request.databases is not None or not request.pretrain:
        return request.databases
    names = [row.name for row in workspace.store.databases()]
    return tuple(name for name in names if name not in request.pretrain)


def _counts(own: list[tuple[str, str]]) -> str:
    labels = [label for _, label in own]
    return ", ".join(f"{labels.count(name)} {name}" for name in sorted(set(labels))) or "none"
