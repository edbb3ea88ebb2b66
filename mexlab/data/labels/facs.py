"""Action-unit strings: one grammar for the spellings of all databases.

::

    string      = neutral | part { ("+" | "," | ";" | "&" | blank) part | "@" part }
    neutral     = "0" | "none" | "neutral"
    part        = alternatives | remark | "?"
    alternatives= ["("] option { ("or" | "/") option } [")"]
    option      = unit { "+" unit }                      several units only inside brackets
    unit        = ["ref" "("] ["AU" | "AD"] [side] number [intensity ["/" intensity]]
                  ["(k)"] ["?" | "(?)"] [")"]
                | "M" number                             a movement of head or eyes
    side        = "L" | "R" | "T" | "B"                  left, right, top, bottom
                | "U" | "A"                              one side, uneven
                | "V" … "Z" | "G" … "K"                  left, right stronger by 1 to 5 grades
    intensity   = "A" … "E"
    remark      = "soft focus"

Full-width signs and the comma of Chinese and Japanese text (``、``) are read as their plain ones.
``AD19`` is an action descriptor, a unit as any other here. ``0`` says that nothing moves.
``4A/B`` is an intensity between A and B, ``4/7`` one unit or the other, ``(k)`` a unit that was
there all along (static), ``ref(…)`` as SAMM writes it, ``51@52`` two that exclude each other
(FACS's sign for alternatives: one or the other, or one after the other), and ``?`` what the coder
could not tell. One unit with two intensities contradicts itself, and that is told. Whatever else
stands in a string is kept as it is, and reported with its position.
"""

from __future__ import annotations

import re

from mexlab.data.action_unit_records import (
    INTENSITIES,
    NEUTRAL,
    REMARKS,
    ActionUnits,
    Alternatives,
    Part,
    Problem,
    Remark,
    Unit,
)
from mexlab.data.labels.action_unit_names import AU_NAMES, MOVEMENT_NAMES, SIDES

__all__ = [
    "AU_NAMES",
    "INTENSITIES",
    "MOVEMENT_NAMES",
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

_NEUTRAL = re.compile(r"(?:AU\s*)?0+|none|neutral(?: face)?", re.IGNORECASE)
_BLANK = re.compile(r"\s*")
_OR = re.compile(r"(?:or\b|/)", re.IGNORECASE)
_REF = re.compile(r"ref\s*\(", re.IGNORECASE)
_UNIT = re.compile(
    # A letter of asymmetry stands close by its number: "12 A 4" may be an intensity, too.
    r"(?:A[UD]\s*)?(?:(?P<side>[LRTB])\s*|(?P<uneven>[UAVWXYZGHIJK])(?=\d))?(?:A[UD]\s*)?"
    r"(?P<number>\d{1,3})"
    r"(?P<intensity>[A-E](?![A-Za-z]))?(?:\s*/\s*(?P<to>[A-E])(?![A-Za-z0-9]))?",
    re.IGNORECASE,
)
_MOVEMENT = re.compile(r"M\s?(?P<number>\d{1,2})(?!\d)", re.IGNORECASE)
_STATIC = re.compile(r"\(\s*k\s*\)", re.IGNORECASE)
_UNSURE = re.compile(r"\(\s*\?\s*\)|\?")
_REMARK = re.compile("|".join(re.escape(r).replace(r"\ ", r"\s+") for r in REMARKS), re.IGNORECASE)
_RUBBISH = re.compile(r"[^+,;&@]+")
_SEPARATORS = "+,;&"
#: Full-width signs to their plain ones, one for one, so that positions stay.
_PLAIN = {0xFF01 + at: chr(0x21 + at) for at in range(94)} | {0x3000: " ", 0x3001: ","}


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
        self.raw = text
        self.text = text.translate(_PLAIN)
        self.at = 0
        self.parts: list[Part] = []
        self.links: list[str] = []
        self.problems: list[Problem] = []

    def parse(self) -> ActionUnits:
        link = ""
        starts: list[int] = []
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
            starts.append(self.at)
            part = self._part()
            if self.parts:
                self.links.append("@" if link == "@" else "+")
            self.parts.append(part)
            link = ""
        if link and self.parts:
            stripped = self.text.rstrip()
            self._problem(len(stripped) - 1, stripped[-1], f"nothing follows {stripped[-1]!r}")
        self._contradictions(starts)
        if len(self.parts) == 1 and _NEUTRAL.fullmatch(str(self.parts[0])):
            # Not understood as a unit, but all that there is.
            self.parts = [Remark(NEUTRAL)]
            self.problems = [each for each in self.problems if not _NEUTRAL.fullmatch(each.text)]
        return ActionUnits(tuple(self.parts), tuple(self.links), tuple(self.problems))

    def _contradictions(self, starts: list[int]) -> None:
        """One unit with two intensities: which of them holds cannot be told."""
        seen: dict[tuple[int, str, bool, bool, bool], Unit] = {}
        for at, (part, start) in enumerate(zip(self.parts, starts, strict=True)):
            linked = "@" in self.links[max(0, at - 1) : at + 1]
            if not isinstance(part, Unit) or linked or not part.intensity:
                continue
            kind = (part.number, part.side, part.static, part.reference, part.movement)
            first = seen.setdefault(kind, part)
            one, other = (f"{u.intensity}{u.intensity_to}" for u in (first, part))
            if one != other:
                end = starts[at + 1] if at + 1 < len(starts) else len(self.text)
                raw = self.text[start:end].rstrip("+,;&@ \t\n")
                self._problem(
                    start, raw, f"{first} and {part} contradict each other: one intensity a unit"
                )

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
        movement = None if reference else _MOVEMENT.match(self.text, self.at)
        if movement is not None and int(movement["number"]) in MOVEMENT_NAMES:
            self.at = movement.end()
            uncertain = self._accept(_UNSURE)
            return Unit(int(movement["number"]), uncertain=uncertain, movement=True)
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
            side=(match["side"] or match["uneven"] or "").upper(),
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
        self.problems.append(Problem(position, self.raw[position : position + len(text)], reason))

    @staticmethod
    def _reason(raw: str) -> str:
        if raw.count("(") != raw.count(")"):
            return f"the brackets of {raw!r} do not close"
        if _NEUTRAL.fullmatch(raw):
            return f"{raw!r} says that nothing moves: it stands alone"
        movement = re.fullmatch(r"M\s?(\d+)\s*[A-E]?", raw, re.IGNORECASE)
        if movement:
            known = ", ".join(f"M{number}" for number in MOVEMENT_NAMES)
            return f"there is no movement {raw} (known: {known})"
        number = re.fullmatch(
            r"(?:A[UD])?\s*[LRTBUAV-ZG-K]?\s*(\d+)\s*([A-Za-z]*)", raw, re.IGNORECASE
        )
        if number and (len(number[1]) > 3 or int(number[1]) not in AU_NAMES):
            return f"there is no action unit {number[1]}"
        if number and number[2]:
            return f"{number[2]!r} is no intensity: A, B, C, D or E"
        return f"{raw!r} is no action unit (expected for example 4, L12 or 12B)"
