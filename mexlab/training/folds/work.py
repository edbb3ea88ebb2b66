"""All that training and predicting any fold takes, apart from where it is done.

Plain arrays and settings, so that the same work is done on a thread, in another process, or on
another machine, with the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from mexlab.errors import InputError
from mexlab.evaluation.splits import Fold
from mexlab.features.feature_set import FeatureSet
from mexlab.features.normalise import normalise
from mexlab.runs.settings import TrainingSettings
from mexlab.training.backends.choice import Backend, choose_backend
from mexlab.training.backends.recipe import FoldJob, Plan, State, Watch
from mexlab.training.folds.epoch_record import EpochRecorder
from mexlab.training.folds.mirror import normalise_mirrored
from mexlab.training.folds.prediction import predict


@dataclass(frozen=True, slots=True)
class FoldTask:
    """One network to train and to test: which fold, with which seed."""

    seed: int
    fold: int


@dataclass(frozen=True, slots=True, eq=False)
class FoldResult:
    """What training and testing one network gave.

    Attributes
    ----------
    task : FoldTask
    state : dict of Tensor
        After the last epoch.
    probabilities : ndarray of float32, shape (n, C)
        Of the held-out clips, by that network.
    epochs : ndarray of int8, shape (E, n), or None
        The class predicted after each recorded epoch; None where it was not asked for.
    curve : ndarray of float64, shape (epochs, 2)
        Training loss and accuracy.
    """

    task: FoldTask
    state: State
    probabilities: NDArray[np.float32]
    epochs: NDArray[np.int8] | None
    curve: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FoldWork:
    """A cross-validation's inputs; hand it tasks.

    Parameters
    ----------
    settings : TrainingSettings
    plan : Plan
    folds : tuple of Fold
    classes : int
    labels : ndarray of int64, shape (N,)
    views : tuple of ndarray of float32, shape (N, channels, rows, columns)
        Every clip's input, normalised; then every mirror image, where the recipe has them.
    starts : mapping of int to state dict
        By seed, what a pre-training left.
    record_epochs : bool
        Whether to let every epoch's network call the held-out clips, too, after the last one.
    """

    settings: TrainingSettings
    plan: Plan
    folds: tuple[Fold, ...]
    classes: int
    labels: NDArray[np.int64]
    views: tuple[NDArray[np.float32], ...]
    starts: Mapping[int, State] = field(default_factory=dict)
    record_epochs: bool = True

    @classmethod
    def of(
        cls,
        feature_set: FeatureSet,
        settings: TrainingSettings,
        folds: Sequence[Fold],
        *,
        record_epochs: bool,
    ) -> FoldWork:
        """Of a set that was checked (:func:`mexlab.training.folds.checks.check_trainable`)."""
        maps, how = feature_set.inputs, settings.normalise
        views = [normalise(maps, how, feature_set.masked)]
        if settings.mirror != "off":
            views.append(normalise_mirrored(maps, how, feature_set.source, feature_set.masked))
        mirrored = len(feature_set) if settings.mirrors_training else None
        return cls(
            settings=settings,
            plan=Plan.of(settings, [len(fold.train_idx) for fold in folds], mirrored),
            folds=tuple(folds),
            classes=len(feature_set.classes),
            labels=feature_set.labels,
            views=tuple(views),
            record_epochs=record_epochs,
        )

    @property
    def side(self) -> int:
        """Of the inputs."""
        return int(self.views[0].shape[-1])

    def prepare(self, backend: Backend | None = None) -> PreparedWork:
        """Lay the inputs out as the backend wants them; once a process."""
        return PreparedWork(self, backend or choose_backend(self.settings, side=self.side))


class PreparedWork:
    """Work whose inputs are laid out for one backend; may be called on several threads at once."""

    def __init__(self, work: FoldWork, backend: Backend) -> None:
        self._work, self._backend = work, backend
        # An array that came from another process may be read-only, which torch warns of.
        self._views = [torch.from_numpy(np.require(view, requirements="W")) for view in work.views]
        trained_on = self._views if work.plan.mirrored is not None else self._views[:1]
        self._inputs = backend.prepare(
            torch.cat(trained_on) if len(trained_on) > 1 else trained_on[0]
        )

    def job(self, task: FoldTask) -> FoldJob:
        """What a trainer gets: training rows and their labels, nothing of the held-out clips."""
        work = self._work
        fold = work.folds[task.fold]
        targets = torch.from_numpy(work.labels[fold.train_idx])
        return FoldJob(fold.name, task.seed, fold.train_idx, targets, work.starts.get(task.seed))

    def train(self, tasks: Sequence[FoldTask], watch: Watch) -> list[FoldResult]:
        """Train the tasks' networks, then let them predict the clips that they never saw.

        Raises
        ------
        InputError
            Where the loss ceases to be a number.
        TrainingStopped
        """
        work, settings = self._work, self._work.settings
        jobs = [self.job(task) for task in tasks]
        ledger = {
            (job.seed, job.name): _Ledger(self._recorder(task))
            for task, job in zip(tasks, jobs, strict=True)
        }

        def on_epoch(
            own: Sequence[FoldJob], epoch: int, losses: list[float], accuracies: list[float]
        ) -> None:
            for job, loss, accuracy in zip(own, losses, accuracies, strict=True):
                if not np.isfinite(loss):
                    raise InputError(
                        f"the training loss of fold {job.name} is not a number at epoch {epoch}",
                        where="training",
                        remedy="Lower the learning rate",
                    )
                ledger[job.seed, job.name].curve.append((loss, accuracy))
            watch.on_epoch(own, epoch, losses, accuracies)

        def on_networks(
            own: Sequence[FoldJob], epoch: int, states: Callable[[], list[State]]
        ) -> None:
            recorders = [ledger[job.seed, job.name].recorder for job in own]
            # All folds have the same epochs: what one wants, all want.
            if any(recorder is not None and recorder.wants(epoch) for recorder in recorders):
                for recorder, state in zip(recorders, states(), strict=True):
                    if recorder is not None:
                        recorder.keep(state)

        states = self._backend.train(
            jobs,
            self._inputs,
            work.classes,
            settings,
            work.plan,
            Watch(on_epoch, watch.on_steps, watch.should_stop, on_networks),
        )
        results = []
        for task, job, state in zip(tasks, jobs, states, strict=True):
            shares = [
                predict(settings.model, state, view, work.classes) for view in self._held_out(task)
            ]
            mean = np.mean(shares, axis=0)
            kept = ledger[job.seed, job.name]
            recorder = kept.recorder
            epochs = None if recorder is None else recorder.finish(mean.argmax(axis=1))
            results.append(FoldResult(task, state, mean, epochs, np.array(kept.curve)))
        return results

    def _recorder(self, task: FoldTask) -> EpochRecorder | None:
        work = self._work
        if not work.record_epochs:
            return None
        settings = work.settings
        return EpochRecorder(settings.model, work.classes, settings.epochs, self._held_out(task))

    def _held_out(self, task: FoldTask) -> list[torch.Tensor]:
        rows = self._work.folds[task.fold].test_idx
        views = self._views if self._work.settings.mirrors_test else self._views[:1]
        return [view[rows] for view in views]


@dataclass(slots=True)
class _Ledger:
    """What is noted of one network while it trains."""

    recorder: EpochRecorder | None
    curve: list[tuple[float, float]] = field(default_factory=list)
