"""What the home page says of databases and runs, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mexlab.data.clips import ClipKey
from mexlab.evaluation.metrics import FULL
from mexlab.pages.shell.links import page_names, page_url
from mexlab.reports.seed_words import headline_words
from mexlab.reports.words import TONES, counted, short_moment, spell_seconds, spell_seeds
from mexlab.runs import run as runs
from mexlab.runs.progress import FEATURES, TRAINING, RunProgress
from mexlab.runs.run import Run
from mexlab.store.rows import DatabaseRow
from mexlab.workspace.coding_progress import DatabaseProgress
from mexlab.workspace.feature_sets.cached import CachedFeatures

#: Statuses of a coding in the order in which the bar shows them.
BAR = ("committed", "flagged", "draft", "untouched")

FIGURES = ("accuracy", "uf1", "uar")


def database_row(
    row: DatabaseRow,
    progress: DatabaseProgress | None,
    cached: CachedFeatures | None,
    first: ClipKey | None = None,
) -> dict[str, Any]:
    """One line of the databases' table.

    Parameters
    ----------
    row : DatabaseRow
    progress : DatabaseProgress or None
        Of the coder who looks.
    cached : CachedFeatures or None
        None while it is still being counted.
    first : ClipKey, optional
        The clip at which the flow page opens.
    """
    codable = progress.clips if progress is not None else 0
    counts = progress.by_status if progress is not None else {}
    links = []
    if codable:
        urls = {
            # Annotate itself knows where this coder left off.
            "annotate": page_url("annotate", database=row.name),
            "flow": page_url("flow", clip=first),
        }
        links = [
            {"title": name.title(), "url": url}
            for name, url in urls.items()
            if name in page_names()
        ]
    return {
        "name": row.name,
        # The tag beside it says so, in the same place for every database.
        "title": row.title.removesuffix(" (synthetic)"),
        "layout": row.layout,
        "synthetic": row.synthetic,
        "fps": row.fps,
        "clips": row.clips,
        "subjects": row.subjects,
        "codable": codable,
        "coding": [{"status": name, "clips": counts.get(name, 0)} for name in BAR],
        "maps": None if cached is None else cached.to_record(),
        "imported": row.imported_at.isoformat(),
        "links": links,
    }


def home_run_row(run: Run, progress: RunProgress | None = None) -> dict[str, Any]:
    """One line of the runs' table.

    Parameters
    ----------
    run : Run
    progress : RunProgress, optional
        Of one that is queued or running.
    """
    summary = run.summary()
    full = run.metrics.get(FULL, {})
    detail = [_data(summary)]
    if summary["epochs"]:
        detail.append(f"{summary['epochs']} epochs")
    if summary["seeds"]:
        word = "seed" if len(summary["seeds"]) == 1 else "seeds"
        detail.append(f"{word} {spell_seeds(summary['seeds'])}")
    if run.imported:
        detail.append("imported")
    if full and (words := headline_words(full)):
        detail.append(f"UF1 of {words}")
    row: dict[str, Any] = {
        "id": run.id,
        "title": run.name,
        "model": run.model,
        "status": run.status,
        "tone": TONES.get(run.status, ""),
        "reason": run.reason,
        "detail": " · ".join(part for part in detail if part),
        "synthetic": summary["synthetic"],
        "figures": [full.get(name) for name in FIGURES],
        "created": short_moment(run.created),
        "share": None,
        "doing": "",
        "link": None,
    }
    names = page_names()
    if run.status in (runs.QUEUED, runs.RUNNING):
        row["share"], row["doing"] = how_far(progress or RunProgress())
        if "train" in names:
            row["link"] = {"title": "Watch", "url": page_url("train", run=run.id)}
    elif "results" in names and run.status != runs.UNREADABLE:
        title = "Results" if run.status == runs.FINISHED else "Details"
        row["link"] = {"title": title, "url": page_url("results", run=run.id)}
    return row


def how_far(progress: RunProgress) -> tuple[float | None, str]:
    """The share done (0 to 1) of a training and what it is doing."""
    if progress.stage == FEATURES:
        return progress.clips_share, f"flow maps {progress.clips_done} of {progress.clips_total}"
    if progress.stage != TRAINING:
        return None, "starting"
    left = progress.seconds_left
    return progress.share, "training" if left is None else f"training, {spell_seconds(left)} left"


def _data(summary: Mapping[str, Any]) -> str:
    parts = [counted(summary["clips"], summary["noun"]), counted(summary["subjects"], "subject")]
    text = ", ".join(part for part in parts if part)
    names = ", ".join(name for name in summary["databases"] if name)
    return f"{names}: {text}" if names and text else names or text
