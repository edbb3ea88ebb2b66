"""``mexlab clips``: the clips of the workspace with one coder's codings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mexlab.cli.options import JsonOption, WorkspaceOption, open_workspace
from mexlab.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from mexlab.store import ClipRow

_HEADINGS = {"action_units": "AU", "expression": "no.", "changed_after_reveal": "changed after"}


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
    ] = "database",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List clips: database, subject, name, fps, onset, apex, offset, emotion.

    One line an expression, where a clip holds several; a clip without a coding has one line too.
    """
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
    if as_json:
        print_json([_record(row, coder) for row in rows])
        return
    if not rows:
        say("No clip" + (" meets these conditions" if opened.store.databases() else " yet"))
        return
    records = [_record(row, coder) for row in rows]
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
    count = len({row.key for row in rows})
    several = "" if len(rows) == count else f" in {len(rows)} lines, one an expression"
    say(f"{count} clips{several}, codings of {coder}")
    if changed:
        say(f"{changed} changed after the reveal; --json has what was first committed, too")


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
