"""Which expressions a feature set is made from, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from mexlab.data.clips import ClipKey
from mexlab.data.codings import EVENT_KINDS, Coding
from mexlab.data.reports import ReportEntry
from mexlab.errors import InputError
from mexlab.store import ClipSource
from mexlab.workspace.people import People
from mexlab.workspace.workspace import Workspace

Source = Literal["computed", "release"]


#: Which expressions are asked for. None, the default, is ``micro`` in databases that hold micro-
#: and macro-expressions, and all in the others: nobody wants both at once without saying so.
ExpressionKind = Literal["micro", "macro", "both"]
EXPRESSION_KINDS: tuple[ExpressionKind, ...] = get_args(ExpressionKind)


@dataclass(frozen=True, slots=True)
class Sample:
    """An expression chosen for a feature set: its clip, and the coding with its marks and label."""

    source: ClipSource
    coding: Coding
    #: Who is seen, as :class:`mexlab.workspace.people.People` knows them.
    person: str

    @property
    def key(self) -> ClipKey:
        """Clip and number of the expression."""
        return self.source.key.of_expression(self.coding.expression)


@dataclass(frozen=True, slots=True)
class Selection:
    """Expressions that were chosen.

    Attributes
    ----------
    samples : tuple of Sample
    left_out : tuple of ReportEntry
        Clips and expressions that were not, each with its reason.
    """

    samples: tuple[Sample, ...]
    left_out: tuple[ReportEntry, ...]


def select_samples(
    workspace: Workspace,
    databases: Sequence[str] | None,
    coder: str,
    *,
    marks: bool = True,
    kind: str | None = None,
) -> Selection:
    """The expressions that the coder has found in the clips of the chosen databases.

    Clips without are left out; so are expressions of another kind than asked for, events that are
    no expression and, with ``marks``, those without onset or apex.

    Raises
    ------
    InputError
        For a database or a coder that the workspace does not have, or a kind that is none.
    """
    chosen = check_choice(workspace, databases, coder)
    check_kind(kind)
    codings: dict[ClipKey, list[Coding]] = {}
    for coding in workspace.store.codings(coder=coder):
        if coding.clip.database in chosen:
            codings.setdefault(coding.clip, []).append(coding)
    people = People(workspace)
    samples: list[Sample] = []
    left_out: list[ReportEntry] = []
    mixed = _mixed_databases(one for own in codings.values() for one in own)
    for source in workspace.store.sources():
        if source.key.database not in chosen:
            continue
        if source.key not in codings:
            left_out.append(ReportEntry("skipped", str(source.key), f"{coder} has not coded it"))
        for coding in codings.get(source.key, ()):
            sample = Sample(source, coding, people.of(source.key))
            reason = _other_kind(coding, kind, source.key.database in mixed)
            if reason is None and marks and source.frames is not None:
                reason = _missing_marks(coding)
            if reason is None:
                samples.append(sample)
            else:
                left_out.append(ReportEntry("skipped", str(sample.key), reason))
    return Selection(tuple(samples), tuple(left_out))


def check_kind(kind: str | None) -> None:
    """Refuse what is no kind of expression to ask for; None stands for the default.

    Raises
    ------
    InputError
    """
    if kind is not None and kind not in EXPRESSION_KINDS:
        raise InputError(
            f"expected one of {', '.join(EXPRESSION_KINDS)}, got {kind!r}", where="kind"
        )


def _mixed_databases(codings: Iterable[Coding]) -> set[str]:
    """Databases that hold macro-expressions beside others."""
    kinds: dict[str, set[str]] = {}
    for one in codings:
        if one.kind not in EVENT_KINDS:
            kinds.setdefault(one.clip.database, set()).add(one.kind)
    return {name for name, found in kinds.items() if "macro" in found and len(found) > 1}


def _other_kind(coding: Coding, kind: str | None, mixed: bool) -> str | None:
    """Why an expression is not of the kind that is asked for."""
    if coding.kind in EVENT_KINDS:
        return f"{'a head movement' if coding.kind == 'head' else 'a blink'}, not an expression"
    if kind == "both" or (kind is None and not mixed):
        return None
    if coding.kind == (kind or "micro"):
        return None
    if coding.kind:
        return f"a {coding.kind}-expression; choose kind {coding.kind} or both to take it in"
    # By default whatever nobody called macro is taken in.
    return None if kind is None else f"it is not stated whether it is {kind}; choose kind both"


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
            f"no coder {coder!r} has coded anything here",
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


def only_source(samples: Sequence[Sample]) -> Source:
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
