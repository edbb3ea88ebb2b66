"""The official list of the MEGC2019 composite, ``combined_3class_gt.csv``."""

from __future__ import annotations

import hashlib
from pathlib import Path

from mexlab.data.composite.megc2019 import OFFICIAL_COUNTS, ClipIdentity, ListedClip
from mexlab.data.databases.sheets.sheets import cell_text
from mexlab.data.databases.sheets.text_tables import read_table
from mexlab.data.labels.schemes import THREE_CLASSES
from mexlab.errors import InputError

_REMEDY = (
    "Give combined_3class_gt.csv as the challenge published it: database, subject, file, label"
)


def is_list(labels: str) -> bool:
    """Whether what was given for labels is a list in a file, not the name of a scheme."""
    return labels.strip().lower().endswith(".csv")


def list_digest(path: Path) -> str:
    """SHA-256 (hex) of a list, so that a run says by which one it was labelled.

    Raises
    ------
    InputError
        Where it cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=path) from None


def read_composite_list(path: Path) -> list[ListedClip]:
    """Read a list of rows ``database, subject, file, label``; commas, semicolons or tabs.

    Parameters
    ----------
    path : Path
        A first row of words is taken for a header and passed over; labels may be codes or words.

    Raises
    ------
    InputError
        Missing, unreadable or empty; or the first row that is no clip, with its number.
    """
    try:
        if not path.read_bytes()[:1]:
            raise InputError("no clip in it", where=path, remedy=_REMEDY)
    except FileNotFoundError:
        raise InputError("no such file", where=path, remedy=_REMEDY) from None
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror})", where=path, remedy="Check its permissions"
        ) from None
    (_, cells), *_ = read_table(path)
    rows = [[cell_text(cell) for cell in row] for row in cells]
    listed: dict[ClipIdentity, ListedClip] = {}
    for number, row in enumerate(rows, start=1):
        if not any(row):
            continue
        if number == 1 and _is_header(row):
            continue
        one = _listed(path, number, row)
        if one.identity in listed:
            raise InputError(
                f"{one.name} stands in it twice", where=path, row=number, remedy=_REMEDY
            )
        listed[one.identity] = one
    if not listed:
        raise InputError("no clip in it", where=path, remedy=_REMEDY)
    return list(listed.values())


def component_of(name: str) -> str | None:
    """Which of the three databases a name means: ``CASME II``, ``casme2``, ``smic-hs``…

    >>> component_of("CASME II"), component_of("SMIC_HS"), component_of("MMEW")
    ('casme2', 'smic', None)
    """
    plain = "".join(c for c in name.casefold() if c.isalnum())
    if plain in ("casme2", "casmeii"):
        return "casme2"
    return next((one for one in ("smic", "samm") if plain in (one, f"{one}hs")), None)


def _is_header(row: list[str]) -> bool:
    return component_of(row[0]) is None and not any(cell.isdigit() for cell in row)


def _listed(path: Path, number: int, row: list[str]) -> ListedClip:
    if len(row) != 4 or not all(row):
        raise InputError(
            f"expected 4 filled cells, got {len([cell for cell in row if cell])}",
            where=path,
            row=number,
            remedy=_REMEDY,
        )
    database, subject, clip, label = row
    component = component_of(database)
    if component is None:
        raise InputError(
            f"{database!r} is none of the databases {', '.join(OFFICIAL_COUNTS)}",
            where=path,
            row=number,
            remedy=_REMEDY,
        )
    return ListedClip(
        ClipIdentity.of(component, subject, clip),
        f"{component}/{subject}/{clip}",
        _label(path, number, label),
    )


def _label(path: Path, number: int, text: str) -> str:
    if text.isdigit() and int(text) < len(THREE_CLASSES):
        return THREE_CLASSES[int(text)]
    if text.casefold() in THREE_CLASSES:
        return text.casefold()
    raise InputError(
        f"label {text!r} is none of 0 (negative), 1 (positive), 2 (surprise)",
        where=path,
        row=number,
        remedy=_REMEDY,
    )
