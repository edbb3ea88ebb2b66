"""The published figures that may stand beside a run, and what has to be said with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mexlab.evaluation.metrics import FULL, METRIC_NAMES, metrics_from_confusion
from mexlab.evaluation.tables import PUBLISHED_CLASSES, published_confusion, published_results
from mexlab.reports.figures import score, seed_row
from mexlab.reports.seed_words import averaged_words
from mexlab.reports.words import stated_protocol
from mexlab.runs.folding import is_published, spell_protocol
from mexlab.runs.protocols import LEAVE_ONE_SUBJECT_OUT
from mexlab.runs.run import Run

#: The databases of the published composite.
COMPONENTS = ("smic", "casme2", "samm")

#: Of several seeds beside what is published.
LIKE = "One training is published: the seeds, each alone, are what to hold against it."

SOURCE = "LAENet paper, Tables 4 to 6"


def component_of(database: str, layout: str = "") -> str | None:
    """Which part of the published composite a database is; None where it is none.

    The other cameras of SMIC are none: the composite is of the high-speed one.

    A database of the authors' feature release may be called ``ststnet-casme2`` in a workspace
    that has CASME II itself too.
    """
    if layout == "smic" and database.endswith(("-vis", "-nir")):
        return None
    for candidate in (layout, database, database.rpartition("-")[2]):
        if candidate in COMPONENTS:
            return candidate
    return None


def published_rows(
    components: Iterable[str | None],
    classes: Sequence[str],
    clips: int,
    *,
    synthetic: bool,
    otherwise: str = "",
) -> tuple[list[dict[str, Any]], str]:
    """Rows of a figure table, and the remark below it.

    Parameters
    ----------
    components : iterable of str or None
        What each database of the run is in the composite.
    classes : sequence of str
    clips : int
        Of the run.
    synthetic : bool
        Then the rows are set back and marked as not comparable.
    otherwise : str
        The run's protocol where it is not the published one; then likewise.

    Returns
    -------
    rows, remark
        Nothing where the run has other classes, or a database that the composite has not.

    Notes
    -----
    For a part of the composite the published matrices of just those databases are added up and
    the figures computed from the sum, as they are for the whole: like is held against like.
    """
    parts = list(components)
    if tuple(classes) != PUBLISHED_CLASSES or not parts or None in parts:
        return [], ""
    names = [name for name in COMPONENTS if name in parts]
    rows = [_row(network, title, names) for network, title in _OWN_MATRICES]
    if len(names) in (1, len(COMPONENTS)):
        rows.append(_printed_ststnet("full" if len(names) > 1 else names[0]))
    published_clips = int(sum(published_confusion("laenet", name).sum() for name in names))
    if synthetic or otherwise:
        for row in rows:
            row["faded"] = True
    if synthetic:
        remark = (
            f"Published on {published_clips} clips of real subjects; not comparable to this run "
            f"on synthetic data ({SOURCE})."
        )
    elif otherwise:
        remark = (
            f"Published on {published_clips} clips, leave one subject out; not comparable to this "
            f"run, {otherwise} ({SOURCE})."
        )
    elif published_clips == clips:
        remark = f"Published on these {clips} clips, leave one subject out ({SOURCE})."
    else:
        remark = (
            f"Published on {published_clips} clips of these databases, leave one subject out; "
            f"this run has {clips} ({SOURCE})."
        )
    return rows, remark


def rows_beside(
    run: Run, matrix: str, layouts: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str]:
    """A run's own figures of one matrix, those of its seeds, then the published; and the remark.

    The remark is "" where nothing published can stand beside the run.
    """
    metrics = run.metrics
    seeds = seed_row(metrics[matrix])
    own = {
        "label": ", ".join(filter(None, ("this run", averaged_words(metrics[matrix])))),
        "strong": True,
        "cells": [score(metrics[matrix][name]) for name in METRIC_NAMES],
    }
    names = [name for name in metrics if name != FULL] if matrix == FULL else [matrix]
    rows, remark = published_rows(
        [component_of(name, layouts.get(name, "")) for name in names],
        run.classes,
        metrics[matrix]["n"],
        synthetic=run.summary()["synthetic"],
        otherwise=other_protocol(run),
    )
    if remark and seeds:
        remark = f"{remark} {LIKE}"
    return [own, *([seeds] if seeds else []), *rows], remark


def other_protocol(run: Run) -> str:
    """A run's protocol where published figures do not apply to it; else ""."""
    if run.imported:
        return "" if run.imported["protocol"] == LEAVE_ONE_SUBJECT_OUT else stated_protocol(run)
    settings = run.settings
    return "" if settings is None or is_published(settings) else spell_protocol(settings)


#: The networks whose matrices the paper prints.
PUBLISHED_MATRICES = {"laenet": "LAENet, published", "ststnet": "STSTNet, published"}

_OWN_MATRICES = (("laenet", "LAENet, published"), ("ststnet", "STSTNet, from its own matrix"))


def published_counts(network: str, components: Iterable[str | None]) -> NDArray[np.int64] | None:
    """The published matrix of a part of the composite; None where some of it is not published."""
    parts = list(components)
    if not parts or None in parts:
        return None
    return _counts(network, [name for name in COMPONENTS if name in parts])


def _counts(network: str, names: Sequence[str]) -> NDArray[np.int64]:
    counts: NDArray[np.int64] = np.sum(
        [published_confusion(network, name) for name in names], axis=0
    )
    return counts


def _row(network: str, title: str, names: Sequence[str]) -> dict[str, Any]:
    figures = metrics_from_confusion(_counts(network, names), PUBLISHED_CLASSES)
    return {"label": title, "cells": [score(figures[name]) for name in METRIC_NAMES]}


def _printed_ststnet(database: str) -> dict[str, Any]:
    printed = next(row for row in published_results(database) if row.method == "STSTNet")
    return {
        "label": "STSTNet as printed",
        "note": "UAR is macro-precision",
        "faded": True,
        "cells": [score(getattr(printed, name)) for name in METRIC_NAMES],
    }
