"""Tables of figures on standard output: of a run, and of a file of predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mexlab.cli.output import print_table, say

if TYPE_CHECKING:
    from mexlab.evaluation.intervals import MetricIntervals

#: As :data:`mexlab.evaluation.metrics.METRIC_NAMES`, without the libraries behind it.
FIGURES = ("accuracy", "f1_score", "uf1", "uar")

_FULL = "full"
_SPANS = ("uf1: 95 %", "uar: 95 %")
_CLASS_FIGURES = ("precision", "recall", "f1")


def print_figures(
    metrics: Mapping[str, Mapping[str, Any]], intervals: Mapping[str, MetricIntervals]
) -> None:
    """The figures of Full and of each database, and what they are of."""
    from mexlab.reports.intervals import NONE, spell_interval
    from mexlab.reports.seed_words import REMARK, alone_words, averaged_words

    averaged = averaged_words(metrics[_FULL])
    alone = ("uf1, each alone", "uar, each alone") if averaged else ()
    if averaged:
        say(f"{averaged}:")
    print_table(
        ("part", "clips", *FIGURES, *_SPANS, *alone),
        (
            (
                name,
                one["n"],
                *(one[figure] for figure in FIGURES),
                *(
                    spell_interval(intervals.get(name, NONE).figures.get(figure))
                    for figure in ("uf1", "uar")
                ),
                *(alone_words(one, figure, 4) for figure in ("uf1", "uar")[: len(alone)]),
            )
            for name, one in metrics.items()
        ),
        numbers=("clips", *FIGURES, *_SPANS, *alone),
    )
    if averaged:
        say(REMARK)


def print_classes(metrics: Mapping[str, Any], intervals: MetricIntervals) -> None:
    """Precision, recall and F1 of each class, with intervals where there are any."""
    from mexlab.reports.intervals import spell_interval

    known = intervals.per_class
    spans = tuple(f"{name}: 95 %" for name in _CLASS_FIGURES) if known else ()
    print_table(
        ("class", "clips", *_CLASS_FIGURES, *spans),
        (
            (
                name,
                one["support"],
                *(one[figure] for figure in _CLASS_FIGURES),
                *(
                    spell_interval(known.get(name, {}).get(figure))
                    for figure in _CLASS_FIGURES[: len(spans)]
                ),
            )
            for name, one in metrics["per_class"].items()
        ),
        numbers=("clips", *_CLASS_FIGURES, *spans),
    )


def print_matrices(
    metrics: Mapping[str, Mapping[str, Any]], classes: Sequence[str], titles: Mapping[str, str]
) -> None:
    """The confusion matrices; that of an only database is that of Full, and not shown twice."""
    parts = {_FULL: metrics[_FULL]} if len(metrics) == 2 else metrics
    for name, one in parts.items():
        print_table(
            (f"{titles.get(name, name)}: true ↓ predicted →", *classes),
            ((name, *map(str, row)) for name, row in zip(classes, one["confusion"], strict=True)),
            numbers=classes,
        )
