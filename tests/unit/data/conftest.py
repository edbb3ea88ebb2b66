"""Small databases on disk, in the releases' own layouts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import openpyxl
import pytest

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


class Disk:
    """What the tests write to disk with."""

    HEADER = HEADER
    SHEET = SHEET
    TREE = TREE
    row = staticmethod(row)
    picture = staticmethod(picture)
    frames = staticmethod(write_frames)
    sheet = staticmethod(write_sheet)


@pytest.fixture(scope="session")
def disk() -> type[Disk]:
    return Disk


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
