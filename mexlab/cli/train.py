"""``mexlab train``: a strict cross-validation, by default leaving one subject out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mexlab.cli.flow_options import ChosenFlow, with_flow_options
from mexlab.cli.options import (
    CodingOption,
    DatabasesOption,
    JobsOption,
    JsonOption,
    KindOption,
    WorkspaceOption,
    named,
    open_workspace,
)
from mexlab.cli.output import print_error, print_json, remark
from mexlab.cli.queue import put_into_queue
from mexlab.cli.recipe_options import with_recipe_options
from mexlab.cli.show import full_record, print_run
from mexlab.data.coders import GROUND_TRUTH
from mexlab.errors import InputError
from mexlab.features.settings import FlowSettings

if TYPE_CHECKING:
    from mexlab.runs.run import Run
    from mexlab.training.workers.choice import Workers
    from mexlab.workspace import Workspace
    from mexlab.workspace.trainings.request import TrainRequest

#: What may be said of a run that is taken on: how it is carried out, not what it is.
_OF_ANY_RUN = {"run", "resume", "jobs", "processes", "dask", "queue", "workspace", "as_json"}

#: Clips named for each reason; `mexlab show RUN --json` names all.
SHOWN = 4


def register(app: typer.Typer) -> None:
    app.command()(train)


@with_flow_options
@with_recipe_options
def train(
    context: typer.Context,
    databases: DatabasesOption = None,
    coder: CodingOption = GROUND_TRUTH,
    labels: Annotated[
        str,
        typer.Option(
            "--labels",
            help="megc2019 (negative, positive, surprise), native (as coded), objective (seven "
            "classes by action units), au12 and its like, or a composite's list (.csv).",
        ),
    ] = "megc2019",
    features: Annotated[
        str | None,
        typer.Option(
            "--features",
            help="computed (from the frames) or release (as imported); by default what there is.",
        ),
    ] = None,
    kind: KindOption = None,
    flow: ChosenFlow = ChosenFlow(FlowSettings()),  # noqa: B008  frozen
    training: dict[str, Any] = {},  # noqa: B006  typed options, made from the settings
    pretrain: Annotated[
        list[str] | None,
        typer.Option("--pretrain", help="Pre-train on these databases first, on other subjects."),
    ] = None,
    recipe: Annotated[
        str, typer.Option("--recipe", help="mexlab, or authors (STSTNet's); the rest adds to it.")
    ] = "mexlab",
    name: Annotated[str | None, typer.Option("--name", help="Your own name for the run.")] = None,
    jobs: JobsOption = None,
    run: Annotated[
        str | None,
        typer.Option("--run", metavar="ID", help="Run a queued run (as the train page does)."),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume",
            metavar="ID",
            help="Resume a run that was interrupted, cancelled or failed, with its own settings.",
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option("--processes", help="Number of processes for the folds (default: threads)."),
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(
            "--dask", metavar="ADDRESS", help="Train the folds on the cluster of this scheduler."
        ),
    ] = None,
    queue: Annotated[
        bool,
        typer.Option("--queue", help="Add it to the queue and return; see `mexlab queue`."),
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train, and test on subjects the network never saw: every fold, last epoch.

    The run is saved with settings, seeds, versions, out-of-fold predictions, curves and
    weights, and can be shown again with `mexlab show`.
    """
    from mexlab.runs.presets import preset
    from mexlab.training.workers.core_share import step_back
    from mexlab.workspace.trainings.request import build_request

    if queue and any(one is not None for one in (run, resume, processes, dask, jobs)):
        raise InputError(
            "the queue takes new trainings only, on this machine's threads",
            where="--queue",
            remedy="Leave --queue out, or --run, --resume, --processes, --dask and --jobs",
        )
    workers = _workers(processes, dask)
    opened = open_workspace(context, workspace)
    taken_on = None
    if run is not None or resume is not None:
        _refuse_choices(context)
        taken_on, request = _taken_on(opened, run, resume)
        if run is not None:
            # Nobody sits before it: the pages that started it go first.
            step_back()
    else:
        _check_parts(training)
        if "pretrain_epochs" in training and not named(pretrain):
            raise InputError(
                "counts for a pre-training, and there is none",
                where="--pretrain-epochs",
                remedy="Add `--pretrain DATABASE`, or leave it out",
            )
        request = build_request(
            training={**preset(recipe), **training},
            flow=flow.settings,
            databases=named(databases),
            coder=coder,
            labels=labels,
            features=features,
            pretrain=named(pretrain),
            kind=kind,
        )
        _check_flow(opened, request, flow, training.get("masked_cells"))
    if queue:
        put_into_queue(opened, request, name, as_json)
        return
    finished = train_with_bar(opened, request, run=taken_on, name=name, jobs=jobs, workers=workers)
    if as_json:
        print_json(full_record(opened, finished))
    else:
        print_run(finished)
    if finished.status != "finished":
        from mexlab.runs.summary import end_words

        print_error(f"{finished.id}: {end_words(finished)}")
        raise typer.Exit(1)


