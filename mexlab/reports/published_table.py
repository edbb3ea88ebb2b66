"""Table 4 of the LAENet paper, with the workspace's own runs beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mexlab.evaluation.metrics import FULL, METRIC_NAMES
from mexlab.evaluation.tables import (
    PUBLISHED_CLASSES,
    published_protocols,
    published_results,
)
from mexlab.reports.figures import score
from mexlab.reports.published_rows import COMPONENTS, component_of, other_protocol
from mexlab.reports.seed_words import headline_words
from mexlab.runs.run import FINISHED, Run

#: Heads of the columns: the four figures of Full, then UF1 and UAR of each database.
COLUMNS = ["acc", "F1", "UF1", "UAR", "SMIC UF1", "UAR", "CASME II UF1", "UAR", "SAMM UF1", "UAR"]

#: From here on a figure says nothing without its protocol (public code reaches it by leaking only).
NEEDS_PROTOCOL = 0.78

REMARK = (
    "Shaded: a protocol known to leak, or other than leave one subject out; a figure that is not "
    "what it is called, or so high that its protocol has to be seen first. All else is as printed."
)

#: So that a workspace of a hundred runs does not push the published rows out of sight.
_MOST_RUNS = 8


def table_4(run: Run, runs: Iterable[Run], layouts: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows of :data:`COLUMNS`: own runs first, then the paper's twelve, then protocols compared.

    Parameters
    ----------
    run : Run
        The one shown; stands out.
    runs : iterable of Run
        All of the workspace, newest first.
    layouts : mapping
        Of the databases, by name.

    Returns
    -------
    list of dict
        Nothing for a run of other classes or with no database of the composite. Full is filled in
        only where a run has all three databases; runs on synthetic data are left out.
    """
    if not _cells(run, layouts):
        return []
    own = [
        (one, cells)
        for one in [run, *(other for other in runs if other.id != run.id)]
        if (cells := _cells(one, layouts))
    ][:_MOST_RUNS]
    rows: list[dict[str, Any]] = [
        {
            "label": one.name if one.id == run.id else one.id,
            "strong": one.id == run.id,
            "cells": cells,
            "note": "; ".join(
                filter(
                    None,
                    (
                        "imported" if one.imported else "",
                        other_protocol(one),
                        headline_words(one.metrics[FULL]),
                    ),
                )
            ),
            "shaded": bool(other_protocol(one)),
        }
        for one, cells in own
    ]
    printed: dict[str, list[str]] = {}
    notes: dict[str, str] = {}
    for row in published_results():
        names = METRIC_NAMES if row.database == "full" else ("uf1", "uar")
        cells = printed.setdefault(row.method, [])
        cells += [score(getattr(row, name)) for name in names]
        if row.database == "full":
            notes[row.method] = row.note or (
                "ask for its protocol" if (row.uf1 or 0) >= NEEDS_PROTOCOL else ""
            )
    rows += [
        {"label": method, "cells": cells, "note": notes[method], "shaded": bool(notes[method])}
        for method, cells in printed.items()
    ]
    for one in published_protocols():
        rows.append(
            {
                "label": f"{one.method}, {one.protocol}",
                "cells": ["–", "–", score(one.uf1), score(one.uar), *["–"] * 6],
                "note": "leaks: it is judged on what it was chosen by" if one.leaks else "",
                "shaded": one.leaks,
            }
        )
    return rows


def _cells(run: Run, layouts: Mapping[str, str]) -> list[str]:
    """The cells of a run's row; [] where nothing of it can stand beside the published."""
    if run.status != FINISHED or run.classes != PUBLISHED_CLASSES or run.summary()["synthetic"]:
        return []
    known = {
        component_of(name, layouts.get(name, "")): one
        for name, one in run.metrics.items()
        if name != FULL
    }
    if not set(known) & set(COMPONENTS):
        return []
    whole = run.metrics[FULL] if set(known) == set(COMPONENTS) else None
    cells = ["–" if whole is None else score(whole[name]) for name in METRIC_NAMES]
    for part in COMPONENTS:
        one = known.get(part)
        cells += ["–" if one is None else score(one[name]) for name in ("uf1", "uar")]
    return cells
