"""Action-unit strings: one grammar for the spellings of all databases.

::

    string      = part { ("+" | "," | ";" | "&" | blank) part | "@" part }
    part        = alternatives | remark | "?"
    alternatives= ["("] option { ("or" | "/") option } [")"]
    option      = unit { "+" unit }                      several units only inside brackets
    unit        = ["ref" "("] ["AU"] [side] number [intensity ["/" intensity]]
                  ["(k)"] ["?" | "(?)"] [")"]
    side        = "L" | "R" | "T" | "B"                  left, right, top, bottom
    intensity   = "A" … "E"
    remark      = "soft focus"

``4A/B`` is an intensity between A and B, ``4/7`` one unit or the other, ``(k)`` a unit that was
there all along (static), ``ref(…)`` as SAMM writes it, ``51@52`` a unit with, or after, another,
and ``?`` what the coder could not tell. Whatever else stands in a string is kept as it is, and
reported with its position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mexlab.data.action_unit_names import AU_NAMES

__all__ = [
    "AU_NAMES",
    "INTENSITIES",
    "REMARKS",
    "SIDES",
    "ActionUnits",
    "Alternatives",
    "Part",
    "Problem",
    "Remark",
    "Unit",
    "parse_action_units",
]

SIDES = {"L": "left", "R": "right", "T": "top", "B": "bottom"}
INTENSITIES = ("A", "B", "C", "D", "E")

#: Remarks that stand in coding sheets among the units and are no units.
REMARKS = ("soft focus",)


@dataclass(frozen=True, slots=True)
class Unit:
    """One action unit.

    Attributes
    ----------
    number : int
    side : {"", "L", "R", "T", "B"}
        "" where both sides, or not told.
    intensity : {"", "A", "B", "C", "D", "E"}
    uncertain : bool
        Marked with ``?`` by the coder.
    intensity_to : {"", "A", ..., "E"}
        The other end where the coder wavered: ``4A/B``.
    static : bool
        ``(k)``: part of the face at rest, not of the expression.
    reference : bool
        ``ref(…)``: as in the reference frame.
    """

    number: int
    side: str = ""
    intensity: str = ""
    uncertain: bool = False
    intensity_to: str = ""
    static: bool = False
    reference: bool = False

    def __str__(self) -> str:
        text = f"{self.side}{self.number}{self.intensity}"
        if self.intensity_to:
            text += f"/{self.intensity_to}"
        if self.static:
            text += "(k)"
        if self.uncertain:
            text += "?"
        return f"ref({text})" if self.reference else text

    def spelled_out(self) -> str:
        """In words: ``left lip corner up (B)``."""
        name = AU_NAMES[self.number]
        text = f"{SIDES[self.side]} {name}" if self.side else name
        to = f"–{self.intensity_to}" if self.intensity_to else ""
        notes = [f"{self.intensity}{to}"] if self.intensity else []
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
        return "could not tell" if self.text == "?" else self.text


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
        """The units' numbers, with uncertain ones, without static ones."""
        return frozenset(unit.number for unit in self._units() if not unit.static)

    @property
    def remarks(self) -> tuple[str, ...]:
        return tuple(part.text for part in self.parts if isinstance(part, Remark))

    def spelled_out(self) -> list[str]:
        """Each part in words."""
        return [part.spelled_out() for part in self.parts]


_BLANK = re.compile(r"\s*")
_OR = re.compile(r"(?:or\b|/)", re.IGNORECASE)
_REF = re.compile(r"ref\s*\(", re.IGNORECASE)
_UNIT = re.compile(
    r"(?:AU\s*)?(?P<side>[LRTB])?\s*(?:AU\s*)?(?P<number>\d{1,3})"
    r"(?P<intensity>[A-E](?![A-Za-z]))?(?:\s*/\s*(?P<to>[A-E])(?![A-Za-z0-9]))?",
    re.IGNORECASE,
)
_STATIC = re.compile(r"\(\s*k\s*\)", re.IGNORECASE)
_UNSURE = re.compile(r"\(\s*\?\s*\)|\?")
_REMARK = re.compile("|".join(re.escape(r).replace(r"\ ", r"\s+") for r in REMARKS), re.IGNORECASE)
_RUBBISH = re.compile(r"[^+,;&@]+")
_SEPARATORS = "+,;&"


def parse_action_units(text: str) -> ActionUnits:
    """Parse a string of action units; never fails.

    Parameters
    ----------
    text : str
        As it stands in a sheet or as a coder typed it: ``L12B+4``, ``(R6 or R12) + R15``.

    Returns
    -------
    ActionUnits
        ``str()`` of it is the normal form, which parses to the same again; what was not
        understood is kept in it and listed in ``problems``.

    Examples
    --------
    >>> str(parse_action_units("(R6 or R12) + R15"))
    '(R6 or R12)+R15'
    >>> parse_action_units("l12b, au4").units[0].spelled_out()
    'left lip corner up (B)'
    >>> parse_action_units("12+foo").problems[0].position
    3
    """
    return _Parser(text).parse()


