"""The leak gap of a run as pages, reports and the command line say it: never without "invalid"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mexlab.errors import MexlabError, RunError
from mexlab.evaluation.leak import (
    ALL_FOLDS,
    EACH_FOLD,
    LEAKS,
    STRICT,
    LeakGap,
    leak_gap,
    spell_points,
)
from mexlab.evaluation.metrics import FULL
from mexlab.reports.figures import FIGURES, score
from mexlab.runs.epoch_predictions import EPOCHS
from mexlab.runs.files import Prediction
from mexlab.runs.protocols import PROTOCOLS
from mexlab.runs.run import Run

CAPTION = "What leaking would claim"

CURVE_CAPTION = "Held-out clips by epoch, for show: nothing was chosen by it"

NO_RECORD = (
    "This run has no record of its predictions after each epoch: it was trained before mexlab kept "
    "one. Train it again with the same settings and seeds to see the gap here."
)


def run_leak(run: Run, rows: Sequence[Prediction]) -> LeakGap | None:
    """Compute a run's leak gap.

    Parameters
    ----------
    run : Run
        Finished.
    rows : sequence of Prediction
        All seeds', as :meth:`Run.seed_predictions` gives them.

    Returns
    -------
    LeakGap or None
        None where the run has no predictions by epoch.

    Raises
    ------
    RunError
        Where the record is damaged, or not of these predictions.
    """
    record = run.epoch_predictions()
    if record is None:
        return None
    classes = list(run.classes)
    seeds = [int(seed) for seed in record.seeds]
    own = {seed: [row for row in rows if row.seed == seed] for seed in seeds}
    clips = own[seeds[0]] if seeds else []
    last = np.array([[classes.index(row.predicted) for row in own[seed]] for seed in seeds])
    calls = record.predicted
    if calls.shape[2] != len(clips) or not np.array_equal(calls[:, -1], last):
        raise RunError(
            "does not match this run's predictions: the classes after its last epoch differ",
            where=f"{run.id}/{EPOCHS}",
            remedy="Restore the run's folder from a copy, or train again",
        )
    return leak_gap(
        [classes.index(row.true) for row in clips],
        calls,
        [row.fold for row in clips],
        [row.key.database for row in clips],
        classes,
        seeds=seeds,
        epochs=record.epochs,
    )


def leak_or_reason(run: Run, rows: Sequence[Prediction]) -> LeakGap | str:
    """A run's leak gap, or a sentence that says why there is none.

    A damaged record costs no more than this: the run's own figures are not made of it.
    """
    if run.imported:
        return "This run was imported: its predictions after each epoch are not known."
    try:
        return run_leak(run, rows) or NO_RECORD
    except MexlabError as error:
        return f"It cannot be shown: {error}"


def held_out(run: Run) -> str:
    """What a fold of the run holds out, in one word: ``person``, ``database``, ``part``."""
    settings = run.settings
    noun = "subject" if settings is None else PROTOCOLS[settings.protocol].held_out
    return "person" if noun == "subject" else noun


def leak_titles(noun: str) -> dict[str, str]:
    """What each way of taking an epoch is called; `noun` is what a fold holds out."""
    return {
        STRICT: "strict: the last epoch",
        EACH_FOLD: f"best epoch of each {noun}",
        ALL_FOLDS: "best epoch over all",
    }


def leak_groups(gap: LeakGap, noun: str, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """The figures of Full and of each database, strict and as leaking would claim them.

    Returns
    -------
    list of dict
        ``{title, detail, rows}``; a row is ``{label, invalid, cells}``, a cell a figure and, small
        below it, its spread over seeds, or by how many points it lies above the strict one.
    """
    names = [name for name in gap.parts if name != FULL]
    # Full is that database: it would stand there twice.
    parts = [FULL] if len(names) == 1 else [FULL, *names]
    said = leak_titles(noun)
    return [
        {
            "title": "Full" if part == FULL else titles.get(part, part),
            "detail": f"{gap.clips[part]} clips",
            "rows": [
                {
                    "label": said[way],
                    "invalid": way in LEAKS,
                    "cells": [_cell(gap, part, way, metric) for _, metric in FIGURES],
                }
                for way in (STRICT, *LEAKS)
            ],
        }
        for part in parts
    ]


def leak_gist(gap: LeakGap) -> str:
    """The gap in a few words, for a heading that is folded away."""
    points = spell_points(gap.gap(FULL, EACH_FOLD, "accuracy"))
    return f"accuracy {points} points: invalid, for show"


def leak_sentence(gap: LeakGap, noun: str) -> str:
    """What the gap is and why it is no result, for whoever has not heard of it."""
    own = gap.parts[FULL]
    strict = own[STRICT]["mean"]["accuracy"]
    claimed = own[EACH_FOLD]["mean"]["accuracy"]
    points = gap.gap(FULL, EACH_FOLD, "accuracy")
    start = (
        f"Suppose that for each held-out {noun} the epoch had been kept that happened to suit that "
        f"very {noun}. This training would then have claimed {percent(claimed)} of clips correct "
        f"instead of {percent(strict)}"
    )
    if spell_points(points) == "0.0":
        return (
            f"{start}: no difference here, for the last epoch was as good as any. That cannot be "
            "known without the answers, so choosing by them is no method all the same."
        )
    return (
        f"{start}: {spell_points(points).lstrip('+')} points that come from looking at the answers "
        "first. With a new subject there are no answers to look at, so no one would ever see that "
        "figure again. It is not a result."
    )


def leak_remark(gap: LeakGap) -> str:
    """How the table came about, in small print."""
    seeds = len(gap.seeds)
    mean = (
        f"Means of {seeds} seeds, each alone, ± their standard deviation; the run's own figures, "
        "which average the seeds' probabilities, stand above. "
        if seeds > 1
        else ""
    )
    last = int(gap.epochs[-1])
    looked = f"{last} epochs" if last == len(gap.epochs) else f"{len(gap.epochs)} of {last} epochs"
    return (
        f"{mean}Chosen by accuracy among {looked}; of equally good ones the last, so that a tie "
        "makes no gap. mexlab always keeps the last epoch; none of these figures enters any other."
    )


def percent(share: float) -> str:
    """``78.6 %``."""
    return f"{100 * share:.1f} %"


def _cell(gap: LeakGap, part: str, way: str, metric: str) -> list[str]:
    own = gap.parts[part][way]
    sd = own["sd"][metric]
    figure = score(own["mean"][metric])
    if way == STRICT:
        return [figure, "" if sd is None else f"± {score(sd)}"]
    return [figure, f"{spell_points(gap.gap(part, way, metric))} points"]
