"""A run as listings and headings say it, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from mexlab.errors import InputError
from mexlab.features.flow_choices import flow_remarks
from mexlab.features.settings import FlowSettings
from mexlab.models.registry import networks
from mexlab.models.sides import SIDE
from mexlab.reports.seed_words import headline_words
from mexlab.runs import run as runs
from mexlab.runs.folding import spell_protocol
from mexlab.runs.importing import UNNAMED
from mexlab.runs.protocols import PROTOCOLS
from mexlab.runs.resume import can_resume, kept_folds
from mexlab.runs.run import Run
from mexlab.runs.settings import TrainingSettings
from mexlab.runs.summary import side_of_run
from mexlab.workspace.blindness import count_clips
from mexlab.workspace.trainings.jobs import LOG

#: Status to the tone in which it is marked.
TONES = {
    runs.QUEUED: "",
    runs.RUNNING: "busy",
    runs.FINISHED: "ok",
    runs.CANCELLED: "",
    runs.FAILED: "bad",
    runs.INTERRUPTED: "warn",
    runs.UNREADABLE: "bad",
}


def run_row(run: Run, share: float | None = None, place: str = "") -> dict[str, Any]:
    """One line of a list of runs.

    Parameters
    ----------
    run : Run
    share : float, optional
        How far a running one has come, 0 to 1.
    place : str, optional
        Where a waiting one stands in the queue, in words.
    """
    summary = run.summary()
    parts = []
    figure = ""
    if run.status == runs.FINISHED:
        parts.append(counted(summary["clips"], summary["noun"]))
        parts += ["imported"] if run.imported else []
        parts += filter(None, [headline_words(run.metrics["full"])])
        figure = f"UF1 {run.metrics['full']['uf1']:.3f}"
    else:
        parts.append(place or run.status)
        if run.status == runs.RUNNING and share is not None:
            figure = f"{100 * share:.0f} %"
    if moment := short_moment(run.created):
        parts.append(moment)
    return {
        "id": run.id,
        "title": run.name,
        "status": run.status,
        "tone": TONES[run.status],
        "detail": " · ".join(parts),
        "figure": figure,
        "synthetic": summary["synthetic"],
    }


def protocol_line(run: Run) -> str:
    """What was run, in one line: network, clips, protocol, epochs, seeds.

    Of a run that has not begun, what was asked for.
    """
    summary = run.summary()
    asked = asked_settings(run)
    spec = networks().get(run.model)
    if run.imported:
        return _imported_line(run)
    parts = [spec.title if spec else run.model]
    side = side_of_run(run.record)
    if side != SIDE:
        parts[0] += f", inputs of {side} × {side} px"
    if summary["clips"]:
        parts.append(counted(summary["clips"], summary["noun"]))
    if asked is not None:
        people = counted(summary["subjects"], "subject")
        parts.append(", ".join(filter(None, (spell_protocol(asked), people))))
        parts.append(f"{counted(asked.epochs, 'epoch')}, last one kept")
        word = "seed" if len(asked.seeds) == 1 else "seeds"
        averaged = ", averaged" if len(asked.seeds) > 1 else ""
        parts.append(f"{word} {spell_seeds(list(asked.seeds))}{averaged}")
    return " · ".join(part for part in parts if part)


def _imported_line(run: Run) -> str:
    summary = run.summary()
    seeds = summary["seeds"]
    told = f"seeds {spell_seeds(seeds)}, averaged" if len(seeds) > 1 else ""
    parts = [
        ("" if run.model == UNNAMED else f"{run.model}, ")
        + f"imported from {run.imported['file']}",
        counted(summary["clips"], summary["noun"]),
        counted(summary["subjects"], "subject"),
        stated_protocol(run),
        told or ("" if seeds else "seeds not stated"),
    ]
    return " · ".join(part for part in parts if part)


def stated_protocol(run: Run) -> str:
    """How an imported run held people out, as whoever imported it says."""
    stated = str(run.imported.get("protocol") or "")
    known = PROTOCOLS.get(stated)
    words = known.phrase.format(k="k") if known else stated
    return f"{words}, as stated" if words else "protocol not stated"


def asked_settings(run: Run) -> TrainingSettings | None:
    """The settings of a run, those asked for until it has begun; None where there are none."""
    record = run.record.get("settings") or (run.record.get("request") or {}).get("training")
    try:
        return TrainingSettings.from_record(record) if record else None
    except InputError:
        # The training itself says what is wrong with them, when its turn comes.
        return None


def explain(run: Run) -> tuple[str, str]:
    """What became of a run that has no results, and what to do: two sentences, or empty."""
    if run.status == runs.FAILED and not can_resume(run):
        return (
            f"It was refused before its first fold: {_closed(run.reason)}",
            "There is nothing to resume: set that right and start it anew.",
        )
    if run.status == runs.FAILED:
        return f"It failed: {_closed(run.reason)}", f"See to that, then resume it. {_kept(run)}"
    if run.status == runs.INTERRUPTED:
        log = f" Its last words are in runs/{run.id}/{LOG}." if (run.folder / LOG).exists() else ""
        return (
            "It was interrupted: its process ended without finishing it.",
            f"Resume it on the train page, or with mexlab train --resume {run.id}. "
            f"{_kept(run)}{log}",
        )
    if run.status == runs.CANCELLED:
        return "It was cancelled, and nothing of it is counted.", f"It can be resumed. {_kept(run)}"
    if run.status == runs.UNREADABLE:
        return (
            f"Its folder cannot be read: {_closed(run.reason)}",
            f"Other runs are not touched. Restore runs/{run.id} from a copy, or delete it.",
        )
    return "", ""


def _kept(run: Run) -> str:
    """What resuming a run would not have to do again."""
    if folds := kept_folds(run):
        return f"{counted(folds, 'finished fold').capitalize()} need not be trained again."
    return "Motion that was computed is kept and not computed anew."


def counted(number: int | None, noun: str) -> str:
    """``1 clip``, ``87 clips``; "" for None."""
    if number is None:
        return ""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def spell_seeds(seeds: list[int]) -> str:
    """Seeds as written by hand: ``1–5`` where they run on, else ``1, 7, 9``."""
    if len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[0] + len(seeds))):
        return f"{seeds[0]}–{seeds[-1]}"
    return ", ".join(str(seed) for seed in seeds)


def spell_seconds(seconds: float) -> str:
    """``8 s``, ``1 min 10 s``, ``2 h 5 min``."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def short_moment(text: str) -> str:
    """An ISO time as ``14:02`` today, ``12 Mar 14:02`` before; "" where it is none."""
    try:
        moment = datetime.fromisoformat(text).astimezone()
    except ValueError:
        return ""
    clock = moment.strftime("%H:%M")
    if moment.date() == datetime.now().astimezone().date():
        return clock
    return f"{moment.day} {moment.strftime('%b')} {clock}"


