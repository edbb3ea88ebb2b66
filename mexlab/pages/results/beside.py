"""What may stand beside a run on the results page: a published matrix, or another run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mexlab.evaluation.metrics import FULL, metrics_from_confusion
from mexlab.evaluation.tables import PUBLISHED_CLASSES
from mexlab.reports.comparison import apart
from mexlab.reports.figures import matrix_record
from mexlab.reports.published_rows import (
    PUBLISHED_MATRICES,
    component_of,
    other_protocol,
    published_counts,
)
from mexlab.reports.seed_words import averaged_words
from mexlab.runs.run import FINISHED, Run

_PUBLISHED, _RUN = "published:", "run:"


def beside_choices(
    run: Run, runs: Iterable[Run], layouts: Mapping[str, str]
) -> list[dict[str, str]]:
    """What can be held against a run: ``{value, title, group}``, published first.

    Only runs of the same classes, and published matrices only where every database of the run is
    part of the published composite.
    """
    names = [name for name in run.metrics if name != FULL]
    known = run.classes == PUBLISHED_CLASSES and all(
        component_of(name, layouts.get(name, "")) for name in names
    )
    # Said where it is not the run's own, so that unlike is not taken for like.
    paper = ", leave one subject out" if other_protocol(run) else ""
    published = [
        {"value": f"{_PUBLISHED}{network}", "title": f"{title}{paper}", "group": "Published"}
        for network, title in PUBLISHED_MATRICES.items()
        if known
    ]
    others = [
        {
            "value": f"{_RUN}{other.id}",
            "title": ", ".join(filter(None, (_name(other), averaged_words(other.metrics[FULL])))),
            "group": "Runs",
        }
        for other in runs
        if other.status == FINISHED
        and other.id != run.id
        and set(other.classes) == set(run.classes)
    ]
    return [*published, *others]


def _name(run: Run) -> str:
    named = run.name if run.name == run.id else f"{run.name} ({run.id})"
    return f"{named}, imported" if run.imported else named


def chosen_run(value: str) -> str:
    """The id of the run that a choice names; "" for a published matrix or none."""
    return value.removeprefix(_RUN) if value.startswith(_RUN) else ""


def published_network(value: str) -> str:
    """The network whose published matrix a choice names; "" for a run or none."""
    return value.removeprefix(_PUBLISHED) if value.startswith(_PUBLISHED) else ""


def published_matrix(
    network: str, name: str, databases: Iterable[str], layouts: Mapping[str, str]
) -> dict[str, Any] | None:
    """The published matrix that stands beside the run's matrix `name`, not to be chosen in."""
    counts = published_counts(
        network, [component_of(one, layouts.get(one, "")) for one in databases]
    )
    if counts is None:
        return None
    record = matrix_record(
        f"beside-{name}",
        PUBLISHED_MATRICES[network],
        PUBLISHED_CLASSES,
        metrics_from_confusion(counts, PUBLISHED_CLASSES),
    )
    return {**record, "fixed": True}


def other_matrix(other: Run, name: str, this: Run) -> dict[str, Any] | None:
    """Another run's matrix of the same name; None where it has none."""
    if name not in other.metrics:
        return None
    # In this run's order of the classes: cell must stand beside cell.
    order = [other.classes.index(one) for one in this.classes]
    counts = other.metrics[name]["confusion"]
    metrics = {**other.metrics[name], "confusion": [[counts[i][j] for j in order] for i in order]}
    noun = other.summary()["noun"]
    record = matrix_record(f"beside-{name}", apart(other, this), this.classes, metrics, noun=noun)
    return {**record, "fixed": True}
