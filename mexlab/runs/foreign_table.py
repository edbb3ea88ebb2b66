"""The cells of a table that another program wrote."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path

from mexlab.errors import InputError
from mexlab.runs.csv_cells import plain_cell

_WHOLE = re.compile(r"([+-]?\d+)\.0+")


def read_cells(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and every line that is not blank with its row as a spreadsheet counts.

    Raises
    ------
    InputError
        Where the file is no table of a header and a line; rows may differ in length.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"is not UTF-8 ({error.reason} at byte {error.start})",
            where=path.name,
            remedy='Save it as "CSV UTF-8"',
        ) from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or error})", where=path.name) from error
    first = text.partition("\n")[0]
    sign = max(",;\t", key=first.count)
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
    except csv.Error as error:
        if "field limit" not in str(error):
            raise InputError(f"is no table ({error})", where=path.name) from None
        raise InputError(
            f"row {len(rows) + 1} has a cell of more than {csv.field_size_limit()} characters",
            where=path.name,
            remedy="Close the quote that stands open there, or leave that column out",
        ) from None
    filled = [
        (number, [plain_cell(cell.strip()) for cell in row])
        for number, row in enumerate(rows, 1)
        if any(cell.strip() for cell in row)
    ]
    if len(filled) < 2:
        raise InputError(
            "expected a line of column names and at least one clip",
            where=path.name,
            remedy="Name the columns true and predicted in the first line",
        )
    return filled[0][1], filled[1:]


def whole_number(text: str) -> str:
    """A whole float as its integer, any other text as it is.

    Once a column of whole numbers has held a gap, pandas writes all of it as floats: ``0.0`` of
    one column and ``0`` of another are the same class.

    >>> whole_number("2.0"), whole_number("2.5"), whole_number("v2.0")
    ('2', '2.5', 'v2.0')
    """
    match = _WHOLE.fullmatch(text)
    return match[1] if match else text


def control_character(text: str) -> str:
    """The first control character of a text as ``U+0000``; "" where there is none."""
    found = next((sign for sign in text if unicodedata.category(sign) == "Cc"), None)
    return "" if found is None else f"U+{ord(found):04X}"
