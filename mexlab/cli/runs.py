"""``mexlab runs``: the runs of the workspace, and what a person does with them."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mexlab.cli.metrics import (
    ClassesOption,
    ClipOption,
    PersonOption,
    PredictedOption,
    SeedOption,
    SharesOption,
    SubjectOption,
    TrueOption,
    column_names,
    listed,
)
from mexlab.cli.options import JsonOption, WorkspaceOption, open_workspace
from mexlab.cli.output import print_json, print_table, remark, say
from mexlab.cli.show import full_record, print_run
from mexlab.errors import InputError

if TYPE_CHECKING:
    from mexlab.runs.foreign_columns import ColumnNames
    from mexlab.runs.run import Run
    from mexlab.workspace.workspace import Workspace

#: The head of the column of the seeds' own figures.
_ALONE = "uf1, each alone"


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
    excel: Annotated[
        bool,
        typer.Option(
            "--excel",
            help="With --export: begin with the mark that Excel needs for UTF-8.",
        ),
    ] = False,
    imported: Annotated[
        Path | None,
        typer.Option(
            "--import",
            metavar="FILE",
            help="Make a run of predictions from elsewhere (.csv), to compare with your own.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="With --import: your own name for the run.")
    ] = None,
    method: Annotated[
        str, typer.Option("--method", help="With --import: what made the predictions.")
    ] = "",
    labels: Annotated[
        str, typer.Option("--labels", help="With --import: the label scheme, such as megc2019.")
    ] = "",
    protocol: Annotated[
        str,
        typer.Option(
            "--protocol",
            help="With --import: how subjects were held out, such as leave-one-subject-out.",
        ),
    ] = "",
    database: Annotated[
        str | None,
        typer.Option(
            "--database", help="With --import: that of all clips, or the column that names it."
        ),
    ] = None,
    true: TrueOption = None,
    predicted: PredictedOption = None,
    subject: SubjectOption = None,
    person: PersonOption = None,
    clip: ClipOption = None,
    seed: SeedOption = None,
    classes: ClassesOption = None,
    probabilities: SharesOption = True,
    delete: Annotated[
        list[str] | None,
        typer.Option("--delete", metavar="ID", help="Delete one run or several, permanently."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the runs, newest first, with their figures for Full; or change one.

    `--import FILE` takes the columns that `mexlab metrics` takes, and needs subject and clip too;
    the options --true to --probabilities are of such a file.
    """
    from mexlab.reports.seed_words import REMARK, alone_words, averaged_words
    from mexlab.runs.labels import label_run
    from mexlab.runs.resume import can_resume
    from mexlab.runs.run import list_runs, open_run

    opened = open_workspace(context, workspace)
    runs_dir = opened.runs_dir
    if imported is not None:
        made = _import(
            opened,
            imported,
            ImportWords(name, method, labels, protocol, database),
            column_names(true, predicted, subject, person, None, clip, seed),
            listed(classes),
            probabilities,
        )
        if as_json:
            print_json(full_record(opened, made))
        else:
            say(f"{made.id}: imported from {imported.name}")
            print_run(made)
        return
    if rename is not None:
        label_run(open_run(runs_dir, rename[0]).folder, name=rename[1])
    if note is not None:
        label_run(open_run(runs_dir, note[0]).folder, note=note[1])
    if delete:
        _delete(list_runs(runs_dir), delete, yes)
    if export is not None:
        _export(opened, open_run(runs_dir, export[0]), export[1], excel)
        return
    found = [{**run.summary(), "resumable": can_resume(run)} for run in list_runs(runs_dir)]
    if as_json:
        print_json(found)
        return
    if not found:
        say("No run yet: `mexlab train --model laenet` makes one")
        return
    figures = ("accuracy", "f1_score", "uf1", "uar")
    print_table(
        ("run", "status", "model", "databases", "clips", "seeds", *figures, _ALONE, "created"),
        (
            (
                run["id"],
                "imported" if run["imported"] else run["status"],
                run["model"],
                ", ".join(run["databases"]),
                run["clips"],
                len(run["seeds"]) or None,
                *((run["metrics"].get("full") or {}).get(figure) for figure in figures),
                alone_words(run["metrics"].get("full") or {}, "uf1", 4),
                str(run["created"])[:16].replace("T", " "),
            )
            for run in found
        ),
        numbers=("clips", "seeds", *figures, _ALONE),
    )
    if any(averaged_words(run["metrics"].get("full") or {}) for run in found):
        say(REMARK)
    for run in found:
        own = [run["name"]] if run["name"] != run["id"] else []
        own += [part for part in (run["note"], run["reason"]) if part]
        if own:
            say(f"{run['id']}: {'; '.join(own)}")
    resumable = [run["id"] for run in found if run["resumable"]]
    if resumable:
        say(f"Can be resumed with `mexlab train --resume ID`: {', '.join(resumable)}")


def _delete(found: list[Run], ids: list[str], yes: bool) -> None:
    from mexlab.runs.run import delete_run

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
                "deleting is permanent, and there is no terminal to confirm it on",
                where="--delete",
                remedy="Add --yes",
            )
        typer.confirm(f"Delete {', '.join(ids)} for good?", abort=True, err=True)
    for name in dict.fromkeys(ids):
        delete_run(known[name])


@dataclass(frozen=True, slots=True)
class ImportWords:
    """What the options of an import say of it."""

    name: str | None
    method: str
    labels: str
    protocol: str
    database: str | None


def _import(
    workspace: Workspace,
    file: Path,
    said: ImportWords,
    columns: ColumnNames,
    classes: list[str] | None,
    probabilities: bool,
) -> Run:
    from mexlab.runs.foreign_predictions import header_of
    from mexlab.runs.importing import ImportChoice, import_predictions
    from mexlab.workspace.people import People

    database = said.database
    if database is not None and database in header_of(file):
        columns, database = replace(columns, database=database), None
    known = {
        row.name: {"title": row.title, "synthetic": row.synthetic}
        for row in workspace.store.databases()
    }
    return import_predictions(
        workspace.runs_dir,
        file,
        ImportChoice(said.name, said.method, said.labels, said.protocol, database),
        columns=columns,
        classes=classes,
        probabilities=probabilities,
        databases=known,
        person=People(workspace).known,
    )


def _export(workspace: Workspace, run: Run, target: str, excel: bool) -> None:
    from mexlab.reports.export.formats import closed_predictions
    from mexlab.reports.export.predictions_csv import UTF8_MARK, predictions_csv
    from mexlab.workspace.blindness import hidden_sentence

    hidden = closed_predictions(workspace, run, "csv", "mexlab runs")
    if hidden:
        remark(hidden_sentence(len(hidden), workspace))
    text = (UTF8_MARK if excel else "") + predictions_csv(run, hidden)
    if target == "-":
        sys.stdout.write(text)
        return
    try:
        Path(target).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror or error})", where=target) from error
    say(f"{run.id}: predictions written to {target}")
