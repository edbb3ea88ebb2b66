"""Coding sheets: find the header row, name what is missing, keep Excel's row numbers."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mexlab.errors import InputError

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

#: A worksheet's name and its rows of cells.
Grid = tuple[str, list[list[Any]]]

#: The cell by which the header row is known, in every release of the field.
HEADER_MARK = "Subject"

#: Far more than any release has; a sheet that is wider or has longer holes is not read further.
_MOST_COLUMNS = 200
_MOST_BLANK = 500

#: Bytes that an .xlsx file may unpack to; the releases' sheets stay below 5 MB.
_LARGEST = 100_000_000

_REDO = "Take the sheet as it came with the licence; open and save it in Excel if it is damaged"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row below the header; `number` is Excel's (the first row of the sheet is 1)."""

    number: int
    cells: Mapping[str, Any]

    def __getitem__(self, field: str) -> Any:
        return self.cells.get(field)

    def text(self, field: str) -> str:
        return cell_text(self.cells.get(field))

    @property
    def blank(self) -> bool:
        return not any(cell_text(value) for value in self.cells.values())


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet with a header.

    Attributes
    ----------
    path : Path
    worksheet : str
    header_row : int
        Excel's number of the header row.
    fields : tuple of str
        The fields that were found, by our names.
    rows : list of SheetRow
    """

    path: Path
    worksheet: str
    header_row: int
    fields: tuple[str, ...]
    rows: list[SheetRow]

    def place(self, row: SheetRow | int) -> str:
        """``CASME2-coding-20140508.xlsx, row 17``."""
        number = row if isinstance(row, int) else row.number
        return f"{self.path.name}, row {number}"


def cell_text(value: Any) -> str:
    """A cell as text: what Excel keeps as 4.0 is ``4``, blanks and NaN are empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        if value != value:
            return ""
        if value.is_integer():
            return str(int(value))
    return " ".join(str(value).replace("\u00a0", " ").split())


def frame_number(value: Any) -> int | None:
    """A frame number, or None where the cell is not a number (a slash, blank, text).

    >>> frame_number(46.0), frame_number(" 46 "), frame_number("/"), frame_number(None)
    (46, 46, None, None)
    """
    text = cell_text(value)
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return None


def read_sheet(
    path: Path,
    fields: Mapping[str, Sequence[str]],
    *,
    optional: Sequence[str] = (),
    mark: str = HEADER_MARK,
) -> Sheet:
    """Read the worksheet that has a header, by the names of its columns.

    Parameters
    ----------
    path : Path
        An ``.xlsx`` or an old ``.xls`` file; told apart by content, not by name.
    fields : mapping of str to sequence of str
        Our name of a field -> the column headers it may have, compared without case, spaces
        and underscores.
    optional : sequence of str
        Fields that may be missing.
    mark : str
        The cell by which the header row is known.

    Raises
    ------
    InputError
        Missing, damaged or protected file; no worksheet with a header; columns missing (all of
        them are named at once).
    """
    worksheets = read_worksheets(path)
    candidates: list[tuple[str, int, list[list[Any]], dict[str, int]]] = []
    for name, grid in worksheets:
        at = _find_header(grid, _plain(mark))
        if at is not None:
            candidates.append((name, at, grid, _match_columns(grid[at], fields)))
    if not candidates:
        names = ", ".join(repr(name) for name, _ in worksheets) or "none"
        raise InputError(
            f"no worksheet has a header row with a cell {mark!r} (worksheets: {names})",
            where=path,
            remedy="This is not the coding sheet of the database: take the one that came with it",
        )
    name, at, grid, columns = max(candidates, key=lambda candidate: len(candidate[3]))
    missing = [field for field in fields if field not in columns and field not in optional]
    if missing:
        wanted = ", ".join(repr(fields[field][0]) for field in missing)
        have = ", ".join(repr(text) for cell in grid[at] if (text := cell_text(cell)))
        plural = "s" if len(missing) > 1 else ""
        raise InputError(
            f"worksheet {name!r} has no column{plural} {wanted}; its header has {have}",
            where=path,
            row=at + 1,
            remedy="Put the column's header back as the database spells it",
        )
    _check_twins(path, name, at, grid, fields, columns)
    return sheet_below(path, name, grid, at, columns)


def sheet_below(
    path: Path, worksheet: str, grid: Sequence[Sequence[Any]], at: int, columns: Mapping[str, int]
) -> Sheet:
    """The sheet below a header.

    Parameters
    ----------
    path : Path
    worksheet : str
    grid : sequence of rows of cells
    at : int
        The header's row in it, from 0.
    columns : mapping of str to int
        Field to column, from 0; a row may end before it.
    """
    rows = [
        SheetRow(
            number,
            {field: cells[i] if i < len(cells) else None for field, i in columns.items()},
        )
        for number, cells in enumerate(grid[at + 1 :], start=at + 2)
    ]
    return Sheet(path, worksheet, at + 1, tuple(columns), [row for row in rows if not row.blank])


def headless_rows(grid: Sequence[Sequence[Any]], fields: Sequence[str]) -> list[SheetRow]:
    """The rows of a worksheet without a header, whose columns are known by their order."""
    rows = [
        SheetRow(number, dict(zip(fields, cells, strict=False)))
        for number, cells in enumerate(grid, start=1)
    ]
    return [row for row in rows if not row.blank]


def no_rows(sheet: Sheet) -> InputError:
    """The error for a sheet in which no row names a clip."""
    return InputError(
        f"worksheet {sheet.worksheet!r} has no row with a subject and a file name",
        where=sheet.path,
        row=sheet.header_row,
        remedy="Take the sheet as it came with the licence",
    )


