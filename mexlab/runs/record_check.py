"""Whether a run's record and predictions have the shape that whatever shows a run counts on.

A record that was edited by hand, cut short or written by another program must be told of where it
is read: found out later, it would take the list of all runs down with it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mexlab.errors import RunError
from mexlab.evaluation.metrics import CLASS_FIGURES, METRIC_NAMES
from mexlab.features.knob import is_number, is_whole
from mexlab.runs.files import CURVES, PREDICTIONS, CurvePoint, Prediction, read_predictions
from mexlab.runs.summary import IMPORTED, fault_of_import

#: What a run that is not finished may not know yet.
_NO_DATA = {"classes": ["any"], "clips": 0, "subjects": 0, "databases": []}


def fault_of_shape(record: Mapping[str, Any], *, finished: bool) -> str:
    """The first thing in a record that is not as it is written; "" where nothing is.

    Parameters
    ----------
    record : mapping
        All of ``run.json``; its parts ``request``, ``settings``, ``data`` and ``metrics`` are
        objects where they are there at all.
    finished : bool
        Then data, settings and metrics have to be there, in full.
    """
    return next(_faults(record, finished), "")


def _faults(record: Mapping[str, Any], finished: bool) -> Iterator[str]:
    seconds = record.get("seconds")
    if seconds is not None and not is_number(seconds):
        yield "seconds: expected a number"
    data = record.get("data") or {}
    yield from _data_faults(data if finished else {**_NO_DATA, **data})
    if not finished:
        return
    if imported := record.get(IMPORTED):
        if fault := fault_of_import(imported):
            yield fault
    elif not record.get("settings"):
        yield "finished without settings"
    classes = data["classes"]
    for name, part in record["metrics"].items():
        yield from (f"metrics of {name}: {fault}" for fault in _part_faults(part, classes))


def _data_faults(data: Mapping[str, Any]) -> Iterator[str]:
    classes = data.get("classes")
    if (
        not isinstance(classes, list)
        or not classes
        or not all(isinstance(name, str) for name in classes)
        or len(set(classes)) != len(classes)
    ):
        yield "data: expected the names of its classes"
    for name in ("clips", "subjects"):
        if not _is_count(data.get(name)):
            yield f"data: expected the number of {name}"
    people = data.get("people") or {}
    if not isinstance(people, dict) or not all(isinstance(one, str) for one in people.values()):
        yield "data: expected the names of its people"
    databases = data.get("databases")
    if not isinstance(databases, list) or not all(isinstance(one, dict) for one in databases):
        yield "data: expected a list of its databases"


def _part_faults(part: Any, classes: list[str]) -> Iterator[str]:
    if not isinstance(part, dict):
        yield "expected an object"
        return
    yield from _figure_faults(part, METRIC_NAMES)
    if not _is_count(part.get("n")):
        yield "expected the number of clips"
    matrix = part.get("confusion")
    rows = matrix if isinstance(matrix, list) else []
    if len(rows) != len(classes) or not all(
        isinstance(row, list) and len(row) == len(classes) and all(map(_is_count, row))
        for row in rows
    ):
        yield f"expected a confusion matrix of {len(classes)} classes"
    per_class = part.get("per_class")
    if not isinstance(per_class, dict) or list(per_class) != classes:
        yield f"expected figures of the classes {', '.join(classes)}"
    else:
        for name, one in per_class.items():
            if not isinstance(one, dict) or not _is_count(one.get("support")):
                yield f"class {name}: expected the number of its clips"
            else:
                yield from (
                    f"class {name}: {fault}" for fault in _figure_faults(one, CLASS_FIGURES, True)
                )
    if part.get("seeds") is not None:
        yield from _seed_faults(part["seeds"])


def _seed_faults(seeds: Any) -> Iterator[str]:
    per_seed = seeds.get("per_seed") if isinstance(seeds, dict) else None
    if not isinstance(per_seed, list) or not per_seed:
        yield "seeds: expected a list of their figures"
        return
    for one in [*per_seed, seeds.get("mean")]:
        yield from (f"seeds: {fault}" for fault in _figure_faults(one, METRIC_NAMES))
    # A single seed has no spread.
    yield from (f"seeds: {fault}" for fault in _figure_faults(seeds.get("sd"), METRIC_NAMES, True))


def _figure_faults(values: Any, names: tuple[str, ...], none: bool = False) -> Iterator[str]:
    for name in names:
        value = values.get(name, "") if isinstance(values, dict) else ""
        if not is_number(value) and not (none and value is None):
            yield f"expected a number as {name}"


def _is_count(value: object) -> bool:
    return isinstance(value, int) and is_whole(value) and value >= 0


def read_checked_predictions(folder: Path, record: Mapping[str, Any]) -> list[Prediction]:
    """Read the predictions of a finished run, all seeds', and hold them against its record.

    Parameters
    ----------
    folder : Path
        Of the run.
    record : mapping

    Returns
    -------
    list of Prediction

    Raises
    ------
    RunError
        Where the file is missing, damaged, cut short, or of another run.
    """
    try:
        rows = read_predictions(folder / PREDICTIONS)
        fault, row = _prediction_fault(rows, record), None
    except RunError as error:
        fault, row = error.problem, error.row
    if fault:
        raise RunError(
            fault,
            where=f"{folder.name}/{PREDICTIONS}",
            row=row,
            remedy=f"Restore runs/{folder.name} from a copy, or train again",
        )
    return rows


def _prediction_fault(rows: Sequence[Prediction], record: Mapping[str, Any]) -> str:
    data = record["data"]
    said = record.get("settings") or record.get(IMPORTED) or {}
    classes, clips, seeds = data["classes"], data["clips"], said.get("seeds") or [1]
    for row in rows:
        if list(row.probabilities) != classes or not {row.true, row.predicted} <= set(classes):
            return f"expected the classes {', '.join(classes)}, got others at {row.key}"
        if not all(map(math.isfinite, row.probabilities.values())):
            return f"expected probabilities, got {row.probabilities} at {row.key}"
    counts = Counter(row.seed for row in rows)
    if dict(counts) != dict.fromkeys(seeds, clips):
        found = ", ".join(f"{count} of seed {seed}" for seed, count in sorted(counts.items()))
        return f"expected {clips} clips of each of the seeds {seeds}, got {found or 'none'}"
    if len({(row.seed, row.key) for row in rows}) != len(rows):
        return "expected each clip once a seed"
    return ""


def check_curves(points: Sequence[CurvePoint], seeds: Sequence[int], epochs: int) -> None:
    """Whether a run's curves are whole: all epochs of each fold, as many folds of each seed.

    Raises
    ------
    RunError
        Naming what is missing: the file was cut short.
    """
    counts = Counter((point.seed, point.fold) for point in points)
    folds = Counter(seed for seed, _ in counts)
    short = [f"{fold}, seed {seed}" for (seed, fold), count in counts.items() if count != epochs]
    most = max(folds.values(), default=1)
    short += [f"folds of seed {seed}" for seed in seeds if folds[seed] != most]
    if short:
        raise RunError(
            f"expected {epochs} epochs of each fold, some are missing of {'; '.join(short[:3])}",
            where=CURVES,
            remedy="The file is damaged: train again",
        )