def train_with_bar(
    workspace: Workspace,
    request: TrainRequest,
    *,
    run: Run | None = None,
    name: str | None = None,
    jobs: int | None = None,
    workers: Workers | None = None,
) -> Run:
    """Train in this process with a progress bar on standard error."""
    from mexlab.cli.training_bar import training_bar
    from mexlab.workspace.blindness import codings_read, reasons_shown
    from mexlab.workspace.trainings.jobs import train as train_run

    with training_bar() as watch:
        finished = train_run(
            workspace,
            request,
            run=run,
            name=name,
            jobs=jobs,
            on_event=watch.event,
            workers=workers,
        )
    left_out = (finished.record.get("data") or {}).get("left_out", [])
    whose = codings_read(request.coder, request.labels)
    # A run that is taken on may be a process of the queue, which nobody looks at.
    page = "mexlab train" if run is None else ""
    _remark_left_out(reasons_shown(workspace, left_out, whose, page))
    return finished


def _check_parts(training: Mapping[str, Any]) -> None:
    """Refuse what would be passed over without a word."""
    from mexlab.runs.protocols import PROTOCOLS
    from mexlab.runs.settings import training_knobs

    dealing = [one.name for one in PROTOCOLS.values() if one.deals]
    given = [
        knob.on
        for name, knob in training_knobs().items()
        if knob.where == "parts" and name in training
    ]
    if given and training.get("protocol") not in dealing:
        raise InputError(
            f"deals people into parts, which only {' and '.join(dealing)} does",
            where=given[0],
            remedy=f"Add `--protocol {dealing[0]}`, or leave {given[0]} out",
        )


def _refuse_choices(context: typer.Context) -> None:
    """A run that is taken on has its settings: others, given beside, would not count."""
    given = [
        one.opts[0]
        for one in context.command.params
        if one.name not in _OF_ANY_RUN
        and getattr(context.get_parameter_source(str(one.name)), "name", "") == "COMMANDLINE"
    ]
    if given:
        raise InputError(
            f"a run that is taken on keeps its own settings; {', '.join(given)} would not count",
            where=given[0],
            remedy="Leave it out, or train anew without --run and --resume",
        )


def _check_flow(
    workspace: Workspace, request: TrainRequest, flow: ChosenFlow, masked_cells: str | None
) -> None:
    """Refuse what would be passed over without a word: a mask for a feature release, and such."""
    from mexlab.workspace.feature_sets.flow_use import refuse_on_release
    from mexlab.workspace.feature_sets.plan import plan_training
    from mexlab.workspace.trainings.check import tested_on

    given = [*flow.given, *(["--masked-cells"] if masked_cells else [])]
    if not given:
        return
    if masked_cells and not request.flow.eye_mask:
        raise InputError(
            "there are no masked cells without a mask",
            where="--masked-cells",
            remedy="Leave out --masked-cells or --no-mask",
        )
    chosen = tested_on(workspace, request), request.coder, request.labels
    try:
        source = plan_training(workspace, *chosen, request.features).source  # type: ignore[arg-type]
    except InputError:
        # Whatever else stands in the way is said by the training itself.
        return
    refuse_on_release(source, given)


def _remark_left_out(entries: list[dict[str, Any]]) -> None:
    """Tell what was left out, reason by reason: a real database has a hundred of one."""
    from mexlab.reports.words import left_out_by_reason

    for reason, places, count in left_out_by_reason(entries):
        named = ", ".join(places[:SHOWN]) + (", ..." if len(places) > SHOWN else "")
        remark(f"left out {count}: {reason}" + (f" ({named})" if named else ""))


def _workers(processes: int | None, dask: str | None) -> Workers:
    """Who trains the folds; a cluster is asked at once, before there is a run that would fail."""
    from mexlab.training.workers.choice import Workers

    workers = Workers(processes, dask)
    if workers.dask is not None:
        from mexlab.training.workers.dask_pool import check_cluster

        check_cluster(workers.dask)
    return workers


def _taken_on(
    workspace: Workspace, queued: str | None, ended: str | None
) -> tuple[Run, TrainRequest]:
    """The run that waits under one id, or that ended unfinished under the other."""
    from mexlab.runs.resume import can_resume, kept_folds, queue_again
    from mexlab.runs.run import open_run
    from mexlab.workspace.trainings.check import check_resumed

    if queued is not None and ended is not None:
        raise InputError("give one of --run and --resume, not both", where="--resume")
    found = open_run(workspace.runs_dir, str(queued or ended))
    request = check_resumed(workspace, found)
    if ended is not None:
        queue_again(found)
        remark(f"{found.id}: finished folds kept: {kept_folds(found)}")
    elif found.status != "queued":
        raise InputError(
            f"is {found.status}, only a queued run can be taken on",
            where=found.id,
            remedy=f"Go on with it: `mexlab train --resume {found.id}`"
            if can_resume(found)
            else "Start a new one with `mexlab train`",
        )
    return found, request
