"""Coding sheets as Excel files whose bytes depend on their cells alone."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

#: One cell; a missing one is None.
Cell = str | int | float | None

#: Written into the workbook instead of today, so that the same seed gives the same bytes.
DATE = datetime.datetime(2014, 5, 8)


def write_workbook(
    path: Path,
    sheets: Mapping[str, Iterable[Sequence[Cell]]],
    date: datetime.datetime = DATE,
) -> None:
    """Write an ``.xlsx`` file.

    Parameters
    ----------
    path : Path
        Its folder is made.
    sheets : mapping of str to rows
        In their order, each row from column A; an empty row stays empty.
    date : datetime
        Of making and changing, as the file says.
    """
    from openpyxl import Workbook

    book = Workbook()
    active = book.active
    assert active is not None
    book.remove(active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.properties.creator = "mexlab synthetic"
    book.properties.created = date
    buffer = io.BytesIO()
    book.save(buffer)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_with_fixed_dates(buffer.getvalue(), date))


def _with_fixed_dates(workbook: bytes, date: datetime.datetime) -> bytes:
    """Repack a workbook without the time of writing, which openpyxl always puts in."""
    packed = io.BytesIO()
    stamp = date.isoformat() + "Z"
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(packed, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "docProps/core.xml":
                data = _replace_modified(data.decode(), stamp).encode()
            entry = zipfile.ZipInfo(info.filename, date.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, data)
    return packed.getvalue()


def _replace_modified(core: str, stamp: str) -> str:
    start = core.find(">", core.find("<dcterms:modified")) + 1
    end = core.find("</dcterms:modified>")
    return core[:start] + stamp + core[end:] if 0 < start <= end else core
