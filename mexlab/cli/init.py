"""``mexlab init``: make a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mexlab.cli.output import say


def register(app: typer.Typer) -> None:
    app.command()(init)


def init(
    workspace: Annotated[Path, typer.Argument(help="Folder; created if there is none.")],
    name: Annotated[
        str | None, typer.Option("--name", help="Name to show; the folder's by default.")
    ] = None,
) -> None:
    """Make a workspace: a folder with settings, codings, feature cache and runs.

    A folder that is already a workspace is left as it is.
    """
    from mexlab.workspace import Workspace
    from mexlab.workspace.settings import SETTINGS_FILE

    there = (workspace / SETTINGS_FILE).exists()
    made = Workspace.create(workspace, name=name, exist_ok=True)
    made.close()
    say(f"{made.path} {'is a workspace already' if there else 'is now a workspace'}")
