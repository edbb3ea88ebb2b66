"""``mexlab show``: one run in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mexlab.cli.options import JsonOption, WorkspaceOption, open_workspace
from mexlab.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from mexlab.training.runs import Run

FIGURES = ("accuracy", "f1_score", "uf1", "uar")


def register(app: typer.Typer) -> None:
    app.command()(show)


def show(
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="Its id, as `mexlab runs` lists it.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a run: figures for Full and each database, confusion matrices, settings."""
    from mexlab.training.runs import open_run

    found = open_run(open_workspace(context, workspace).runs_dir, run)
    if as_json:
        print_json(full_record(found))
        return
    print_run(found)


def full_record(run: Run) -> dict[str, Any]:
    """The listing's entry of a run, with what it was set to and made from."""
    record = run.record
    extra = ("settings", "request", "protocol", "data", "versions")
    return {**run.summary(), **{name: record.get(name) for name in extra}}


def print_run(run: Run) -> None:
    """Tables of one run on standard output."""
    summary = run.summary()
    say(f"{run.id}: {run.status}" + (f" ({run.reason})" if run.reason else ""))
    if summary["clips"]:
        seeds = ", ".join(map(str, summary["seeds"]))
        say(
            f"{summary['model']}, {summary['clips']} clips, {summary['subjects']} subjects, "
            f"{summary['epochs']} epochs, seeds {seeds}"
            + ("; synthetic data" if summary["synthetic"] else "")
        )
    if not run.metrics:
        return
    print_table(
        ("part", "clips", *FIGURES, "seeds: uf1", "seeds: uar"),
        (
            (
                name,
                figures["n"],
                *(figures[figure] for figure in FIGURES),
                _spread(figures, "uf1"),
                _spread(figures, "uar"),
            )
            for name, figures in run.metrics.items()
        ),
        numbers=("clips", *FIGURES, "seeds: uf1", "seeds: uar"),
    )
    # The matrix of an only database is that of Full.
    parts = {"full": run.metrics["full"]} if len(run.metrics) == 2 else run.metrics
    for name, figures in parts.items():
        print_table(
            (f"{_part_title(name, run)}: coded ↓ called →", *run.classes),
            (
                (truth, *map(str, row))
                for truth, row in zip(run.classes, figures["confusion"], strict=True)
            ),
            numbers=run.classes,
        )


def _part_title(name: str, run: Run) -> str:
    if name != "full":
        return name
    only = [part for part in run.metrics if part != "full"]
    return f"Full = {only[0]}" if len(only) == 1 else "Full"


def _spread(figures: dict[str, Any], name: str) -> str:
    seeds = figures.get("seeds") or {}
    mean, sd = (seeds.get("mean") or {}).get(name), (seeds.get("sd") or {}).get(name)
    if mean is None:
        return ""
    return f"{mean:.4f}" + (f" ± {sd:.4f}" if sd is not None else "")
