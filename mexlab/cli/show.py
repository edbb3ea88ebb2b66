"""``mexlab show``: one run in full."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mexlab.cli.figures import FIGURES, print_figures, print_matrices
from mexlab.cli.options import JsonOption, WorkspaceOption, open_workspace
from mexlab.cli.output import print_json, print_table, remark, say
from mexlab.data.coders import GROUND_TRUTH

if TYPE_CHECKING:
    from mexlab.evaluation.intervals import MetricIntervals
    from mexlab.reports.ablation import Ablation
    from mexlab.runs.run import Run
    from mexlab.workspace.workspace import Workspace


def register(app: typer.Typer) -> None:
    app.command()(show)


def show(
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="Its id, as `mexlab runs` lists it.")],
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            metavar="FILE",
            help="Save it instead: .html (a report), .tex, .svg (matrices) or .csv (predictions).",
        ),
    ] = None,
    leak: Annotated[
        bool,
        typer.Option(
            "--leak",
            help="Also what choosing an epoch by the held-out clips would have claimed: invalid.",
        ),
    ] = False,
    ablation: Annotated[
        bool,
        typer.Option(
            "--ablation",
            help="Pre-training crossed with the eye mask: which runs differ in nothing else.",
        ),
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a run: figures with their intervals, confusion matrices, settings; or save it."""
    from mexlab.runs.run import open_run

    opened = open_workspace(context, workspace)
    found = open_run(opened.runs_dir, run)
    if export is not None:
        save_run(opened, found, export, leak=leak)
        return
    if as_json:
        record = full_record(opened, found)
        if ablation:
            record["ablation"] = known_ablation(opened, found).to_record()
        print_json(record)
        return
    print_run(found)
    if ablation:
        print_ablation(opened, found)
    if leak:
        print_leak(found)


def save_run(workspace: Workspace, run: Run, target: Path, *, leak: bool = False) -> None:
    """Write a run into a file; its suffix says as what. `leak`: see :func:`export_run`.

    Raises
    ------
    InputError
        For another suffix, or where the file cannot be written.
    """
    from mexlab.errors import InputError
    from mexlab.reports.export.formats import EXPORTS, closed_predictions, export_run
    from mexlab.reports.figures import short_titles
    from mexlab.workspace.blindness import hidden_sentence

    kinds = [kind for kind, one in EXPORTS.items() if not one.picture and not one.mark]
    kind = target.suffix.lower().removeprefix(".")
    if kind not in kinds:
        raise InputError(
            f"expected a file that ends in {', '.join(f'.{one}' for one in kinds)}",
            where=target.name,
            remedy="PNG is drawn by the browser, on the results page" if kind == "png" else None,
        )
    databases = workspace.store.databases()
    titles = short_titles({row.name: row.title for row in databases})
    layouts = {row.name: row.layout for row in databases}
    hidden = closed_predictions(workspace, run, kind, "mexlab show")
    text = export_run(run, kind, titles, layouts, leak=leak, without=hidden)
    try:
        target.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror or error})", where=target.name
        ) from error
    say(f"{run.id}: saved as {target.name}")
    if hidden:
        remark(hidden_sentence(len(hidden), workspace))


def full_record(workspace: Workspace, run: Run) -> dict[str, Any]:
    """The listing's entry of a run, with what it was set to and made from."""
    from mexlab.workspace.blindness import codings_read, reasons_shown

    record = dict(run.record)
    data = dict(record.get("data") or {})
    if data.get("left_out"):
        whose = codings_read(data.get("coder") or GROUND_TRUTH, data.get("labels") or "")
        data["left_out"] = reasons_shown(workspace, data["left_out"], whose, "mexlab show")
        record["data"] = data
    extra = ("settings", "request", "protocol", "data", "versions")
    intervals = {name: asdict(one) for name, one in known_intervals(run).items()}
    return {
        **run.summary(),
        **{name: record.get(name) for name in extra},
        "intervals": intervals,
        "leak_gap": known_leak(run),
    }


def known_intervals(run: Run) -> dict[str, MetricIntervals]:
    """95 % bootstrap intervals over people; none of a run without figures."""
    from mexlab.reports.intervals import run_intervals

    return run_intervals(run, run.predictions()) if run.metrics else {}


def known_leak(run: Run) -> dict[str, Any] | None:
    """What leaking would claim, marked as invalid; else why it is not known."""
    from mexlab.reports.leak import leak_or_reason

    if not run.metrics:
        return None
    gap = leak_or_reason(run, run.seed_predictions())
    return {"valid": False, "missing": gap} if isinstance(gap, str) else gap.to_record()


def known_ablation(workspace: Workspace, run: Run) -> Ablation:
    """The workspace's runs in the cells around this one.

    Raises
    ------
    RunError
        Where the run is not finished.
    """
    from mexlab.reports.ablation import run_ablation
    from mexlab.runs.run import list_runs

    layouts = {row.name: row.layout for row in workspace.store.databases()}
    return run_ablation(run, list_runs(workspace.runs_dir), layouts)


def print_ablation(workspace: Workspace, run: Run) -> None:
    """Own cells and the published ones on standard output, and what would fill the empty ones."""
    from mexlab.reports import ablation_rows as rows

    found = known_ablation(workspace, run)
    columns = rows.ablation_columns(found)
    own = [
        (row["label"], *(" ".join(filter(None, (c["text"], c["run"]))) for c in row["cells"]))
        for row in rows.own_ablation_rows(found, run, {})
    ]
    print_table(("accuracy, full", *columns), own, numbers=columns)
    if rows.compares(run):
        printed = [(row["label"], *row["cells"]) for row in rows.published_ablation_rows()]
        print_table(("LAENet, published", *rows.COLUMNS), printed, numbers=rows.COLUMNS)
    for line in (rows.ablation_sentence(found), rows.ablation_remark(found, run)):
        if line:
            say(line)
    for step in rows.ablation_steps(found, run, {}):
        say(f"{step['text']} {step['command']}".strip())
    for other, why in found.unlike:
        say(f"not in the table: {other.id}: {why}")


def print_leak(run: Run) -> None:
    """What leaking would claim, on standard output."""
    from mexlab.reports.leak import CAPTION, held_out, leak_groups, leak_or_reason, leak_sentence

    if not run.metrics:
        return
    gap = leak_or_reason(run, run.seed_predictions())
    if isinstance(gap, str):
        say(f"{CAPTION}: {gap}")
        return
    noun = held_out(run)
    print_table(
        (f"{CAPTION}: INVALID", "", *FIGURES),
        (
            (
                group["title"],
                f"{row['label']}, INVALID" if row["invalid"] else row["label"],
                *(" ".join(filter(None, cell)) for cell in row["cells"]),
            )
            for group in leak_groups(gap, noun, {})
            for row in group["rows"]
        ),
        numbers=FIGURES,
    )
    say(leak_sentence(gap, noun))


def print_run(run: Run) -> None:
    """Tables of one run on standard output."""
    from mexlab.reports.words import protocol_line
    from mexlab.runs.summary import end_words

    summary = run.summary()
    say(f"{run.id}: {end_words(run)}")
    if summary["clips"]:
        say(protocol_line(run) + ("; synthetic data" if summary["synthetic"] else ""))
    if not run.metrics:
        return
    print_figures(run.metrics, known_intervals(run))
    print_matrices(run.metrics, run.classes, {"full": _part_title("full", run)})


def _part_title(name: str, run: Run) -> str:
    if name != "full":
        return name
    only = [part for part in run.metrics if part != "full"]
    return f"Full = {only[0]}" if len(only) == 1 else "Full"
