"""The protocols that a training can follow, and what is said of each wherever a run is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mexlab.evaluation.splits import Fold, Persons

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
        As in :attr:`mexlab.runs.TrainingSettings.protocol`.
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
    cut : callable
        ``cut(groups, k, seed, databases)``: the folds. Groups say whose clip each is, databases
        are those of each clip.
    count : callable
        ``count(k, subjects, databases)``: how many folds there will be, before they are cut.
    deals : bool
        Whether people are dealt into ``k`` parts, shuffled by a seed: else neither counts.
    published : bool
        Whether it is that of the published figures, so that they may stand beside it.
    """

    name: str
    title: str
    detail: str
    rule: str
    phrase: str
    held_out: str
    cut: Callable[[Persons, int, int, Sequence[str]], list[Fold]]
    count: Callable[[int, int, int], int]
    deals: bool = False
    published: bool = False


# Settings name protocols and are read at every start: what cuts them, and NumPy with it, is loaded
# on first use.


def _by_subject(groups: Persons, _k: int, _seed: int, _databases: Sequence[str]) -> list[Fold]:
    from mexlab.evaluation.splits import leave_one_subject_out

    return leave_one_subject_out(groups)


def _by_database(groups: Persons, _k: int, _seed: int, databases: Sequence[str]) -> list[Fold]:
    from mexlab.evaluation.splits import leave_one_database_out

    return leave_one_database_out(databases, groups)


def _by_parts(groups: Persons, k: int, seed: int, _databases: Sequence[str]) -> list[Fold]:
    from mexlab.evaluation.splits import k_fold_by_subject

    return k_fold_by_subject(groups, k, seed)


_ALL = (
    Protocol(
        LEAVE_ONE_SUBJECT_OUT,
        "Leave one subject out",
        "a new subject each time; what papers report",
        "Leave one subject out: each subject of each database is held out once and predicted "
        "by a network trained on all the others.",
        "leave one subject out",
        "subject",
        cut=_by_subject,
        count=lambda _k, subjects, _databases: subjects,
        published=True,
    ),
    Protocol(
        LEAVE_ONE_DATABASE_OUT,
        "Leave one database out",
        "each database once; how well it does on another laboratory's recordings",
        "Leave one database out: each database is held out once, with all its subjects, and "
        "predicted by a network trained on the others.",
        "leave one database out",
        "database",
        cut=_by_database,
        count=lambda _k, _subjects, databases: databases,
    ),
    Protocol(
        K_FOLD,
        "k-fold by subject",
        "subjects in k parts, each part once; quicker than leaving out one at a time",
        "{k}-fold by subject: the subjects of each database, shuffled by seed {fold_seed}, are "
        "dealt into {k} parts of about equally many clips; each part is held out once and "
        "predicted by a network trained on the others.",
        "{k}-fold by subject",
        "part",
        cut=_by_parts,
        count=lambda k, _subjects, _databases: k,
        deals=True,
    ),
)

#: By name, the default first.
PROTOCOLS = {one.name: one for one in _ALL}
