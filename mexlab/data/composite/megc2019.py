"""The MEGC2019 composite: which clips of three databases are in it, and whether they all are.

Source: See et al. (2019), "MEGC 2019: the second facial micro-expressions grand challenge".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mexlab.data.clips import ClipKey
from mexlab.data.databases.folders import fold, subject_number
from mexlab.data.labels.schemes import THREE_CLASSES

#: The databases of the composite, and their clips of each class: negative, positive, surprise.
OFFICIAL_COUNTS: Mapping[str, tuple[int, int, int]] = {
    "smic": (70, 51, 43),
    "casme2": (88, 32, 25),
    "samm": (92, 26, 15),
}
OFFICIAL_SUBJECTS: Mapping[str, int] = {"smic": 16, "casme2": 24, "samm": 28}

_SMIC_CLIP = re.compile(r"s0*(\d+)_(\w+?)_0*(\d+)")


@dataclass(frozen=True, order=True, slots=True)
class ClipIdentity:
    """A clip however a release, a list or a feature file spells it.

    Attributes
    ----------
    component : str
        ``smic``, ``casme2`` or ``samm``.
    subject : str
        The number without padding.
    clip : str
    """

    component: str
    subject: str
    clip: str

    @classmethod
    def of(cls, component: str, subject: str, clip: str) -> ClipIdentity:
        """The identity of ``s03`` and ``s3_ne_03``, ``s3`` and ``s03_ne_03``, and so on.

        >>> ClipIdentity.of("smic", "s03", "s03_ne_03") == ClipIdentity.of("smic", "3", "s3_ne_3")
        True
        """
        name = fold(clip)
        if component == "smic" and (match := _SMIC_CLIP.fullmatch(name)):
            name = f"s{int(match[1])}_{match[2]}_{int(match[3])}"
        elif component == "samm":
            name = "_".join(part.lstrip("0") or part for part in name.split("_"))
        number = subject_number(subject)
        return cls(component, fold(subject) if number is None else str(number), name)

    def __str__(self) -> str:
        return f"{self.component}/{self.subject}/{self.clip}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clip of one of the three databases, as it was imported.

    Attributes
    ----------
    key : ClipKey
    component : str
    label : str or None
        Its class by the rules of the composite.
    reason : str
        Why it has none; "" where it has.
    obstacle : str
        Why no flow can be computed from it yet (no apex, say); "" where it can, and for a clip
        that came as features.
    """

    key: ClipKey
    component: str
    label: str | None
    reason: str
    obstacle: str

    @property
    def identity(self) -> ClipIdentity:
        return ClipIdentity.of(self.component, self.key.subject, self.key.name)


@dataclass(frozen=True, slots=True)
class ListedClip:
    """A clip of a list of the composite.

    Attributes
    ----------
    identity : ClipIdentity
    name : str
        As the list spells it.
    label : str
    """

    identity: ClipIdentity
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class CompositeClip:
    """A clip of the composite with its class."""

    key: ClipKey
    component: str
    label: str
    obstacle: str

    @property
    def code(self) -> int:
        """0 negative, 1 positive, 2 surprise."""
        return THREE_CLASSES.index(self.label)


@dataclass(frozen=True, slots=True)
class Remark:
    """A clip and what is to be said of it."""

    clip: str
    component: str
    reason: str


@dataclass(slots=True)
class Composite:
    """The composite over what is there.

    Attributes
    ----------
    components : tuple of str
        The databases that are there.
    clips : list of CompositeClip
        In the order of their keys.
    missing : list of Remark
        Clips that a list has and no database. Without a list, those that an import left out of a
        database whose counts differ: which of them the composite has, cannot be known then.
    extra : list of Remark
        Clips that the rules would take in, but a list does not have: left out.
    differences : list of Remark
        Clips to which a list gives another class than the rules: the list's is taken.
    left_out : list of Remark
        Clips that the rules leave out.
    lists : dict of str to str
        For each component by whose list the names were checked, where that comes from.
    """

    components: tuple[str, ...]
    clips: list[CompositeClip] = field(default_factory=list)
    missing: list[Remark] = field(default_factory=list)
    extra: list[Remark] = field(default_factory=list)
    differences: list[Remark] = field(default_factory=list)
    left_out: list[Remark] = field(default_factory=list)
    lists: dict[str, str] = field(default_factory=dict)

    def count(self, component: str, label: str | None = None) -> int:
        """Clips of a database, of one class or of all."""
        return sum(one.component == component and label in (None, one.label) for one in self.clips)

    def subjects(self, component: str) -> int:
        """People of a database with a clip in the composite."""
        return len({one.key.group for one in self.clips if one.component == component})

    @property
    def untrainable(self) -> list[Remark]:
        """Clips of the composite that cannot be trained on yet, and why not."""
        return [
            Remark(str(one.key), one.component, one.obstacle) for one in self.clips if one.obstacle
        ]

    @property
    def complete(self) -> bool:
        """Whether all three databases are there, and every count is the official one."""
        return all(
            self.counted(name) == OFFICIAL_COUNTS[name]
            and self.subjects(name) == OFFICIAL_SUBJECTS[name]
            for name in OFFICIAL_COUNTS
        )

    def counted(self, component: str) -> tuple[int, ...]:
        """Clips of each class, in the order of the classes."""
        return tuple(self.count(component, label) for label in THREE_CLASSES)

    def table(self) -> list[dict[str, Any]]:
        """Found and official counts, one row a database and one for all."""
        rows: list[dict[str, Any]] = [
            {
                "database": name,
                "found": dict(zip(THREE_CLASSES, self.counted(name), strict=True)),
                "official": dict(zip(THREE_CLASSES, OFFICIAL_COUNTS[name], strict=True)),
                "subjects": {"found": self.subjects(name), "official": OFFICIAL_SUBJECTS[name]},
                "imported": name in self.components,
            }
            for name in OFFICIAL_COUNTS
        ]
        full: dict[str, Any] = {
            "database": "full",
            "found": {label: sum(row["found"][label] for row in rows) for label in THREE_CLASSES},
            "official": {
                label: sum(row["official"][label] for row in rows) for label in THREE_CLASSES
            },
            "subjects": {
                which: sum(row["subjects"][which] for row in rows)
                for which in ("found", "official")
            },
            "imported": set(self.components) == set(OFFICIAL_COUNTS),
        }
        for row in [*rows, full]:
            for which in ("found", "official"):
                row[which]["total"] = sum(row[which].values())
        return [*rows, full]

    def to_record(self) -> dict[str, Any]:
        def remarks(found: list[Remark]) -> list[dict[str, str]]:
            return [{"clip": one.clip, "reason": one.reason} for one in found]

        return {
            "name": "megc2019",
            "complete": self.complete,
            "table": self.table(),
            "lists": self.lists,
            "missing": remarks(self.missing),
            "extra": remarks(self.extra),
            "differences": remarks(self.differences),
            "left_out": remarks(self.left_out),
            "untrainable": remarks(self.untrainable),
            "clips": [
                {"clip": str(one.key), "database": one.component, "label": one.label}
                for one in self.clips
            ],
        }


