"""Whether a feature set can be trained on; everything that stands in the way is said at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from mexlab.errors import InputError
from mexlab.evaluation.splits import Fold
from mexlab.features.feature_set import FeatureSet
from mexlab.models.registry import network
from mexlab.runs.folding import cut_folds
from mexlab.runs.settings import TrainingSettings


def check_trainable(
    feature_set: FeatureSet, settings: TrainingSettings, folds: Sequence[Fold] | None = None
) -> list[Fold]:
    """Cut the folds, and say everything that stands in the way of training on them at once.

    Parameters
    ----------
    feature_set : FeatureSet
    settings : TrainingSettings
    folds : sequence of Fold, optional
        Cut otherwise than by the settings' protocol; each clip must be held out once, and no
        person may stand on both sides.

    Raises
    ------
    InputError
        No clips; inputs that are too small for the network, or not finite; fewer persons or
        databases than the protocol needs; a class that only one fold shows, so that it would have
        to recognise what none of its training clips shows; fewer than two training clips; a
        person who is on both sides of a fold under two names.
    """
    if not len(feature_set):
        raise InputError(
            "no labelled clip to train on",
            where="feature set",
            remedy="Import a database with labels, or choose the coder whose codings have them",
        )
    faults = []
    if fault := network(settings.model).fault_of_side(feature_set.side):
        faults.append(fault)
    broken = np.flatnonzero(~np.isfinite(feature_set.inputs).reshape(len(feature_set), -1).all(1))
    if broken.size:
        names = ", ".join(str(feature_set.keys[i]) for i in broken[:5])
        faults.append(f"features that are not numbers in {broken.size} clips, first {names}")
    if len(feature_set.classes) < 2 or len(set(feature_set.labels.tolist())) < 2:
        faults.append(f"clips of at least two classes are needed, got {feature_set.spell_counts()}")
    if faults:
        raise InputError("; ".join(faults), where="feature set")
    if folds is None:
        folds = cut_folds(feature_set.groups, settings, feature_set.databases)
    else:
        faults = _misfits(feature_set, folds)
    _refuse_twins(feature_set, folds)
    faults += [
        why_unlearnable(fold, classes)
        for fold, classes in unlearnable(feature_set.labels.tolist(), feature_set.classes, folds)
    ]
    faults += [
        f"fold {fold.name} has fewer than two training clips"
        for fold in folds
        if len(fold.train_idx) < 2
    ]
    if faults:
        raise InputError(
            "; ".join(faults),
            where="feature set",
            remedy="Add subjects who show the class, leave it out, or choose another protocol",
        )
    return list(folds)


def why_unlearnable(fold: Fold, classes: Sequence[str]) -> str:
    """``surprise occurs only in sub03, so with sub03 held out no training clip shows it``."""
    verb, pronoun = ("occur", "them") if len(classes) > 1 else ("occurs", "it")
    return (
        f"{' and '.join(classes)} {verb} only in {fold.name}, so with {fold.name} held out no "
        f"training clip shows {pronoun}"
    )


def unlearnable(
    labels: Sequence[int], classes: Sequence[str], folds: Sequence[Fold]
) -> list[tuple[Fold, list[str]]]:
    """Folds that alone show a class, and these classes: held out, no training clip shows them.

    Parameters
    ----------
    labels : sequence of int
        Of each clip, its position in ``classes``.
    classes : sequence of str
    folds : sequence of Fold
    """
    own = np.asarray(labels)
    present = set(own.tolist())
    found = []
    for fold in folds:
        missing = present - set(own[fold.train_idx].tolist())
        if missing:
            found.append((fold, [classes[i] for i in sorted(missing)]))
    return found


def _misfits(feature_set: FeatureSet, folds: Sequence[Fold]) -> list[str]:
    faults = []
    people = feature_set.groups.tolist()
    for fold in folds:
        both = sorted({people[i] for i in fold.train_idx} & {people[i] for i in fold.test_idx})
        if both:
            named = ", ".join(both[:3])
            faults.append(f"fold {fold.name} trains on people that it holds out: {named}")
    held_out = np.sort(np.concatenate([fold.test_idx for fold in folds])) if folds else None
    if held_out is None or not np.array_equal(held_out, np.arange(len(feature_set))):
        faults.append("expected folds that hold each clip out once")
    return faults


def _refuse_twins(feature_set: FeatureSet, folds: Sequence[Fold]) -> None:
    """People who are on both sides of a fold under two names, as their clips tell.

    A database that was imported twice has the same clips to the last bit. A map without any motion
    tells nobody apart.
    """
    people = feature_set.groups.tolist()
    owner: dict[bytes, int] = {}
    pairs: dict[tuple[str, str], tuple[int, int]] = {}
    for i, maps in enumerate(feature_set.inputs):
        if np.ptp(maps) == 0.0:
            continue
        first = owner.setdefault(hashlib.sha256(maps.tobytes()).digest(), i)
        if people[first] != people[i]:
            pairs.setdefault((people[first], people[i]), (first, i))
    side = np.zeros(len(feature_set), dtype=np.int64)
    for number, fold in enumerate(folds):
        side[fold.test_idx] = number
    apart = [names for names, (first, i) in pairs.items() if side[first] != side[i]]
    if apart:
        shown = ", ".join(f"{one} and {other}" for one, other in apart[:3])
        raise InputError(
            "the same clips stand under two names, so that their person would be tested on "
            f"training clips: {shown}" + (", ..." if len(apart) > 3 else ""),
            where="feature set",
            remedy="Was a database imported twice? Choose one of the two, or say with "
            "`mexlab people` who is who",
        )
