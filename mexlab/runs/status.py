"""A run's status: what its record says, held against whether its process still lives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mexlab.runs import liveness
from mexlab.runs.files import RECORD, read_json
from mexlab.runs.record_check import fault_of_shape
from mexlab.runs.settings import TrainingSettings

FORMAT = 1

QUEUED, RUNNING, FINISHED = "queued", "running", "finished"
CANCELLED, FAILED = "cancelled", "failed"
#: Its process died without a word; never written, always found out.
INTERRUPTED = "interrupted"
UNREADABLE = "unreadable"

STATUSES = (QUEUED, RUNNING, FINISHED, CANCELLED, FAILED, INTERRUPTED, UNREADABLE)
WRITTEN = (QUEUED, RUNNING, FINISHED, CANCELLED, FAILED)


def fault_of_record(record: dict[str, Any]) -> str:
    """Why a record is none of ours; "" where it is one."""
    if record.get("format") != FORMAT:
        return (
            f"{RECORD}: expected format {FORMAT}, got {record.get('format')!r}; "
            "a newer mexlab may have written it"
        )
    if record.get("status") not in WRITTEN:
        return f"{RECORD}: no status {record.get('status')!r}"
    for part in ("request", "settings", "data", "metrics", "imported"):
        if not isinstance(record.get(part) or {}, dict):
            return f"{RECORD}: {part} is no object"
    if record["status"] == FINISHED and "full" not in (record.get("metrics") or {}):
        return f"{RECORD}: finished without metrics"
    if record.get("settings"):
        TrainingSettings.from_record(record["settings"])
    fault = fault_of_shape(record, finished=record["status"] == FINISHED)
    return f"{RECORD}: {fault}" if fault else ""


def effective_status(record: dict[str, Any], folder: Path) -> tuple[str, str]:
    """The status that holds, and the reason; a process that is gone leaves ``interrupted``."""
    status = str(record["status"])
    if status in (QUEUED, RUNNING):
        state = liveness.process_state(folder)
        if state == "dead" or (status == RUNNING and state == "none"):
            # It may have ended between the two looks: its own last word counts.
            last = read_json(folder / RECORD)
            if last.get("status") == status:
                return INTERRUPTED, "its process ended without finishing it"
            record.clear()
            record.update(last)
            return str(last.get("status")), str(last.get("error") or "")
    return status, str(record.get("error") or "")
