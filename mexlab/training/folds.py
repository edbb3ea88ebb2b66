"""Cross-validation: folds by a protocol, last epoch, nothing selected on held-out clips."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from mexlab.errors import InputError
from mexlab.evaluation.metrics import confusion_matrix
from mexlab.evaluation.splits import Fold
from mexlab.features.feature_set import FeatureSet
from mexlab.features.normalise import normalise
from mexlab.training.backends import choose_backend
from mexlab.training.checks import check_trainable
from mexlab.training.chunks import train_chunks
from mexlab.training.mirror import normalise_mirrored
from mexlab.training.prediction import predict
from mexlab.training.pretraining import plan_pretraining, pretrain
from mexlab.training.progress import OnEvent, Progress
from mexlab.training.recipe import FoldJob, Plan, State, Watch
from mexlab.training.run_files import CurvePoint
from mexlab.training.settings import TrainingSettings


@dataclass(frozen=True, slots=True, eq=False)
class CrossValidation:
    """What a cross-validation leaves.

    Attributes
    ----------
    probabilities : ndarray of float32, shape (S, N, C)
        Out-of-fold, by seed, clip and class.
    folds : list of Fold
    fold_of : list of str
        For each clip the fold that held it out.
    curves : list of CurvePoint
        Training loss and accuracy, of training clips while training (dropout on).
    states : list of dict
        For each seed, by fold, the network's state after its last epoch.
    backend : str
        ``fused``, ``stacked`` or ``loop``, whichever trained.
    backend_note : str
        Why it was not the one asked for; else "".
    seconds : float
    pretraining : dict or None
        Record of the set that was pre-trained on.
    """

    probabilities: NDArray[np.float32]
    folds: list[Fold]
    fold_of: list[str]
    curves: list[CurvePoint]
    states: list[dict[str, State]]
    backend: str
    backend_note: str
    seconds: float
    pretraining: dict[str, Any] | None = None


def cross_validate(
    feature_set: FeatureSet,
    settings: TrainingSettings,
    *,
    folds: Sequence[Fold] | None = None,
    source: FeatureSet | None = None,
    on_event: OnEvent | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> CrossValidation:
    """Train one network a fold and seed, and predict the fold's held-out clips with it.

    Parameters
    ----------
    feature_set : FeatureSet
    settings : TrainingSettings
    folds : sequence of Fold, optional
        Cut by the settings' protocol by default. Given ones must hold each clip out once, and no
        person may stand on both sides.
    source : FeatureSet, optional
        Pre-train on this set first; its people who are in ``feature_set``, too, are left out
        (:mod:`mexlab.training.pretraining`).
    on_event : callable, optional
        Told ``started``, then ``epoch`` and ``fold`` at most eight times a second, by one thread
        at a time; see :mod:`mexlab.training.progress`.
    should_stop : callable, optional
        Asked after every training step.

    Returns
    -------
    CrossValidation

    Raises
    ------
    InputError
        Where the set cannot be trained on; see :func:`mexlab.training.checks.check_trainable`.
    TrainingStopped
        When ``should_stop`` said so.
    """
    tell = on_event or (lambda event: None)
    folds = check_trainable(feature_set, settings, folds)
    n_classes = len(feature_set.classes)
    mirrored = len(feature_set) if settings.mirrors_training else None
    plan = Plan.of(settings, [len(fold.train_idx) for fold in folds], mirrored)
    backend = choose_backend(settings)
    before = None if source is None else plan_pretraining(source, feature_set, settings)
    about = None if before is None else before.to_record()
    tell(
        {
            "event": "started",
            "model": settings.model,
            "folds": [fold.name for fold in folds],
            "seeds": list(settings.seeds),
            "epochs": settings.epochs,
            "clips": len(feature_set),
            "classes": list(feature_set.classes),
            "backend": backend.name,
            "backend_note": backend.note,
            "pretraining": about,
        }
    )
    views = _views(feature_set, settings)
    steps = plan.steps * len(folds) * len(settings.seeds)
    progress = Progress(tell, steps + (0 if before is None else before.steps))
    stop = should_stop or (lambda: False)
    curves: list[CurvePoint] = []

    def on_epoch(
        jobs: Sequence[FoldJob], epoch: int, losses: list[float], accuracies: list[float]
    ) -> None:
        for job, loss, accuracy in zip(jobs, losses, accuracies, strict=True):
            if not np.isfinite(loss):
                raise InputError(
                    f"the training loss of fold {job.name} is not a number at epoch {epoch}",
                    where="training",
                    remedy="Lower the learning rate",
                )
            curves.append(CurvePoint(job.seed, job.name, epoch, loss, accuracy))
        progress.epoch(
            seeds=[job.seed for job in jobs],
            folds=[job.name for job in jobs],
            epoch=epoch,
            loss=losses,
            accuracy=accuracies,
        )

    prepared = backend.prepare(views[0] if plan.mirrored is None else torch.cat(views))

    def train(jobs: Sequence[FoldJob], watch: Watch) -> list[State]:
        return backend.train(jobs, prepared, n_classes, settings, plan, watch)

    starts: dict[int, State] = {}
    if before is not None:
        starts = pretrain(before, feature_set.classes, on_steps=progress.advance, should_stop=stop)
    # Seed after seed; a fold's network is the same whatever is trained before or beside it.
    tasks = [(s, fold) for s in range(len(settings.seeds)) for fold in folds]
    probabilities = np.zeros((len(settings.seeds), len(feature_set), n_classes), np.float32)
    confusion = np.zeros((len(settings.seeds), n_classes, n_classes), np.int64)
    states: list[dict[str, State]] = [{} for _ in settings.seeds]
    chunks = train_chunks(
        train,
        [_job(feature_set, fold, settings.seeds[s], starts) for s, fold in tasks],
        backend.chunk_size(plan.batch_size),
        Watch(on_epoch, progress.advance, stop),
        threads=settings.threads,
        side_by_side=backend.side_by_side,
    )
    done = 0
    with closing(chunks):
        for positions, trained in chunks:
            for (s, fold), state in zip((tasks[i] for i in positions), trained, strict=True):
                states[s][fold.name] = state
                held_out = np.mean(
                    [
                        predict(settings.model, state, view[fold.test_idx], n_classes)
                        for view in (views if settings.mirrors_test else views[:1])
                    ],
                    axis=0,
                )
                probabilities[s, fold.test_idx] = held_out
                truth, guess = feature_set.labels[fold.test_idx], held_out.argmax(axis=1)
                confusion[s] += confusion_matrix(truth, guess, n_classes)
                done += 1
                progress.fold(
                    seed=settings.seeds[s],
                    fold=fold.name,
                    n=len(truth),
                    correct=int((truth == guess).sum()),
                    folds_done=done,
                    folds_total=len(tasks),
                    confusion=confusion[s].tolist(),
                )
    progress.tell(now=True)
    fold_of = [""] * len(feature_set)
    for fold in folds:
        for i in fold.test_idx:
            fold_of[int(i)] = fold.name
    return CrossValidation(
        probabilities=probabilities,
        folds=folds,
        fold_of=fold_of,
        curves=sorted(curves, key=lambda point: (point.seed, point.fold, point.epoch)),
        states=[{fold.name: own[fold.name] for fold in folds} for own in states],
        backend=backend.name,
        backend_note=backend.note,
        seconds=progress.seconds,
        pretraining=about,
    )


def _views(feature_set: FeatureSet, settings: TrainingSettings) -> list[torch.Tensor]:
    """Every clip's input, normalised; then every mirror image, where the recipe has them."""
    maps, how = feature_set.inputs, settings.normalise
    views = [torch.from_numpy(normalise(maps, how))]
    if settings.mirror != "off":
        views.append(torch.from_numpy(normalise_mirrored(maps, how, feature_set.source)))
    return views


def _job(feature_set: FeatureSet, fold: Fold, seed: int, starts: Mapping[int, State]) -> FoldJob:
    targets = torch.from_numpy(feature_set.labels[fold.train_idx].copy())
    return FoldJob(fold.name, seed, fold.train_idx, targets, starts.get(seed))
