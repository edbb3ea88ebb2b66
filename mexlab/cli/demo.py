"""``mexlab demo``: the whole journey on a synthetic database, and then the pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mexlab.cli.import_database import print_report
from mexlab.cli.options import JobsOption
from mexlab.cli.output import remark, say
from mexlab.cli.progress import progress_bar
from mexlab.cli.serve import BrowserOption, HostOption, PortOption, TokenOption
from mexlab.cli.show import print_run
from mexlab.cli.train import train_with_bar
from mexlab.errors import InputError

if TYPE_CHECKING:
    from mexlab.training.runs import Run
    from mexlab.workspace import Workspace

LAYOUT = "casme2"

#: Inside the workspace, so that it can be moved or deleted as one folder.
DATABASE_FOLDER = "synthetic-casme2"

RUN_NAME = "demo"


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    folder: Annotated[
        Path,
        typer.Option("--workspace", "-w", help="The workspace to make, or to use again."),
    ] = Path("mexlab-demo"),
    subjects: Annotated[
        int | None, typer.Option("--subjects", help="How many persons; the layout's by default.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the faces and the training.")] = 0,
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

    All on files on disk, by the same way as a real database. What an earlier demo has made is
    used again, so that the second start takes seconds.
    """
    from mexlab.pages.server import check_port
    from mexlab.workspace import Workspace

    # Before the minutes of work, not after them.
    if port:
        check_port(host, port)
    workspace = Workspace.create(folder, name="mexlab demo", exist_ok=True)
    say(f"Workspace {workspace.path}")
    database = workspace.path / DATABASE_FOLDER
    _synthesise(database, subjects, seed, jobs)
    _import(workspace, database)
    _compute(workspace, jobs)
    run = _train(workspace, seed, epochs, jobs)
    print_run(run)
    _serve(workspace, host, port, token, browser=browser, once=once)
