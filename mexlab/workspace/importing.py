"""Bring a database into a workspace: reader, name, store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mexlab.data.databases.registry import ImportedDatabase, read_databases
from mexlab.data.reports import ImportReport
from mexlab.store import ImportChange
from mexlab.workspace.workspace import Workspace


def import_into(
    workspace: Workspace,
    layout: str,
    path: str | Path,
    *,
    name: str | None = None,
    corrections: bool = True,
    fps: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[tuple[ImportReport, ImportChange]]:
    """Read what lies at a path and take it into the workspace.

    Parameters
    ----------
    workspace : Workspace
    layout : str
        A name of :func:`mexlab.data.databases.registry.readers`: ``casme2``, ``ststnet``...
    path : str or Path
    name : str, optional
        Name in the workspace. By default the layout's own; of a release that holds several
        databases, one whose own name is taken by other files gets the layout's before it
        (``ststnet-casme2``), which its report says.
    corrections : bool
        Whether known annotation mistakes are corrected.
    fps : float, optional
        Frames a second, where the files do not say.
    progress : callable, optional
        Called as ``progress(done, total)``.

    Returns
    -------
    list of (ImportReport, ImportChange)
        One for each database: what the reader found, and what the store changed.

    Raises
    ------
    InputError
        Where nothing can be read.
    WorkspaceError
        Where the name is taken by another database, whose files are still there.
    """
    found = read_databases(
        layout, path, name=name, apply_corrections=corrections, fps=fps, progress=progress
    )
    if name is None:
        found = _give_way(workspace, found, layout, path, corrections, fps)
    return [(database.report, workspace.store.put_database(database)) for database in found]


def _give_way(
    workspace: Workspace,
    found: list[ImportedDatabase],
    layout: str,
    path: str | Path,
    corrections: bool,
    fps: float | None,
) -> list[ImportedDatabase]:
    """Rename those parts of a release whose names other files have."""
    taken = {
        row.name
        for row in workspace.store.databases()
        for part in found
        if row.name == part.name and row.layout != part.layout
    }
    if not taken:
        return found
    renamed = read_databases(layout, path, name=layout, apply_corrections=corrections, fps=fps)
    # The reader gives the parts in one order, whatever they are called. A database that is no
    # part of a release keeps its name, and the store refuses it: there the user has to choose.
    chosen = []
    for part, other in zip(found, renamed, strict=True):
        gives_way = part.name in taken and other.name == f"{layout}-{part.name}"
        if gives_way:
            other.report.add(
                "note",
                other.name,
                f"the name {part.name!r} is taken by another database of this workspace, "
                f"so this part of the release is called {other.name!r}",
            )
        chosen.append(other if gives_way else part)
    return chosen
