"""The protocols: how folds are cut, and what is said of it wherever a run is shown. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mexlab.evaluation.splits import (
    Fold,
    Persons,
    k_fold_by_subject,
    leave_one_database_out,
    leave_one_subject_out,
)

if TYPE_CHECKING:
    from mexlab.runs.run import Run
    from mexlab.runs.settings import TrainingSettings

#: The field's own, and the only one that published figures may stand beside.
LEAVE_ONE_SUBJECT_OUT = "leave-one-subject-out"
LEAVE_ONE_DATABASE_OUT = "leave-one-database-out"
K_FOLD = "k-fold"


@dataclass(frozen=True, slots=True)
class Protocol:
    """One way to cut folds.

    Attributes
    ----------
    name : str
        As in :attr:`mexlab.training.TrainingSettings.protocol`.
    title : str
        As a choice to be made.
    detail : str
        What it answers, in one line, for whoever chooses.
    rule : str
        The first sentence of the protocol in a run's record; ``{k}`` and ``{fold_seed}`` are the
        settings' own.
    phrase : str
        Within a sentence; ``{k}`` as above.
    held_out : str
        What one fold holds out.
    """

    name: str
    title: str
    detail: str
    rule: str
    phrase: str
    held_out: str


_ALL = (
    Protocol(
        LEAVE_ONE_SUBJECT_OUT,
        "Leave one subject out",
        "each person once; how well it does on somebody new; what papers report",
        "Leave one subject out: each person (database and subject) is held out once and predicted "
        "by a network trained on all the others.",
        "leave one subject out",
        "subject",
    ),
    Protocol(
        LEAVE_ONE_DATABASE_OUT,
        "Leave one database out",
        "each database once; how well it does on another laboratory's recordings",
        "Leave one database out: each database is held out once, with everybody in it, and "
        "predicted by a network trained on the others.",
        "leave one database out",
        "database",
    ),
    Protocol(
        K_FOLD,
        "k-fold by subject",
        "people in k parts, each part once; a quicker look than leaving out one at a time",
        "{k}-fold by subject: people (database and subject), shuffled by seed {fold_seed}, are "
        "dealt into {k} parts of about equally many clips; each part is held out once and "
        "predicted by a network trained on the others.",
        "{k}-fold by subject",
        "part",
    ),
)

#: By name, the default first.
PROTOCOLS = {one.name: one for one in _ALL}

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


def count_run_folds(run: Run) -> int:
    """How many folds each seed of a run has; 0 as long as its data are not known."""
    settings, summary = run.settings, run.summary()
    if settings is None or not summary["subjects"]:
        return 0
    return count_folds(settings, subjects=summary["subjects"], databases=len(summary["databases"]))


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