class _Parser:
    """Reads from left to right; every step forward is from `at`, so that positions are exact."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.parts: list[Part] = []
        self.links: list[str] = []
        self.problems: list[Problem] = []

    def parse(self) -> ActionUnits:
        link = ""
        while True:
            self._skip_blank()
            if self.at >= len(self.text):
                break
            sign = self.text[self.at]
            if sign in _SEPARATORS or sign == "@":
                if link == "@" or not self.parts or (link == "+" and sign in "+@"):
                    self._problem(self.at, sign, f"nothing stands before {sign!r}")
                link = "@" if sign == "@" and self.parts else (link or "+")
                self.at += 1
                continue
            part = self._part()
            if self.parts:
                self.links.append("@" if link == "@" else "+")
            self.parts.append(part)
            link = ""
        if link and self.parts:
            stripped = self.text.rstrip()
            self._problem(len(stripped) - 1, stripped[-1], f"nothing follows {stripped[-1]!r}")
        return ActionUnits(tuple(self.parts), tuple(self.links), tuple(self.problems))

    def _part(self) -> Part:
        start = self.at
        before = len(self.problems)
        part = self._remark() or self._alternatives()
        if part is not None and self._ends():
            return part
        # Not all of it is understood: keep the whole stretch, up to the next separator.
        del self.problems[before:]
        self.at = start
        match = _RUBBISH.match(self.text, start)
        raw = match.group().rstrip() if match else self.text[start]
        self.at = start + len(raw)
        self._problem(start, raw, self._reason(raw))
        return Remark(" ".join(raw.split()), understood=False)

    def _ends(self) -> bool:
        """Whether a part may end here: at a separator, a blank or the end of the text."""
        return (
            self.at >= len(self.text)
            or self.text[self.at] in _SEPARATORS + "@"
            or self.text[self.at].isspace()
        )

    def _remark(self) -> Remark | None:
        match = _REMARK.match(self.text, self.at)
        if match:
            self.at = match.end()
            return Remark(" ".join(match.group().lower().split()))
        if self.text[self.at] == "?":
            self.at += 1
            return Remark("?")
        return None

    def _alternatives(self) -> Part | None:
        bracketed = self.text[self.at] == "("
        if bracketed:
            self.at += 1
        options: list[tuple[Unit, ...]] = []
        while True:
            option = self._option(several=bracketed)
            if not option:
                return None
            options.append(option)
            mark = self.at
            self._skip_blank()
            match = _OR.match(self.text, self.at)
            if match is None:
                self.at = mark
                break
            self.at = match.end()
        if bracketed:
            self._skip_blank()
            if not self._take(")"):
                return None
        if len(options) == 1 and len(options[0]) == 1:
            return options[0][0]
        return Alternatives(tuple(options))

    def _option(self, *, several: bool) -> tuple[Unit, ...]:
        units: list[Unit] = []
        while True:
            self._skip_blank()
            unit = self._unit()
            if unit is None:
                return ()
            units.append(unit)
            mark = self.at
            self._skip_blank()
            if not (several and self._take("+")):
                self.at = mark
                return tuple(units)

    def _unit(self) -> Unit | None:
        reference = _REF.match(self.text, self.at)
        if reference:
            self.at = reference.end()
            self._skip_blank()
        match = _UNIT.match(self.text, self.at)
        if match is None or int(match["number"]) not in AU_NAMES:
            return None
        intensity = (match["intensity"] or "").upper()
        to = (match["to"] or "").upper()
        if to and not intensity:
            return None
        self.at = match.end()
        static = self._accept(_STATIC)
        uncertain = self._accept(_UNSURE)
        if reference:
            self._skip_blank()
            if not self._take(")"):
                return None
        return Unit(
            number=int(match["number"]),
            side=(match["side"] or "").upper(),
            intensity=intensity,
            uncertain=uncertain,
            intensity_to=to,
            static=static,
            reference=reference is not None,
        )

    def _accept(self, pattern: re.Pattern[str]) -> bool:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match is not None

    def _take(self, sign: str) -> bool:
        found = self.text[self.at : self.at + 1] == sign
        self.at += found
        return found

    def _skip_blank(self) -> None:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _problem(self, position: int, text: str, reason: str) -> None:
        self.problems.append(Problem(position, text, reason))

    @staticmethod
    def _reason(raw: str) -> str:
        if raw.count("(") != raw.count(")"):
            return f"the brackets of {raw!r} do not close"
        number = re.fullmatch(r"(?:AU)?\s*[LRTB]?\s*(\d+)\s*([A-Za-z]*)", raw, re.IGNORECASE)
        if number and (len(number[1]) > 3 or int(number[1]) not in AU_NAMES):
            return f"there is no action unit {number[1]}"
        if number and number[2]:
            return f"{number[2]!r} is no intensity: A, B, C, D or E"
        return f"{raw!r} is no action unit (expected for example 4, L12 or 12B)"
