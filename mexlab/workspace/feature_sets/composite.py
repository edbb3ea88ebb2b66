"""The MEGC2019 composite over the databases of a workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding
from mexlab.data.composite.megc2019 import (
    OFFICIAL_COUNTS,
    Candidate,
    ClipIdentity,
    Composite,
    ListedClip,
    build_composite,
)
from mexlab.data.composite.official_list import read_composite_list
from mexlab.data.databases.layouts import smic, ststnet
from mexlab.data.frames.frames import frames_from_record
from mexlab.data.labels.schemes import MEGC2019, THREE_CLASSES
from mexlab.errors import InputError
from mexlab.store import ClipSource, DatabaseRow
from mexlab.workspace.feature_sets.samples import check_choice
from mexlab.workspace.workspace import Workspace


def compose_megc2019(
    workspace: Workspace,
    *,
    databases: Sequence[str] | None = None,
    coder: str = GROUND_TRUTH,
    official: Path | None = None,
) -> Composite:
    """Build the composite over whatever of CASME II, SMIC-HS and SAMM is imported.

    Parameters
    ----------
    workspace : Workspace
    databases : sequence of str, optional
        By default all that are one of the three; of two that are the same one, that with frames.
    coder : str
        Whose onset and apex make a clip trainable. Classes are the databases' own.
    official : Path, optional
        ``combined_3class_gt.csv``, which wins over the rules. Without it, the names of a database
        with frames are checked against the STSTNet feature release, if that is imported too and
        has all clips.

    Returns
    -------
    Composite

    Raises
    ------
    InputError
        None of the three is imported, one of them twice, a list that cannot be read, or a
        database or coder that the workspace does not have.
    """
    chosen = check_choice(workspace, databases, coder)
    rows = workspace.store.databases()
    parts = _choose([row for row in rows if row.name in chosen], workspace)
    sources = workspace.store.sources()
    truth = _first_codings(workspace, GROUND_TRUTH)
    marks = truth if coder == GROUND_TRUTH else _first_codings(workspace, coder)
    names = {row.name: component for component, row in parts.items()}
    candidates = [
        _candidate(source, names[source.key.database], truth, marks)
        for source in sources
        if source.key.database in names
    ]
    lists = (
        _official_lists(official)
        if official is not None
        else _release_lists(rows, parts, sources, truth)
    )
    return build_composite(candidates, tuple(parts), lists=lists, why_missing=_why_missing(parts))


def _choose(rows: Sequence[DatabaseRow], workspace: Workspace) -> dict[str, DatabaseRow]:
    """The database of each component."""
    found: dict[str, list[DatabaseRow]] = {}
    for row in rows:
        component = _component(row)
        if component is not None:
            found.setdefault(component, []).append(row)
    if not found:
        raise InputError(
            "none of CASME II, SMIC-HS and SAMM is among the databases",
            where=workspace.path,
            remedy="Bring one in with `mexlab import casme2 PATH`, `smic` or `samm`",
        )
    parts = {}
    for component, several in found.items():
        framed = [row for row in several if row.layout != ststnet.LAYOUT] or several
        if len(framed) > 1:
            raise InputError(
                f"{len(framed)} databases are {component}: {', '.join(row.name for row in framed)}",
                where="--databases",
                remedy="Name those that the composite is to be made of",
            )
        parts[component] = framed[0]
    return parts


def _component(row: DatabaseRow) -> str | None:
    if row.layout == ststnet.LAYOUT:
        # Parts of the release are called after their database, with the user's --name before it.
        name = row.name.rpartition("-")[2]
        return name if name in OFFICIAL_COUNTS else None
    if row.layout == smic.LAYOUT:
        return "smic" if row.title.startswith(smic.CAMERAS["hs"].title) else None
    return row.layout if row.layout in OFFICIAL_COUNTS else None


def _first_codings(workspace: Workspace, coder: str) -> dict[object, Coding]:
    return {one.clip: one for one in workspace.store.codings(coder=coder) if one.expression == 1}


def _candidate(
    source: ClipSource,
    component: str,
    truth: Mapping[object, Coding],
    marks: Mapping[object, Coding],
) -> Candidate:
    key = source.key
    coding, marked = truth.get(key), marks.get(key)
    emotion = coding.emotion if coding is not None else ""
    reason = MEGC2019.reason_left_out(source.layout, emotion, key.subject, key.name) or ""
    return Candidate(
        key=key,
        component=component,
        label=None if reason else MEGC2019.classify(source.layout, emotion),
        reason=reason,
        obstacle=_obstacle(source, marked),
    )


def _obstacle(source: ClipSource, marked: Coding | None) -> str:
    """Why no flow can be computed from a clip; "" where it can."""
    if source.frames is None:
        return ""
    onset, apex = (marked.onset, marked.apex) if marked is not None else (None, None)
    if onset is None or apex is None:
        return "no onset or no apex, so that no flow can be computed: code or spot it"
    numbers = frames_from_record(source.frames, source.root).numbers
    blind = [
        f"{name} {value}"
        for name, value in (("onset", onset), ("apex", apex))
        if value not in numbers
    ]
    return f"no picture of {' and '.join(blind)}: code it anew" if blind else ""


def _official_lists(path: Path) -> dict[str, tuple[str, Sequence[ListedClip]]]:
    listed = read_composite_list(path)
    return {
        component: (
            path.name,
            [one for one in listed if one.identity.component == component],
        )
        for component in OFFICIAL_COUNTS
    }


def _release_lists(
    rows: Sequence[DatabaseRow],
    parts: Mapping[str, DatabaseRow],
    sources: Sequence[ClipSource],
    truth: Mapping[object, Coding],
) -> dict[str, tuple[str, Sequence[ListedClip]]]:
    """For databases with frames the clips of the feature release, where all of them are there."""
    lists: dict[str, tuple[str, Sequence[ListedClip]]] = {}
    for row in rows:
        component = _component(row)
        part = parts.get(component or "")
        if component is None or part is None or row.layout != ststnet.LAYOUT:
            continue
        if part.layout == ststnet.LAYOUT or part.synthetic != row.synthetic:
            continue
        listed = [
            ListedClip(
                ClipIdentity.of(component, source.key.subject, source.key.name),
                f"{component}/{source.key.subject}/{source.key.name}",
                truth[source.key].emotion,
            )
            for source in sources
            if source.key.database == row.name and source.key in truth
        ]
        counts = tuple(sum(one.label == name for one in listed) for name in THREE_CLASSES)
        if counts == OFFICIAL_COUNTS[component]:
            lists[component] = f"the feature release ({row.name})", listed
    return lists


def _why_missing(parts: Mapping[str, DatabaseRow]) -> dict[ClipIdentity, str]:
    """What the imports said of clips that they left out."""
    reasons: dict[ClipIdentity, str] = {}
    for component, row in parts.items():
        for entry in row.report.get("entries", ()):
            pieces = str(entry["where"]).partition(" (")[0].split("/")
            if entry["kind"] == "skipped" and len(pieces) == 3 and pieces[0] == row.name:
                identity = ClipIdentity.of(component, pieces[1], pieces[2])
                reasons.setdefault(identity, f"left out by the import: {entry['reason']}")
    return reasons
