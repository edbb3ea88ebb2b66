"""Options that several commands share, and the workspace that they mean."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mexlab.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Invocation:
    """What stood before the command: ``context.obj`` of every command."""

    workspace: Path | None = None
    debug: bool = False


WorkspaceOption = Annotated[
    Path | None,
    typer.Option("-w", "--workspace", help="The workspace (may also stand before the command)."),
]

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")
]

DatabasesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--databases",
        "--database",
        "-d",
        help="Databases, separated by commas; all that fit by default.",
    ),
]

JobsOption = Annotated[
    int | None, typer.Option("--jobs", min=1, help="Processes; all cores by default.")
]

CodingOption = Annotated[
    str, typer.Option("--coder", help="Whose coding gives onset, apex and label.")
]

KindOption = Annotated[
    str | None,
    typer.Option(
        "--kind",
        help="Expressions: micro, macro or both; by default micro in databases that hold both "
        "kinds, else all.",
    ),
]


def open_workspace(context: typer.Context, workspace: Path | None) -> Workspace:
    """Open the workspace of ``-w`` (after or before the command), the variable or the folder."""
    from mexlab.workspace import Workspace

    return Workspace.open(workspace or context.obj.workspace)


def named(values: list[str] | None) -> list[str] | None:
    """The names in an option that may be repeated or hold commas; None where none is given."""
    if not values:
        return None
    return [name.strip() for value in values for name in value.split(",") if name.strip()] or None
