"""Which layouts mexlab reads, by the name typed after ``mexlab import``."""

from __future__ import annotations

from pathlib import Path

from mexlab.data.databases import (
    cas_me2,
    cas_me3,
    casme,
    casme2,
    folder,
    fourdme,
    mmew,
    ststnet,
)
from mexlab.data.databases.imported import (
    DatabaseReader,
    ImportedDatabase,
    Progress,
    ReadDatabases,
)
from mexlab.errors import InputError

__all__ = [
    "DatabaseReader",
    "ImportedDatabase",
    "Progress",
    "ReadDatabases",
    "read_database",
    "read_databases",
    "reader",
    "readers",
]

_READERS = {
    one.name: one
    for one in (
        casme.READER,
        casme2.READER,
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
            remedy="`mexlab databases` says what each needs",
        )
    return found


def read_databases(
    layout: str,
    path: str | Path,
    *,
    name: str | None = None,
    apply_corrections: bool = True,
    fps: float | None = None,
    progress: Progress | None = None,
) -> list[ImportedDatabase]:
    """Read what lies at a path: one database, or the several of a feature release.

    Parameters
    ----------
    layout : str
        One of :func:`readers`.
    path : str or Path
    name : str, optional
        Name in the workspace; the layout's own by default. For a release of several databases
        each is called ``<name>-<database>``.
    apply_corrections : bool
    fps : float, optional
        Frames a second, where the release's or the file's own is not to be used.
    progress : callable, optional
        Called as ``progress(done, total)``.

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
    return reader(layout).read(
        Path(path),
        name=name,
        apply_corrections=apply_corrections,
        fps=fps,
        progress=progress,
    )


def read_database(
    layout: str,
    path: str | Path,
    *,
    name: str | None = None,
    apply_corrections: bool = True,
    fps: float | None = None,
    progress: Progress | None = None,
) -> ImportedDatabase:
    """Read a path that holds one database; parameters as in :func:`read_databases`.

    Raises
    ------
    InputError
        Also where there are several.
    """
    found = read_databases(
        layout,
        path,
        name=name,
        apply_corrections=apply_corrections,
        fps=fps,
        progress=progress,
    )
    if len(found) != 1:
        raise InputError(
            f"this holds {len(found)} databases ({', '.join(one.name for one in found)})",
            where=path,
            remedy="Use read_databases, which gives all of them",
        )
    return found[0]
