"""Choosing a recipe without the held-out clips: nested leave-subjects-out selection.

For each held-out person, every candidate is tried on folds of the *other* people alone; the one
that does best there is trained on all of them and predicts the held-out person. The figure of the
whole is an honest one for "choose among these candidates", since no choice has seen the clips that
it is judged by. Each candidate's own leave-one-subject-out figure would not be, once one is picked
by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mexlab.errors import InputError
from mexlab.evaluation.metrics import confusion_matrix, metrics_from_confusion
from mexlab.evaluation.splits import k_fold_by_subject, leave_one_subject_out
from mexlab.features.feature_set import FeatureSet
from mexlab.runs.settings import TrainingSettings
from mexlab.training.cross_validation import cross_validate


@dataclass(frozen=True, slots=True, eq=False)
class NestedSelection:
    """What nested selection leaves.

    Attributes
    ----------
    probabilities : ndarray of float32, shape (S, N, C)
        Out-of-fold, by outer seed, of the candidate chosen for each person.
    chosen : dict of str to int
        By held-out person, the candidate's position.
    scores : dict of str to list of float
        By held-out person, each candidate's score on the inner folds.
    """

    probabilities: NDArray[np.float32]
    chosen: dict[str, int]
    scores: dict[str, list[float]]

    def votes(self) -> Counter[int]:
        """How often each candidate was chosen."""
        return Counter(self.chosen.values())


def score_candidates(
    feature_set: FeatureSet, candidates: Sequence[TrainingSettings], parts: int
) -> list[float]:
    """Mean of UF1 and UAR of each candidate on folds of several people.

    The pooled predictions of all parts, of the mean of the candidate's own seeds' probabilities.
    """
    folds = k_fold_by_subject(feature_set.groups, parts)
    scores = []
    for settings in candidates:
        result = cross_validate(feature_set, settings, folds=folds)
        guess = result.probabilities.mean(axis=0).argmax(axis=1)
        n_classes = len(feature_set.classes)
        figures = metrics_from_confusion(
            confusion_matrix(feature_set.labels, guess, n_classes), feature_set.classes
        )
        scores.append((figures.uf1 + figures.uar) / 2)
    return scores


def select_nested(
    feature_set: FeatureSet,
    candidates: Sequence[TrainingSettings],
    *,
    seeds: Sequence[int],
    parts: int = 4,
    on_person: Callable[[str, list[float]], None] | None = None,
) -> NestedSelection:
    """Predict each person with the candidate that did best on the others.

    Parameters
    ----------
    feature_set : FeatureSet
    candidates : sequence of TrainingSettings
        Their own seeds are those of the inner folds. The first of equals wins.
    seeds : sequence of int
        Of the trainings that predict the held-out people.
    parts : int
        Inner folds.
    on_person : callable, optional
        Told each held-out person and the candidates' scores.

    Returns
    -------
    NestedSelection

    Raises
    ------
    InputError
        Where the set cannot be trained on.
    """
    if not candidates:
        raise InputError("expected at least one candidate", where="candidates")
    shape = (len(seeds), len(feature_set), len(feature_set.classes))
    probabilities = np.zeros(shape, np.float32)
    outer = leave_one_subject_out(feature_set.groups)
    scores: dict[str, list[float]] = {}
    for fold in outer:
        scores[fold.name] = score_candidates(feature_set.subset(fold.train_idx), candidates, parts)
        if on_person is not None:
            on_person(fold.name, scores[fold.name])
    chosen = {name: int(np.argmax(own)) for name, own in scores.items()}
    for position in sorted(set(chosen.values())):
        settings = TrainingSettings.from_record(
            {**candidates[position].to_record(), "seeds": list(seeds)}
        )
        # Of all folds at once, of which those are kept that chose this candidate.
        result = cross_validate(feature_set, settings, folds=outer)
        for fold in outer:
            if chosen[fold.name] == position:
                probabilities[:, fold.test_idx] = result.probabilities[:, fold.test_idx]
    return NestedSelection(probabilities, chosen, scores)
