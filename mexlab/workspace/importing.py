"""Bring a database into a workspace: reader, name, store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Kind
from mexlab.data.databases.layouts import samm, samm_lv
from mexlab.data.databases.layouts.samm_emotions import WITHOUT, merge_emotions
from mexlab.data.databases.registry import AUTO, ImportedDatabase, read_databases, recognised
from mexlab.data.databases.trees.video_memory import remembering
from mexlab.data.reports import ImportReport
from mexlab.store import ImportChange
from mexlab.workspace.people import People
from mexlab.workspace.workspace import Workspace

#: In the workspace's cache: the videos whose frames were counted.
VIDEOS_FILE = "videos.json"


def import_into(
    workspace: Workspace,
    layout: str,
    path: str | Path,
    *,
    name: str | None = None,
    corrections: bool = True,
    fps: float | None = None,
    progress: Callable[[int, int], None] | None = None,
    sheet: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
) -> list[tuple[ImportReport, ImportChange]]:
    """Read what lies at a path and take it into the workspace.

    Parameters
    ----------
    workspace : Workspace
    layout : str
        A name of :func:`mexlab.data.databases.registry.readers`: ``casme2``, ``ststnet``...; or
        ``auto``, to look at the path and find out (the reports say why).
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
    sheet, columns : optional
        A coding sheet of one's own recordings, and what its columns are called.

    Returns
    -------
    list of (ImportReport, ImportChange)
        One for each database: what the reader found, and what the store changed.

    Raises
    ------
    InputError
        Where nothing can be read, or ``auto`` finds no layout, or several.
    WorkspaceError
        Where the name is taken by another database, whose files are still there.
    """
    why = ""
    if layout.strip().lower() == AUTO:
        layout, why = recognised(path)
    with remembering(workspace.cache_dir / VIDEOS_FILE):
        found = read_databases(
            layout,
            path,
            name=name,
            apply_corrections=corrections,
            fps=fps,
            progress=progress,
            sheet=sheet,
            columns=columns,
        )
        if name is None:
            found = _give_way(workspace, found, layout, path, corrections, fps)
    for database in found:
        if why:
            database.report.add("note", str(path), f"recognised as {layout}: {why}")
        if database.layout == samm_lv.LAYOUT:
            _merge_emotions(workspace, database)
    note_people(workspace, found)
    return [(database.report, workspace.store.put_database(database)) for database in found]


def note_people(workspace: Workspace, found: Sequence[ImportedDatabase]) -> None:
    """Say in the reports, before they are stored, which other databases show the same people."""
    people = People(workspace, found)
    for database in found:
        beside = people.beside(database.name)
        if beside:
            database.report.add(
                "note",
                database.name,
                f"some of its people are those of {', '.join(beside)}: they are held out "
                "together; `mexlab people` lists them, and takes what is otherwise",
            )


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


def _merge_emotions(workspace: Workspace, database: ImportedDatabase) -> None:
    """Emotions for SAMM Long Videos from the workspace's SAMM, where no sheet told them."""
    if all(entry.reason != WITHOUT for entry in database.report.entries):
        return
    known = [
        row
        for row in workspace.store.databases()
        if row.layout == samm.LAYOUT and row.synthetic == database.synthetic
    ]
    if not known:
        return
    codings = workspace.store.codings(coder=GROUND_TRUTH, database=known[0].name)
    emotions: dict[tuple[str, Kind], str] = {
        (one.clip.name, one.kind or "micro"): one.emotion for one in codings if one.emotion
    }
    source = f"database {known[0].name}"
    database.codings = merge_emotions(database.codings, emotions, source, database.report)
    database.finish()
