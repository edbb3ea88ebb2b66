"""Emotions for SAMM Long Videos, whose own sheet has none: by file name and type from SAMM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mexlab.data.codings import Coding, Kind
from mexlab.data.databases.layouts.samm import FIELDS, OPTIONAL
from mexlab.data.databases.sheets.sheets import read_sheet
from mexlab.data.reports import ImportReport

#: File name and type -> emotion.
Emotions = Mapping[tuple[str, Kind], str]

#: What the report says as long as nobody has told the emotions.
WITHOUT = (
    "the sheet has no emotions, and SAMM's own sheet is not here to tell those of the "
    "micro-expressions. Put SAMM_Micro_FACS_Codes_v2.xlsx beside it, or import SAMM into the "
    "workspace first, and import again"
)


def expression_kind(text: str) -> Kind:
    """``Macro``, ``Micro - 1/2``, ``Micro``; "" for anything else."""
    word = text.strip().lower()
    if word.startswith("micro"):
        return "micro"
    return "macro" if word.startswith("macro") else ""


def expression_note(filename: str, notes: str) -> str:
    """The note of a coding: the sheet's file name, by which emotions are merged, comes first."""
    return f"{filename}; {notes}" if notes else filename


def read_emotions(sheet: Path) -> dict[tuple[str, Kind], str]:
    """The emotions of SAMM's own sheet.

    Raises
    ------
    InputError
        Where it cannot be read, or is another database's.
    """
    return {
        (row.text("clip"), expression_kind(row.text("type")) or "micro"): row.text(
            "emotion"
        ).lower()
        for row in read_sheet(sheet, FIELDS, optional=OPTIONAL).rows
        if row.text("clip") and row.text("emotion")
    }


def merge_emotions(
    codings: Sequence[Coding], emotions: Emotions, source: str, report: ImportReport
) -> list[Coding]:
    """Give the expressions of the long videos the emotions that SAMM knows them by.

    Parameters
    ----------
    codings : sequence of Coding
        As the reader made them, with the file name first in the note.
    emotions : mapping
        File name and type -> emotion.
    source : str
        Where they come from, for the report.
    report : ImportReport
        Gets a note, and a warning for every micro-expression that SAMM does not have. What it
        said of emotions before is taken back.
    """
    report.entries = [entry for entry in report.entries if entry.reason != WITHOUT]
    merged: list[Coding] = []
    told = 0
    for coding in codings:
        filename = coding.note.partition(";")[0].strip()
        emotion = emotions.get((filename, coding.kind)) if coding.kind else None
        if emotion and not coding.emotion:
            coding = coding.with_changes(emotion=emotion)
            told += 1
        elif coding.kind == "micro" and not coding.emotion:
            report.add(
                "warning",
                f"{coding.clip}, expression {coding.expression}",
                f"{filename} is not in {source}: kept without an emotion. It can be coded by hand",
            )
        merged.append(coding)
    report.add("note", source, f"{told} expressions have their emotion from here")
    return merged
