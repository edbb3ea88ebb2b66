"""How a run's folder is written and read: whole files or nothing, comma-separated tables.

Layout of one run::

    runs/laenet-001/
      run.json         settings, request, provenance, status, metrics
      progress.jsonl   one event a line, appended while it runs
      predictions.csv  every clip, seed by seed: true, predicted, probabilities, fold
      epochs.npz       the class predicted for each held-out clip after each epoch
      curves.csv       training loss and accuracy a fold and epoch
      weights/         seed-<n>.safetensors, every fold's network
      parts/           finished folds, until the run is finished (:mod:`.kept_folds`)
      process.json     whose process it is, only while queued or running
      cancel           there once cancelling was asked for
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mexlab import whole_files
from mexlab.data.clips import ClipKey
from mexlab.deprecation import deprecated
from mexlab.errors import RunError
from mexlab.runs.csv_cells import plain_cell, safe_cell

RECORD = "run.json"
PROGRESS = "progress.jsonl"
PREDICTIONS = "predictions.csv"
CURVES = "curves.csv"
PROCESS = "process.json"
CANCEL = "cancel"
WEIGHTS = "weights"

#: The columns of a table of predictions; probabilities follow, each class's under its name behind
#: :data:`SHARE`. The same in a run's folder, in what is exported, and in what is imported.
COLUMNS = ("seed", "fold", "database", "subject", "clip", "event", "true", "predicted")
SHARE = "p_"

#: What runs and exports from before 0.2 head these columns with; they are read as ever.
_OLD_COLUMNS = {"expression": "event", "truth": "true"}

#: A column that is exported where somebody has several numbers; a run's own record has it else.
PERSON = "person"

#: What stands as the seed of the mean over all seeds.
MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a network that never saw the person predicted for one event of a clip.

    Attributes
    ----------
    key : ClipKey
        Clip and number of the event.
    true, predicted : str
        Class names; ``true`` is the label by whose coding the run was trained.
    probabilities : dict of str to float
        By class, in the order of the run's classes.
    seed : int or None
        None for the mean over all seeds.
    fold : str
        The held-out person, ``database/subject``.
    """

    key: ClipKey
    true: str
    predicted: str
    probabilities: dict[str, float]
    seed: int | None
    fold: str

    @property
    def correct(self) -> bool:
        return self.true == self.predicted

    @property
    @deprecated("Prediction.truth", "Prediction.true", removal="0.3")
    def truth(self) -> str:
        """The old name of :attr:`true`."""
        return self.true


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Training loss and accuracy of one fold after one epoch, on its training clips only."""

    seed: int
    fold: str
    epoch: int
    loss: float
    accuracy: float


def write_whole(path: Path, content: str | bytes) -> None:
    """Write one of a run's files, and its folder, so that it is there in full or not at all.

    Raises
    ------
    RunError
        When the disk is full or the folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        whole_files.write_whole(path, content)
    except OSError as error:
        raise RunError(
            f"cannot be written ({error.strerror or error})",
            where=path.name,
            remedy="Free some disk space or check the workspace's permissions, then train again",
        ) from error


