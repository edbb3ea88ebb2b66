"""``mexlab composite``: the challenge's composite database over what is imported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mexlab.cli.options import (
    CodingOption,
    DatabasesOption,
    JsonOption,
    WorkspaceOption,
    named,
    open_workspace,
)
from mexlab.cli.output import print_json, print_table, say
from mexlab.data.coders import GROUND_TRUTH
from mexlab.errors import InputError

if TYPE_CHECKING:
    from mexlab.data.composite.megc2019 import Composite, Remark
    from mexlab.workspace.workspace import Workspace

COMPOSITES = ("megc2019",)

_PAGE = "mexlab composite"

#: What of a composite's record names clips with what was coded of them.
_BY_CLIP = ("missing", "extra", "differences", "left_out", "untrainable", "clips")


def register(app: typer.Typer) -> None:
    app.command()(composite)


def composite(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The composite: megc2019.")],
    official: Annotated[
        Path | None,
        typer.Option(
            "--list", help="combined_3class_gt.csv, which wins over the rules; CSV, no header."
        ),
    ] = None,
    databases: DatabasesOption = None,
    coder: CodingOption = GROUND_TRUTH,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write the composite here, in the form of the official list."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build the 442-clip composite over whatever of its three databases is imported.

    Counts every class and database against the official table, and says which clips are missing,
    which are extra, and which cannot be trained on yet.
    """
    from mexlab.workspace.feature_sets.composite import compose_megc2019

    if name.strip().lower() not in COMPOSITES:
        raise InputError(
            f"no composite {name!r}; there are {', '.join(COMPOSITES)}", where="composite"
        )
    opened = open_workspace(context, workspace)
    built = compose_megc2019(opened, databases=named(databases), coder=coder, official=official)
    hidden = _closed(opened, built, coder)
    if out is not None:
        if hidden:
            raise InputError(
                f"the list names the class of every clip, and {hidden[:1].lower()}{hidden[1:-1]}",
                where="--out",
                remedy="Commit them first; `blind = false` in mexlab.toml opens all, on record",
            )
        _write(built, out)
    if as_json:
        record = built.to_record()
        print_json({**record, **dict.fromkeys(_BY_CLIP)} if hidden else record)
    else:
        _print(built, out, hidden)


def _closed(workspace: Workspace, built: Composite, coder: str) -> str:
    """Why no clip is named: some are closed to who codes here; empty where all are open."""
    from mexlab.data.clips import ClipKey
    from mexlab.workspace.blindness import disclose, hidden_sentence, may_see_each

    rows = workspace.store.clips()
    # Of a database whose clips have no class each is named with the reason.
    remarks = (*built.left_out, *built.extra)
    parts = {one.key.database for one in built.clips}
    parts |= {ClipKey.parse(one.clip).database for one in remarks}
    keys = {row.key for row in rows if row.key.database in parts}
    # Classes are the databases' own, whoever's marks are used.
    whose = (GROUND_TRUTH, coder)
    seen = keys
    for one in whose:
        seen = may_see_each(workspace, seen, one, _PAGE)
    closed = keys - seen
    if not closed:
        for one in whose:
            disclose(workspace, keys, one, _PAGE)
    return hidden_sentence(len(closed), workspace)


def _print(built: Composite, out: Path | None, hidden: str) -> None:
    columns = ("negative", "positive", "surprise", "total")
    print_table(
        ("database", *columns, "subjects", ""),
        (
            (
                row["database"],
                *(f"{row['found'][column]} of {row['official'][column]}" for column in columns),
                f"{row['subjects']['found']} of {row['subjects']['official']}",
                _verdict(row),
            )
            for row in built.table()
        ),
        numbers=(*columns, "subjects"),
    )
    for component, source in built.lists.items():
        if component in built.components:
            say(f"{component}: names and labels as in {source}")
    unnamed = [one for one in built.components if one not in built.lists]
    if unnamed:
        say(
            f"{', '.join(unnamed)}: counted by the rules; which clips are missing or extra can be "
            "named with --list combined_3class_gt.csv"
        )
    if hidden:
        # One list beside the other would tell the class of what is in neither.
        say(f"No clip is named: {hidden}")
        return
    _say_remarks("Missing", built.missing)
    _say_remarks("Extra", built.extra)
    _say_remarks("Labelled otherwise", built.differences)
    _say_remarks("Left out by the rules", built.left_out)
    _say_remarks("In the composite, but not to be trained on yet", built.untrainable)
    if out is not None:
        say(f"{len(built.clips)} clips written to {out}")


def _verdict(row: dict[str, Any]) -> str:
    people = row["subjects"]
    same = row["found"] == row["official"] and people["found"] == people["official"]
    if not row["imported"] and row["database"] != "full":
        return "not imported"
    return "as published" if same else "differs"


def _say_remarks(heading: str, remarks: list[Remark]) -> None:
    """Each clip with its reason; a reason that many share is said once."""
    if not remarks:
        return
    say(f"{heading} ({len(remarks)}):")
    by_reason: dict[tuple[str, str], list[str]] = {}
    for one in remarks:
        by_reason.setdefault((one.component, one.reason), []).append(one.clip)
    for (_, reason), clips in by_reason.items():
        if len(clips) == 1:
            say(f"  {clips[0]}: {reason}")
        else:
            say(f"  {reason} ({len(clips)}):")
            say(f"    {', '.join(clips)}")


def _write(built: Composite, path: Path) -> None:
    import csv

    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        for one in built.clips:
            writer.writerow((one.component, one.key.subject, one.key.name, one.code))
