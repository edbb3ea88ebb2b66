"""Folds as a training's settings ask for them: cut, counted, spelt."""

from __future__ import annotations

from collections.abc import Sequence

from mexlab.evaluation.splits import (
    Fold,
    Persons,
    k_fold_by_subject,
    leave_one_database_out,
    leave_one_subject_out,
)
from mexlab.runs.protocols import (
    K_FOLD,
    LEAVE_ONE_DATABASE_OUT,
    LEAVE_ONE_SUBJECT_OUT,
    PROTOCOLS,
)
from mexlab.runs.settings import TrainingSettings

_ALWAYS = (
    "The network after the last epoch is used. No epoch, threshold, seed or setting is selected on "
    "held-out clips; all folds share one setting. Figures are computed once from the pooled "
    "predictions of all folds."
)


def cut_folds(groups: Persons, settings: TrainingSettings, databases: Sequence[str]) -> list[Fold]:
    """The folds of a training.

    Parameters
    ----------
    groups : sequence of str or (str, str)
        Whose clip each is: one person, one name (:attr:`mexlab.features.FeatureSet.groups`).
    settings : TrainingSettings
        Of which ``protocol``, ``k`` and ``fold_seed`` count.
    databases : sequence of str
        The database of each clip.

    Raises
    ------
    InputError
        With fewer people or databases than the protocol needs, or where databases to be held out
        show the same people.
    """
    if settings.protocol == K_FOLD:
        return k_fold_by_subject(groups, settings.k, settings.fold_seed)
    if settings.protocol == LEAVE_ONE_DATABASE_OUT:
        return leave_one_database_out(databases, groups)
    return leave_one_subject_out(groups)


def count_folds(settings: TrainingSettings, *, subjects: int, databases: int) -> int:
    """How many folds a seed will have, before they are cut."""
    return {K_FOLD: settings.k, LEAVE_ONE_DATABASE_OUT: databases}.get(settings.protocol, subjects)


def spell_protocol(settings: TrainingSettings) -> str:
    """Within a sentence: ``leave one subject out``, ``5-fold by subject``."""
    return PROTOCOLS[settings.protocol].phrase.format(k=settings.k)


def protocol_text(settings: TrainingSettings) -> str:
    """The protocol as a run's record states it, in full."""
    rule = PROTOCOLS[settings.protocol].rule.format(k=settings.k, fold_seed=settings.fold_seed)
    return f"{rule} {_ALWAYS}"


def is_published(settings: TrainingSettings) -> bool:
    """Whether it is the protocol of the published figures, so that they may stand beside it."""
    return settings.protocol == LEAVE_ONE_SUBJECT_OUT
