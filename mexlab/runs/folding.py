"""Folds as a training's settings ask for them: cut, counted, spelt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mexlab.runs.protocols import PROTOCOLS
from mexlab.runs.settings import TrainingSettings

if TYPE_CHECKING:
    from mexlab.evaluation.splits import Fold, Persons

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
    protocol = PROTOCOLS[settings.protocol]
    return protocol.cut(groups, settings.k, settings.fold_seed, databases)


def count_folds(settings: TrainingSettings, *, subjects: int, databases: int) -> int:
    """How many folds a seed will have, before they are cut.

    Parameters
    ----------
    settings : TrainingSettings
        Of which protocol and ``k`` count.
    subjects, databases : int
        How many there are among the clips; somebody who is in two databases counts once.
    """
    return PROTOCOLS[settings.protocol].count(settings.k, subjects, databases)


def dealt_by(settings: TrainingSettings) -> tuple[int, int] | None:
    """The parts that people are dealt into and the seed that shuffles them; None where neither
    counts.
    """
    if not PROTOCOLS[settings.protocol].deals:
        return None
    return settings.k, settings.fold_seed


def spell_protocol(settings: TrainingSettings) -> str:
    """Within a sentence: ``leave one subject out``, ``5-fold by subject``."""
    return PROTOCOLS[settings.protocol].phrase.format(k=settings.k)


def protocol_text(settings: TrainingSettings) -> str:
    """The protocol as a run's record states it, in full."""
    rule = PROTOCOLS[settings.protocol].rule.format(k=settings.k, fold_seed=settings.fold_seed)
    return f"{rule} {_ALWAYS}"


def is_published(settings: TrainingSettings) -> bool:
    """Whether it is the protocol of the published figures, so that they may stand beside it."""
    return PROTOCOLS[settings.protocol].published
