"""How folds are cut; a splitter only splits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mexlab.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """One held-out subject.

    Attributes
    ----------
    name : str
        ``database/subject``.
    train_idx, test_idx : ndarray of int64
        Ascending positions; together they hold every clip once.
    """

    name: str
    train_idx: NDArray[np.int64]
    test_idx: NDArray[np.int64]


def leave_one_subject_out(groups: Sequence[tuple[str, str]]) -> list[Fold]:
    """Hold out one person at a time, all of that person's clips together.

    A person is a ``(database, subject)`` pair: SMIC ``s01`` and CASME II ``sub01`` are two
    people even where both databases call them ``01``.

    Parameters
    ----------
    groups : sequence of (str, str), length N
        Database and subject of each clip.

    Returns
    -------
    list of Fold
        One a person, in order of (database, subject).

    Raises
    ------
    InputError
        With fewer than two persons, since nobody would be left to train on.
    """
    pairs = [(str(database), str(subject)) for database, subject in groups]
    persons = sorted(set(pairs))
    if len(persons) < 2:
        found = f"only {'/'.join(persons[0])}" if persons else "no clip"
        raise InputError(
            f"leaving one subject out needs at least two subjects, got {found}",
            where="groups",
            remedy="Import another database, or choose more than one",
        )
    number = {person: i for i, person in enumerate(persons)}
    owner = np.array([number[pair] for pair in pairs])
    return [
        Fold("/".join(person), np.flatnonzero(owner != i), np.flatnonzero(owner == i))
        for i, person in enumerate(persons)
    ]
