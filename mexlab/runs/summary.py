"""A run in one flat record, for listings; and what was said of one that was imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mexlab.models.sides import SIDE
from mexlab.runs.folding import count_folds

if TYPE_CHECKING:
    from mexlab.runs.run import Run

#: In the record of a run that was imported: what its file and whoever imported it say.
IMPORTED = "imported"


def summarise(run: Run) -> dict[str, Any]:
    """What listings show of a run: plain JSON types, always the same keys."""
    record = run.record
    settings, data = record.get("settings") or {}, record.get("data") or {}
    imported = record.get(IMPORTED) or {}
    return {
        "id": run.id,
        "name": run.name,
        "status": run.status,
        "reason": run.reason,
        "note": str(record.get("note") or ""),
        "model": run.model,
        "created": run.created,
        "finished": record.get("finished"),
        "seconds": record.get("seconds"),
        "clips": data.get("clips"),
        # What those are; runs from before it was kept counted the clips' first expressions.
        "noun": str(data.get("noun") or "clip"),
        "subjects": data.get("subjects"),
        "databases": [entry.get("name") for entry in data.get("databases", [])],
        "synthetic": bool(data.get("synthetic", False)),
        "imported": bool(imported),
        "seeds": settings.get("seeds") or imported.get("seeds") or [],
        "epochs": settings.get("epochs"),
        "protocol": (run.settings.protocol if run.settings else imported.get("protocol")) or None,
        "metrics": run.metrics,
    }


def side_of_run(record: Mapping[str, Any]) -> int:
    """Side of the inputs that a run was trained on; 28 in a record that names none."""
    side = (record.get("data") or {}).get("side")
    return side if isinstance(side, int) else SIDE


def end_words(run: Run) -> str:
    """How a run ended and why, said once: ``cancelled by the user``, ``failed: disk full``."""
    if not run.reason or run.reason.startswith(run.status):
        return run.reason or run.status
    return f"{run.status}: {run.reason}"


def fault_of_import(imported: Mapping[str, Any]) -> str:
    """What is wrong with that part of a record; "" where nothing is."""
    seeds = imported.get("seeds")
    if not isinstance(seeds, list) or not all(isinstance(seed, int) for seed in seeds):
        return "imported: expected a list of seeds"
    if not all(isinstance(imported.get(name), str) for name in ("file", "method", "protocol")):
        return "imported: expected file, method and protocol as text"
    return ""


def folds_of(run: Run) -> int:
    """How many folds each seed of a run has; 0 as long as its data are not known."""
    settings, summary = run.settings, run.summary()
    if settings is None or not summary["subjects"]:
        return 0
    return count_folds(settings, subjects=summary["subjects"], databases=len(summary["databases"]))
