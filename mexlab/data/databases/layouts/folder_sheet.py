"""A coding sheet of one's own: which column is what, and what its cells say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mexlab.data.clips import ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import KINDS, Coding, Kind
from mexlab.data.databases.folders import children, fold
from mexlab.data.databases.reading import Reading
from mexlab.data.databases.sheets.cells import Marks
from mexlab.data.databases.sheets.sheets import (
    Sheet,
    SheetRow,
    cell_text,
    frame_number,
    sheet_below,
)
from mexlab.data.databases.sheets.text_tables import SHEET_SUFFIXES, read_table
from mexlab.data.labels.facs import parse_action_units
from mexlab.data.reports import ImportReport
from mexlab.errors import InputError

#: Field -> usual headers, compared without case, blanks and signs; the first that is there counts.
COLUMNS: dict[str, tuple[str, ...]] = {
    "subject": (
        *("Subject", "Person", "Participant", "Subject ID", "Participant ID", "Person ID"),
        *("Subject No", "Subject Number", "Subj", "Proband"),
    ),
    "clip": (
        *("Clip", "Filename", "File", "Clip name", "Video", "Video name", "Video file"),
        *("Sequence", "Recording", "Sample"),
    ),
    "onset": ("Onset", "Onset frame", "OnsetF", "Start", "Start frame", "Begin", "First frame"),
    "apex": ("Apex", "Apex frame", "ApexF", "Peak", "Peak frame"),
    "offset": ("Offset", "Offset frame", "OffsetF", "End", "End frame", "Stop", "Last frame"),
    "emotion": ("Emotion", "Estimated emotion", "Emotion label", "Label", "Category"),
    "action_units": ("Action units", "Action unit", "AUs", "AU", "FACS", "FACS code", "FACS codes"),
    "kind": ("Kind", "Type", "Expression type", "Micro or macro", "Micro/macro"),
    "note": ("Note", "Notes", "Remark", "Remarks", "Comment", "Comments"),
}

_CODED = ("onset", "apex", "offset", "emotion", "action_units")
#: The header stands within so many rows.
_HEADER_WITHIN = 60


def parse_columns(parts: Sequence[str]) -> dict[str, str]:
    """Read ``subject=Person,clip=File``, once or several times.

    A field with nothing after the ``=`` is not read, whatever the sheet has.

    Raises
    ------
    InputError
        For a part without ``=``, an unknown field, or a field named twice.
    """
    columns: dict[str, str] = {}
    for part in (one for text in parts for one in text.split(",")):
        name, sign, header = (piece.strip() for piece in part.partition("="))
        name = name.lower().replace("-", "_").replace(" ", "_")
        if not sign or name not in COLUMNS:
            what = f"there is no field {name!r}" if sign else f"expected field=header, got {part!r}"
            raise InputError(
                what,
                where="--columns",
                remedy=f"Fields are {', '.join(COLUMNS)}; for example clip=File,onset=Start",
            )
        if name in columns:
            raise InputError(f"the field {name!r} is named twice", where="--columns")
        columns[name] = header
    return columns


def sheet_files(root: Path) -> list[Path]:
    """The files in a folder that may be a coding sheet, by their names."""
    return sorted(
        file
        for file in children(root)
        if file.suffix.lower() in SHEET_SUFFIXES
        and not file.name.startswith((".", "~$"))
        and file.is_file()
    )


def find_own_sheet(root: Path, report: ImportReport) -> Sheet | None:
    """The one coding sheet that lies in the root, if it can be read as such."""
    found: list[Sheet] = []
    for file in sheet_files(root):
        try:
            sheet = read_own_sheet(file, {}, ImportReport("", "", ""))
        except InputError as error:
            report.add(
                "note",
                file.name,
                f"not read as a coding sheet: {error.problem}. To have it read, name its "
                "columns with --columns",
            )
            continue
        if any(name in sheet.fields for name in _CODED):
            found.append(sheet)
    if len(found) > 1:
        names = ", ".join(sheet.path.name for sheet in found)
        report.add(
            "warning", names, "several coding sheets, none was read. Name the one with --sheet"
        )
        return None
    return read_own_sheet(found[0].path, {}, report) if found else None


def read_own_sheet(path: Path, columns: Mapping[str, str], report: ImportReport) -> Sheet:
    """Read a coding sheet by the names of its columns.

    Parameters
    ----------
    path : Path
        CSV, TSV, XLSX or XLS.
    columns : mapping of str to str
        Field to header, where the header is not a usual one; see :func:`parse_columns`.
    report : ImportReport
        Gets a note of which columns were used and which were not.

    Raises
    ------
    InputError
        An unreadable file, no header row with a column of clips, or a named column that is not
        there; the headers that are there are listed.
    """
    tables = read_table(path)
    candidates = [
        (_match(cells, columns), -at, name, rows)
        for name, rows in tables
        for at, cells in enumerate(rows[:_HEADER_WITHIN])
    ]
    best = max(candidates, key=lambda one: (len(one[0]), one[1]), default=None)
    if best is None or not best[0]:
        raise InputError(
            "no row has the header of a coding sheet"
            if best is not None
            else "the sheet has no rows",
            where=path,
            remedy="Its first row must name the columns, for example Subject, Clip, Onset, Apex, "
            "Offset, Emotion; other names are given with --columns clip=File,onset=Start",
        )
    places, at, name, rows = best[0], -best[1], best[2], best[3]
    header = [cell_text(cell) for cell in rows[at]]
    there = ", ".join(repr(text) for text in header if text)
    absent = [one for one, wanted in columns.items() if wanted and one not in places]
    if absent:
        missing = ", ".join(f"{columns[one]!r} (for {one})" for one in absent)
        raise InputError(
            f"no column {missing}; the header has {there}",
            where=path,
            row=at + 1,
            remedy="Spell it in --columns as it stands in the sheet",
        )
    if "clip" not in places:
        raise InputError(
            f"no column names the clip; the header has {there}",
            where=path,
            row=at + 1,
            remedy="Say which one it is, for example --columns clip=Code",
        )
    used = ", ".join(f"{one} from {header[place]!r}" for one, place in places.items())
    ignored = [
        repr(text) for place, text in enumerate(header) if text and place not in places.values()
    ]
    report.add(
        "note",
        f"{path.name}, row {at + 1}",
        f"columns read: {used}" + (f"; not read: {', '.join(ignored)}" if ignored else ""),
    )
    if not any(one in places for one in _CODED):
        report.add(
            "warning",
            f"{path.name}, row {at + 1}",
            "no column of onset, apex, offset, emotion or action units: name them with --columns",
        )
    return sheet_below(path, name, rows, at, places)


def read_own_codings(
    reading: Reading, sheet: Sheet, key: ClipKey, rows: Sequence[SheetRow]
) -> list[tuple[Coding, str]]:
    """The codings of a clip, each with where it stands; numbered by time.

    Parameters
    ----------
    reading : Reading
        Its report gets what is odd about a cell.
    sheet : Sheet
    key : ClipKey
    rows : sequence of SheetRow
        One an expression.
    """
    read = []
    for row in rows:
        where = f"{key} ({sheet.place(row)})"
        text = row.text("action_units")
        for problem in parse_action_units(text).problems:
            reading.report.add(
                "warning",
                where,
                f"action units {text!r}, at sign {problem.position + 1}: {problem.reason}. The "
                "text is kept as it is",
            )
        coding = Coding(
            clip=key,
            coder=GROUND_TRUTH,
            **Marks(
                onset=_mark(reading, row["onset"], "onset", where),
                apex=_mark(reading, row["apex"], "apex", where),
                offset=_mark(reading, row["offset"], "offset", where),
            ),
            emotion=row.text("emotion").lower(),
            action_units=text,
            note=row.text("note"),
            kind=_kind(reading, row.text("kind"), where),
            status="committed",
        )
        read.append((coding, where))
    read.sort(key=lambda one: _first_mark(one[0]))
    return [
        (coding.with_changes(expression=number), where)
        for number, (coding, where) in enumerate(read, start=1)
    ]


def _match(header: Sequence[Any], columns: Mapping[str, str]) -> dict[str, int]:
    """Field -> column of a header row; a column is used once."""
    plain = [_plain(cell) for cell in header]
    places: dict[str, int] = {}
    # Columns that the user named are nobody else's, whatever they are called.
    for name, wanted in columns.items():
        if wanted and _plain(wanted) in plain:
            places[name] = plain.index(_plain(wanted))
    for name, usual in COLUMNS.items():
        if name in columns:
            continue
        for one in map(_plain, usual):
            if one in plain and plain.index(one) not in places.values():
                places[name] = plain.index(one)
                break
    return {name: places[name] for name in COLUMNS if name in places}


def _plain(value: Any) -> str:
    return "".join(sign for sign in fold(cell_text(value)) if sign.isalnum())


def _mark(reading: Reading, value: Any, name: str, where: str) -> int | None:
    """A frame number; None where the cell is blank, or with a word in the report."""
    cell = cell_text(value)
    if not cell:
        return None
    number = frame_number(value)
    if number is not None and float(cell) == number:
        return number
    what = "not a frame number" if number is None else "no whole number: marks are frames, not time"
    reading.report.add("warning", where, f"{name} is {cell!r}, {what}; kept without")
    return None


def _kind(reading: Reading, cell: str, where: str) -> Kind:
    for kind in KINDS:
        if kind and fold(cell).startswith(kind):
            return kind
    if cell:
        reading.report.add(
            "warning", where, f"kind is {cell!r}, neither micro nor macro: kept without"
        )
    return ""


def _first_mark(coding: Coding) -> float:
    marks = [mark for mark in (coding.onset, coding.apex, coding.offset) if mark is not None]
    return marks[0] if marks else float("inf")