def _find_header(grid: list[list[Any]], mark: str) -> int | None:
    for at, cells in enumerate(grid[:60]):
        if any(_plain(cell) == mark for cell in cells):
            return at
    return None


def _check_twins(
    path: Path,
    worksheet: str,
    at: int,
    grid: list[list[Any]],
    fields: Mapping[str, Sequence[str]],
    columns: Mapping[str, int],
) -> None:
    """Refuse a column that stands twice with different cells: nobody can tell which is meant."""
    plain = [_plain(cell) for cell in grid[at]]

    def cells(column: int) -> list[str]:
        return [cell_text(row[column]) if column < len(row) else "" for row in grid[at + 1 :]]

    for column in columns.values():
        twins = [i for i, name in enumerate(plain) if name == plain[column] and i != column]
        if any(cells(twin) != cells(column) for twin in twins):
            raise InputError(
                f"worksheet {worksheet!r} has {len(twins) + 1} columns "
                f"{cell_text(grid[at][column])!r} that differ",
                where=path,
                row=at + 1,
                remedy="Remove or rename the one that is not the database's own",
            )


def _match_columns(header: Sequence[Any], fields: Mapping[str, Sequence[str]]) -> dict[str, int]:
    plain = [_plain(cell) for cell in header]
    columns = {}
    for field, names in fields.items():
        for wanted in names:
            if _plain(wanted) in plain:
                columns[field] = plain.index(_plain(wanted))
                break
    return columns


def _plain(value: Any) -> str:
    return "".join(c for c in cell_text(value).casefold() if c.isalnum())


def read_worksheets(path: Path) -> list[Grid]:
    """All worksheets of a file, cell by cell; for sheets without a header.

    Raises
    ------
    InputError
        Missing, damaged or protected file.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        # Opening a pipe would wait for ever.
        raise InputError("not a file, but a pipe or a device", where=path, remedy=_REDO)
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
    except FileNotFoundError:
        raise InputError(
            "the coding sheet is missing",
            where=path,
            remedy="Put it beside the folders of frames",
        ) from None
    except OSError as error:
        raise InputError(
            f"the coding sheet cannot be read ({error.strerror})",
            where=path,
            remedy="Check its permissions",
        ) from None
    if not head:
        raise InputError("the coding sheet is empty (zero bytes)", where=path, remedy=_REDO)
    if head[:2] == b"PK":
        return _read_xlsx(path)
    if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _read_xls(path)
    raise InputError(_not_excel(path), where=path, remedy=_REDO)


def _not_excel(path: Path) -> str:
    """What a file is that is called a workbook and is none."""
    with path.open("rb") as stream:
        start = stream.read(2000)
    text = start.decode("utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    text = text.lstrip("\ufeff \t\r\n").lower()
    if text.startswith(("<!doctype html", "<html", "<table", "<head", "<meta")):
        return "a web page (HTML) with the name of a sheet, not an Excel file"
    if "\0" not in text and "\ufffd" not in text and any(sign in text for sign in ",;\t"):
        return "plain text (CSV) with the name of a sheet, not an Excel file"
    return "not an Excel file"


def _read_xlsx(path: Path) -> list[Grid]:
    import openpyxl

    _check_size(path)
    try:
        with warnings.catch_warnings():
            # It warns of Excel's drop-down lists and the like, which say nothing of the cells.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, data_only=True)
        return [(sheet.title, _xlsx_rows(sheet)) for sheet in book.worksheets]
    except Exception as error:  # a damaged file surfaces as nearly any kind
        raise _damaged(path, error) from error


def _check_size(path: Path) -> None:
    """Refuse a workbook that would not fit into memory, from its directory alone."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except Exception as error:  # of another version, with names in no encoding, ...
        raise _damaged(path, error) from error
    if size > _LARGEST:
        raise InputError(
            f"the coding sheet unpacks to {size // 1_000_000} MB, more than "
            f"{_LARGEST // 1_000_000} MB: not a sheet of a release",
            where=path,
            remedy=_REDO,
        )


def _xlsx_rows(sheet: Worksheet) -> list[list[Any]]:
    rows: list[list[Any]] = []
    blank = 0
    columns = min(sheet.max_column, _MOST_COLUMNS)
    for cells in sheet.iter_rows(max_col=columns, values_only=True):
        rows.append(list(cells))
        blank = 0 if any(cell is not None for cell in cells) else blank + 1
        # Formatting alone can make a sheet a million rows long.
        if blank > _MOST_BLANK:
            break
    # A merged cell holds its value in the corner only; every row that it covers means it.
    for merged in sheet.merged_cells.ranges:
        if merged.min_col <= columns and merged.min_row <= len(rows):
            value = rows[merged.min_row - 1][merged.min_col - 1]
            for row in range(merged.min_row, min(merged.max_row, len(rows)) + 1):
                rows[row - 1][merged.min_col - 1] = value
    return rows


def _read_xls(path: Path) -> list[Grid]:
    import xlrd

    try:
        # Its remarks would otherwise land on stdout, which belongs to the command's own output.
        book = xlrd.open_workbook(str(path), logfile=io.StringIO())
        return [
            (sheet.name, [[cell.value for cell in sheet.row(i)] for i in range(sheet.nrows)])
            for sheet in book.sheets()
        ]
    except Exception as error:  # struct, index and assertion errors come through
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(
        f"the coding sheet is truncated, damaged or protected by a password ({_brief(error)})",
        where=path,
        remedy=_REDO,
    )


def _brief(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:120] or type(error).__name__
