"""The coding sheet of CAS(ME)2: no headers, and words that its naming rules explain."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mexlab.data.databases.folders import fold
from mexlab.data.databases.sheets.sheets import (
    Grid,
    Sheet,
    cell_text,
    headless_rows,
    read_worksheets,
)
from mexlab.errors import InputError

#: The columns of the coding worksheet, which has no header.
FIELDS = (
    "subject",
    "clip",
    "onset",
    "apex",
    "offset",
    "action_units",
    "emotion",
    "kind",
    "self_report",
)

#: Worksheets by name, else in this order.
WORKSHEETS = ("CASFEcode_final", "naming rule1", "naming rule2")

SUBJECT_FOLDER = re.compile(r"s\d+", re.IGNORECASE)
_CODE = re.compile(r"\d{3,4}")


@dataclass(frozen=True, slots=True)
class Code:
    """The coding with its two naming rules.

    Attributes
    ----------
    sheet : Sheet
    subjects : dict of str to str
        Participant -> ``s15``.
    videos : dict of str to str
        Video's name (``disgust1``) -> code (``0101``).
    """

    sheet: Sheet
    subjects: dict[str, str]
    videos: dict[str, str]


def read_code(path: Path) -> Code:
    """Read the coding worksheet and both naming rules.

    Raises
    ------
    InputError
        Damaged file, a worksheet missing, or a naming rule that explains nothing.
    """
    worksheets = read_worksheets(path)
    grids = [_worksheet(path, worksheets, at) for at in range(len(WORKSHEETS))]
    (title, cells), (_, people), (_, films) = grids
    rows = headless_rows(cells, FIELDS)
    participants = {row.text("subject") for row in rows}
    videos = {video_name(row.text("clip")) for row in rows}
    return Code(
        Sheet(path, title, 0, FIELDS, rows),
        subjects=_naming_rule(
            path,
            WORKSHEETS[1],
            people,
            participants,
            lambda text: bool(SUBJECT_FOLDER.fullmatch(text)),
        ),
        videos={
            video: number.zfill(4)
            for video, number in _naming_rule(
                path, WORKSHEETS[2], films, videos, lambda text: bool(_CODE.fullmatch(text))
            ).items()
        },
    )


def _worksheet(path: Path, worksheets: list[Grid], at: int) -> Grid:
    wanted = WORKSHEETS[at]
    for title, cells in worksheets:
        if _plain(title) == _plain(wanted):
            return title, cells
    if at < len(worksheets):
        return worksheets[at]
    raise InputError(
        f"no worksheet {wanted!r} (worksheets: {', '.join(repr(t) for t, _ in worksheets)})",
        where=path,
        remedy=f"The sheet has three: {', '.join(WORKSHEETS)}. Take it as it came with the licence",
    )


def _naming_rule(
    path: Path,
    name: str,
    cells: list[list[object]],
    known: set[str],
    is_target: Callable[[str], bool],
) -> dict[str, str]:
    """What the coding's words stand for, by the columns' content: the rules have no header.

    The columns beside them (running numbers, remarks) are told apart by not being met in the
    coding; of two that are, the later one counts, as the release has its running number first.
    """
    texts = [[cell_text(cell) for cell in row] for row in cells]
    width = max((len(row) for row in texts), default=0)
    columns = [[row[i] if i < len(row) else "" for row in texts] for i in range(width)]
    words = {word_key(text) for text in known}
    targets = [sum(map(is_target, column)) for column in columns]
    target = max(range(width), key=lambda i: targets[i], default=-1)
    met = [sum(word_key(text) in words for text in column) for column in columns]
    source = max((i for i in range(width) if i != target), key=lambda i: (met[i], i), default=-1)
    if target < 0 or source < 0 or not targets[target] or not met[source]:
        raise InputError(
            f"worksheet {name!r} does not say what the words of {WORKSHEETS[0]!r} stand for",
            where=path,
            remedy="Take the sheet as it came with the licence, with its naming rules",
        )
    return {
        word_key(word): text
        for word, text in zip(columns[source], columns[target], strict=True)
        if word and is_target(text)
    }


def video_name(expression: str) -> str:
    """``anger1`` of ``anger1_1``."""
    return expression.rsplit("_", 1)[0]


def word_key(text: str) -> str:
    """A word of the sheet as it is compared: ``01`` and ``1`` are one participant."""
    return str(int(text)) if text.isdecimal() else fold(text)


def _plain(text: str) -> str:
    return "".join(sign for sign in fold(text) if sign.isalnum())
