"""``mexlab demo``: the whole journey on a synthetic database, and then the pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mexlab.cli.import_database import print_report
from mexlab.cli.options import JobsOption
from mexlab.cli.output import say
from mexlab.cli.progress import progress_bar
from mexlab.cli.serve import (
    BrowserOption,
    HostOption,
    PortOption,
    TokenOption,
    server_log_level,
)
from mexlab.cli.show import print_run
from mexlab.cli.train import train_with_bar
from mexlab.errors import InputError
from mexlab.features.settings import FlowSettings

if TYPE_CHECKING:
    from mexlab.runs.run import Run
    from mexlab.workspace import Workspace

LAYOUT = "casme2"

#: Inside the workspace, so that it can be moved or deleted as one folder.
DATABASE_FOLDER = "synthetic-casme2"

RUN_NAME = "demo"


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Option(
            "-w",
            "--workspace",
            help="The workspace to make, or to use again; ./mexlab-demo by default.",
        ),
    ] = None,
    subjects: Annotated[
        int | None, typer.Option("--subjects", help="Number of subjects; the layout's by default.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Of the faces; 0 by default.")] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", help="Passes of the training.")] = None,
    jobs: JobsOption = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = None,
    token: TokenOption = None,
    browser: BrowserOption = True,
    once: Annotated[
        bool, typer.Option("--once", help="Check that the pages answer, print the address, stop.")
    ] = False,
) -> None:
    """Synthesise a database, import it, compute features, train LAENet, serve the pages.

    Everything happens on disk, just as with a real database. What an earlier demo made is used
    again, so the second start takes seconds.
    """
    from mexlab.serving.server import check_port, serve
    from mexlab.workspace import Workspace
    from mexlab.workspace.workspace import present_coder

    # Before the minutes of work, not after them.
    present_coder()
    if port:
        check_port(host, port)
    workspace = Workspace.create(
        folder or context.obj.workspace or Path("mexlab-demo"), name="mexlab demo", exist_ok=True
    )
    database = workspace.path / DATABASE_FOLDER
    _refuse_real_workspace(workspace, database)
    say(f"Workspace {workspace.path}")
    _synthesise(database, subjects, seed, jobs)
    _import(workspace, database)
    _compute(workspace, jobs)
    print_run(_train(workspace, epochs, jobs))
    serve(
        workspace,
        host=host,
        port=port,
        token=token,
        open_browser=browser,
        once=once,
        log_level=server_log_level(context),
        tell=say,
    )


def _refuse_real_workspace(workspace: Workspace, database: Path) -> None:
    """A demo mixes nothing synthetic into somebody's work."""
    if workspace.store.databases() and not database.exists():
        raise InputError(
            "is a workspace with databases of its own",
            where=workspace.path,
            remedy="Give the demo a folder of its own with --workspace, or use `mexlab serve`",
        )


def _synthesise(database: Path, subjects: int | None, seed: int | None, jobs: int | None) -> None:
    from mexlab.synthetic import read_marker, synthesise

    made = read_marker(database)
    if made is not None:
        asked = {"subjects": subjects, "seed": seed}
        other = [f"{k} {made[k]}" for k, v in asked.items() if v is not None and v != made[k]]
        if other:
            raise InputError(
                f"was synthesised with {' and '.join(other)}",
                where=database,
                remedy="Omit the option to use it again, or choose another --workspace",
            )
        say(f"Using the existing {made['clips']} clips of {made['subjects']} subjects")
        return
    _tell_time(subjects, seed or 0, jobs)
    with progress_bar("Synthesising faces", kept="run the demo again to go on") as progress:
        summary = synthesise(
            LAYOUT, database, subjects=subjects, seed=seed or 0, jobs=jobs, progress=progress
        )
    say(
        f"Synthesised {summary.clips} clips of {summary.subjects} subjects "
        f"({summary.frames} frames) in {summary.seconds:.0f} s"
    )


def _tell_time(subjects: int | None, seed: int, jobs: int | None) -> None:
    from mexlab.cli.demo_time import expected_seconds
    from mexlab.synthetic import Order, writer

    layout = writer(LAYOUT)
    count = layout.subjects if subjects is None else subjects
    if count < 1 or seed < 0:
        return  # said by the synthesis
    plan = layout.plan(Order(count, seed, layout.default_quirks()))
    seconds = expected_seconds(plan, jobs)
    about = f"{max(10, round(seconds, -1)):.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
    say(f"This will take about {about} on this machine, as it is at work now")


def _import(workspace: Workspace, database: Path) -> None:
    from mexlab.workspace.importing import import_into

    with progress_bar("Importing", kept="run the demo again to go on") as progress:
        imported = import_into(workspace, LAYOUT, database, progress=progress)
    for report, change in imported:
        print_report(report, change)


def _compute(workspace: Workspace, jobs: int | None) -> None:
    from mexlab.workspace.blindness import reasons_shown
    from mexlab.workspace.feature_sets.build import compute_features

    with progress_bar("Computing flow maps", kept="run the demo again to go on") as progress:
        summary = compute_features(workspace, [LAYOUT], jobs=jobs, progress=progress)
    say(f"Clips with flow maps: {summary.ready} ({summary.seconds:.0f} s)")
    found = (entry.to_record() for entry in summary.left_out)
    for entry in reasons_shown(workspace, found, ("database",), "mexlab demo"):
        say(f"  without: {entry['where']}: {entry['reason']}")


def _train(workspace: Workspace, epochs: int | None, jobs: int | None) -> Run:
    from mexlab.runs.run import list_runs
    from mexlab.workspace.trainings.request import build_request

    for run in list_runs(workspace.runs_dir):
        if run.name == RUN_NAME and run.status == "finished":
            trained = run.settings.epochs if run.settings else None
            if epochs is not None and epochs != trained:
                raise InputError(
                    f"{run.id} was trained for {trained} epochs, and is used again",
                    where="--epochs",
                    remedy="Leave it out, or choose another --workspace",
                )
            say(f"Using the run {run.id} that is there")
            return run
    request = build_request(
        training={"model": "laenet", "epochs": epochs}, flow=FlowSettings(), databases=[LAYOUT]
    )
    return train_with_bar(workspace, request, name=RUN_NAME, jobs=jobs)
