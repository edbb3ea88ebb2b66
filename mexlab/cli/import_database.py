"""``mexlab import``: bring a database into the workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mexlab.cli.options import JsonOption, WorkspaceOption, open_workspace
from mexlab.cli.output import print_json, say
from mexlab.cli.progress import progress_bar

if TYPE_CHECKING:
    from mexlab.data.reports import ImportReport
    from mexlab.store import ImportChange


def register(app: typer.Typer) -> None:
    app.command("import")(import_database)


def import_database(
    context: typer.Context,
    layout: Annotated[
        str,
        typer.Argument(
            help="Layout of the files, as `mexlab databases --layouts` lists them; or auto."
        ),
    ],
    path: Annotated[Path, typer.Argument(help="The database's folder (or zip file, or video).")],
    name: Annotated[
        str | None, typer.Option("--name", help="Name in the workspace; the layout's by default.")
    ] = None,
    fps: Annotated[
        float | None,
        typer.Option("--fps", help="Frames per second, if the files do not say (folder)."),
    ] = None,
    corrections: Annotated[
        bool,
        typer.Option(
            "--corrections/--no-corrections", help="Correct known annotation mistakes (reported)."
        ),
    ] = True,
    sheet: Annotated[
        Path | None,
        typer.Option(
            "--sheet",
            help="Coding sheet of own recordings (folder): CSV or XLSX; by default the one in "
            "the folder.",
        ),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--columns",
            help="Names of its columns, if unusual: subject=Person,clip=File,"
            "onset=Start. Fields: subject, clip, onset, apex, offset, emotion, action_units, "
            "kind, note.",
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import a database; what was skipped or corrected is listed with its reason.

    Importing again refreshes what has changed on disk and nothing else; what people have coded
    is never touched.
    """
    from mexlab.data.databases.layouts.folder_sheet import parse_columns
    from mexlab.workspace.importing import import_into

    named = parse_columns(columns or [])
    opened = open_workspace(context, workspace)
    with progress_bar(f"Importing {path.name}", kept="nothing was imported") as progress:
        imported = import_into(
            opened,
            layout,
            path,
            name=name,
            corrections=corrections,
            fps=fps,
            progress=progress,
            sheet=sheet,
            columns=named,
        )
    if as_json:
        print_json(
            [{**report.to_record(), "change": change.to_record()} for report, change in imported]
        )
        return
    for report, change in imported:
        print_report(report, change)


def print_report(report: ImportReport, change: ImportChange) -> None:
    """The report of one database on standard output, every entry with its reason."""
    say(f"{report.database}: {report.title}")
    say(f"  {report.clips} clips, {report.subjects} subjects, {report.frames} frames")
    if report.emotions:
        counts = sorted(report.emotions.items(), key=lambda item: (-item[1], item[0]))
        say("  " + ", ".join(f"{emotion} {count}" for emotion, count in counts))
    for kind, heading in (
        ("skipped", "Skipped"),
        ("corrected", "Corrected"),
        ("warning", "Worth a look"),
        ("note", "Notes"),
    ):
        entries = [entry for entry in report.entries if entry.kind == kind]
        if entries:
            say(f"  {heading} ({len(entries)}):")
            for entry in entries:
                say(f"    {entry.where}: {entry.reason}")
    if change.missing:
        say(f"  No longer among the files, but kept with their codings ({len(change.missing)}):")
        for missing in change.missing:
            say(f"    {missing}")
    if change.removed:
        say(f"  No longer in the sheet, removed from the ground truth ({len(change.removed)}):")
        for removed in change.removed:
            say(f"    {removed}")
    if change.anything:
        parts = [f"{len(change.added)} added", f"{len(change.changed)} changed"]
        say(f"  {', '.join(parts)}, {len(change.unchanged)} as before")
    else:
        say("  Nothing has changed since the last import")
