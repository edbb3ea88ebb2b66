"""What a training is set to: one frozen record, checked once, saved with every run.

Imports no torch, so that pages and the command line can build and check settings cheaply.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from mexlab.errors import InputError
from mexlab.features.knob import Knob, is_whole, number, whole
from mexlab.models.registry import networks
from mexlab.models.sides import SIDE
from mexlab.runs.protocols import LEAVE_ONE_SUBJECT_OUT, PROTOCOLS
from mexlab.runs.seeds import parse_seeds

#: Kept beside :data:`mexlab.features.normalise.NORMALISATIONS` (a test compares them), so that
#: settings can be read without loading NumPy.
NORMALISATIONS = ("none", "median-scale", "min-max")
SCHEDULES = ("cosine", "constant")
MIRRORS = ("off", "train", "test", "both")
BACKENDS = ("auto", "fused", "stacked", "loop")
DEVICES = ("auto", "cpu", "cuda")
MASKED_CELLS = ("apart", "counted")


def _knob(default: Any, knob: Knob) -> Any:
    return field(default=default, metadata={"knob": knob})


def _are_seeds(seeds: object) -> bool:
    return (
        isinstance(seeds, tuple)
        and bool(seeds)
        and all(is_whole(seed) and 0 <= seed < 2**32 for seed in seeds)
        and len(set(seeds)) == len(seeds)
    )


_MODEL = Knob(
    "--model",
    "network",
    "The network: laenet (default), ststnet.",
    "a network",
    among=lambda: networks(),
)
_EPOCHS = whole("--epochs", "epochs", "Passes; the last counts.", 1, 100_000, where="recipe")
_LEARNING_RATE = number(
    "--learning-rate", "learning rate", "Adam's.",
    "a number above 0 and at most 10", math.ulp(0.0), 10.0, where="recipe",
)  # fmt: skip
_BATCH_SIZE = whole("--batch-size", "batch size", "Clips a step.", 2, 1_000_000, where="recipe")
_SCHEDULE = Knob(
    "--schedule", "rate", "Learning rate: cosine (default), constant.", "a schedule",
    choices=SCHEDULES, where="recipe",
)  # fmt: skip
_SEEDS = Knob(
    "--seeds", "seeds", "One training each: 1,2,3 or 1-5. None is ever picked.",
    "different whole numbers from 0", read=parse_seeds, kind=list, also="--seed", holds=_are_seeds,
)  # fmt: skip
_NORMALISE = Knob(
    "--normalise", "normalise", "median-scale, min-max or none.", "a way to normalise",
    choices=NORMALISATIONS, where="recipe",
)  # fmt: skip
_MASKED_CELLS = Knob(
    "--masked-cells", "masked cells",
    "In normalising, cells under the eye mask are kept apart and zero (default), or "
    "counted as still, as in older runs.",
    "apart or counted", choices=MASKED_CELLS,
)  # fmt: skip
_CLASS_WEIGHTING = number(
    "--class-weighting", "class weights", "Power of the inverse class frequency, 0 to 2.",
    "a power from 0 to 2", 0.0, 2.0, where="recipe",
)  # fmt: skip
_LABEL_SMOOTHING = number(
    "--label-smoothing", "label smoothing", "Share of a target spread, 0 to 0.99.",
    "a share from 0 to 0.99", 0.0, 0.99, where="recipe",
)  # fmt: skip
_MIRROR = Knob(
    "--mirror", "faces", "Mirror images: off, train (at random), test (mean), both.",
    "what is mirrored", choices=MIRRORS, where="recipe",
)  # fmt: skip
#: Of the library alone: no option, and no field.
_WEIGHT_DECAY = number("", "weight decay", "L2 penalty.", "a number from 0 to 1", 0.0, 1.0)
_PRETRAIN_EPOCHS = whole(
    "--pretrain-epochs", "passes of the pre-training", "Passes of the pre-training.",
    1, 100_000, where="pretraining",
)  # fmt: skip
#: Changes no figure.
_THREADS = whole(
    "", "threads", "Threads that torch may use.", 1, 1024,
    holds=lambda value: value is None or (is_whole(value) and 1 <= value <= 1024),
)  # fmt: skip
_BACKEND = Knob(
    "--backend", "backend", "auto (default), fused, stacked or loop: speed alone.",
    "a backend", choices=BACKENDS,
)  # fmt: skip
_PROTOCOL = Knob(
    "--protocol", "protocol",
    "How folds are cut: leave-one-subject-out (default), leave-one-database-out, "
    "k-fold (by subject).",
    "a protocol", among=lambda: PROTOCOLS, where="way",
)  # fmt: skip
_K = whole(
    "--k",
    "parts",
    "Number of parts for k-fold.",
    2,
    1000,
    where="parts",
)
_FOLD_SEED = whole(
    "--fold-seed", "dealt by seed", "Seed that shuffles the subjects, for k-fold.",
    0, 2**32 - 1, where="parts",
)  # fmt: skip
_DEVICE = Knob(
    "--device", "device", "auto (default), cpu or cuda: where networks are trained.",
    "a device", choices=DEVICES, where="way",
)  # fmt: skip


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

    model: str = _knob("laenet", _MODEL)
    epochs: int = _knob(40, _EPOCHS)
    learning_rate: float = _knob(3e-3, _LEARNING_RATE)
    batch_size: int = _knob(64, _BATCH_SIZE)
    schedule: str = _knob("cosine", _SCHEDULE)
    seeds: tuple[int, ...] = _knob((1,), _SEEDS)
    normalise: str = _knob("median-scale", _NORMALISE)
    masked_cells: str = _knob("apart", _MASKED_CELLS)
    class_weighting: float = _knob(0.5, _CLASS_WEIGHTING)
    label_smoothing: float = _knob(0.1, _LABEL_SMOOTHING)
    mirror: str = _knob("both", _MIRROR)
    weight_decay: float = _knob(0.0, _WEIGHT_DECAY)
    pretrain_epochs: int = _knob(40, _PRETRAIN_EPOCHS)
    threads: int | None = _knob(None, _THREADS)
    backend: str = _knob("auto", _BACKEND)
    protocol: str = _knob(LEAVE_ONE_SUBJECT_OUT, _PROTOCOL)
    k: int = _knob(5, _K)
    fold_seed: int = _knob(1, _FOLD_SEED)
    device: str = _knob("auto", _DEVICE)

    def __post_init__(self) -> None:
        if isinstance(self.seeds, int):
            object.__setattr__(self, "seeds", (self.seeds,))
        elif isinstance(self.seeds, list | range):
            object.__setattr__(self, "seeds", tuple(self.seeds))
        faults = self._faults()
        if faults:
            raise InputError("; ".join(faults), where="training settings")

    def _faults(self) -> list[str]:
        faults = [
            f"{one.name}: {fault}"
            for one in fields(self)
            if (fault := one.metadata["knob"].fault(getattr(self, one.name)))
        ]
        if self.device == "cuda" and self.backend in ("fused", "loop"):
            faults.append(f"device: the {self.backend} backend is the processor's, not cuda's")
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
        known = [one.name for one in fields(cls)]
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


def training_knobs() -> dict[str, Knob]:
    """By setting, in their order: how each is called, what may be typed, where it is shown.

    A setting is declared there and nowhere else: its check, its option, its field in the train
    form and its part of the command that starts a training are read off it.
    """
    return {one.name: one.metadata["knob"] for one in fields(TrainingSettings)}