def build_composite(
    candidates: Iterable[Candidate],
    components: Sequence[str],
    *,
    lists: Mapping[str, tuple[str, Sequence[ListedClip]]] | None = None,
    why_missing: Mapping[ClipIdentity, str] | None = None,
) -> Composite:
    """Take together the clips of the composite.

    Parameters
    ----------
    candidates : iterable of Candidate
        Every clip of the databases that are there.
    components : sequence of str
        Which those are.
    lists : mapping of str to (str, sequence of ListedClip), optional
        For a component where its list comes from, and the list, which then wins over the rules.
    why_missing : mapping of ClipIdentity to str, optional
        Why an import left a clip out.

    Returns
    -------
    Composite
    """
    composite = Composite(tuple(name for name in OFFICIAL_COUNTS if name in components))
    by_component: dict[str, list[Candidate]] = {}
    for one in sorted(candidates, key=lambda one: one.key):
        by_component.setdefault(one.component, []).append(one)
    for name in OFFICIAL_COUNTS:
        if name in (lists or {}):
            source, listed = (lists or {})[name]
            composite.lists[name] = source
            _follow_list(composite, by_component.get(name, []), source, listed, why_missing or {})
        else:
            _follow_rules(composite, by_component.get(name, []))
            _guess_missing(composite, name, why_missing or {})
    return composite


def _follow_rules(composite: Composite, candidates: Sequence[Candidate]) -> None:
    for one in candidates:
        if one.label is None:
            composite.left_out.append(Remark(str(one.key), one.component, one.reason))
        else:
            composite.clips.append(CompositeClip(one.key, one.component, one.label, one.obstacle))


def _guess_missing(
    composite: Composite, component: str, why_missing: Mapping[ClipIdentity, str]
) -> None:
    """Without a list: what the import left out, where clips of a database are missing."""
    if component not in composite.components:
        return
    if composite.counted(component) == OFFICIAL_COUNTS[component]:
        return
    for identity, reason in sorted(why_missing.items()):
        if identity.component == component:
            composite.missing.append(
                Remark(str(identity), component, f"perhaps one of the composite's: {reason}")
            )


def _follow_list(
    composite: Composite,
    candidates: Sequence[Candidate],
    source: str,
    listed: Sequence[ListedClip],
    why_missing: Mapping[ClipIdentity, str],
) -> None:
    wanted = {one.identity: one for one in listed}
    found: set[ClipIdentity] = set()
    for one in candidates:
        entry = wanted.get(one.identity)
        if entry is None:
            if one.label is None:
                composite.left_out.append(Remark(str(one.key), one.component, one.reason))
            else:
                reason = f"{one.label} by the rules, but not in {source}: left out"
                composite.extra.append(Remark(str(one.key), one.component, reason))
            continue
        found.add(one.identity)
        composite.clips.append(CompositeClip(one.key, one.component, entry.label, one.obstacle))
        if one.label != entry.label:
            own = one.label or f"no class ({one.reason})"
            reason = f"{own} by the rules, {entry.label} in {source}: the list is followed"
            composite.differences.append(Remark(str(one.key), one.component, reason))
    for entry in listed:
        if entry.identity not in found:
            component = entry.identity.component
            reason = (
                why_missing.get(entry.identity, "not among the imported clips")
                if component in composite.components
                else f"{component} is not imported"
            )
            composite.missing.append(
                Remark(entry.name, component, f"{entry.label} in {source}; {reason}")
            )
