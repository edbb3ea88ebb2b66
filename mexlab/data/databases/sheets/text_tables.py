"""Tables as text: CSV with commas, semicolons or tabs, as spreadsheets of any country write it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from mexlab.data.databases.sheets.sheets import Grid, read_worksheets
from mexlab.errors import InputError

#: What a coding sheet is known by where none is named; one that is named may be called anything.
SHEET_SUFFIXES = (".csv", ".tsv", ".xlsx", ".xls")

_EXCEL = (b"PK", b"\xd0\xcf")
_SEPARATORS = ",;\t"
#: A coding sheet of 10,000 clips has about 1 MB.
_LARGEST = 100_000_000


def read_table(path: Path) -> list[Grid]:
    """All worksheets of an Excel file, or the one table of a text file; told apart by content.

    Raises
    ------
    InputError
        Missing, empty or unreadable file, or one that is neither.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(2)
            if data in _EXCEL or not data:
                return read_worksheets(path)
            data += stream.read(_LARGEST)
    except FileNotFoundError:
        raise InputError(
            "there is no such coding sheet", where=path, remedy="Check the path after --sheet"
        ) from None
    except OSError:
        # It fails to open it as well, and says why.
        return read_worksheets(path)
    if len(data) > _LARGEST:
        raise InputError(
            f"more than {_LARGEST // 1_000_000} MB: this is no coding sheet", where=path
        )
    text = _decoded(data, path)
    head = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=head.count)
    try:
        rows: list[list[Any]] = list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error as error:
        raise InputError(
            f"not a table of text ({error})", where=path, remedy="Save it as CSV or XLSX again"
        ) from None
    return [(path.name, rows)]


def _decoded(data: bytes, path: Path) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    else:
        # What is not UTF-8 comes from a Windows spreadsheet, as a rule.
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InputError(
        "neither an Excel file nor a table of text",
        where=path,
        remedy="Save the coding sheet as XLSX, or as CSV in UTF-8",
    )
