"""``mexlab runs``: the runs of the workspace, and what a person does with them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mexlab.cli.options import JsonOption, WorkspaceOption, open_workspace
from mexlab.cli.output import print_json, print_table, remark, say
from mexlab.errors import InputError

if TYPE_CHECKING:
    from mexlab.training.runs import Run
    from mexlab.workspace.workspace import Workspace


def register(app: typer.Typer) -> None:
    app.command()(runs)


def runs(
    context: typer.Context,
    rename: Annotated[
        tuple[str, str] | None,
        typer.Option("--rename", metavar="ID NAME", help="Give a run a name of your own."),
    ] = None,
    note: Annotated[
        tuple[str, str] | None,
        typer.Option("--note", metavar="ID TEXT", help="Write a note to a run."),
    ] = None,
    export: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--export",
            metavar="ID FILE",
            help="Write a run's predictions as comma-separated values; - is standard output.",
        ),
    ] = None,
    delete: Annotated[
        list[str] | None,
        typer.Option("--delete", metavar="ID", help="Delete a run for good, or several."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the runs, the newest first, with their figures for Full; or change one."""
    from mexlab.training.resume import can_resume
    from mexlab.training.run_labels import label_run
    from mexlab.training.runs import list_runs, open_run

    opened = open_workspace(context, workspace)
    runs_dir = opened.runs_dir
    if rename is not None:
        label_run(open_run(runs_dir, rename[0]).folder, name=rename[1])
    if note is not None:
        label_run(open_run(runs_dir, note[0]).folder, note=note[1])
    if delete:
        _delete(list_runs(runs_dir), delete, yes)
    if export is not None:
        _export(opened, open_run(runs_dir, export[0]), export[1])
        return
    listed = list_runs(runs_dir)
    found = [{**run.summary(), "resumable": can_resume(run)} for run in listed]
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
        own = [run["name"]] if run["name"] != run["id"] else []
        own += [part for part in (run["note"], run["reason"]) if part]
        if own:
            say(f"{run['id']}: {'; '.join(own)}")
    resumable = [run["id"] for run in found if run["resumable"]]
    if resumable:
        say(f"Can be resumed with `mexlab train --resume ID`: {', '.join(resumable)}")


def _delete(found: list[Run], ids: list[str], yes: bool) -> None:
    from mexlab.training.runs import delete_run

    known = {run.id: run for run in found}
    unknown = [name for name in ids if name not in known]
    if unknown:
        raise InputError(
            f"no run {', '.join(unknown)}; nothing was deleted",
            where="--delete",
            remedy=f"There are {', '.join(known)}" if known else "There is none",
        )
    if not yes:
        if not sys.stdin.isatty():
            raise InputError(
                "deleting is for good, and nobody is there to be asked",
                where="--delete",
                remedy="Add --yes",
            )
        typer.confirm(f"Delete {', '.join(ids)} for good?", abort=True, err=True)
    for name in dict.fromkeys(ids):
        delete_run(known[name])


def _export(workspace: Workspace, run: Run, target: str) -> None:
    from mexlab.pages.run_export import closed_predictions
    from mexlab.training.prediction_csv import predictions_csv
    from mexlab.workspace.blindness import hidden_sentence

    hidden = closed_predictions(workspace, run, "csv", "mexlab runs")
    if hidden:
        remark(hidden_sentence(len(hidden), workspace.coder))
    text = predictions_csv(run, hidden)
    if target == "-":
        sys.stdout.write(text)
        return
    try:
        # Windows programs open it right only with the mark of UTF-8.
        Path(target).write_text(text, encoding="utf-8-sig", newline="")
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror or error})", where=target) from error
    say(f"{run.id}: predictions written to {target}")
