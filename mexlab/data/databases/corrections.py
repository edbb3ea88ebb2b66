"""Known mistakes in the databases' coding sheets, as data: by clip, never by row.

Each correction says what it expects to find. Where it finds something else it is not applied,
because then the sheet is another release, or was already put right by hand.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from mexlab.data.codings import Coding
from mexlab.data.reports import ReportEntry

_FRAMES = ("onset", "apex", "offset")
_TEXTS = ("emotion", "action_units")


@dataclass(frozen=True, slots=True)
class Correction:
    """One known mistake.

    Attributes
    ----------
    layout : str
        The database, by its reader's name.
    subject, clip : str
        As in the clip's key.
    field : {"onset", "apex", "offset", "emotion", "action_units"}
    expected : str
        What the sheet is known to say: a value, "" for nothing, or ``=onset``, ``=apex``,
        ``=offset`` for "the same as that field".
    value : str
        What it should say: a value, "" for nothing, or ``=middle``, half-way between onset
        and offset.
    reason, source : str
    """

    layout: str
    subject: str
    clip: str
    field: str
    expected: str
    value: str
    reason: str
    source: str

    def __post_init__(self) -> None:
        if self.field not in _FRAMES + _TEXTS:
            raise ValueError(f"a correction of {self.field!r}, which is no field of a coding")

    def finds(self, coding: Coding) -> bool:
        """Whether the coding has the mistake."""
        found = getattr(coding, self.field)
        if self.expected.startswith("="):
            return found is not None and found == getattr(coding, self.expected[1:])
        return bool(found == self._typed(self.expected, coding))

    def apply(self, coding: Coding) -> Coding:
        changes: dict[str, Any] = {self.field: self._typed(self.value, coding)}
        return replace(coding, **changes)

    def _typed(self, text: str, coding: Coding) -> int | str | None:
        if self.field in _TEXTS:
            return text
        if text == "":
            return None
        if text == "=middle":
            if coding.onset is None or coding.offset is None:
                return None
            return (coding.onset + coding.offset) // 2
        return int(text)


@cache
def known_corrections() -> tuple[Correction, ...]:
    """All corrections that ship with mexlab."""
    table = resources.files("mexlab.data.databases").joinpath("corrections.csv")
    with table.open(encoding="utf-8") as stream:
        return tuple(Correction(**row) for row in csv.DictReader(stream))


def apply_corrections(
    layout: str,
    codings: Sequence[Coding],
    *,
    corrections: Iterable[Correction] | None = None,
    report_unmet: bool = True,
) -> tuple[list[Coding], list[ReportEntry]]:
    """Put known mistakes right.

    Parameters
    ----------
    layout : str
    codings : sequence of Coding
        As the sheet has them.
    corrections : iterable of Correction, optional
        Those that ship with mexlab by default.
    report_unmet : bool
        Whether a correction that finds another value than it expects is reported; off for
        synthetic databases, which need not have a release's mistakes.

    Returns
    -------
    list of Coding
        In the same order.
    list of ReportEntry
        One for every correction that was applied, or not met.
    """
    known = known_corrections() if corrections is None else corrections
    by_clip: dict[tuple[str, str], list[Correction]] = {}
    for correction in known:
        if correction.layout == layout:
            by_clip.setdefault((correction.subject, correction.clip), []).append(correction)
    corrected: list[Coding] = []
    entries: list[ReportEntry] = []
    for coding in codings:
        for correction in by_clip.get((coding.clip.subject, coding.clip.name), ()):
            before = getattr(coding, correction.field)
            if correction.finds(coding):
                coding = correction.apply(coding)
                after = getattr(coding, correction.field)
                entries.append(
                    ReportEntry(
                        "corrected",
                        str(coding.clip),
                        f"{correction.field} {_shown(before)} -> {_shown(after)}: "
                        f"{correction.reason} [{correction.source}]. "
                        "Import with --no-corrections to keep the sheet's value",
                    )
                )
            elif report_unmet and before != correction._typed(correction.value, coding):
                entries.append(
                    ReportEntry(
                        "warning",
                        str(coding.clip),
                        f"{correction.field} is {_shown(before)}, where the known correction "
                        f"expects {_shown(correction.expected)}: not applied. Check the sheet",
                    )
                )
        corrected.append(coding)
    return corrected, entries


def _shown(value: object) -> str:
    if value is None or value == "":
        return "none"
    text = str(value)
    return f"that of {text[1:]}" if text.startswith("=") else text