def write_json(path: Path, record: Any) -> None:
    write_whole(path, json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Read an object back.

    Raises
    ------
    RunError
        Where the file is missing, is no JSON, or holds something else than an object.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError("is missing", where=path.name) from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _unreadable(path, error) from error
    if not isinstance(record, dict):
        raise RunError(f"expected an object, got a {type(record).__name__}", where=path.name)
    return record


def write_predictions(
    path: Path, predictions: Iterable[Prediction], classes: Sequence[str]
) -> None:
    """Write a run's `predictions` to `path`; `classes` whose probabilities are written.

    Raises
    ------
    RunError
        Where the file cannot be written.
    """
    write_whole(path, predictions_table(predictions, classes))


def predictions_table(
    predictions: Iterable[Prediction],
    classes: Sequence[str],
    person: Callable[[ClipKey], str] | None = None,
) -> str:
    """Predictions as comma-separated text, one line each.

    Parameters
    ----------
    predictions : iterable of Prediction
    classes : sequence of str
        Whose probabilities are written; none where there are none.
    person : callable, optional
        Who is seen in a clip, as a column of its own behind the others.
    """
    head = [*COLUMNS, *([PERSON] if person else [])]
    rows = [[*head, *(safe_cell(f"{SHARE}{name}") for name in classes)]]
    rows.extend(
        [
            MEAN if row.seed is None else str(row.seed),
            *map(safe_cell, (row.fold, row.key.database, row.key.subject, row.key.name)),
            str(row.key.expression),
            *map(safe_cell, (row.true, row.predicted)),
            *([safe_cell(person(row.key))] if person else []),
            # Nine digits bring a float32 back exactly.
            *(f"{row.probabilities[name]:.9g}" for name in classes),
        ]
        for row in predictions
    )
    return _table(rows)


def read_predictions(path: Path) -> list[Prediction]:
    """Raises RunError naming the row that cannot be read."""
    predictions = []
    for number, row in _read_table(path):
        try:
            # Runs from before an event was a sample are of the first of each clip.
            row = {
                "event": "1",
                **{_OLD_COLUMNS.get(k, k): cell for k, cell in row.items()},
            }
            text = {name: plain_cell(row[name]) for name in COLUMNS}
            predictions.append(
                Prediction(
                    key=ClipKey(
                        text["database"],
                        text["subject"],
                        text["clip"],
                        int(text["event"]),
                    ),
                    true=text["true"],
                    predicted=text["predicted"],
                    probabilities={
                        plain_cell(name).removeprefix(SHARE): float(value)
                        for name, value in row.items()
                        if name not in COLUMNS
                    },
                    seed=int(text["seed"]),
                    fold=text["fold"],
                )
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RunError(f"cannot be read ({error})", where=path.name, row=number) from error
    return predictions


def average_seeds(rows: list[Prediction]) -> list[Prediction]:
    """The mean of all seeds' probabilities for each clip, and the class that it favours."""
    by_clip: dict[Any, list[Prediction]] = {}
    for row in rows:
        by_clip.setdefault(row.key, []).append(row)
    averaged = []
    for key, own in by_clip.items():
        names = list(own[0].probabilities)
        mean = {n: sum(row.probabilities[n] for row in own) / len(own) for n in names}
        # One alone is what it says, whatever rounding made of its probabilities.
        predicted = own[0].predicted if len(own) == 1 else max(names, key=mean.__getitem__)
        averaged.append(Prediction(key, own[0].true, predicted, mean, None, own[0].fold))
    return averaged


def write_curves(path: Path, points: Iterable[CurvePoint]) -> None:
    rows = [["seed", "fold", "epoch", "training_loss", "training_accuracy"]]
    rows.extend(
        [str(p.seed), p.fold, str(p.epoch), f"{p.loss:.6g}", f"{p.accuracy:.6g}"] for p in points
    )
    write_whole(path, _table(rows))


def read_curves(path: Path) -> list[CurvePoint]:
    """Raises RunError naming the row that cannot be read."""
    points = []
    for number, row in _read_table(path):
        try:
            points.append(
                CurvePoint(
                    seed=int(row["seed"]),
                    fold=row["fold"],
                    epoch=int(row["epoch"]),
                    loss=float(row["training_loss"]),
                    accuracy=float(row["training_accuracy"]),
                )
            )
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(f"cannot be read ({error})", where=path.name, row=number) from error
    return points


def append_event(path: Path, event: dict[str, Any]) -> None:
    """Append one event as one line, in one write, so that a reader never sees half of one."""
    line = json.dumps(event, ensure_ascii=False, allow_nan=False) + "\n"
    try:
        with path.open("ab", buffering=0) as file:
            file.write(line.encode("utf-8"))
    except OSError as error:
        raise RunError(f"cannot be written ({error.strerror or error})", where=path.name) from error


def file_size(path: Path) -> int:
    """Bytes; 0 where there is no such file."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def read_events(path: Path, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Events from a byte offset on, and the offset to go on from.

    A line that is still being written is left for the next call; a line that is no event
    (a disk that filled up) is passed over.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return [], offset
    end = data.rfind(b"\n") + 1
    events = []
    for line in data[:end].splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            events.append(event)
    return events, offset + end


def _table(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _read_table(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(enumerate(csv.DictReader(file), start=2))
    except FileNotFoundError:
        raise RunError("is missing", where=path.name) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> RunError:
    """Without the whole path, which an error of the system names: a message may travel."""
    reason = error.strerror if isinstance(error, OSError) else error
    return RunError(f"cannot be read ({reason})", where=path.name)
