"""What an import tells its user: what was counted, skipped, corrected, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["skipped", "corrected", "warning", "note"]


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One line of an import report.

    Attributes
    ----------
    kind : {"skipped", "corrected", "warning", "note"}
        ``skipped`` was left out, ``corrected`` was changed on the way in, ``warning`` came in
        but wants a look, ``note`` is worth knowing.
    where : str
        The clip, or the file and row (``CASME2-coding-20140508.xlsx, row 17``).
    reason : str
        What was found and what was done about it, one sentence.
    """

    kind: Kind
    where: str
    reason: str

    def to_record(self) -> dict[str, str]:
        return {"kind": self.kind, "where": self.where, "reason": self.reason}


@dataclass(slots=True)
class ImportReport:
    """Counts and entries of one import; built by a reader, printed by the command line."""

    database: str
    title: str
    root: str
    clips: int = 0
    subjects: int = 0
    frames: int = 0
    emotions: Counter[str] = field(default_factory=Counter)
    entries: list[ReportEntry] = field(default_factory=list)

    def add(self, kind: Kind, where: object, reason: str) -> None:
        self.entries.append(ReportEntry(kind, str(where), reason))

    def of_kind(self, kind: Kind) -> list[ReportEntry]:
        return [entry for entry in self.entries if entry.kind == kind]

    def extend(self, entries: Iterable[ReportEntry]) -> None:
        self.entries.extend(entries)

    def to_record(self) -> dict[str, object]:
        return {
            "database": self.database,
            "title": self.title,
            "root": self.root,
            "clips": self.clips,
            "subjects": self.subjects,
            "frames": self.frames,
            "emotions": dict(self.emotions),
            "entries": [entry.to_record() for entry in self.entries],
        }
