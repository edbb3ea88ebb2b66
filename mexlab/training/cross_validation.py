"""Cross-validation: folds by a protocol, last epoch, nothing selected on held-out clips."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mexlab.evaluation.splits import Fold
from mexlab.features.feature_set import FeatureSet
from mexlab.runs.epoch_predictions import EpochPredictions
from mexlab.runs.files import CurvePoint
from mexlab.runs.progress import OnEvent, Progress
from mexlab.runs.provenance import describe_training
from mexlab.runs.settings import TrainingSettings
from mexlab.training.backends.choice import Backend, choose_backend
from mexlab.training.backends.recipe import FoldJob, State, Watch
from mexlab.training.folds.checks import check_trainable
from mexlab.training.folds.kept import KeptFolds, TakenUp
from mexlab.training.folds.outcome import Outcome, tell_curve
from mexlab.training.folds.work import FoldResult, FoldTask, FoldWork
from mexlab.training.pretraining import plan_pretraining, pretrain
from mexlab.training.workers.choice import Workers
from mexlab.training.workers.core_share import CoreShare, taking_part
from mexlab.training.workers.remote_chunks import open_pool, train_remotely
from mexlab.training.workers.threads import train_chunks

#: Points of the curves of an earlier sitting that are told again: no page draws more.
_POINTS_AGAIN = 6000


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
    epochs : EpochPredictions or None
        What each epoch's networks called the held-out clips, where it was asked for.
    backend : str
        ``fused``, ``stacked`` or ``loop``, whichever trained.
    backend_note : str
        Why it was not the one asked for; else "".
    device : str
        Where it trained: ``cpu``, or ``cuda (`` and the device's make ``)``.
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
    device: str
    seconds: float
    epochs: EpochPredictions | None = None
    pretraining: dict[str, Any] | None = None


def cross_validate(
    feature_set: FeatureSet,
    settings: TrainingSettings,
    *,
    folds: Sequence[Fold] | None = None,
    source: FeatureSet | None = None,
    on_event: OnEvent | None = None,
    should_stop: Callable[[], bool] | None = None,
    record_epochs: bool = False,
    keep: KeptFolds | None = None,
    workers: Workers | None = None,
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
        at a time; see :mod:`mexlab.runs.progress`.
    should_stop : callable, optional
        Asked after every training step.
    record_epochs : bool
        Also let each epoch's network call the held-out clips, after the fold's last epoch; for
        showing a leak, and seen by no training.
    keep : KeptFolds, optional
        Keeps each fold once it is done, and has those of an earlier sitting, which are not trained
        again.
    workers : Workers, optional
        Processes or machines that train the folds; threads of this process by default. What comes
        out is the same.

    Returns
    -------
    CrossValidation

    Raises
    ------
    InputError
        Where the set cannot be trained on; see
        :func:`mexlab.training.folds.checks.check_trainable`.
    TrainingStopped
        When ``should_stop`` said so.
    RunError
        Where ``keep`` has folds of other settings or data, or the disk is full.
    """
    tell = on_event or (lambda event: None)
    if settings.masked_cells == "counted":
        feature_set = feature_set.without_mask()
        source = None if source is None else source.without_mask()
    folds = check_trainable(feature_set, settings, folds)
    work = FoldWork.of(feature_set, settings, folds, record_epochs=record_epochs)
    backend = choose_backend(settings, len(folds) * len(settings.seeds), feature_set.side)
    before = None if source is None else plan_pretraining(source, feature_set, settings)
    about = None if before is None else before.to_record()
    taken_up = TakenUp([], 0.0, 0)
    if keep is not None:
        identity = describe_training(feature_set, settings, backend.name, backend.device, about)
        taken_up = keep.take_up(identity, [fold.name for fold in folds])
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
            "device": backend.device,
            "pretraining": about,
            "folds_kept": len(taken_up.results),
            "files_damaged": taken_up.damaged,
        }
    )
    seeds = settings.seeds
    steps = work.plan.steps * len(folds) * len(seeds)
    progress = Progress(tell, steps + (0 if before is None else before.steps))
    stop = should_stop or (lambda: False)

    def on_epoch(
        jobs: Sequence[FoldJob], epoch: int, losses: list[float], accuracies: list[float]
    ) -> None:
        progress.epoch(
            seeds=[job.seed for job in jobs],
            folds=[job.name for job in jobs],
            epoch=epoch,
            loss=losses,
            accuracy=accuracies,
        )

    tasks, outcome = _take_up(work, taken_up, progress)
    if before is not None and tasks:
        starts = pretrain(before, feature_set.classes, on_steps=progress.advance, should_stop=stop)
        work = replace(work, starts=starts)
    size = backend.chunk_size(work.plan.batch_size)
    watch = Watch(on_epoch, progress.advance, stop)
    try:
        with taking_part() as share:
            done = (
                _train_here(work, backend, tasks, size, watch, share)
                if workers is None or not workers.remote
                else _train_elsewhere(workers, work, tasks, size, stop, tell, progress, share)
            )
            with closing(done):
                for results in done:
                    for result in results:
                        outcome.add(result)
                        if keep is not None:
                            keep.add(result, progress.seconds)
    finally:
        if keep is not None:
            keep.flush()
    progress.tell(now=True)
    fold_of = [""] * len(feature_set)
    for fold in folds:
        for i in fold.test_idx:
            fold_of[int(i)] = fold.name
    return CrossValidation(
        probabilities=outcome.probabilities,
        folds=folds,
        fold_of=fold_of,
        curves=outcome.curves(),
        states=outcome.states(),
        epochs=outcome.epoch_predictions(),
        backend=backend.name,
        backend_note=backend.note,
        device=backend.device,
        seconds=progress.seconds,
        pretraining=about,
    )


