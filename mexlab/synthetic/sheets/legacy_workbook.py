"""Coding sheets as old binary Excel files (.xls), as some releases still ship them.

One worksheet of numbers and texts, and nothing else: no fonts, formats or formulas. Source of the
format: Microsoft, [MS-XLS] (the records of BIFF8) and [MS-CFB] (the compound file around them).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

from mexlab.synthetic.sheets.workbook import Cell

_SECTOR = 512

#: A stream below this size would have to lie in the smaller sectors of a compound file.
_SMALLEST = 4096

#: Marks of the allocation table: free, the end of a chain, a sector of the table itself.
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

#: Entries of the allocation table in one sector, and sectors of it that the head can name.
_IN_SECTOR, _IN_HEAD = 128, 109


def write_legacy_workbook(path: Path, title: str, rows: Iterable[Sequence[Cell]]) -> None:
    """Write an ``.xls`` file with one worksheet; its bytes depend on the cells alone.

    Parameters
    ----------
    path : Path
        Its folder is made.
    title : str
        Of the worksheet; plain letters.
    rows : iterable of sequence
        Each from column A; numbers, texts, and None for an empty cell.

    Raises
    ------
    ValueError
        Above 7 MB, which no coding sheet comes near.
    """
    name = title.encode("latin-1")
    opening = _start(0x0005) + _record(0x0042, struct.pack("<H", 1200))
    end = _record(0x000A, b"")
    at = len(opening) + 4 + 8 + len(name) + len(end)
    bound = _record(0x0085, struct.pack("<IHBB", at, 0, len(name), 0) + name)
    stream = opening + bound + end + _start(0x0010) + _cells(rows) + end
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_compound_file(stream))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _start(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 1996, 0, 6))


def _cells(rows: Iterable[Sequence[Cell]]) -> bytes:
    cells = b""
    for y, values in enumerate(rows):
        for x, value in enumerate(values):
            if isinstance(value, (int, float)):
                cells += _record(0x0203, struct.pack("<HHHd", y, x, 0, value))
            elif value is not None:
                text = value.encode("utf-16-le")
                size = struct.pack("<HHHHB", y, x, 0, len(text) // 2, 1)
                cells += _record(0x0204, size + text)
    return cells


def _compound_file(stream: bytes) -> bytes:
    """A stream called Workbook in sectors: the allocation table, the directory, the stream."""
    stream = stream.ljust(max(_SMALLEST, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    tables = -(-(count + 1) // (_IN_SECTOR - 1))
    if tables > _IN_HEAD:
        raise ValueError(f"{len(stream)} bytes are more than such a file can hold")
    begin = tables + 1
    chain = [*[_TABLE] * tables, _END, *range(begin + 1, begin + count), _END]
    chain += [_FREE] * (tables * _IN_SECTOR - len(chain))
    table = struct.pack(f"<{len(chain)}I", *chain)
    root = _entry("Root Entry", 5, 1, _END, 0)
    directory = root + _entry("Workbook", 2, _FREE, begin, len(stream))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, tables, tables, 0, _SMALLEST, _END, 0, _END, 0)
    named = [*range(tables), *[_FREE] * (_IN_HEAD - tables)]
    head += struct.pack(f"<{_IN_HEAD}I", *named)
    return head + table + directory.ljust(_SECTOR, b"\0") + stream


def _entry(title: str, kind: int, child: int, first: int, size: int) -> bytes:
    encoded = (title + "\0").encode("utf-16-le")
    return (
        encoded.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(encoded), kind, 1, _FREE, _FREE, child)
        + bytes(36)
        + struct.pack("<III", first, size, 0)
    )
