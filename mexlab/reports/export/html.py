"""A run as one HTML file: matrices, figures, settings, every prediction.

Nothing in it asks another file or host for anything, which its own content policy enforces. It
holds no picture of a person and no path of a machine: of the run's record only named fields go in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from mexlab.data.clips import ClipKey
from mexlab.evaluation.intervals import MetricIntervals
from mexlab.evaluation.leak import LeakGap
from mexlab.evaluation.metrics import FULL
from mexlab.reports.export.epoch_curve_svg import epoch_curve_svg
from mexlab.reports.export.matrix_svg import matrices_svg
from mexlab.reports.figures import FIGURES, class_rows, run_matrices
from mexlab.reports.intervals import NONE, interval_remark
from mexlab.reports.leak import (
    CAPTION,
    CURVE_CAPTION,
    held_out,
    leak_groups,
    leak_remark,
    leak_sentence,
)
from mexlab.reports.published_rows import rows_beside
from mexlab.reports.seed_words import REMARK, averaged_words
from mexlab.reports.words import counted, protocol_line, spell_seconds
from mexlab.runs.files import Prediction
from mexlab.runs.run import Run

#: Pixels of a picture: what the page is wide, so that text in it is as large as drawn.
WIDEST = 960


def run_report(
    run: Run,
    predictions: Sequence[Prediction],
    titles: Mapping[str, str],
    layouts: Mapping[str, str],
    intervals: Mapping[str, MetricIntervals],
    leak: LeakGap | str,
    without: Collection[ClipKey] = (),
) -> str:
    """The report's text.

    Parameters
    ----------
    run : Run
        Finished.
    predictions : sequence of Prediction
        One a clip, as :meth:`Run.predictions` gives them.
    titles, layouts : mapping
        Of the databases, by name.
    intervals : mapping
        As :func:`mexlab.reports.intervals.run_intervals` makes them.
    leak : LeakGap or str
        As :func:`mexlab.reports.leak.leak_or_reason` gives it.
    without : collection of ClipKey
        Clips of which no prediction is listed; the figures count them.
    """
    listed = [row for row in predictions if row.key not in without]
    left = len(predictions) - len(listed)
    told = counted(len(listed), "prediction")
    told = f"{told}; {left} more not shown before their commit" if left else f"All {told}"
    full, databases = run_matrices(run, titles, intervals)
    beside, remark = rows_beside(run, FULL, layouts)
    classes = run.classes if run.has_probabilities else ()
    known = intervals.get(FULL, NONE)
    return _template().render(
        name=run.name,
        synthetic=run.summary()["synthetic"],
        protocol_line=protocol_line(run),
        note=str(run.record.get("note") or ""),
        protocol=str(run.record.get("protocol") or ""),
        averaged=averaged_words(run.metrics[FULL]),
        averaged_remark=REMARK,
        matrices=Markup(matrices_svg([full, *databases], WIDEST)),
        class_columns=["precision", "recall", "F1", f"{run.summary()['noun']}s"],
        classes=class_rows(run.metrics[FULL], known),
        interval_remark=interval_remark(known.subjects),
        figure_columns=[short for short, _ in FIGURES],
        beside=beside,
        beside_remark=remark,
        leak=_leak(run, leak, titles),
        facts=[(name, value) for name, value in _facts(run) if value not in ("", None)],
        told=told,
        prediction_columns=("database", "subject", "clip", "true", "predicted", *classes),
        predictions=[_prediction(row, classes) for row in sorted(listed, key=lambda one: one.key)],
    )


@cache
def _template() -> Template:
    """Everything put into it is escaped, but for the pictures: they escape their own text."""
    environment = Environment(
        loader=PackageLoader("mexlab.reports", "export"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html.jinja")


def _leak(run: Run, gap: LeakGap | str, titles: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(gap, str):
        return {"caption": CAPTION, "sentence": gap, "groups": []}
    noun = held_out(run)
    return {
        "caption": CAPTION,
        "sentence": leak_sentence(gap, noun),
        "groups": leak_groups(gap, noun, titles),
        "remark": leak_remark(gap),
        "curve_caption": CURVE_CAPTION,
        "curve": Markup(epoch_curve_svg(gap)),
    }


def _prediction(row: Prediction, classes: Sequence[str]) -> dict[str, Any]:
    words = (row.key.database, row.key.subject, row.key.name, row.true, row.predicted)
    shares = (f"{row.probabilities[name]:.3f}" for name in classes)
    return {"correct": row.correct, "cells": [*words, *shares]}


def _facts(run: Run) -> list[tuple[str, Any]]:
    data = run.record.get("data") or {}
    facts: list[tuple[str, Any]] = [
        ("run", run.id),
        ("created", run.created[:19].replace("T", " ")),
        ("time taken", spell_seconds(run.record["seconds"]) if run.record.get("seconds") else ""),
        ("labels of coder", data.get("coder", "")),
        ("classes", ", ".join(run.classes)),
        ("features' digest", data.get("digest", "")),
    ]
    noun = run.summary()["noun"]
    for one in data.get("databases", []):
        title = str(one.get("title") or one.get("name"))
        clips, people = counted(one.get("clips"), noun), counted(one.get("subjects"), "subject")
        facts.append(("database", ", ".join(part for part in (title, clips, people) if part)))
    settings = run.record.get("settings") or {}
    facts += [(name.replace("_", " "), _plain(value)) for name, value in settings.items()]
    versions = run.record.get("versions") or {}
    facts.append(("versions", ", ".join(f"{name} {one}" for name, one in versions.items())))
    return facts


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
