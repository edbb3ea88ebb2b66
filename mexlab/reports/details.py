"""What went into a run, as its record says: clips, codings, features, settings, software."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mexlab.data.coders import GROUND_TRUTH
from mexlab.reports.figures import short_titles
from mexlab.reports.words import (
    asked_settings,
    counted,
    features_words,
    join_words,
    left_out_by_reason,
    spell_seeds,
    stated_protocol,
)
from mexlab.runs.folding import spell_protocol
from mexlab.runs.run import Run
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace.blindness import codings_read
from mexlab.workspace.feature_sets.inputs import INPUTS

#: Clips named for each reason; `mexlab show RUN --json` names all.
_NAMED = 12

#: Of a digest, enough to tell two apart by eye.
_SHOWN = 12

_RECIPE = (
    ("optimiser", "Adam, {learning_rate:g}, {schedule}"),
    ("batch", "{batch_size} clips"),
    ("input", "{normalise}"),
    ("mirror images", "{mirror}"),
    ("class weights", "{class_weighting:g}"),
    ("label smoothing", "{label_smoothing:g}"),
)


#: Entries of what was left out, and whose codings were read, to the entries to be shown.
Reasons = Callable[[Iterable[Mapping[str, Any]], tuple[str, ...]], list[dict[str, Any]]]


def what_went_in(run: Run, reasons: Reasons | None = None) -> list[list[str]]:
    """Terms and texts, of what is known of the run so far; ``[term, text]`` each.

    Of a run that waits, what was asked for. `reasons` hides what a coder may not see.
    """
    record = run.record
    data: Mapping[str, Any] = record.get("data") or {}
    request: Mapping[str, Any] = record.get("request") or {}
    rows = [
        ["imported", _imported(run)],
        ["clips", _clips(data, request)],
        ["left out", _left_out(data, reasons)],
        ["labels", _labels(data, request)],
        ["coded by", _coder(data, request)],
        ["features", _features(data, request)],
        ["same data", _identity(run, data)],
        ["training", _training(run)],
        ["software", _software(record)],
    ]
    return [[term, text] for term, text in rows if text]


def _imported(run: Run) -> str:
    if not run.imported:
        return ""
    shares = "" if run.has_probabilities else "; no probabilities"
    return f"from {run.imported['file']}, made by {run.model}; {stated_protocol(run)}{shares}"


def _clips(data: Mapping[str, Any], request: Mapping[str, Any]) -> str:
    titles = short_titles(
        {one["name"]: str(one.get("title") or one["name"]) for one in data.get("databases", [])}
    )
    parts = [f"{one.get('clips')} of {titles[one['name']]}" for one in data.get("databases", [])]
    if not parts:
        named = request.get("databases")
        return f"of {join_words(named)}" if named else "of all databases"
    return join_words(parts)


def _left_out(data: Mapping[str, Any], reasons: Reasons | None) -> str:
    entries = data.get("left_out", [])
    if reasons is not None:
        coder, labels = data.get("coder") or GROUND_TRUTH, data.get("labels") or ""
        entries = reasons(entries, codings_read(str(coder), str(labels)))
    texts = []
    for reason, clips, count in left_out_by_reason(entries):
        more = f" and {len(clips) - _NAMED} more" if len(clips) > _NAMED else ""
        named = f": {', '.join(clips[:_NAMED])}{more}" if clips else ""
        texts.append(f"{count}, {reason}{named}")
    return "; ".join(texts)


def _labels(data: Mapping[str, Any], request: Mapping[str, Any]) -> str:
    counts = data.get("class_counts") or {}
    scheme = str(data.get("labels") or request.get("labels") or "")
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    return f"{scheme}: {told}" if told else scheme


def _coder(data: Mapping[str, Any], request: Mapping[str, Any]) -> str:
    coder = str(data.get("coder") or request.get("coder") or "")
    return "the databases" if coder == GROUND_TRUTH else coder


def _features(data: Mapping[str, Any], request: Mapping[str, Any]) -> str:
    source = (data.get("features") or {}).get("source") or request.get("features")
    flow = (data.get("features") or {}).get("flow") or request.get("flow") or {}
    if not source:
        return ""
    return features_words(str(source), dict(flow))


def _identity(run: Run, data: Mapping[str, Any]) -> str:
    """What two runs on the same clips, codings and motion have in common."""
    parts = []
    if digest := str(data.get("digest") or ""):
        parts.append(f"inputs and labels {digest[:_SHOWN]}")
    if digest := str((data.get("features") or {}).get("codings_sha256") or ""):
        parts.append(f"codings {digest[:_SHOWN]}")
    if parts and (run.folder / INPUTS).exists():
        parts.append(f"clip by clip in runs/{run.id}/{INPUTS}")
    return "; ".join(parts)


def _training(run: Run) -> str:
    settings = asked_settings(run)
    if settings is None:
        return ""
    values = settings.to_record()
    seeds = f"{'seed' if len(settings.seeds) == 1 else 'seeds'} {spell_seeds(list(settings.seeds))}"
    return "; ".join(
        [
            spell_protocol(settings),
            counted(settings.epochs, "epoch"),
            seeds,
            *(f"{term} {text.format(**values)}" for term, text in _RECIPE),
            *(["masked cells counted as still"] if _counts_masked(run, settings) else []),
        ]
    )


def _counts_masked(run: Run, settings: TrainingSettings) -> bool:
    """Whether masked cells ended at minus the median, as in runs from before they were apart."""
    features = (run.record.get("data") or {}).get("features") or {}
    flow = features.get("flow") or (run.record.get("request") or {}).get("flow") or {}
    masked = features.get("source") != "release" and flow.get("eye_mask", True)
    return settings.masked_cells == "counted" and bool(masked)


def _software(record: Mapping[str, Any]) -> str:
    versions = record.get("versions") or {}
    told = [f"{name} {version}" for name, version in versions.items()]
    if backend := record.get("backend"):
        # Why it was not the one that is taken as a rule.
        note = record.get("backend_note")
        told.append(f"{backend} backend" + (f" ({note})" if note else ""))
    if device := record.get("device"):
        told.append(f"on {device}")
    return ", ".join(told)
