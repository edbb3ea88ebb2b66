"""``mexlab queue``: the trainings that wait, their order, and whoever carries them out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from mexlab.cli.options import JsonOption, WorkspaceOption, open_workspace
from mexlab.cli.output import print_error, print_json, print_table, remark, say

if TYPE_CHECKING:
    from mexlab.runs.run import Run
    from mexlab.workspace import Workspace
    from mexlab.workspace.trainings.request import TrainRequest


def register(app: typer.Typer) -> None:
    app.command()(queue)


def queue(
    context: typer.Context,
    move: Annotated[
        str | None,
        typer.Option("--move", metavar="RUN", help="Move a waiting run to the front."),
    ] = None,
    cancel: Annotated[
        list[str] | None,
        typer.Option("--cancel", metavar="RUN", help="Cancel a run, waiting or under way."),
    ] = None,
    beside: Annotated[
        str | None,
        typer.Option("--beside", metavar="RUN", help="Start a waiting run now, beside the others."),
    ] = None,
    run: Annotated[
        bool,
        typer.Option("--run", help="Run them here, one by one, until none is waiting."),
    ] = False,
    stop: Annotated[
        bool,
        typer.Option("--stop", help="Stop the queue's process after the current run."),
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the waiting trainings in order; change the order, or run them.

    If trainings wait and nothing runs them, as after a restart of the machine, a process is started
    that does; closing the terminal does not end it.
    """
    from mexlab.workspace.queue import places as run_queue
    from mexlab.workspace.queue.detached import start_waiting
    from mexlab.workspace.queue.runner import ensure_runner, stop_runner

    opened = open_workspace(context, workspace)
    if move is not None:
        run_queue.move_first(opened, move)
    for run_id in cancel or ():
        run_queue.cancel_run(opened, run_id)
    if beside is not None:
        start_waiting(opened, beside)
    if stop:
        if not stop_runner(opened):
            remark("no process works on the queue")
    elif run:
        _carry_out(opened)
        return
    elif ensure_runner(opened):
        remark("a process was started that carries the waiting runs out")
    _list(opened, as_json)


def put_into_queue(
    workspace: Workspace, request: TrainRequest, name: str | None, as_json: bool
) -> None:
    """``mexlab train --queue``: put a training at the end, and say its place."""
    from mexlab.reports.queue_places import place_sentence, queue_places
    from mexlab.runs.run import list_runs
    from mexlab.workspace.queue.expected_time import expected_of_request
    from mexlab.workspace.queue.places import enqueue
    from mexlab.workspace.queue.runner import ensure_runner

    runs = list_runs(workspace.runs_dir)
    expected = expected_of_request(workspace, runs, request)
    run_id = enqueue(workspace, request, name=name, expected=expected)
    place = queue_places(list_runs(workspace.runs_dir)).get(run_id)
    ensure_runner(workspace)
    if as_json:
        print_json({"id": run_id, "position": place.position if place else None})
    else:
        say(f"{run_id}: {place_sentence(place) if place else 'begins'}")


def _carry_out(workspace: Workspace) -> None:
    """Be the one who works on the queue, with a progress bar for each run."""
    from mexlab.cli.training_bar import training_bar
    from mexlab.runs.run import FAILED
    from mexlab.runs.summary import end_words
    from mexlab.workspace.queue.runner import drain

    begun: list[Run] = []

    with training_bar() as watch:

        def begin(run: Run) -> None:
            begun.append(run)
            watch.begin(run.id)

        done = drain(workspace, on_run=begin, on_event=watch.event)
    if done is None:
        remark("another process works on the queue already")
    elif not begun:
        remark("nothing waits")
    for run in begun:
        run.refresh()
        remark(f"{run.id}: {end_words(run)}")
    failed = sum(run.status == FAILED for run in begun)
    if failed:
        print_error(f"{failed} of {len(begun)} runs failed; `mexlab runs` says why")
        raise typer.Exit(1)


def _list(workspace: Workspace, as_json: bool) -> None:
    from mexlab.reports.queue_places import place_sentence, queue_places, seconds_left
    from mexlab.runs.run import RUNNING, list_runs
    from mexlab.workspace.queue.runner import runner_is_there

    runs = list_runs(workspace.runs_dir)
    by_id = {run.id: run for run in runs}
    places = queue_places(runs)
    if as_json:
        print_json(
            {
                "working": runner_is_there(workspace),
                "under_way": [
                    {"id": run.id, "seconds_left": seconds_left(run)}
                    for run in runs
                    if run.status == RUNNING
                ],
                "waiting": [
                    {"id": run_id, "name": by_id[run_id].name, **asdict(place)}
                    for run_id, place in places.items()
                ],
            }
        )
        return
    for run in runs:
        if run.status == RUNNING:
            say(f"{run.id}: under way")
    if not places:
        say("No training waits: `mexlab train --queue` puts one into the queue")
        return
    print_table(
        ("run", "name", "network", "place"),
        (
            (run_id, by_id[run_id].name, by_id[run_id].model, place_sentence(place))
            for run_id, place in places.items()
        ),
    )
