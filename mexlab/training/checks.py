"""Whether a feature set can be trained on; everything that stands in the way is said at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mexlab.errors import InputError
from mexlab.evaluation.splits import Fold, leave_one_subject_out
from mexlab.features.feature_set import FeatureSet
from mexlab.models.registry import network
from mexlab.training.settings import TrainingSettings


def check_trainable(
    feature_set: FeatureSet, settings: TrainingSettings, folds: Sequence[Fold] | None = None
) -> list[Fold]:
    """Cut the folds, and say everything that stands in the way of training on them at once.

    Parameters
    ----------
    feature_set : FeatureSet
    settings : TrainingSettings
    folds : sequence of Fold, optional
        Cut otherwise than one person a fold; each clip must be held out once, and no person may
        stand on both sides.

    Raises
    ------
    InputError
        No clips; inputs of another shape than the network's, or not finite; fewer than two
        persons; a class that only one person shows, so that a fold would have to recognise what
        none of its training clips shows; fewer than two training clips.
    """
    if not len(feature_set):
        raise InputError(
            "no labelled clip to train on",
            where="feature set",
            remedy="Import a database with labels, or choose the coder whose codings have them",
        )
    faults = []
    expected = network(settings.model).input_shape
    if feature_set.inputs.shape[1:] != expected:
        faults.append(
            f"{settings.model} takes inputs of {expected}, got {feature_set.inputs.shape[1:]}"
        )
    broken = np.flatnonzero(~np.isfinite(feature_set.inputs).reshape(len(feature_set), -1).all(1))
    if broken.size:
        names = ", ".join(str(feature_set.keys[i]) for i in broken[:5])
        faults.append(f"features that are not numbers in {broken.size} clips, first {names}")
    if len(feature_set.classes) < 2 or len(set(feature_set.labels.tolist())) < 2:
        faults.append(f"clips of at least two classes are needed, got {feature_set.counts()}")
    if faults:
        raise InputError("; ".join(faults), where="feature set")
    if folds is None:
        folds = leave_one_subject_out(feature_set.groups)
    else:
        faults = _misfits(feature_set, folds)
    present = set(feature_set.labels.tolist())
    for fold in folds:
        missing = present - set(feature_set.labels[fold.train_idx].tolist())
        if missing:
            names = ", ".join(feature_set.classes[i] for i in sorted(missing))
            faults.append(f"only {fold.name} shows {names}: held out, nobody is left to learn from")
        if len(fold.train_idx) < 2:
            faults.append(f"fold {fold.name} has fewer than two training clips")
    if faults:
        raise InputError(
            "; ".join(faults),
            where="feature set",
            remedy="Add subjects who show the class, or leave the class out",
        )
    return list(folds)


def _misfits(feature_set: FeatureSet, folds: Sequence[Fold]) -> list[str]:
    faults = []
    for fold in folds:
        train = {feature_set.groups[i] for i in fold.train_idx}
        both = sorted(train & {feature_set.groups[i] for i in fold.test_idx})
        if both:
            named = ", ".join("/".join(person) for person in both[:3])
            faults.append(f"fold {fold.name} trains on people that it holds out: {named}")
    held_out = np.sort(np.concatenate([fold.test_idx for fold in folds])) if folds else None
    if held_out is None or not np.array_equal(held_out, np.arange(len(feature_set))):
        faults.append("expected folds that hold each clip out once")
    return faults
