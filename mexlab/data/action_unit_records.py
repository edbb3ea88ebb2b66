"""What a line of action units says, as records: units, alternatives, remarks, problems.

:mod:`mexlab.data.labels.facs` reads them from text; ``str()`` of each is its normal form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mexlab.data.labels.action_unit_names import AU_NAMES, MOVEMENT_NAMES, SIDES

INTENSITIES = ("A", "B", "C", "D", "E")

#: What says that nothing moves, in its normal form and as it is written.
NEUTRAL = "0"

#: Remarks that stand in coding sheets among the units and are no units.
REMARKS = ("soft focus",)


@dataclass(frozen=True, slots=True)
class Unit:
    """One action unit.

    Attributes
    ----------
    number : int
    side : str
        "" where both sides, or not told; else one of :data:`SIDES`.
    intensity : {"", "A", "B", "C", "D", "E"}
    uncertain : bool
        Marked with ``?`` by the coder.
    intensity_to : {"", "A", ..., "E"}
        The other end where the coder wavered: ``4A/B``.
    static : bool
        ``(k)``: part of the face at rest, not of the expression.
    reference : bool
        ``ref(…)``: as in the reference frame.
    movement : bool
        ``M59``: a movement of head or eyes (:data:`MOVEMENT_NAMES`), no unit of the face.
    """

    number: int
    side: str = ""
    intensity: str = ""
    uncertain: bool = False
    intensity_to: str = ""
    static: bool = False
    reference: bool = False
    movement: bool = False

    @property
    def name(self) -> str:
        """What it does, in words."""
        return (MOVEMENT_NAMES if self.movement else AU_NAMES)[self.number]

    def __str__(self) -> str:
        text = f"{'M' if self.movement else ''}{self.side}{self.number}{self.intensity}"
        if self.intensity_to:
            text += f"/{self.intensity_to}"
        if self.static:
            text += "(k)"
        if self.uncertain:
            text += "?"
        return f"ref({text})" if self.reference else text

    def spelled_out(self) -> str:
        """In words: ``left lip corner up (B)``."""
        plain = self.side in ("L", "R", "T", "B")
        text = f"{SIDES[self.side]} {self.name}" if plain else self.name
        to = f"–{self.intensity_to}" if self.intensity_to else ""
        notes = [f"{self.intensity}{to}"] if self.intensity else []
        if self.side and not plain:
            notes.append(SIDES[self.side])
        if self.static:
            notes.append("static")
        if self.reference:
            notes.append("in the reference frame")
        if self.uncertain:
            notes.append("unsure")
        return text + (f" ({', '.join(notes)})" if notes else "")


@dataclass(frozen=True, slots=True)
class Alternatives:
    """One of several options holds, the coder could not tell which: ``R6 or R12``.

    A single option is a bracket around units that belong together: ``(6+12)``.
    """

    options: tuple[tuple[Unit, ...], ...]

    def __str__(self) -> str:
        return f"({' or '.join('+'.join(map(str, option)) for option in self.options)})"

    def spelled_out(self) -> str:
        texts = (" with ".join(u.spelled_out() for u in option) for option in self.options)
        return " or ".join(texts)


@dataclass(frozen=True, slots=True)
class Remark:
    """Text among the units that is no unit; not `understood` where it is a problem."""

    text: str
    understood: bool = True

    def __str__(self) -> str:
        return self.text

    def spelled_out(self) -> str:
        words = {"?": "could not tell", NEUTRAL: "nothing moves"} if self.understood else {}
        return words.get(self.text, self.text)


Part = Unit | Alternatives | Remark


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be parsed: `position` counts from 0 in the raw text."""

    position: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class ActionUnits:
    """A parsed string.

    Attributes
    ----------
    parts : tuple of Unit, Alternatives or Remark
        In the order written.
    links : tuple of {"+", "@"}
        What stands between one part and the next.
    problems : tuple of Problem
    """

    parts: tuple[Part, ...] = ()
    links: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        texts = [str(part) for part in self.parts]
        for at, link in enumerate(self.links, start=1):
            texts[at] = link + texts[at]
        return "".join(texts)

    @property
    def units(self) -> tuple[Unit, ...]:
        """All units, those of alternatives marked as uncertain."""
        return tuple(self._units())

    def _units(self) -> Iterator[Unit]:
        for part in self.parts:
            if isinstance(part, Unit):
                yield part
            elif isinstance(part, Alternatives):
                doubt = len(part.options) > 1
                for option in part.options:
                    for unit in option:
                        yield replace(unit, uncertain=unit.uncertain or doubt)

    @property
    def numbers(self) -> frozenset[int]:
        """The units' numbers, with uncertain ones, without static ones and movements."""
        return frozenset(
            unit.number for unit in self._units() if not (unit.static or unit.movement)
        )

    @property
    def neutral(self) -> bool:
        """Whether it says that nothing moves."""
        return any(part == Remark(NEUTRAL) for part in self.parts)

    @property
    def remarks(self) -> tuple[str, ...]:
        return tuple(part.text for part in self.parts if isinstance(part, Remark))

    def spelled_out(self) -> list[str]:
        """Each part in words."""
        return [part.spelled_out() for part in self.parts]
