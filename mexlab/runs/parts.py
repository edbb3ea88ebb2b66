"""Where a run's finished folds lie while it is under way, and how many there are. No torch."""

from __future__ import annotations

import re
from pathlib import Path

#: The folder in a run's folder.
PARTS = "parts"

_NAME = re.compile(r"(\d{4,})-(\d+)-[0-9a-f]{16}\.safetensors")


def part_name(number: int, folds: int, digest: str) -> str:
    """The name of a file of finished folds: the `number`-th, holding `folds` folds.

    `digest` (16 hexadecimal digits) is of its content, so that a torn file is found out.
    """
    return f"{number:04d}-{folds}-{digest}.safetensors"


def parts_of(folder: Path) -> list[Path]:
    """The files of finished folds, in the order in which they were written."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    return sorted(found, key=_number)


def next_number(folder: Path) -> int:
    return 1 + max(map(_number, parts_of(folder)), default=0)


def count_kept(run_folder: Path) -> int:
    """Finished folds (each seed's own) that a run's folder keeps, as its files' names say."""
    return sum(int(path.name.split("-")[1]) for path in parts_of(run_folder / PARTS))


def _number(path: Path) -> int:
    return int(path.name.partition("-")[0])
