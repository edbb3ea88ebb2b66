"""What to do next, from what is there: plain words, commands to type, links to follow."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mexlab.data.databases.registry import readers
from mexlab.pages.shell.links import page_names, page_url
from mexlab.reports.words import counted
from mexlab.runs import run as runs


def next_steps(
    workspace: Path,
    databases: Sequence[dict[str, Any]],
    run_rows: Sequence[dict[str, Any]],
    coder: str,
) -> list[dict[str, Any]]:
    """Up to four steps, the most useful first.

    Parameters
    ----------
    workspace : Path
        Stands in the commands, so that they work from any folder.
    databases, run_rows : sequence of dict
        As `mexlab.pages.home.rows` makes them.
    coder : str

    Returns
    -------
    list of dict
        ``{"title", "text", "commands": [...], "link": {"title", "url"} or None}``.
    """
    call = f"mexlab -w {shlex.quote(str(workspace))}"
    if not databases:
        return _beginning(workspace, call)
    steps = []
    for step in (
        _watch(run_rows),
        _code(databases, coder),
        _maps(databases, call),
        _train(run_rows),
        _look(run_rows),
    ):
        if step is not None:
            steps.append(step)
    return steps[:4]


def _step(
    title: str, text: str, *, commands: Sequence[str] = (), link: tuple[str, str] | None = None
) -> dict[str, Any]:
    return {
        "title": title,
        "text": text,
        "commands": list(commands),
        "link": None if link is None else {"title": link[0], "url": link[1]},
    }


def _beginning(workspace: Path, call: str) -> list[dict[str, Any]]:
    out = shlex.quote(str(workspace / "synthetic-casme2"))
    return [
        _step(
            "Try it on a synthetic database",
            "Real files in CASME II's layout, of subjects who do not exist; about a minute.",
            commands=[
                f"mexlab synthesise --layout casme2 {out}",
                f"{call} import casme2 {out}",
            ],
        ),
        _step(
            "Bring in a database of yours",
            "PATH is the folder that holds it. Its files stay where they are, unchanged. "
            f"The second command lists all {len(readers())} layouts, and what each needs.",
            commands=[f"{call} import casme2 PATH", "mexlab databases --layouts"],
        ),
        _step(
            "Or clips of your own",
            "Folders of frames or video files, one folder a subject: subject/clip.mp4.",
            commands=[f"{call} import folder PATH"],
        ),
    ]


def _watch(run_rows: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    live = [row for row in run_rows if row["status"] in (runs.QUEUED, runs.RUNNING)]
    if not live or "train" not in page_names():
        return None
    row = live[0]
    return _step(
        f"{row['title']} is training",
        "It keeps running when you close this page.",
        link=("Watch its curves", page_url("train", run=row["id"])),
    )


def _code(databases: Sequence[dict[str, Any]], coder: str) -> dict[str, Any] | None:
    if "annotate" not in page_names():
        return None
    open_clips = {}
    for row in databases:
        counts = {entry["status"]: entry["clips"] for entry in row["coding"]}
        left = counts.get("untouched", 0) + counts.get("draft", 0)
        if left:
            open_clips[row["name"]] = (row["title"], left, counts.get("committed", 0))
    if not open_clips:
        return None
    # Where this coder has begun, else where least is left.
    name = min(open_clips, key=lambda one: (open_clips[one][2] == 0, open_clips[one][1]))
    title, left, committed = open_clips[name]
    verb = "Go on" if committed else "Begin"
    return _step(
        f"{verb} coding {title}",
        f"{counted(left, 'clip')} not yet committed by {coder}.",
        link=("Annotate", page_url("annotate", database=name)),
    )


def _maps(databases: Sequence[dict[str, Any]], call: str) -> dict[str, Any] | None:
    counts = [row["maps"] for row in databases if row["maps"] is not None]
    missing = sum(one["clips"] - one["ready"] for one in counts)
    noun = "expression" if any(one["noun"] == "expression" for one in counts) else "clip"
    if not missing:
        return None
    return _step(
        "Compute the flow maps",
        f"{counted(missing, noun)} still without; a training computes what it lacks, but looking "
        "at the flow is quicker with them.",
        commands=[f"{call} features"],
    )


def _train(run_rows: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    if "train" not in page_names() or any(
        row["status"] in (runs.FINISHED, runs.RUNNING, runs.QUEUED) for row in run_rows
    ):
        return None
    return _step(
        "Train a network",
        "LAENet, leaving one subject out at a time, so that no one is tested on their own clips.",
        link=("Choose what to train on", page_url("train")),
    )


def _look(run_rows: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    finished = [row for row in run_rows if row["status"] == runs.FINISHED]
    if not finished or "results" not in page_names():
        return None
    return _step(
        f"Look into {finished[0]['title']}",
        "Which clips were taken for what; a click opens them at their apex.",
        link=("Confusion matrices", page_url("results", run=finished[0]["id"])),
    )
