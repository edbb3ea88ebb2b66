"""How folds are cut; a splitter only splits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mexlab.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """What is held out at once: a person, a database, or several people.

    Attributes
    ----------
    name : str
        ``database/subject`` (or the name of a person whom several databases show), ``database``,
        or ``part 2``.
    train_idx, test_idx : ndarray of int64
        Ascending positions; together they hold every clip once.
    """

    name: str
    train_idx: NDArray[np.int64]
    test_idx: NDArray[np.int64]


#: Whose clip each is: a ``(database, subject)`` pair, or a name such as ``database/subject``.
Persons = Sequence[tuple[str, str]] | Sequence[str] | NDArray[np.str_]


def leave_one_subject_out(groups: Persons) -> list[Fold]:
    """Hold out one person at a time, all of that person's clips together.

    A ``(database, subject)`` pair is a person of its own: SMIC ``s01`` and CASME II ``sub01`` are
    two people even where both databases call them ``01``. Whoever is in several databases has to be
    named alike in all of them, as :attr:`mexlab.features.FeatureSet.groups` does.

    Parameters
    ----------
    groups : sequence of (str, str) or str, length N
        Whose clip each is.

    Returns
    -------
    list of Fold
        One a person, in order of their names.

    Raises
    ------
    InputError
        With fewer than two persons, since nobody would be left to train on.
    """
    pairs = _people(groups)
    persons = sorted(set(pairs), key=_order)
    if len(persons) < 2:
        found = f"only {persons[0]}" if persons else "no clip"
        raise InputError(
            f"leaving one subject out needs at least two subjects, got {found}",
            where="groups",
            remedy="Import another database, or choose more than one",
        )
    return _fold_each(pairs, {person: person for person in persons})


def leave_one_database_out(
    groups: Sequence[tuple[str, str]] | Sequence[str], people: Persons | None = None
) -> list[Fold]:
    """Hold out one database at a time, with everybody in it.

    With two databases this is the "hold-out-database evaluation" (HDE) of the MEGC 2018: train on
    one, test on the other, both ways.

    Parameters
    ----------
    groups : sequence of (str, str) or str, length N
        Database and subject of each clip, or the database alone.
    people : sequence of (str, str) or str, length N, optional
        Whose clip each is, where the pairs do not say it.

    Returns
    -------
    list of Fold
        One a database, in order of their names.

    Raises
    ------
    InputError
        With fewer than two databases, or where two of them show the same people.
    """
    names = [one if isinstance(one, str) else str(one[0]) for one in groups]
    databases = sorted(set(names))
    if len(databases) < 2:
        found = f"only {databases[0]}" if databases else "no clip"
        raise InputError(
            f"leaving one database out needs at least two databases, got {found}",
            where="groups",
            remedy="Choose another database, too, or leave one subject out",
        )
    shown: dict[str, str] = {}
    for name, person in zip(names, _people(() if people is None else people), strict=False):
        if shown.setdefault(person, name) != name:
            raise InputError(
                f"{shown[person]} and {name} show the same people ({person} for one): to hold out "
                "one of them would test on people who were trained on",
                where="groups",
                remedy=f"Choose one of {shown[person]} and {name}, or leave one subject out",
            )
    return _fold_each(names, {name: name for name in databases})


def k_fold_by_subject(groups: Persons, k: int, seed: int | None = None) -> list[Fold]:
    """Hold out a k-th of the people at a time, all clips of a person together.

    Parameters
    ----------
    groups : sequence of (str, str) or str, length N
        Whose clip each is.
    k : int
        Parts, from 2 to the number of people.
    seed : int, optional
        Shuffles the people first; without one they come in order of their names.

    Returns
    -------
    list of Fold
        ``part 1`` to ``part k``, of about equally many clips.

    Raises
    ------
    InputError
        With fewer people than parts, or fewer than two parts.

    Notes
    -----
    Those with most clips are dealt out first, each to the part that has the fewest clips yet;
    the seed decides among people with as many clips.
    """
    pairs = _people(groups)
    counts = Counter(pairs)
    if not 2 <= k <= len(counts):
        raise InputError(
            f"expected 2 to {len(counts)} parts for {len(counts)} people, got {k}",
            where="k",
            remedy="Ask for fewer parts, or choose more people",
        )
    persons = sorted(counts, key=_order)
    if seed is not None:
        persons = [persons[i] for i in np.random.default_rng(seed).permutation(len(persons))]
    loads, part_of = [0] * k, {}
    for person in sorted(persons, key=lambda one: -counts[one]):
        part = loads.index(min(loads))
        loads[part] += counts[person]
        part_of[person] = part
    own = [part_of[person] for person in pairs]
    return _fold_each(own, {part: f"part {part + 1}" for part in range(k)})


def _people(groups: Persons) -> list[str]:
    return [str(one) if isinstance(one, str) else "/".join(map(str, one)) for one in groups]


def _order(person: str) -> list[str]:
    """By database, then by subject: "smic-vis" comes after all of "smic"."""
    return person.split("/", 1)


def _fold_each(owners: Sequence[Any], names: Mapping[Any, str]) -> list[Fold]:
    """One fold an owner, in the order of `names`; each clip has one owner."""
    number = {owner: i for i, owner in enumerate(names)}
    own = np.array([number[owner] for owner in owners])
    return [
        Fold(name, np.flatnonzero(own != i), np.flatnonzero(own == i))
        for i, name in enumerate(names.values())
    ]
