"""A run's out-of-fold predictions as a table that a spreadsheet opens safely."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable

from mexlab.data.clips import ClipKey
from mexlab.training.run_files import Prediction
from mexlab.training.runs import Run

#: A spreadsheet takes a cell that begins so for a formula and runs it; East Asian ones take the
#: wide signs, too.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(text: str) -> str:
    """Text that a spreadsheet shows as it is: what could be a formula gets a leading quote."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def predictions_csv(run: Run, without: Collection[ClipKey] = ()) -> str:
    """All predictions of a run, but for the clips in `without`.

    Returns
    -------
    str
        One line an expression: ``seed`` says whose probabilities they are; with several seeds the
        clip's line ``mean`` (of which the run's figures are made) comes first, then each
        seed's own.

    Raises
    ------
    RunError
        Where the run is not finished.
    """
    rows = [row for row in run.seed_predictions() if row.key not in without]
    seeds = sorted({row.seed for row in rows if row.seed is not None})
    text = io.StringIO()
    writer = csv.writer(text)
    classes = list(run.classes)
    writer.writerow(
        ["seed", "database", "subject", "clip", "expression", "coded", "called", "right"]
        + [f"p {safe_cell(name)}" for name in classes]
    )
    if len(seeds) > 1:
        mean = (row for row in run.predictions() if row.key not in without)
        _write(writer, "mean", mean, classes)
    for seed in seeds:
        _write(writer, str(seed), (row for row in rows if row.seed == seed), classes)
    return text.getvalue()


def _write(writer: object, seed: str, rows: Iterable[Prediction], classes: list[str]) -> None:
    for row in sorted(rows, key=lambda row: row.key):
        writer.writerow(  # type: ignore[attr-defined]
            [
                seed,
                *(safe_cell(part) for part in (row.key.database, row.key.subject, row.key.name)),
                row.key.expression,
                safe_cell(row.truth),
                safe_cell(row.predicted),
                "yes" if row.correct else "no",
                *(f"{row.probabilities[name]:.6f}" for name in classes),
            ]
        )
