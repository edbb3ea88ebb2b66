"""The finished folds of a run that is under way, kept so that it can be taken on after its end.

They lie in the run's folder, some folds a file, until the run is finished::

    parts/0003-5-<digest>.safetensors    the third file, five folds

Each file names its own digest: one that a power cut or a full disk left torn is found out, and its
folds are trained again. What the folds were trained with stands in each file, too, so that folds
of other settings, other data or another version of mexlab are never mixed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from mexlab.errors import RunError
from mexlab.models.sides import SIDE
from mexlab.runs.files import write_whole
from mexlab.runs.parts import PARTS, next_number, part_name, parts_of
from mexlab.training.backends.recipe import State
from mexlab.training.folds.work import FoldResult, FoldTask

_FORMAT = "mexlab-parts-1"

#: Seconds between two files: what a killed process loses beside the folds it was at.
_EVERY_S = 0.5

#: What has to be as it was, and how it is called where it is not.
_WORDS = {
    "settings": "settings",
    "data": "clips, labels or features",
    "pretraining": "clips of the pre-training",
    "backend": "backend",
    "device": "device",
    "versions": "versions",
}


@dataclass(frozen=True, slots=True)
class TakenUp:
    """What an earlier sitting left.

    Attributes
    ----------
    results : list of FoldResult
    seconds : float
        That the earlier sittings took, as far as their folds were kept.
    damaged : int
        Files that could not be used.
    """

    results: list[FoldResult]
    seconds: float
    damaged: int


class KeptFolds:
    """Keeps a run's finished folds in its folder, and takes them up again.

    Parameters
    ----------
    folder : Path
        The run's.
    clock : callable, optional
        Seconds; passed by tests.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder / PARTS
        self._clock = clock
        self._written = -1.0e9
        self._waiting: list[FoldResult] = []
        self._seconds = 0.0
        self._about: dict[str, Any] = {}
        self._names: Sequence[str] = ()

    def take_up(self, about: Mapping[str, Any], names: Sequence[str]) -> TakenUp:
        """Read what is there, and delete what is damaged.

        Parameters
        ----------
        about : mapping
            Plain JSON types: ``settings``, ``data``, ``pretraining``, ``backend``, ``device``,
            ``versions``.
        names : sequence of str
            Of the folds, in their order.

        Raises
        ------
        RunError
            Where the folds that are there were trained with something else, naming it.
        """
        self._about, self._names = json.loads(json.dumps(dict(about))), tuple(names)
        found: dict[FoldTask, FoldResult] = {}
        seconds, damaged = 0.0, 0
        for path in parts_of(self._folder):
            part = _read(path)
            if part is None:
                damaged += 1
                path.unlink(missing_ok=True)
                continue
            tensors, before = part
            self._compare(before["about"], path)
            seconds = max(seconds, float(before["seconds"]))
            for i, (seed, name) in enumerate(before["folds"]):
                task = FoldTask(int(seed), self._names.index(name))
                found[task] = _unpack(task, i, tensors)
        return TakenUp(list(found.values()), seconds, damaged)

    def add(self, result: FoldResult, seconds: float) -> None:
        """Keep one fold; written at once, or with the next ones when one was written just now.

        Parameters
        ----------
        result : FoldResult
        seconds : float
            That all sittings took so far.

        Raises
        ------
        RunError
            When the disk is full or the folder cannot be written to.
        """
        self._waiting.append(result)
        self._seconds = seconds
        if self._clock() - self._written >= _EVERY_S:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if not self._waiting:
            return
        tensors = {
            name: tensor
            for i, result in enumerate(self._waiting)
            for name, tensor in _pack(i, result).items()
        }
        what = {
            "about": self._about,
            "seconds": round(self._seconds, 3),
            "folds": [[one.task.seed, self._names[one.task.fold]] for one in self._waiting],
        }
        metadata = {"format": _FORMAT, "what": json.dumps(what, ensure_ascii=False)}
        data = save(tensors, metadata=metadata)
        digest = hashlib.sha256(data).hexdigest()[:16]
        name = part_name(next_number(self._folder), len(self._waiting), digest)
        write_whole(self._folder / name, data)
        self._waiting, self._written = [], self._clock()

    def delete(self) -> None:
        """Of a finished run: its results hold everything."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _compare(self, before: Mapping[str, Any], path: Path) -> None:
        # Folds from before there was a choice do not say the side of their inputs.
        before = {**before, "data": {"side": SIDE, **(before.get("data") or {})}}
        changed = [
            f"{words} {_difference(before.get(key), self._about.get(key))}"
            for key, words in _WORDS.items()
            if before.get(key) != self._about.get(key)
        ]
        if changed:
            raise RunError(
                f"cannot be taken on, it has changed since: {'; '.join(changed)}",
                where=path.parent.parent.name,
                remedy="Change it back, or train a new run",
            )


def _difference(before: Any, now: Any) -> str:
    if not isinstance(before, Mapping) or not isinstance(now, Mapping):
        return f"({before} before, {now} now)"
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    # A digest says nothing to a reader: where the rest differs, that is told alone.
    told = [name for name in names if name != "digest"]
    if not told:
        return "(as many as before, others in content)"
    return (
        f"({', '.join(f'{name} {before.get(name)} before, {now.get(name)} now' for name in told)})"
    )


def _pack(i: int, result: FoldResult) -> dict[str, torch.Tensor]:
    arrays = {"probabilities": result.probabilities, "curve": result.curve}
    if result.epochs is not None:
        arrays["epochs"] = result.epochs
    packed = {name: torch.from_numpy(np.ascontiguousarray(one)) for name, one in arrays.items()}
    packed |= {f"state/{name}": value.contiguous() for name, value in result.state.items()}
    return {f"{i}/{name}": value for name, value in packed.items()}


def _unpack(task: FoldTask, i: int, tensors: Mapping[str, torch.Tensor]) -> FoldResult:
    state: State = {
        name.removeprefix(f"{i}/state/"): value
        for name, value in tensors.items()
        if name.startswith(f"{i}/state/")
    }
    epochs = tensors.get(f"{i}/epochs")
    return FoldResult(
        task=task,
        state=state,
        probabilities=tensors[f"{i}/probabilities"].numpy(),
        epochs=None if epochs is None else epochs.numpy(),
        curve=tensors[f"{i}/curve"].numpy(),
    )


def _read(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]] | None:
    """Tensors and description of one file; None where it is not what its name says."""
    try:
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest()[:16] != path.stem.rpartition("-")[2]:
            return None
        head = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
        if head["format"] != _FORMAT:
            return None
        return load(data), json.loads(head["what"])
    except (OSError, SafetensorError, KeyError, ValueError):
        return None