def _closed(text: str) -> str:
    text = text.strip() or "no reason is recorded"
    return text if text.endswith((".", "!", "?")) else f"{text}."


def features_words(source: str, flow: dict[str, Any]) -> str:
    """``motion computed from the frames (tvl1-micro), eyes masked``, and what else was set."""
    if source == "release":
        return "features as they were released"
    masked = "eyes masked" if flow.get("eye_mask", True) else "eyes not masked"
    words = [f"motion computed from the frames ({flow.get('flow')}), {masked}"]
    # A record of another version of mexlab, or edited by hand, tells what it can.
    with suppress(InputError, TypeError):
        words += flow_remarks(FlowSettings.from_record(flow), besides=("flow", "eye_mask"))
    return ", ".join(words)


def left_out_by_reason(entries: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """``[reason, [clips], count]``, the reason of most clips first.

    Of clips that are closed to the coder there are no names, and the count alone.
    """
    reasons: dict[str, list[Any]] = {}
    for entry in entries:
        reason = str(entry.get("reason"))
        told = reasons.setdefault(reason, [reason, [], 0])
        if "clips" not in entry:
            told[1].append(str(entry.get("where")))
        told[2] += count_clips([entry])
    return sorted(reasons.values(), key=lambda told: -told[2])


def join_words(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
