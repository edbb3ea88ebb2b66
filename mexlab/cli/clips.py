"""``mexlab clips``: the clips of the workspace with one coder's codings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mexlab.cli.options import JsonOption, WorkspaceOption, open_workspace
from mexlab.cli.output import print_json, print_table, remark, say
from mexlab.data.coders import GROUND_TRUTH

if TYPE_CHECKING:
    from mexlab.store import ClipRow

_HEADINGS = {"action_units": "AU", "expression": "no.", "changed_after_reveal": "changed after"}


_PAGE = "mexlab clips"


def register(app: typer.Typer) -> None:
    app.command()(clips)


def clips(
    context: typer.Context,
    database: Annotated[str | None, typer.Option("--database", help="Of one database.")] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="Of one subject.")] = None,
    emotion: Annotated[
        str | None, typer.Option("--emotion", help="With this emotion in the coder's coding.")
    ] = None,
    status: Annotated[
        str | None,
        typer.Option("--status", help="untouched, draft, committed or flagged by the coder."),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option("--text", help="Words in clip, emotion, action units or note, all of them."),
    ] = None,
    coder: Annotated[
        str, typer.Option("--coder", help="Whose codings; by default the database's own.")
    ] = GROUND_TRUTH,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List clips: database, subject, name, fps, onset, apex, offset, emotion.

    One line per expression if a clip holds several; a clip without a coding has one line, too.
    If you code here, another coder's coding of a clip is shown after your own commit of it; what
    was shown before is listed in ``opened_before_commit`` of --json.
    """
    from mexlab.workspace.blindness import (
        HIDDEN,
        disclose,
        hidden_sentence,
        may_see_each,
        opened_before_commit,
    )
    from mexlab.workspace.coding_warnings import CodingWarnings

    opened = open_workspace(context, workspace)
    rows = opened.store.clips(
        database=database,
        subject=subject,
        text=text,
        emotion=emotion,
        status=status,
        coder=coder,
        every_expression=True,
    )
    # Which of the closed ones meet a condition on their coding would tell what it holds: they are
    # looked for, and counted, by what is open of them.
    every = {row.key: row for row in opened.store.clips(database=database, subject=subject)}
    closed = every.keys() - may_see_each(opened, every.keys(), coder, _PAGE)
    hidden = hidden_sentence(len(closed), opened)
    rows = [row for row in rows if row.key not in closed]
    disclose(opened, {row.key for row in rows if row.coding is not None}, coder, _PAGE)
    if emotion is None and status is None:
        words = (text or "").lower().split()
        named = {key for key in closed if all(word in str(key).lower() for word in words)}
        rows += [replace(every[key], coding=None, first_commit=None) for key in named]
        rows.sort(key=lambda row: row.expression_key)
        if hidden and text:
            hidden += " Only their names are searched."
    early = opened_before_commit(opened, coder, database)
    warnings = CodingWarnings(opened)
    records = [
        {
            **_record(row, coder),
            "warnings": warnings.of_coding(row.coding, row),
            "hidden": row.key in closed,
            "opened_before_commit": [one.to_record() for one in early.get(row.key, ())],
        }
        for row in rows
    ]
    if as_json:
        print_json(records)
        if hidden:
            remark(hidden)
        return
    if not rows:
        say("No clip" + (" meets these conditions" if opened.store.databases() else " yet"))
        if hidden:
            remark(hidden)
        return
    for record in records:
        if record["hidden"]:
            record["status"] = HIDDEN
    columns = ["database", "subject", "name", "fps", "onset", "apex", "offset", "emotion"]
    columns += ["action_units", "status"]
    # Short clips hold one expression each: two more columns would say the same in every line.
    if any((record["expression"] or 1) > 1 for record in records):
        columns.insert(3, "expression")
    if len({record["kind"] for record in records}) > 1:
        columns.insert(columns.index("emotion"), "kind")
    changed = sum(record["changed_after_reveal"] for record in records)
    if changed:
        columns.append("changed_after_reveal")
    for record in records:
        record["changed_after_reveal"] = "yes" if record["changed_after_reveal"] else ""
        record["fps"] = None if record["fps"] is None else f"{record['fps']:g}"
    print_table(
        [_HEADINGS.get(column, column) for column in columns],
        ([record[column] for column in columns] for record in records),
        numbers=("fps", "onset", "apex", "offset", "no."),
    )
    warned = sum(bool(record["warnings"]) for record in records)
    count = len({row.key for row in rows})
    several = "" if len(rows) == count else f" in {len(rows)} lines, one an expression"
    say(f"{count} clips{several}, codings of {coder}")
    if warned:
        say(f"{warned} with warnings; --json says which")
    if changed:
        say(f"{changed} changed after the reveal; --json has what was first committed, too")
    if hidden:
        remark(hidden)
    looked = sum(bool(early.get(key)) for key in {row.key for row in rows})
    if looked:
        say(f"Of {looked} of them {coder} had seen others' codings before the first commit: --json")


def _record(row: ClipRow, coder: str) -> dict[str, Any]:
    coding = row.coding
    return {
        "database": row.key.database,
        "subject": row.key.subject,
        "name": row.key.name,
        "fps": row.fps,
        "frames": row.n_frames,
        "first": row.first,
        "last": row.last,
        "features_only": row.features_only,
        "coder": coder,
        "expression": coding.expression if coding else None,
        "onset": coding.onset if coding else None,
        "apex": coding.apex if coding else None,
        "offset": coding.offset if coding else None,
        "emotion": coding.emotion if coding else "",
        "action_units": coding.action_units if coding else "",
        "confidence": coding.confidence if coding else "",
        "note": coding.note if coding else "",
        "status": coding.status if coding else "untouched",
        "kind": coding.kind if coding else "",
        "first_commit": _first_commit(row),
        "changed_after_reveal": row.changed_after_reveal,
    }


def _first_commit(row: ClipRow) -> dict[str, Any] | None:
    """The expression as it was first committed; its fields are None where it came later."""
    if row.first_commit is None:
        return None
    coding = row.first_commit.coding
    fields = ("onset", "apex", "offset", "emotion", "action_units", "confidence", "note", "kind")
    return {
        "committed_at": row.first_commit.committed_at.isoformat(),
        "coded": coding is not None,
        **{name: None if coding is None else getattr(coding, name) for name in fields},
    }