def _take_up(work: FoldWork, before: TakenUp, progress: Progress) -> tuple[list[FoldTask], Outcome]:
    """What is left to train, and the outcome so far, of which everything is told again."""
    # Seed after seed; a fold's network is the same whatever is trained before or beside it.
    tasks = [FoldTask(seed, f) for seed in work.settings.seeds for f in range(len(work.folds))]
    outcome = Outcome(work, progress)
    progress.take_up(work.plan.steps * len(before.results), before.seconds)
    for result in sorted(before.results, key=lambda one: tasks.index(one.task)):
        tell_curve(result, work, progress, at_most=_POINTS_AGAIN // len(before.results))
        outcome.add(result)
    done = {result.task for result in before.results}
    return [task for task in tasks if task not in done], outcome


def _train_here(
    work: FoldWork,
    backend: Backend,
    tasks: Sequence[FoldTask],
    size: int,
    watch: Watch,
    share: CoreShare,
) -> Generator[list[FoldResult], None, None]:
    chunks = train_chunks(
        work.prepare(backend).train,
        tasks,
        size,
        watch,
        threads=work.settings.threads,
        side_by_side=backend.side_by_side,
        limit=share.limit,
    )
    with closing(chunks):
        for _, results in chunks:
            yield results


def _train_elsewhere(
    workers: Workers,
    work: FoldWork,
    tasks: Sequence[FoldTask],
    size: int,
    should_stop: Callable[[], bool],
    tell: OnEvent,
    progress: Progress,
    share: CoreShare,
) -> Generator[list[FoldResult], None, None]:
    """The same on workers outside this process; an epoch is told once its fold is done."""

    def on_lost(chunks: int) -> None:
        tell({"event": "workers", "message": "a worker died", "chunks_again": chunks})

    if not tasks:
        return
    pool = open_pool(workers, work, share.limit)
    done = train_remotely(pool, tasks, size, should_stop=should_stop, on_lost=on_lost)
    with closing(done):
        for results in done:
            for result in results:
                tell_curve(result, work, progress)
                progress.advance(work.plan.steps)
            yield results
