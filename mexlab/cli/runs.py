"""``mexlab runs``: the runs of the workspace."""

from __future__ import annotations

import typer

from mexlab.cli.options import JsonOption, WorkspaceOption, open_workspace
from mexlab.cli.output import print_json, print_table, say


def register(app: typer.Typer) -> None:
    app.command()(runs)


def runs(
    context: typer.Context, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """List the runs, the newest first, with their figures for Full."""
    from mexlab.training.runs import list_runs

    found = [run.summary() for run in list_runs(open_workspace(context, workspace).runs_dir)]
    if as_json:
        print_json(found)
        return
    if not found:
        say("No run yet: `mexlab train --model laenet` makes one")
        return
    figures = ("accuracy", "f1_score", "uf1", "uar")
    print_table(
        ("run", "status", "model", "databases", "clips", "seeds", *figures, "created"),
        (
            (
                run["id"],
                run["status"],
                run["model"],
                ", ".join(run["databases"]),
                run["clips"],
                len(run["seeds"]),
                *((run["metrics"].get("full") or {}).get(figure) for figure in figures),
                str(run["created"])[:16].replace("T", " "),
            )
            for run in found
        ),
        numbers=("clips", "seeds", *figures),
    )
    for run in found:
        if run["reason"]:
            say(f"{run['id']}: {run['reason']}")
