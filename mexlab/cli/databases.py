"""``mexlab databases``: what is in the workspace."""

from __future__ import annotations

from typing import Annotated

import typer

from mexlab.cli.options import JsonOption, WorkspaceOption, open_workspace
from mexlab.cli.output import print_json, print_table, say


def register(app: typer.Typer) -> None:
    app.command()(databases)


def databases(
    context: typer.Context,
    layouts: Annotated[
        bool, typer.Option("--layouts", help="List what can be imported, and what each needs.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the databases of the workspace, or with --layouts those that can be imported."""
    if layouts:
        _list_layouts(as_json)
        return
    opened = open_workspace(context, workspace)
    rows = opened.store.databases()
    if as_json:
        print_json(
            [
                {
                    "name": row.name,
                    "title": row.title,
                    "layout": row.layout,
                    "root": str(row.root),
                    "synthetic": row.synthetic,
                    "fps": row.fps,
                    "clips": row.clips,
                    "subjects": row.subjects,
                    "emotions": row.report.get("emotions", {}),
                    "imported_at": row.imported_at.isoformat(),
                }
                for row in rows
            ]
        )
        return
    if not rows:
        say("No database yet: `mexlab import LAYOUT PATH` brings one in")
        return
    print_table(
        ("database", "title", "clips", "subjects", "fps", "synthetic", "files"),
        (
            (
                row.name,
                row.title,
                row.clips,
                row.subjects,
                None if row.fps is None else f"{row.fps:g}",
                "yes" if row.synthetic else "no",
                row.root,
            )
            for row in rows
        ),
        numbers=("clips", "subjects", "fps"),
    )


def _list_layouts(as_json: bool) -> None:
    from mexlab.data.databases.registry import readers

    found = readers().values()
    if as_json:
        print_json([reader.to_record() for reader in found])
        return
    print_table(
        ("layout", "database", "what it needs"),
        ((reader.name, reader.title, reader.needs) for reader in found),
    )
