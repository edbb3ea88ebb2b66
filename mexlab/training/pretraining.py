"""Pre-training on another feature set, as the paper does on macro-expressions; people kept apart.

One network a seed is trained on the source set; every fold of that seed starts from it and is then
trained on its own training clips. No person of the target set is in the source, so that nobody who
is held out later has been seen before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from mexlab.errors import InputError
from mexlab.features.feature_set import FeatureSet
from mexlab.features.normalise import normalise
from mexlab.runs.settings import TrainingSettings
from mexlab.training.backends.choice import choose_backend
from mexlab.training.backends.recipe import FoldJob, Plan, State, Watch
from mexlab.training.folds.mirror import normalise_mirrored
from mexlab.training.workers.threads import train_chunks

#: Names the random streams of a pre-training; no person is called so.
STREAM = "pre-training"


@dataclass(frozen=True, slots=True)
class Pretraining:
    """What is pre-trained on, after people were kept apart.

    Attributes
    ----------
    source : FeatureSet
    left_out : tuple of str
        People (``database/subject``) of the source who are in the target, too.
    settings : TrainingSettings
        The target's, with the epochs of the pre-training.
    """

    source: FeatureSet
    left_out: tuple[str, ...]
    settings: TrainingSettings

    @property
    def plan(self) -> Plan:
        """Its steps; one network a seed."""
        mirrored = len(self.source) if self.settings.mirrors_training else None
        return Plan.of(self.settings, [len(self.source)], mirrored)

    @property
    def steps(self) -> int:
        """Training steps of all seeds."""
        return self.plan.steps * len(self.settings.seeds)

    def to_record(self) -> dict[str, Any]:
        """For the run's record: whom it was done on, and who was left out."""
        return {
            "databases": sorted({key.database for key in self.source.keys}),
            "clips": len(self.source),
            "subjects": len(set(self.source.persons)),
            "class_counts": self.source.counts(),
            "epochs": self.settings.epochs,
            "left_out": list(self.left_out),
            "features": self.source.source,
            "digest": self.source.content_digest(),
        }


def plan_pretraining(
    source: FeatureSet, target: FeatureSet, settings: TrainingSettings
) -> Pretraining:
    """Leave the target's people out of the source, and check what is left.

    People are the same where the sets say so (:attr:`FeatureSet.persons`), and where any clip is
    the same to the last bit: a database that was imported twice, under two names.

    Raises
    ------
    InputError
        Where fewer than two clips or classes are left, or the inputs are of another kind.
    """
    target_people = set(target.persons)
    target_clips = set(map(_fingerprint, target.inputs))
    shared = {
        person
        for person, maps in zip(source.persons, source.inputs, strict=True)
        if person in target_people or _fingerprint(maps) in target_clips
    }
    rest = source.subset(np.array([one not in shared for one in source.persons], dtype=bool))
    kinds = [one.source.get("source") for one in (source, target)]
    faults = []
    if source.side != target.side:
        faults.append(
            f"inputs are {source.side} x {source.side} px, those of the training "
            f"{target.side} x {target.side}"
        )
    if kinds[0] != kinds[1]:
        faults.append(f"features are {kinds[0]}, those of the training are {kinds[1]}")
    if len(rest) < 2 or len(set(rest.labels.tolist())) < 2:
        faults.append(
            f"clips of at least two classes are needed, got {rest.spell_counts()}"
            + (f" after leaving out the {len(shared)} people to be tested on" if shared else "")
        )
    if faults:
        raise InputError(
            "; ".join(faults),
            where="pre-training",
            remedy="Choose a database of other people, with features of the same kind",
        )
    named = zip(source.groups.tolist(), source.persons, strict=True)
    left_out = tuple(sorted({name for name, person in named if person in shared}))
    return Pretraining(rest, left_out, replace(settings, epochs=settings.pretrain_epochs))


def pretrain(
    pretraining: Pretraining,
    classes: tuple[str, ...],
    *,
    on_steps: Callable[[int], None],
    should_stop: Callable[[], bool],
) -> dict[int, State]:
    """Train one network a seed on the source.

    Parameters
    ----------
    pretraining : Pretraining
    classes : tuple of str
        Of the target. Where the source has others, the classifier starts afresh and only the
        convolutions and batch norm are handed on.
    on_steps, should_stop : callable
        As in :class:`mexlab.training.backends.recipe.Watch`.

    Returns
    -------
    dict of int to state dict
        By seed, what :func:`mexlab.training.backends.recipe.build_fold_network` starts from.

    Raises
    ------
    InputError
        Where the loss ceases to be a number.
    TrainingStopped
    """
    source, settings = pretraining.source, pretraining.settings
    backend = choose_backend(settings, len(settings.seeds), source.side)
    plan = pretraining.plan
    maps, how = source.inputs, settings.normalise
    views = [torch.from_numpy(normalise(maps, how, source.masked))]
    if plan.mirrored is not None:
        mirrored = normalise_mirrored(maps, how, source.source, source.masked)
        views.append(torch.from_numpy(mirrored))
    inputs = backend.prepare(torch.cat(views))
    rows, targets = np.arange(len(source)), torch.from_numpy(source.labels.copy())
    jobs = [FoldJob(STREAM, seed, rows, targets) for seed in settings.seeds]

    def on_epoch(_: object, epoch: int, losses: list[float], __: object) -> None:
        if not np.isfinite(losses).all():
            raise InputError(
                f"the loss is not a number at epoch {epoch}",
                where="pre-training",
                remedy="Lower the learning rate",
            )

    chunks = train_chunks(
        lambda some, watch: backend.train(some, inputs, len(source.classes), settings, plan, watch),
        jobs,
        backend.chunk_size(plan.batch_size),
        Watch(on_epoch, on_steps, should_stop),
        threads=settings.threads,
        side_by_side=backend.side_by_side,
    )
    same_classes = tuple(source.classes) == tuple(classes)
    found: dict[int, State] = {}
    for positions, states in chunks:
        for position, state in zip(positions, states, strict=True):
            found[settings.seeds[position]] = transferable(state, same_classes)
    return found


def transferable(state: State, same_classes: bool) -> State:
    """What of a trained network another one starts from."""
    return {
        name: value
        for name, value in state.items()
        # Batch norm counts its steps anew; a classifier of other classes is of no use.
        if not name.endswith("num_batches_tracked")
        and (same_classes or not name.startswith("classifier."))
    }


def _fingerprint(maps: np.ndarray) -> bytes:
    return hashlib.sha256(np.ascontiguousarray(maps).tobytes()).digest()
