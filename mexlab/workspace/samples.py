"""Which clips a feature set is made from, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mexlab.data.codings import Coding
from mexlab.data.reports import ReportEntry
from mexlab.errors import InputError
from mexlab.store import ClipSource
from mexlab.workspace.workspace import Workspace

Source = Literal["computed", "release"]


@dataclass(frozen=True, slots=True)
class Sample:
    """A clip chosen for a feature set, with the coding that gives onset, apex and label."""

    source: ClipSource
    coding: Coding


def select_samples(
    workspace: Workspace,
    databases: Sequence[str] | None,
    coder: str,
    left_out: list[ReportEntry],
    *,
    marks: bool = True,
) -> Iterator[Sample]:
    """The clips of the chosen databases that the coder has coded.

    Those that are not go to ``left_out`` with their reason; with ``marks``, so do those without
    onset or apex.

    Raises
    ------
    InputError
        For a database or a coder that the workspace does not have.
    """
    chosen = check_choice(workspace, databases, coder)
    codings = {c.clip: c for c in workspace.store.codings(coder=coder) if c.expression == 1}
    for source in workspace.store.sources():
        if source.key.database not in chosen:
            continue
        coding = codings.get(source.key)
        reason: str | None
        if coding is None:
            reason = f"{coder} has not coded it"
        else:
            reason = _missing_marks(coding) if marks and source.frames is not None else None
        if coding is None or reason is not None:
            left_out.append(ReportEntry("skipped", str(source.key), reason or ""))
        else:
            yield Sample(source, coding)


def check_choice(workspace: Workspace, databases: Sequence[str] | None, coder: str) -> set[str]:
    """The names of the chosen databases, all by default.

    Raises
    ------
    InputError
        For a database or a coder that the workspace does not have.
    """
    names = [row.name for row in workspace.store.databases()]
    if not names:
        raise InputError(
            "there is no database in this workspace",
            where=workspace.path,
            remedy="Bring one in with `mexlab import LAYOUT PATH`",
        )
    unknown = sorted(set(databases or ()) - set(names))
    if unknown:
        raise InputError(
            f"there is no database {', '.join(map(repr, unknown))} in this workspace",
            where="databases",
            remedy=f"There are {', '.join(names)}",
        )
    coders = workspace.store.coders()
    if coder not in coders:
        raise InputError(
            f"nobody called {coder!r} has coded anything here",
            where="coder",
            remedy=f"Coders are {', '.join(coders)}",
        )
    return set(databases or names)


def _missing_marks(coding: Coding) -> str | None:
    missing = [
        name for name, value in (("onset", coding.onset), ("apex", coding.apex)) if value is None
    ]
    if missing:
        return f"{coding.coder} marked no {' and no '.join(missing)}"
    return None


def only_source(samples: list[Sample]) -> Source:
    framed = sorted({s.source.key.database for s in samples if s.source.frames is not None})
    featured = sorted({s.source.key.database for s in samples if s.source.frames is None})
    if framed and featured:
        raise InputError(
            f"{', '.join(framed)} have frames, {', '.join(featured)} came as ready features, "
            "and the two cannot be trained on together",
            where="databases",
            remedy="Choose with --features computed or --features release, or with --databases",
        )
    return "release" if featured else "computed"


def why_unusable(sample: Sample, source: Source) -> str | None:
    if source == "release":
        if sample.source.features_file is None:
            return "it has frames, but no picture of a feature release"
        return None
    if sample.source.frames is None:
        return "it came as ready features, without frames"
    return _missing_marks(sample.coding)
