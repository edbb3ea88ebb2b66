"""Other people's predictions as a run of the workspace, to stand beside one's own. No torch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError
from mexlab.runs import files
from mexlab.runs.files import Prediction, average_seeds
from mexlab.runs.foreign_columns import ColumnNames
from mexlab.runs.foreign_predictions import ForeignPredictions, read_foreign_predictions
from mexlab.runs.metrics import metrics_of_predictions
from mexlab.runs.provenance import describe_clips
from mexlab.runs.run import FINISHED, Run, create_run, delete_run, now
from mexlab.runs.summary import IMPORTED

#: The network of a run whose method nobody names.
UNNAMED = "imported"


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """What whoever imports a file says of it; nothing of it can be checked.

    Attributes
    ----------
    name : str or None
        Their own name for the run.
    method : str
        What made the predictions.
    labels : str
        The label scheme.
    protocol : str
        How people were held out; "" where it is not known.
    database : str or None
        Of all clips, where the file has no column for it.
    """

    name: str | None = None
    method: str = ""
    labels: str = ""
    protocol: str = ""
    database: str | None = None


def import_predictions(
    runs_dir: Path,
    path: Path,
    choice: ImportChoice | None = None,
    *,
    columns: ColumnNames | None = None,
    classes: Sequence[str] | None = None,
    probabilities: bool = True,
    databases: Mapping[str, Mapping[str, Any]] | None = None,
    person: Callable[[ClipKey], str | None] | None = None,
) -> Run:
    """Make a finished run of a file of predictions.

    Parameters
    ----------
    runs_dir : Path
    path : Path
        As :func:`mexlab.runs.foreign_predictions.read_foreign_predictions` reads it; clips,
        subjects and databases have to be named, for runs are compared clip by clip.
    choice : ImportChoice, optional
    columns, classes, probabilities
        As of the reader.
    databases : mapping, optional
        ``title`` and ``synthetic`` of the workspace's databases, by name.
    person : callable, optional
        Who is seen in a clip, as the workspace knows; None of whom it does not know. Of those the
        file's own column of people is believed.

    Returns
    -------
    Run
        Without settings, curves and networks; its record's ``imported`` says whence it came.

    Raises
    ------
    InputError
        For what is wrong with the file; no run is made then.
    RunError
        Where the folder cannot be written to.
    """
    choice = choice or ImportChoice()
    found = read_foreign_predictions(path, columns, classes=classes, probabilities=probabilities)
    found = _complete(found, path, choice.database)
    rows = found.rows
    metrics = metrics_of_predictions(rows, found.classes)

    def who(key: ClipKey) -> str:
        return (person(key) if person is not None else None) or found.person(key)

    method = choice.method.strip() or UNNAMED
    run = create_run(runs_dir, {}, name=choice.name, model=method)
    try:
        # One without a seed is written as the first: a run's own table has numbers.
        numbered = [replace(row, seed=1) if row.seed is None else row for row in rows]
        files.write_predictions(run.folder / files.PREDICTIONS, numbered, found.classes)
        run.write_status(
            FINISHED,
            finished=now(),
            protocol=_protocol_text(path, choice),
            data=_describe(rows, found, choice, databases or {}, who),
            metrics=metrics,
            imported={
                "file": path.name,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "method": method,
                "protocol": choice.protocol.strip(),
                "seeds": list(found.seeds),
                "probabilities": "probabilities" in found.holds,
            },
        )
    except BaseException:
        delete_run(run)
        raise
    return run


def _complete(found: ForeignPredictions, path: Path, database: str | None) -> ForeignPredictions:
    missing = [name for name in ("subject", "clip") if name not in found.holds]
    if "database" not in found.holds and not database:
        missing.append("database")
    if missing:
        raise InputError(
            f"names no {', no '.join(missing)}: runs are compared clip by clip, and intervals "
            "drawn over subjects",
            where=path.name,
            remedy="Add a column "
            + " and a column ".join(missing)
            + (", or say --database NAME for all clips" if "database" in missing else "")
            + "; `mexlab metrics` needs neither",
        )
    if "database" in found.holds:
        return found
    name = str(database)
    return replace(
        found,
        rows=[replace(row, key=replace(row.key, database=name)) for row in found.rows],
        persons={(name, subject): who for (_, subject), who in found.persons.items()},
    )


def _describe(
    rows: list[Prediction],
    found: ForeignPredictions,
    choice: ImportChoice,
    known: Mapping[str, Mapping[str, Any]],
    person: Callable[[ClipKey], str],
) -> dict[str, Any]:
    clips = average_seeds(rows)
    keys = [row.key for row in clips]
    return {
        **describe_clips(keys, [person(key) for key in keys], known),
        "classes": list(found.classes),
        "class_counts": {name: sum(row.true == name for row in clips) for name in found.classes},
        "labels": choice.labels.strip(),
    }


def _protocol_text(path: Path, choice: ImportChoice) -> str:
    stated = choice.protocol.strip()
    how = f"Its protocol, as whoever imported it says: {stated}." if stated else ""
    return (
        f"Imported from {path.name}; mexlab did not train it, and has neither its settings nor "
        f"its networks. {how or 'Its protocol was not stated.'}"
    )


__all__ = ["IMPORTED", "ImportChoice", "import_predictions"]
