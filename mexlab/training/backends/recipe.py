"""What every backend does alike: random draws, batches, loss, learning rate.

Each fold of each seed draws from streams of its own, named by the seed and the held-out person.
Hence a fold's network does not depend on which other folds are trained, in which order or beside
which, and the two backends can be held against each other draw for draw.
"""

from __future__ import annotations

import hashlib
import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from mexlab.errors import TrainingStopped
from mexlab.models.registry import network
from mexlab.models.sides import SIDE
from mexlab.runs.settings import TrainingSettings

State = dict[str, Tensor]

#: Layers draw their first weights from torch's one global stream; folds on several threads must
#: not draw from it at once.
_GLOBAL_STREAM = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class FoldJob:
    """One network to train: which clips, and which random streams.

    Attributes
    ----------
    name : str
        The held-out person.
    seed : int
    train_idx : ndarray of int64, shape (T,)
        Rows of the shared inputs. The held-out rows are not among them.
    targets : Tensor of int64, shape (T,)
        Their labels; those of the held-out clips are not handed to a trainer at all.
    start : dict or None
        Of a pre-trained network: what its weights begin with; the rest is drawn.
    """

    name: str
    seed: int
    train_idx: NDArray[np.int64]
    targets: Tensor
    start: State | None = None


OnNetworks = Callable[[Sequence[FoldJob], int, Callable[[], list[State]]], None]


@dataclass(frozen=True, slots=True)
class Watch:
    """How a trainer reports, and how it learns that it is to stop.

    Attributes
    ----------
    on_epoch : callable
        ``on_epoch(jobs, epoch, losses, accuracies)``, of the training clips.
    on_steps : callable
        ``on_steps(n)``: so many training steps of single folds were done.
    should_stop : callable
    on_networks : callable, optional
        ``on_networks(jobs, epoch, states)`` once the networks of an epoch are final; ``states()``
        copies them, in the order of the jobs.
    """

    on_epoch: Callable[[Sequence[FoldJob], int, list[float], list[float]], None]
    on_steps: Callable[[int], None]
    should_stop: Callable[[], bool]
    on_networks: OnNetworks | None = None

    def networks(
        self, jobs: Sequence[FoldJob], epoch: int, states: Callable[[], list[State]]
    ) -> None:
        """Offer an epoch's networks to whoever wants a copy."""
        if self.on_networks is not None:
            self.on_networks(jobs, epoch, states)

    def step(self, units: int) -> None:
        """Count training steps, and stop here when asked to.

        Raises
        ------
        TrainingStopped
        """
        self.on_steps(units)
        if self.should_stop():
            raise TrainingStopped("the training was cancelled")


def stream_seed(seed: int, fold: str, purpose: str) -> int:
    """A number for one random stream; far apart for neighbouring seeds, folds and purposes.

    Parameters
    ----------
    seed : int
        Of the run.
    fold : str
        Name of the held-out group, or of the training on all clips.
    purpose : str
        What is drawn: ``weights``, ``batches``, ``dropout`` and the like.

    Returns
    -------
    int
        From 0 to 2**63 - 1; the same on every machine.
    """
    digest = hashlib.sha256(f"{seed}\0{fold}\0{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def build_fold_network(
    settings: TrainingSettings, job: FoldJob, classes: int, side: int = SIDE
) -> nn.Module:
    """The untrained network of one fold, for inputs of a side.

    torch's global random state is left as it was.
    """
    with _GLOBAL_STREAM, torch.random.fork_rng(devices=[]):
        torch.manual_seed(stream_seed(job.seed, job.name, "weights"))
        net = network(settings.model).build(classes, side)
    if job.start is not None:
        net.load_state_dict({**net.state_dict(), **job.start})
    return net


class BatchOrder:
    """Batches of constant size from an endless, reshuffled row of the training clips.

    Passes run into each other, so that every batch is full and every clip is seen equally often,
    give or take one; a last, small batch would give batch norm statistics of a few clips.
    """

    def __init__(self, job: FoldJob, batch_size: int) -> None:
        self._rng = np.random.default_rng(stream_seed(job.seed, job.name, "batches"))
        self._n = len(job.train_idx)
        self._size = batch_size
        self._queue = np.empty(0, dtype=np.int64)

    def next(self) -> NDArray[np.int64]:
        """Positions in the job's training clips, shape (batch_size,)."""
        while len(self._queue) < self._size:
            self._queue = np.concatenate([self._queue, self._rng.permutation(self._n)])
        batch, self._queue = self._queue[: self._size], self._queue[self._size :]
        return batch


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps of a cross-validation; the same for every fold.

    Attributes
    ----------
    batch_size : int
        As set, or the number of training clips of the smallest fold.
    steps_an_epoch : int
        Batches that make at least one pass over the largest fold.
    epochs : int
    mirrored : int or None
        How many rows further in the inputs a clip's mirror image lies; None where training takes
        no mirror images.
    """

    batch_size: int
    steps_an_epoch: int
    epochs: int
    mirrored: int | None = None

    @property
    def steps(self) -> int:
        return self.steps_an_epoch * self.epochs

    @classmethod
    def of(
        cls,
        settings: TrainingSettings,
        training_sizes: Sequence[int],
        mirrored: int | None = None,
    ) -> Plan:
        """The plan of folds that are trained side by side.

        Parameters
        ----------
        settings : TrainingSettings
        training_sizes : sequence of int
            Clips that each fold trains on: the smallest bounds the batch, the largest the steps.
        mirrored : int, optional
            How many clips there are, where their mirror images stand behind them.
        """
        batch = min(settings.batch_size, min(training_sizes))
        return cls(batch, math.ceil(max(training_sizes) / batch), settings.epochs, mirrored)

    def learning_rate(self, settings: TrainingSettings, step: int) -> float:
        """The rate of one step, counted from 0 over the whole training."""
        if settings.schedule == "constant":
            return settings.learning_rate
        return settings.learning_rate * 0.5 * (1.0 + math.cos(math.pi * step / self.steps))


def class_weights(targets: Tensor, classes: int, power: float) -> Tensor:
    """Inverse class frequency of the training clips to a power, shape (classes,)."""
    counts = torch.bincount(targets, minlength=classes).clamp(min=1).to(torch.float32)
    return (len(targets) / (classes * counts)) ** power


def fold_losses(scores: Tensor, targets: Tensor, weights: Tensor, smoothing: float) -> Tensor:
    """Cross-entropy of each fold.

    Parameters
    ----------
    scores : Tensor, shape (F, B, C)
    targets : Tensor of int64, shape (F, B)
    weights : Tensor, shape (F, C)
        Of the classes.
    smoothing : float
        Share of each target spread over all classes.

    Returns
    -------
    Tensor, shape (F,)
    """
    log_shares = torch.log_softmax(scores, dim=-1)
    loss = -log_shares.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    if smoothing:
        loss = (1.0 - smoothing) * loss - smoothing * log_shares.mean(dim=-1)
    clip_weights = weights.gather(-1, targets)
    return (loss * clip_weights).sum(dim=-1) / clip_weights.sum(dim=-1)


def build_optimiser(settings: TrainingSettings, parameters: list[nn.Parameter]) -> torch.optim.Adam:
    return torch.optim.Adam(
        parameters, lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
