"""A run's out-of-fold predictions as a table, for other programs and for spreadsheets."""

from __future__ import annotations

from collections.abc import Collection

from mexlab.data.clips import ClipKey
from mexlab.data.people import default_person
from mexlab.runs.files import average_seeds, predictions_table
from mexlab.runs.run import Run

#: What a spreadsheet needs before the first byte to take names for UTF-8. A program would take it
#: for a part of the first column's name, so that it is written only where it is asked for.
UTF8_MARK = "\ufeff"


def predictions_csv(run: Run, without: Collection[ClipKey] = ()) -> str:
    """All predictions of a run, but for the clips in `without`.

    In the columns of the run's own folder (:mod:`.run_files`).

    Returns
    -------
    str
        One line an expression: ``seed`` says whose probabilities they are; with several seeds the
        clip's line ``mean`` (of which the run's figures are made) comes first, then each
        seed's own. A column ``person`` is there where somebody has several numbers.
        ``mexlab metrics`` and ``mexlab runs --import`` read it back.

    Raises
    ------
    RunError
        Where the run is not finished.
    """
    rows = [row for row in run.seed_predictions() if row.key not in without]
    seeds = sorted({row.seed for row in rows if row.seed is not None})
    averaged = average_seeds(rows) if len(seeds) > 1 else []
    ordered = sorted(averaged, key=lambda row: row.key)
    for seed in seeds:
        ordered += sorted((row for row in rows if row.seed == seed), key=lambda row: row.key)
    classes = run.classes if run.has_probabilities else ()
    shared = any(run.person(row.key) != default_person(row.key) for row in rows)
    return predictions_table(ordered, classes, run.person if shared else None)
