"""Cells of a coding sheet as fields of a coding; what is odd about them goes into the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from mexlab.data.clips import ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding, Kind
from mexlab.data.databases.folders import fold, subject_number
from mexlab.data.databases.reading import Reading
from mexlab.data.databases.sheets.sheets import Sheet, SheetRow, cell_text, frame_number
from mexlab.data.labels.facs import parse_action_units
from mexlab.data.labels.schemes import normal_emotion


class Marks(TypedDict):
    """Onset, apex and offset; None where the sheet does not tell."""

    onset: int | None
    apex: int | None
    offset: int | None


def read_mark(reading: Reading, value: Any, name: str, where: str) -> int | None:
    """A frame number, or None with a word in the report."""
    number, cell = frame_number(value), cell_text(value)
    if number is None:
        what = f"{name} is {cell!r}, not a frame number" if cell else f"no {name}"
        reading.report.add("warning", where, f"{what}: kept without. It can be coded by hand")
    elif not float(cell).is_integer():
        reading.report.add(
            "warning", where, f"{name} is {cell}, not a whole frame: {number} is taken. Check it"
        )
    return number


def read_marks(reading: Reading, row: SheetRow, where: str) -> Marks:
    """Onset, apex and offset of a row."""
    return Marks(
        onset=read_mark(reading, row["onset"], "onset", where),
        apex=read_mark(reading, row["apex"], "apex", where),
        offset=read_mark(reading, row["offset"], "offset", where),
    )


def read_units(reading: Reading, text: str, where: str) -> str:
    """The raw text of the action units; what cannot be parsed is reported with its position."""
    for problem in parse_action_units(text).problems:
        reading.report.add(
            "warning",
            where,
            f"action units {text!r}, at sign {problem.position + 1}: "
            f"{problem.reason}. The text is kept as it is",
        )
    return text


def read_emotion(
    reading: Reading,
    text: str,
    where: str,
    *,
    spellings: Mapping[str, str] | None = None,
    several: bool = False,
) -> str:
    """An emotion in the release's own word, lower case.

    Parameters
    ----------
    reading : Reading
    text : str
    where : str
    spellings : mapping of str to str, optional
        Known misspellings of the release; put right, and listed as corrections.
    several : bool
        Whether the release joins several emotions with ``+``.
    """
    emotion = " ".join(text.lower().split())
    if not emotion:
        reading.report.add("warning", where, "no emotion: kept without. It can be coded by hand")
        return ""
    right = (spellings or {}).get(emotion)
    if right is not None and reading.correcting:
        reading.report.add(
            "corrected",
            where,
            f"emotion {emotion!r} -> {right!r}: a known misspelling of the release. Import with "
            "--no-corrections to keep it",
        )
        emotion = right
    parts = [part.strip() for part in emotion.split("+")] if several else [emotion]
    if several:
        emotion = "+".join(parts)
    known = {normal_emotion(one) for one in reading.emotions}
    if unknown := [part for part in parts if normal_emotion(part) not in known]:
        reading.report.add(
            "warning",
            where,
            f"emotion {', '.join(map(repr, unknown))} is not of {reading.release_title} "
            f"({', '.join(reading.emotions)}): kept as it is",
        )
    return emotion


def read_coding(
    reading: Reading,
    row: SheetRow,
    key: ClipKey,
    where: str,
    *,
    kind: Kind,
    spellings: Mapping[str, str] | None = None,
    several: bool = False,
    note: str = "",
    expression: int = 1,
) -> Coding:
    """The database's own coding from the fields of a row; the rest as in :func:`read_emotion`."""
    return Coding(
        clip=key,
        coder=GROUND_TRUTH,
        **read_marks(reading, row, where),
        action_units=read_units(reading, row.text("action_units"), where),
        emotion=read_emotion(
            reading, row.text("emotion"), where, spellings=spellings, several=several
        ),
        note=note,
        status="committed",
        kind=kind,
        expression=expression,
    )


def same_cells(one: SheetRow, other: SheetRow, fields: Sequence[str]) -> bool:
    """Whether two rows say the same."""
    return all(one.text(name) == other.text(name) for name in fields)


def row_words(row: SheetRow, limit: int = 60) -> str:
    """What stands in a row, for the report."""
    text = " ".join(filter(None, (cell_text(value) for value in row.cells.values())))
    return repr(text if len(text) <= limit else text[: limit - 3] + "…")


def names_a_clip(
    reading: Reading, sheet: Sheet, row: SheetRow, *, need_number: bool = True
) -> bool:
    """Whether a row has a subject and a file name; if not, the report says so.

    Footers, remarks and headings have neither and are only noted.

    Parameters
    ----------
    reading : Reading
    sheet : Sheet
    row : SheetRow
    need_number : bool
        Whether the subjects of the release have numbers.
    """
    subject, clip = row.text("subject"), row.text("clip")
    numbered = subject_number(subject) is not None if need_number else bool(subject)
    if not clip and not numbered:
        reading.report.add("note", sheet.place(row), f"not a clip, passed over: {row_words(row)}")
        return False
    if not numbered or not clip:
        what = f"subject {subject!r} has no number" if subject else "no subject"
        what = what if clip else "no file name"
        reading.report.add(
            "skipped", sheet.place(row), f"{what}. Complete the row and import again"
        )
        return False
    if any(sign in clip for sign in "/\\") or clip in (".", ".."):
        reading.report.add(
            "skipped",
            sheet.place(row),
            f"{clip!r} is not the name of a folder. Put the clip's own name there",
        )
        return False
    return True


class Once:
    """Tells rows that name what an earlier row named already.

    Parameters
    ----------
    reading : Reading
    fields : sequence of str
        By which two rows are compared: the same coding, or another.
    """

    def __init__(self, reading: Reading, fields: Sequence[str]) -> None:
        self._reading = reading
        self._fields = fields
        self._seen: dict[tuple[str, ...], tuple[Sheet, SheetRow]] = {}

    def is_new(self, what: object, sheet: Sheet, row: SheetRow, *parts: str) -> bool:
        """Whether no row had these parts before; if one had, the report says what is done.

        Parameters
        ----------
        what : object
            The clip, for the report.
        sheet : Sheet
        row : SheetRow
        *parts : str
            What the row is known by, compared without case.
        """
        first_sheet, first = self._seen.setdefault(tuple(map(fold, parts)), (sheet, row))
        if first is row:
            return True
        same = same_cells(first, row, self._fields)
        place = (
            f"row {first.number}" if first_sheet.path == sheet.path else first_sheet.place(first)
        )
        self._reading.report.add(
            "skipped",
            f"{what} ({sheet.place(row)})",
            f"the clip already stands in {place}, "
            + ("with the same coding" if same else "with another coding: that one is kept")
            + ". Remove one of the rows",
        )
        return False
