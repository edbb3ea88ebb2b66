"""The folds that are done, put together: probabilities, curves, networks, what is told of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mexlab.evaluation.metrics import confusion_matrix
from mexlab.runs.epoch_predictions import EpochPredictions, recorded_epochs
from mexlab.runs.files import CurvePoint
from mexlab.runs.progress import Progress
from mexlab.training.backends.recipe import State
from mexlab.training.folds.work import FoldResult, FoldTask, FoldWork


class Outcome:
    """Gathers a cross-validation's folds, in whatever order they end.

    Parameters
    ----------
    work : FoldWork
    progress : Progress
        Told each fold.

    Attributes
    ----------
    probabilities : ndarray of float32, shape (S, N, C)
        Zero where no fold has ended yet.
    """

    def __init__(self, work: FoldWork, progress: Progress) -> None:
        self._work, self._progress = work, progress
        self._seeds = work.settings.seeds
        clips = len(work.labels)
        self.probabilities = np.zeros((len(self._seeds), clips, work.classes), np.float32)
        self._summed = np.zeros((clips, work.classes))
        self._known = np.zeros(clips, np.bool_)
        self._epochs = recorded_epochs(work.settings.epochs)
        self._called = np.zeros((len(self._seeds), len(self._epochs), clips), np.int8)
        self._done: dict[FoldTask, FoldResult] = {}

    def add(self, result: FoldResult) -> None:
        """Take one fold that has ended, and tell of it."""
        work, task = self._work, result.task
        fold, s = work.folds[task.fold], self._seeds.index(task.seed)
        self._done[task] = result
        self.probabilities[s, fold.test_idx] = result.probabilities
        if result.epochs is not None:
            self._called[s][:, fold.test_idx] = result.epochs
        truth, guess = work.labels[fold.test_idx], result.probabilities.argmax(axis=1)
        self._summed[fold.test_idx] += result.probabilities
        self._known[fold.test_idx] = True
        self._progress.fold(
            seed=task.seed,
            fold=fold.name,
            n=len(truth),
            correct=int((truth == guess).sum()),
            folds_done=len(self._done),
            folds_total=len(work.folds) * len(self._seeds),
            confusion=self._so_far().tolist(),
        )

    def _so_far(self) -> NDArray[np.int64]:
        """Each clip held out so far once, as the mean of its seeds so far calls it.

        So it grows to what the run's headline is made of, and does not begin anew with each seed.
        """
        called = self._summed[self._known].argmax(axis=1)
        return confusion_matrix(self._work.labels[self._known], called, self._work.classes)

    def curves(self) -> list[CurvePoint]:
        """By seed, fold and epoch."""
        points = [
            CurvePoint(task.seed, self._work.folds[task.fold].name, epoch, loss, accuracy)
            for task, result in self._done.items()
            for epoch, (loss, accuracy) in enumerate(result.curve.tolist(), start=1)
        ]
        return sorted(points, key=lambda point: (point.seed, point.fold, point.epoch))

    def states(self) -> list[dict[str, State]]:
        """For each seed, by fold, the network after its last epoch."""
        return [
            {
                fold.name: self._done[FoldTask(seed, f)].state
                for f, fold in enumerate(self._work.folds)
            }
            for seed in self._seeds
        ]

    def epoch_predictions(self) -> EpochPredictions | None:
        """What each epoch's networks called the clips; None where it was not asked for."""
        if not self._work.record_epochs:
            return None
        seeds: NDArray[np.int64] = np.array(self._seeds, np.int64)
        return EpochPredictions(seeds, self._epochs, self._called)


def tell_curve(
    result: FoldResult, work: FoldWork, progress: Progress, at_most: int | None = None
) -> None:
    """Tell the curve of a fold that was trained elsewhere, or before.

    Parameters
    ----------
    result : FoldResult
    work : FoldWork
    progress : Progress
    at_most : int, optional
        Points; more are thinned out, the last one stays.
    """
    epochs = len(result.curve)
    step = max(1, -(-epochs // max(at_most, 1))) if at_most is not None else 1
    for epoch, (loss, accuracy) in enumerate(result.curve.tolist(), start=1):
        if epoch % step == 0 or epoch == epochs:
            progress.epoch(
                seeds=[result.task.seed],
                folds=[work.folds[result.task.fold].name],
                epoch=epoch,
                loss=[loss],
                accuracy=[accuracy],
            )
