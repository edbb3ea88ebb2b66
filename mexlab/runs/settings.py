"""What a training is set to: one frozen record, checked once, saved with every run.

Imports no torch, so that pages and the command line can build and check settings cheaply.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from mexlab.errors import InputError
from mexlab.features.normalise import NORMALISATIONS
from mexlab.models.registry import networks
from mexlab.models.sides import SIDE
from mexlab.runs.protocols import LEAVE_ONE_SUBJECT_OUT, PROTOCOLS

SCHEDULES = ("cosine", "constant")
MIRRORS = ("off", "train", "test", "both")
BACKENDS = ("auto", "fused", "stacked", "loop")
DEVICES = ("auto", "cpu", "cuda")
MASKED_CELLS = ("apart", "counted")


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """Settings of one cross-validated training, the same for every fold.

    Parameters
    ----------
    model : str
        A network of :func:`mexlab.models.networks`.
    epochs : int
        Passes over the training clips; the last one is kept, always.
    learning_rate : float
        Adam's. 3e-3 lets a network of 843 parameters settle within 40 epochs; the STSTNet authors
        used 5e-5 for 500 to 800.
    batch_size : int
        Clips a step; lowered to the number of training clips where those are fewer.
    schedule : {"cosine", "constant"}
        Learning rate over the training: down to zero along a half cosine, so that the last epoch
        is a settled one and there is nothing to pick; or constant, as the authors had it.
    seeds : tuple of int
        One whole cross-validation a seed. Reported: the mean of the seeds' probabilities, and
        mean and spread of the seeds' own figures. No seed is ever picked.
    normalise : {"median-scale", "none", "min-max"}
        What is done to each clip's own maps (:mod:`mexlab.features.normalise`). Of one clip alone,
        hence without a look at anyone else's.
    masked_cells : {"apart", "counted"}
        What the cells under the eye mask count for in normalising: nothing, and they are zero in
        the end (``apart``); or ``counted`` as cells without motion, which under ``median-scale``
        end at minus the median. So did every run from before there was a choice, and it stays so
        called: a record without the setting is one of those.
    class_weighting : float
        Power of the inverse class frequency in the loss: 0 weighs every clip alike, 1 every class
        alike. Counted on a fold's training clips.
    label_smoothing : float
        Share of each target spread over all classes, in [0, 1).
    mirror : {"off", "train", "test", "both"}
        Mirror images of the face (:mod:`mexlab.training.folds.mirror`): in ``train``, each clip of
        a batch is mirrored with a chance of one half; in ``test``, a clip's probabilities are the
        mean of its own and its mirror image's.
    weight_decay : float
        L2 penalty, Adam's own.
    pretrain_epochs : int
        Passes over the clips of a pre-training, where there is one
        (:mod:`mexlab.training.pretraining`); with the same recipe otherwise.
    threads : int or None
        Threads that torch may use; None leaves torch's own choice.
    backend : {"auto", "fused", "stacked", "loop"}
        ``fused`` trains folds in compiled code, ``stacked`` several folds side by side in torch,
        ``loop`` one after the other; all do the same arithmetic on the same random draws.
        ``auto``: the first of these that the network and the machine allow; so does ``fused``
        where it cannot be, and the run's record says why. By its name ``fused`` is for inputs of
        28 x 28 only (:func:`refuse_fused`).
    protocol : {"leave-one-subject-out", "leave-one-database-out", "k-fold"}
        How folds are cut (:mod:`mexlab.runs.protocols`); a run from before there was a choice
        left one subject out.
    k : int
        Parts that people are dealt into; for ``k-fold`` only.
    fold_seed : int
        Shuffles the people before they are dealt; for ``k-fold`` only. The same for all seeds,
        whose probabilities are averaged, and so no clip is averaged over networks that saw it.
    device : {"auto", "cpu", "cuda"}
        Where networks are trained; predictions are always the processor's. ``auto`` takes CUDA
        where it is there and so many networks are trained that it should pay
        (:mod:`mexlab.training.backends.devices`).

    Raises
    ------
    InputError
        Naming every setting at fault at once.
    """

    model: str = "laenet"
    epochs: int = 40
    learning_rate: float = 3e-3
    batch_size: int = 64
    schedule: str = "cosine"
    seeds: tuple[int, ...] = (1,)
    normalise: str = "median-scale"
    masked_cells: str = "apart"
    class_weighting: float = 0.5
    label_smoothing: float = 0.1
    mirror: str = "both"
    weight_decay: float = 0.0
    pretrain_epochs: int = 40
    threads: int | None = None
    backend: str = "auto"
    protocol: str = LEAVE_ONE_SUBJECT_OUT
    k: int = 5
    fold_seed: int = 1
    device: str = "auto"

    def __post_init__(self) -> None:
        if isinstance(self.seeds, int):
            object.__setattr__(self, "seeds", (self.seeds,))
        elif isinstance(self.seeds, list | range):
            object.__setattr__(self, "seeds", tuple(self.seeds))
        faults = self._faults()
        if faults:
            raise InputError("; ".join(faults), where="training settings")

    def _faults(self) -> list[str]:
        faults = []

        def choice(name: str, allowed: tuple[str, ...]) -> None:
            if getattr(self, name) not in allowed:
                expected = ", ".join(allowed)
                faults.append(f"{name}: expected one of {expected}, got {getattr(self, name)!r}")

        def whole(name: str, low: int, high: int) -> None:
            value = getattr(self, name)
            if not _is_whole(value) or not low <= value <= high:
                faults.append(f"{name}: expected a whole number {low} to {high}, got {value!r}")

        def number(name: str, text: str, low: float, high: float) -> None:
            value = getattr(self, name)
            if not _is_number(value) or not low <= value <= high:
                faults.append(f"{name}: expected {text}, got {value!r}")

        choice("model", tuple(networks()))
        choice("schedule", SCHEDULES)
        choice("normalise", NORMALISATIONS)
        choice("masked_cells", MASKED_CELLS)
        choice("mirror", MIRRORS)
        choice("backend", BACKENDS)
        choice("device", DEVICES)
        if self.device == "cuda" and self.backend in ("fused", "loop"):
            faults.append(f"device: the {self.backend} backend is the processor's, not cuda's")
        choice("protocol", tuple(PROTOCOLS))
        whole("k", 2, 1000)
        whole("fold_seed", 0, 2**32 - 1)
        whole("epochs", 1, 100_000)
        whole("pretrain_epochs", 1, 100_000)
        whole("batch_size", 2, 1_000_000)
        number("learning_rate", "a number above 0 and at most 10", math.ulp(0.0), 10.0)
        number("class_weighting", "a power from 0 to 2", 0.0, 2.0)
        number("label_smoothing", "a share from 0 to 0.99", 0.0, 0.99)
        number("weight_decay", "a number from 0 to 1", 0.0, 1.0)
        if self.threads is not None:
            whole("threads", 1, 1024)
        seeds = self.seeds
        if (
            not isinstance(seeds, tuple)
            or not seeds
            or not all(_is_whole(seed) and 0 <= seed < 2**32 for seed in seeds)
            or len(set(seeds)) != len(seeds)
        ):
            faults.append(f"seeds: expected different whole numbers from 0, got {seeds!r}")
        return faults

    @property
    def mirrors_training(self) -> bool:
        """Whether training clips are mirrored at random."""
        return self.mirror in ("train", "both")

    @property
    def mirrors_test(self) -> bool:
        """Whether predictions are averaged with those of the mirror images."""
        return self.mirror in ("test", "both")

    def to_record(self) -> dict[str, Any]:
        """The settings as plain JSON types."""
        record = asdict(self)
        record["seeds"] = list(self.seeds)
        if self.masked_cells == "counted":
            # Written as it was before it could be chosen: an old run is then taken on as the same.
            del record["masked_cells"]
        return record

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> TrainingSettings:
        """Read :meth:`to_record` back; settings left out take their defaults.

        But for ``masked_cells``, without which masked cells were counted.

        Raises
        ------
        InputError
            On an unknown setting (naming it and the known ones) or a value that does not hold.
        """
        known = [field.name for field in fields(cls)]
        unknown = sorted(set(record) - set(known))
        if unknown:
            raise InputError(
                f"unknown setting {', '.join(unknown)}",
                where="training settings",
                remedy=f"Known are {', '.join(known)}",
            )
        values = {"masked_cells": "counted", **record}
        if isinstance(values.get("seeds"), list):
            values["seeds"] = tuple(values["seeds"])
        return cls(**values)


def fault_of_kernel(side: int) -> str:
    """Why the compiled kernel cannot take inputs of a side; "" where it can."""
    if side == SIDE:
        return ""
    return f"the compiled kernel is made for inputs of {SIDE} x {SIDE} px, not {side} x {side}"


def refuse_fused(settings: TrainingSettings, side: int) -> None:
    """Refuse the compiled kernel by its name for inputs of another side than its own.

    What takes its place is slower by so much that it is not taken unasked; ``auto`` asks for it.

    Raises
    ------
    InputError
    """
    if settings.backend == "fused" and (fault := fault_of_kernel(side)):
        raise InputError(
            fault, where="--backend fused", remedy="Leave --backend out: torch trains them"
        )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
