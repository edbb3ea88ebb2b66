"""A finished run as the results page draws it: matrices, tables, strips, lists of clips."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mexlab.data.labels.schemes import CLASS_TONES
from mexlab.evaluation.intervals import Interval, MetricIntervals
from mexlab.evaluation.metrics import FULL, METRIC_NAMES, metrics_from_confusion
from mexlab.reports.intervals import NONE, in_part, spell_interval
from mexlab.reports.seed_words import alone_words, averaged_words, count_seeds
from mexlab.reports.words import counted
from mexlab.runs.files import Prediction
from mexlab.runs.run import Run
from mexlab.store import DatabaseRow

#: The figures as tables head them, and as files name them.
FIGURES = tuple(zip(("acc", "F1", "UF1", "UAR"), METRIC_NAMES, strict=True))


def matrix_record(
    name: str,
    title: str,
    classes: Iterable[str],
    metrics: Mapping[str, Any],
    intervals: MetricIntervals = NONE,
    noun: str = "clip",
) -> dict[str, Any]:
    """One confusion matrix for :class:`mexlab.widgets.results.confusion_matrix.ConfusionMatrix`."""
    averaged = averaged_words(metrics)
    return {
        "name": name,
        "title": title,
        "detail": ", ".join(filter(None, (counted(metrics["n"], noun), averaged))),
        "noun": noun,
        "classes": list(classes),
        "counts": metrics["confusion"],
        # Below each figure what the seeds give alone; of one seed there is nothing more to say.
        "alone": [alone_words(metrics, long) for _, long in FIGURES] if averaged else [],
        "figures": [
            [short, score(metrics[long]), spell_interval(intervals.figures.get(long))]
            for short, long in FIGURES
        ],
    }


def growing_matrix(
    title: str, classes: Sequence[str], counts: Sequence[Sequence[int]] | None
) -> dict[str, Any]:
    """The matrix of a run under way; with nothing but zeros until its first folds end."""
    if counts is not None and any(map(any, counts)):
        return matrix_record(FULL, title, classes, metrics_from_confusion(counts, classes))
    nothing = [[0] * len(classes) for _ in classes]
    return {
        "name": FULL,
        "title": title,
        "detail": "no fold done yet",
        "classes": list(classes),
        "counts": nothing,
        "figures": [],
    }


def run_matrices(
    run: Run, titles: Mapping[str, str], intervals: Mapping[str, MetricIntervals] | None = None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The matrix of Full, and those of the databases; none beside it where there is but one."""
    metrics, known, noun = run.metrics, intervals or {}, run.summary()["noun"]
    full = matrix_record(FULL, "Full", run.classes, metrics[FULL], known.get(FULL, NONE), noun)
    names = [name for name in metrics if name != FULL]
    if len(names) == 1:
        # Full is that database: twice the same matrix would say nothing, so one bears both names.
        full["title"] = f"Full = {titles.get(names[0], names[0])}"
        return full, []
    return full, [
        matrix_record(
            name, titles.get(name, name), run.classes, metrics[name], known.get(name, NONE), noun
        )
        for name in names
    ]


def class_rows(
    metrics: Mapping[str, Any], intervals: MetricIntervals = NONE
) -> list[dict[str, Any]]:
    """Precision, recall, F1 (with their intervals, where given) and clips of each class."""
    known = intervals.per_class
    return [
        {
            "label": name,
            "tone": CLASS_TONES.get(name, ""),
            "cells": [
                *(
                    with_interval(score(one[key], 3), known.get(name, {}).get(key))
                    for key in ("precision", "recall", "f1")
                ),
                str(one["support"]),
            ],
        }
        for name, one in metrics["per_class"].items()
    ]


def seed_row(metrics: Mapping[str, Any]) -> dict[str, Any] | None:
    """Mean and standard deviation of the seeds' own figures; None for a single seed."""
    if count_seeds(metrics) < 2:
        return None
    seeds = metrics["seeds"]
    return {
        "label": f"its {len(seeds['per_seed'])} seeds, each alone",
        "cells": [
            [score(seeds["mean"][long]), f"± {score(seeds['sd'][long])}"] for _, long in FIGURES
        ],
    }


def subject_groups(
    predictions: Iterable[Prediction], titles: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The held-out subjects by database, with the number of clips and of correct ones."""
    groups: dict[str, dict[str, list[int]]] = {}
    for row in predictions:
        tally = groups.setdefault(row.key.database, {}).setdefault(row.key.subject, [0, 0])
        tally[0] += 1
        tally[1] += row.correct
    return [
        {
            "database": name,
            "title": titles.get(name, name),
            "subjects": [
                {"subject": subject, "clips": clips, "right": right}
                for subject, (clips, right) in sorted(subjects.items())
            ],
        }
        for name, subjects in groups.items()
    ]


def clips_of_cell(
    predictions: Iterable[Prediction], matrix: str, truth: str, called: str
) -> list[Prediction]:
    """The predictions behind one cell of one matrix, most certain first."""
    found = [
        row
        for row in predictions
        if row.true == truth and row.predicted == called and in_part(row, matrix)
    ]
    return sorted(found, key=lambda row: (-row.probabilities[row.predicted], row.key))


def short_titles(titles: Mapping[str, str]) -> dict[str, str]:
    """Titles without what stands in parentheses behind them, where they stay apart without it.

    Of databases with one and the same title each bears its own name, too.

    >>> short_titles({"casme2": "CASME II (synthetic)", "smic": "SMIC"})
    {'casme2': 'CASME II', 'smic': 'SMIC'}
    >>> short_titles({"casme2": "CASME II", "again": "CASME II"})
    {'casme2': 'CASME II (casme2)', 'again': 'CASME II (again)'}
    """
    short = {name: re.sub(r"\s*\([^()]*\)$", "", title) or title for name, title in titles.items()}
    if len(set(short.values())) == len(short):
        return short
    times = Counter(titles.values())
    return {
        name: f"{short[name]} ({name})" if times[title] > 1 else title
        for name, title in titles.items()
    }


def name_beside(row: DatabaseRow, databases: Iterable[DatabaseRow]) -> str:
    """A database's own name, where its title alone does not tell which one it is; else "".

    A title tells where no other database has the same, and the name is the layout's own or stands
    in the title.
    """
    repeated = sum(other.title == row.title for other in databases) > 1
    plain = re.sub(r"[\W_]", "", row.title).casefold()
    told = row.name == row.layout or re.sub(r"[\W_]", "", row.name).casefold() in plain
    return row.name if repeated or not told else ""


def cell_heading(clips: int, true: str, predicted: str, noun: str = "clip") -> str:
    """``34 positive clips predicted negative``."""
    verb = "correctly predicted" if true == predicted else "predicted"
    return f"{clips or 'No'} {true} {noun if clips == 1 else noun + 's'} {verb} {predicted}"


def with_interval(figure: str, interval: Interval | None) -> str | list[str]:
    """A cell of a figure table: the figure, and small below it its interval."""
    return [figure, spell_interval(interval)] if interval is not None else figure


def score(value: float | None, digits: int = 4) -> str:
    """``0.7919``; a dash for a figure that is not defined (a class without clips)."""
    return "–" if value is None else f"{value:.{digits}f}"
