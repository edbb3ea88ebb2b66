"""``mexlab databases``: what is in the workspace beside what was published, and what can be."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mexlab.cli.options import JsonOption, WorkspaceOption, open_workspace
from mexlab.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from mexlab.data.databases.official import OfficialCounts
    from mexlab.store import DatabaseRow
    from mexlab.workspace import Workspace
    from mexlab.workspace.people import People


COUNTED = ("database", "title", "clips", "subjects", "fps")

#: The kinds of a report's entries, as its headings have them.
TOLD = {"skipped": "skipped", "corrected": "corrected", "warning": "to look at", "note": "notes"}


def register(app: typer.Typer) -> None:
    app.command()(databases)


def databases(
    context: typer.Context,
    layouts: Annotated[
        bool,
        typer.Option(
            "--layouts",
            help="List what can be imported, what each needs, and the published numbers.",
        ),
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the databases of the workspace, or with --layouts those that can be imported.

    Clips and subjects stand beside those that were published; what differs is said below the
    table. Synthetic databases are marked, and only those that were written with --full are
    compared: the others are as large as one wished.
    """
    if layouts:
        _list_layouts(as_json)
        return
    from mexlab.workspace.people import People

    opened = open_workspace(context, workspace)
    people = People(opened)
    records = [_record(opened, row, people) for row in opened.store.databases()]
    if as_json:
        print_json(records)
        return
    if not records:
        say("No database yet: `mexlab import LAYOUT PATH` brings one in")
        return
    print_table(
        (
            "database",
            "title",
            "clips",
            "subjects",
            "fps",
            "labels",
            "as published",
            "told",
            "files",
        ),
        (
            (
                record["name"],
                record["title"],
                _beside(record, "clips"),
                _beside(record, "subjects"),
                None if record["fps"] is None else f"{record['fps']:g}",
                ", ".join(f"{name} {count}" for name, count in record["emotions"].items()),
                _verdict(record),
                ", ".join(f"{count} {TOLD[kind]}" for kind, count in record["told"].items()),
                record["root"],
            )
            for record in records
        ),
        numbers=("clips", "subjects", "fps"),
    )
    for record in records:
        if record["differences"]:
            say(f"{record['name']}: {', '.join(record['differences'])}")
        if record["people_of"]:
            others = ", ".join(record["people_of"])
            say(f"{record['name']}: some of its people are those of {others}")


def _record(workspace: Workspace, row: DatabaseRow, people: People) -> dict[str, Any]:
    from mexlab.data.databases.official import count_differences, official_of

    official = official_of(row.layout, row.title)
    found = _found(workspace, row, official)
    compared = official is not None and (not row.synthetic or _written_whole(row))
    return {
        "name": row.name,
        "title": row.title,
        "layout": row.layout,
        "root": str(row.root),
        "synthetic": row.synthetic,
        "fps": row.fps,
        "clips": row.clips,
        "subjects": row.subjects,
        # As readers and people.csv have it now; the report has it as of the import.
        "people_of": people.beside(row.name),
        "micro": found.micro,
        "macro": found.macro,
        "emotions": row.report.get("emotions", {}),
        # What the report has entries of: `mexlab import` prints them.
        "told": dict(Counter(entry["kind"] for entry in row.report.get("entries", []))),
        "imported_at": row.imported_at.isoformat(),
        "official": None if official is None else official.to_record(),
        "compared": compared,
        "differences": count_differences(found, official) if compared and official else [],
    }


def _written_whole(row: DatabaseRow) -> bool:
    """Whether a synthetic database has as many people and clips as the release."""
    from mexlab.synthetic import read_marker

    return bool((read_marker(row.root) or {}).get("full"))


def _found(workspace: Workspace, row: DatabaseRow, official: OfficialCounts | None) -> Any:
    from mexlab.data.coders import GROUND_TRUTH
    from mexlab.data.databases.official import FoundCounts

    kinds = [one.kind for one in workspace.store.codings(GROUND_TRUTH, row.name)]
    # A feature release has no frames, and so no frames a second that could differ.
    fps = official.fps if official is not None and official.fps is None else row.fps
    return FoundCounts(
        clips=row.clips,
        subjects=row.subjects,
        micro=kinds.count("micro"),
        macro=kinds.count("macro"),
        fps=fps,
        emotions=row.report.get("emotions", {}),
    )


def _beside(record: dict[str, Any], what: str) -> str:
    """``253 of 255``; the number alone where there is nothing to hold it against."""
    official = record["official"]
    if not record["compared"] or official[what] is None:
        return str(record[what])
    have = record[what]
    if what == "clips" and official["counted"] == "micro-expressions":
        # The release counts expressions, and may come as long videos.
        have = record["micro"]
    about = "~" if what in official["unsure"] else ""
    return f"{have} of {about}{official[what]}"


def _verdict(record: dict[str, Any]) -> str:
    if record["compared"]:
        verdict = "differs" if record["differences"] else "yes"
        return f"{verdict} (synthetic)" if record["synthetic"] else verdict
    return "synthetic" if record["synthetic"] else "own"


def _list_layouts(as_json: bool) -> None:
    from mexlab.data.databases.official import official_counts
    from mexlab.data.databases.registry import readers

    found = readers().values()
    counts = {
        reader.name: [one for one in official_counts() if one.layout == reader.name]
        for reader in found
    }
    if as_json:
        print_json(
            [
                {
                    **reader.to_record(),
                    "official": [one.to_record() for one in counts[reader.name]],
                }
                for reader in found
            ]
        )
        return
    rows: list[tuple[object, ...]] = []
    for reader in found:
        parts = [(one.title, *_published(one)) for one in counts[reader.name]]
        head, *rest = parts or [(reader.title, None, None, None)]
        rows.append((reader.name, *head, reader.needs))
        # A release of several databases is named, and its needs told, once.
        rows.extend((" ", *part, " ") for part in rest)
    print_table(
        ("layout", "database", "clips", "subjects", "fps", "what it needs"),
        rows,
        numbers=("clips", "subjects", "fps"),
    )
    say("Clips and subjects as published; ~ marks what was never checked against files")


def _published(one: OfficialCounts) -> tuple[str | None, str | None, str | None]:
    def shown(name: str, value: float | None, unit: str = "") -> str | None:
        about = "~" if name in one.unsure else ""
        return None if value is None else f"{about}{value:g}{unit}"

    what = {"videos": " videos", "micro-expressions": " micro"}.get(one.counted, "")
    return (
        shown("clips", one.clips, what),
        shown("subjects", one.subjects),
        shown("fps", one.fps),
    )
