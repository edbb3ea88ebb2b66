"""One run held against another on the clips that both have, as the results page shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from mexlab.errors import InputError
from mexlab.evaluation.comparison import Comparison, compare_predictions
from mexlab.evaluation.metrics import (
    FULL,
    Metrics,
    confusion_matrix,
    metrics_from_confusion,
)
from mexlab.reports.common_ground import CommonGround, common_ground
from mexlab.reports.figures import FIGURES, score
from mexlab.reports.intervals import in_part, spell_interval
from mexlab.reports.words import counted
from mexlab.runs.files import Prediction
from mexlab.runs.run import Run


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Run `this` against run `other`, on the clips of one matrix that both have.

    Attributes
    ----------
    this, other : Run
    pairs : list of (Prediction, Prediction)
        Of each clip the other's prediction, then this one's.
    result : Comparison
        This run minus the other.
    figures : (Metrics, Metrics)
        Of the other and of this run, on these clips.
    left_out : str
        Which clips could not be compared, and why; "" where all could.
    ground : CommonGround
        Which seeds are compared, and what is not alike.
    """

    this: Run
    other: Run
    pairs: list[tuple[Prediction, Prediction]]
    result: Comparison
    figures: tuple[Metrics, Metrics]
    left_out: str
    ground: CommonGround

    def changes(self) -> list[dict[str, Any]]:
        """How many clips of each class went from one cell to another, most first.

        Each ``{truth, before, after, clips, effect}``; ``effect`` is "gained", "lost" or "" for
        one wrong cell after another.
        """
        counts = Counter(
            (before.true, before.predicted, after.predicted)
            for before, after in self.pairs
            if before.predicted != after.predicted
        )
        return [
            {
                "truth": truth,
                "before": before,
                "after": after,
                "clips": clips,
                "effect": "gained" if after == truth else "lost" if before == truth else "",
            }
            for (truth, before, after), clips in sorted(
                counts.items(), key=lambda item: (-item[1], item[0])
            )
        ]

    def changed(self, truth: str, before: str, after: str) -> list[Prediction]:
        """Predictions by `this` run of the clips behind one entry of :meth:`changes`."""
        return [
            new
            for old, new in self.pairs
            if (old.true, old.predicted, new.predicted) == (truth, before, after)
        ]

    def sentence(self) -> str:
        """What changed and whether it can be chance, in words."""
        changed, clips = int(self.result.changed.sum()), self.result.clips
        alike = f" {self.ground.said}" if self.ground.said else ""
        noun = self.this.summary()["noun"]
        if not changed:
            return f"Both predict the same for all {counted(clips, noun)}.{alike}"
        gained, lost = self.result.gained, self.result.lost
        verb = "is" if changed == 1 else "are"
        return (
            f"{changed} of {counted(clips, noun)} {verb} predicted differently: {gained} newly "
            f"correct, {lost} newly wrong. McNemar, exact: "
            f"p\u00a0{spell_p(self.result.p_value)}.{alike}"
        )

    def warning(self) -> str:
        """What keeps the two from being held against each other; "" where nothing does."""
        unlike = list(self.ground.unlike)
        if self.left_out:
            noun = self.this.summary()["noun"]
            unlike.append(f"Not trained and tested on the same {noun}s: {self.left_out}.")
        return " ".join(unlike)

    def rows(self) -> list[dict[str, Any]]:
        """Rows of a figure table, one a figure: the other run, this run, their difference."""
        other, this = self.figures
        return [
            {
                "label": short,
                "strong": difference.beyond_chance,
                "cells": [
                    score(other[long]),
                    score(this[long]),
                    f"{difference.value:+.4f}".replace("-", "−"),
                    spell_interval(difference.interval, signed=True),
                ],
            }
            for short, long in FIGURES
            for difference in (self.result.differences[long],)
        ]


def compare_runs(other: Run, this: Run, part: str = FULL) -> RunComparison:
    """Hold a run against another.

    Parameters
    ----------
    other, this : Run
        Both finished.
    part : str
        ``full`` or the name of a database.

    Raises
    ------
    InputError
        Where they have different classes, or no clip with the same label in common.
    RunError
        Where one of them is not finished, or damaged.
    """
    if set(this.classes) != set(other.classes):
        raise InputError(
            f"{other.name} tells {', '.join(other.classes)} apart, "
            f"this run {', '.join(this.classes)}",
            where="",
            remedy="Compare runs that were trained on the same classes.",
        )
    ground = common_ground(other, this, apart(other, this))
    before = {row.key: row for row in ground.predictions(other) if in_part(row, part)}
    after = [row for row in ground.predictions(this) if in_part(row, part)]
    shared = [(before[row.key], row) for row in after if row.key in before]
    pairs = [(old, new) for old, new in shared if old.true == new.true]
    if not pairs:
        raise InputError(
            f"{other.name} has none of these clips with the same label",
            where="",
            remedy="Compare runs of the same databases and labels.",
        )
    classes = list(this.classes)
    truth, first, second = (
        np.array([classes.index(name) for name in names])
        for names in (
            [new.true for _, new in pairs],
            [old.predicted for old, _ in pairs],
            [new.predicted for _, new in pairs],
        )
    )
    people = [this.person(new.key) for _, new in pairs]
    left = [
        (len(after) - len(shared), "only in this run"),
        (len(before) - len(shared), f"only in {other.name}"),
        (len(shared) - len(pairs), "with another label"),
    ]
    return RunComparison(
        this=this,
        other=other,
        pairs=pairs,
        result=compare_predictions(truth, first, second, people, len(classes)),
        figures=(
            metrics_from_confusion(confusion_matrix(truth, first, len(classes)), classes),
            metrics_from_confusion(confusion_matrix(truth, second, len(classes)), classes),
        ),
        left_out=", ".join(f"{count} {what}" for count, what in left if count),
        ground=ground,
    )


def apart(other: Run, this: Run) -> str:
    """The other run's name, or its id where both were given the same name."""
    return other.name if other.name != this.name else other.id


def spell_p(p: float) -> str:
    """``= 0.34``, ``< 0.001``, in one piece at the end of a line."""
    return "<\u00a00.001" if p < 0.001 else f"=\u00a0{p:.{3 if p < 0.1 else 2}f}"
