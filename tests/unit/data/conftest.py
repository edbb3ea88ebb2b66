"""Small databases on disk, in the releases' own layouts."""

from __future__ import annotations

import builtins
import errno
import io
import os
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import openpyxl
import pytest

from mexlab.synthetic.sheets.legacy_workbook import write_legacy_workbook

HEADER = (
    "Subject",
    "Filename",
    None,
    "OnsetFrame",
    "ApexFrame",
    "OffsetFrame",
    None,
    "Action Units",
    "Estimated Emotion",
)
SHEET = "CASME2-coding-20140508.xlsx"
TREE = "CASME2_RAW_selected"

Row = Sequence[object]


def row(
    subject: object = 1,
    clip: object = "EP02_01f",
    onset: object = 46,
    apex: object = 50,
    offset: object = 55,
    units: object = "4+L12",
    emotion: object = "happiness",
) -> Row:
    return (subject, clip, None, onset, apex, offset, None, units, emotion)


def picture(seed: int, suffix: str = ".jpg", size: int = 8) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)
    done, data = cv2.imencode(suffix, noise)
    assert done
    return data.tobytes()


def write_frames(folder: Path, first: int, last: int, pattern: str = "img{}.jpg") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, last + 1):
        (folder / pattern.format(number)).write_bytes(picture(number))
    return folder


def write_sheet(
    path: Path,
    rows: Sequence[Row],
    header: Row = HEADER,
    above: Sequence[Row] = (),
    title: str = "Sheet1",
) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for cells in (*above, header, *rows):
        sheet.append(list(cells))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def write_xls(path: Path, rows: Sequence[Row], header: Row = HEADER) -> Path:
    """An old binary workbook."""
    write_legacy_workbook(path, "Sheet1", [header, *rows])  # type: ignore[list-item]
    return path


def huge_picture(suffix: str) -> bytes:
    """A picture of 20,000 pixels square (16,000 for webp, which ends there) that is a header."""
    side = 16_000 if suffix == ".webp" else 20_000
    if suffix == ".png":
        body = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + bytes(4)
    if suffix == ".bmp":
        return b"BM" + bytes(8) + struct.pack("<IIiiHH", 54, 40, side, side, 1, 24) + bytes(24)
    if suffix == ".tif":
        entries = b"".join(
            struct.pack("<HHII", tag, 4, 1, value)
            for tag, value in ((256, side), (257, side), (258, 8))
        )
        return b"II*\0" + struct.pack("<IH", 8, 3) + entries + bytes(4)
    if suffix == ".webp":
        packed = (side - 1) | (side - 1) << 14
        return b"RIFF" + bytes(4) + b"WEBPVP8L" + bytes(4) + b"\x2f" + struct.pack("<I", packed)
    segments = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9)
    return b"\xff\xd8" + segments + b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, side, side, 3)


class Disk:
    """What the tests write to disk with."""

    HEADER = HEADER
    SHEET = SHEET
    TREE = TREE
    row = staticmethod(row)
    picture = staticmethod(picture)
    frames = staticmethod(write_frames)
    sheet = staticmethod(write_sheet)
    xls = staticmethod(write_xls)


@pytest.fixture(scope="session")
def disk() -> type[Disk]:
    return Disk


@pytest.fixture(scope="session")
def huge() -> Callable[[str], bytes]:
    return huge_picture


@pytest.fixture
def casme2(tmp_path: Path) -> Callable[..., Path]:
    """Writes a CASME II root: one clip of frames 46–55 for every row that has a folder."""

    def write(
        rows: Sequence[Row] | None = None,
        *,
        folders: Sequence[str] | None = None,
        sheet: str = SHEET,
        tree: str = TREE,
        pattern: str = "img{}.jpg",
        **options: object,
    ) -> Path:
        root = tmp_path / "casme 2"
        rows = [row()] if rows is None else rows
        write_sheet(root / sheet, rows, **options)  # type: ignore[arg-type]
        if folders is None:
            folders = [f"sub{int(str(cells[0])):02d}/{cells[1]}" for cells in rows]
        for folder in folders:
            write_frames(root / tree / folder, 46, 55, pattern)
        return root

    return write


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Makes the system refuse to open or list a path, also to root, whom no mode keeps out."""
    refused: set[str] = set()

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any = ".", *args: Any, **options: Any) -> Any:
            if isinstance(path, (str, os.PathLike)) and os.fspath(path) in refused:
                raise PermissionError(errno.EACCES, "Permission denied", os.fspath(path))
            return real(path, *args, **options)

        return call

    def allowed(path: Any, mode: int, **options: Any) -> bool:
        return os.fspath(path) not in refused and real_access(path, mode, **options)

    real_access = os.access
    for module, name in (
        (builtins, "open"),
        (io, "open"),
        (os, "scandir"),
        (os, "listdir"),
    ):
        monkeypatch.setattr(module, name, guarded(getattr(module, name)))
    monkeypatch.setattr(os, "access", allowed)
    return lambda path: refused.add(str(path))
