"""Which layouts mexlab reads, by the name typed after ``mexlab import``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mexlab.data.databases.imported import (
    DatabaseReader,
    ImportedDatabase,
    ImportRequest,
    Progress,
)
from mexlab.data.databases.layouts import (
    cas_me2,
    cas_me3,
    casme,
    casme2,
    ckplus,
    folder,
    fourdme,
    mmew,
    samm,
    samm_lv,
    smic,
    smic_e,
    ststnet,
)
from mexlab.errors import InputError

__all__ = [
    "AUTO",
    "DatabaseReader",
    "ImportedDatabase",
    "Progress",
    "read_database",
    "read_databases",
    "reader",
    "readers",
    "recognise",
    "recognised",
]

#: Typed in the place of a layout: look at the path and find out.
AUTO = "auto"

_READERS = {
    one.name: one
    for one in (
        casme.READER,
        casme2.READER,
        smic.READER,
        smic_e.READER,
        samm.READER,
        samm_lv.READER,
        ckplus.READER,
        cas_me2.READER,
        cas_me3.READER,
        mmew.READER,
        fourdme.READER,
        ststnet.READER,
        folder.READER,
    )
}


def readers() -> dict[str, DatabaseReader]:
    """All readers by name, in the order in which they are listed."""
    return dict(_READERS)


def reader(name: str) -> DatabaseReader:
    """The reader of a layout.

    Raises
    ------
    InputError
        Where there is none of that name.
    """
    found = _READERS.get(name.strip().lower())
    if found is None:
        raise InputError(
            f"no database layout {name!r}; there are {', '.join(_READERS)}",
            where="layout",
            remedy="`mexlab databases --layouts` says what each needs",
        )
    return found


def recognise(path: str | Path) -> list[tuple[str, str]]:
    """Which layouts a path looks like, and why; opens no frame.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    list of (str, str)
        Layout and reason. Own recordings are thought of only where nothing else fits, as every
        tree of frames looks like them.
    """
    place = Path(path).expanduser().absolute()
    found = [
        (one.name, reason)
        for one in _READERS.values()
        if one.name != folder.LAYOUT and (reason := one.recognise(place)) is not None
    ]
    if not found and (reason := folder.READER.recognise(place)) is not None:
        found.append((folder.LAYOUT, reason))
    return found


def recognised(path: str | Path) -> tuple[str, str]:
    """The one layout that a path looks like, and why.

    Raises
    ------
    InputError
        Nothing there, no layout, or several: then each is named with its reason.
    """
    if not Path(path).expanduser().exists():
        raise InputError("no such file or folder", where=path)
    found = recognise(path)
    if not found:
        raise InputError(
            "looks like no layout that mexlab reads",
            where=path,
            remedy="`mexlab databases --layouts` says what each needs; give one in place of auto",
        )
    if len(found) > 1:
        candidates = "; ".join(f"{layout} ({reason})" for layout, reason in found)
        raise InputError(
            f"looks like {len(found)} layouts: {candidates}",
            where=path,
            remedy="Give the one that is meant in place of auto, or the folder of one database",
        )
    return found[0]


def read_databases(
    layout: str,
    path: str | Path,
    *,
    name: str | None = None,
    apply_corrections: bool = True,
    fps: float | None = None,
    progress: Progress | None = None,
    sheet: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
) -> list[ImportedDatabase]:
    """Read what lies at a path: one database, or the several of a feature release.

    Parameters
    ----------
    layout : str
        One of :func:`readers`.
    path : str or Path
        The folder of the release, or one of its trees with the sheet beside it; for some
        layouts also a zip file or a video.
    name : str, optional
        Name in the workspace; by default the layout's own, and for own recordings that of the
        folder. For a release of several databases each is called ``<name>-<database>``.
    apply_corrections : bool
        Put known mistakes of the release right; each is listed in the report.
    fps : float, optional
        Frames a second, where the release's or the file's own is not to be used.
    progress : callable, optional
        Called as ``progress(done, total)``.
    sheet : str or Path, optional
        A coding sheet of own recordings; by default the one that lies in the folder. A release
        has its own.
    columns : mapping of str to str, optional
        Field to header, where the headers of that sheet are not usual ones.

    Returns
    -------
    list of ImportedDatabase
        At least one. Nothing is written anywhere, and no frame is decoded (videos are: their
        frames can only be counted so).

    Raises
    ------
    InputError
        Where nothing could be read; whatever concerns single clips is in the reports.
    """
    chosen = reader(layout)
    if not chosen.own_sheet and (sheet is not None or columns):
        raise InputError(
            f"{chosen.title} has a coding sheet of its own, which is found by its name",
            where="--sheet" if sheet is not None else "--columns",
            remedy=f"Only own recordings take one: mexlab import {folder.LAYOUT} PATH --sheet FILE",
        )
    return chosen.read(
        ImportRequest(
            path=Path(path).expanduser().absolute(),
            name=name,
            apply_corrections=apply_corrections,
            fps=fps,
            progress=progress,
            sheet=None if sheet is None else Path(sheet).expanduser().absolute(),
            columns=columns or {},
        )
    )


def read_database(layout: str, path: str | Path, **options: Any) -> ImportedDatabase:
    """Read a path that holds one database; options as of :func:`read_databases`.

    Raises
    ------
    InputError
        Also where there are several.
    """
    found = read_databases(layout, path, **options)
    if len(found) != 1:
        raise InputError(
            f"this holds {len(found)} databases ({', '.join(one.name for one in found)})",
            where=path,
            remedy="Use read_databases, which gives all of them",
        )
    return found[0]
