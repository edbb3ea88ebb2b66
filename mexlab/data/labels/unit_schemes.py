"""Classes by action units instead of emotions: objective classes, and single units of CD6ME.

A coder's doubt is kept: where the readings of a text (``R6 or R12``) give different classes, or
part of it could not be told (``?``), the clip has no class, and the reason says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

from mexlab.data.labels.facs import Alternatives, Remark, Unit, parse_action_units

#: Davison, Merghani and Yap (2018), "Objective classes for micro-facial expression recognition",
#: table 2: the action units of a class, whatever emotion was reported.
OBJECTIVE: Mapping[str, Sequence[str]] = {
    "I": ("6", "12", "6+12", "6+7+12", "7+12"),
    "II": ("1+2", "5", "25", "1+2+25", "25+26", "5+24"),
    "III": ("23", "4", "4+7", "4+5", "4+5+7", "17+24", "4+6+7", "4+38"),
    "IV": (
        "10",
        "9",
        "4+9",
        "4+40",
        "4+5+40",
        "4+7+9",
        "4+9+17",
        "4+7+10",
        "4+5+7+9",
        "7+10",
    ),
    "V": ("1", "15", "1+4", "6+15", "15+17"),
    "VI": ("1+2+4", "20"),
}

#: The class of all other combinations.
OTHERWISE = "VII"

#: The units that CD6ME detects across six databases: Varanka, Li, Peng and Zhao (2023), "Data
#: leakage and evaluation issues in micro-expression analysis".
CD6ME: tuple[int, ...] = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17)

#: The databases of CD6ME, by layout.
CD6ME_DATABASES = ("casme", "casme2", "samm", "mmew", "4dme", "cas_me3")

ABSENT, PRESENT = "absent", "present"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The class of a text of action units, or why it has none."""

    label: str | None
    reason: str = ""


class UnitClasses(Protocol):
    """A rule from the text of the action units to a class."""

    @property
    def classes(self) -> tuple[str, ...]: ...

    def judge(self, action_units: str) -> Judgement: ...


@dataclass(frozen=True, slots=True)
class ByCombination:
    """A class for each combination of units, whatever their side and intensity.

    Attributes
    ----------
    combinations : mapping of frozenset of int to str
    otherwise : str
        The class of all other combinations.
    """

    combinations: Mapping[frozenset[int], str]
    otherwise: str

    @property
    def classes(self) -> tuple[str, ...]:
        return (*dict.fromkeys(self.combinations.values()), self.otherwise)

    def judge(self, action_units: str) -> Judgement:
        found = _readings(action_units)
        if isinstance(found, str):
            return Judgement(None, found)
        if found.open:
            return Judgement(None, f"the coder of {action_units!r} could not tell every unit")
        labels = {self.combinations.get(units, self.otherwise) for units in found.readings}
        if len(labels) > 1:
            return Judgement(None, f"{action_units!r} may be class {' or '.join(sorted(labels))}")
        return Judgement(labels.pop())


@dataclass(frozen=True, slots=True)
class ByUnit:
    """Whether one unit is there.

    Attributes
    ----------
    unit : int
    """

    unit: int

    @property
    def classes(self) -> tuple[str, ...]:
        return (ABSENT, PRESENT)

    def judge(self, action_units: str) -> Judgement:
        if parse_action_units(action_units).neutral:
            return Judgement(ABSENT)
        found = _readings(action_units)
        if isinstance(found, str):
            return Judgement(None, found)
        there = {self.unit in units for units in found.readings}
        if there == {True}:
            return Judgement(PRESENT)
        if there == {False} and not found.open:
            return Judgement(ABSENT)
        return Judgement(None, f"{action_units!r} leaves open whether unit {self.unit} is there")


def objective_classes() -> ByCombination:
    """The seven objective classes; their own table is :data:`OBJECTIVE`."""
    return ByCombination(
        {
            frozenset(map(int, units.split("+"))): label
            for label, combinations in OBJECTIVE.items()
            for units in combinations
        },
        OTHERWISE,
    )


def cd6me_units(action_units: str) -> tuple[bool | None, ...]:
    """For each unit of :data:`CD6ME` whether it is there; None where the text leaves that open.

    >>> cd6me_units("L12+4")[2], cd6me_units("L12+4")[0], cd6me_units("?")[0]
    (True, False, None)
    """
    labels = (ByUnit(unit).judge(action_units).label for unit in CD6ME)
    return tuple(None if label is None else label == PRESENT for label in labels)


@dataclass(frozen=True, slots=True)
class _Readings:
    """The sets of units that a text may mean, and whether more units may have been there."""

    readings: tuple[frozenset[int], ...]
    open: bool


def _readings(action_units: str) -> _Readings | str:
    """What a text may mean, or why nothing can be made of it."""
    parsed = parse_action_units(action_units)
    if parsed.problems:
        problem = parsed.problems[0]
        return f"action units {action_units!r}, at sign {problem.position + 1}: {problem.reason}"
    untold = any(isinstance(part, Remark) and part.text == "?" for part in parsed.parts)
    if parsed.neutral:
        return "the coder saw no action unit"
    if not parsed.numbers:
        return "no action units coded" if not untold else "the coder could not tell the units"
    options = [list(_options(part)) for part in parsed.parts if not isinstance(part, Remark)]
    sets = {frozenset[int]().union(*chosen) for chosen in product(*options)}
    return _Readings(tuple(sorted(sets, key=sorted)), untold)


def _options(part: Unit | Alternatives) -> Iterator[frozenset[int]]:
    options = ((part,),) if isinstance(part, Unit) else part.options
    for option in options:
        yield frozenset(unit.number for unit in option if not (unit.static or unit.movement))
