"""What the store hands out: plain records that hold no connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from mexlab.data.clips import ClipKey
from mexlab.data.codings import Coding

ChangeKind = Literal["edit", "undo", "redo", "import"]


@dataclass(frozen=True, slots=True)
class DatabaseRow:
    """A database as the store knows it.

    Attributes
    ----------
    name, title, layout : str
        The name within the workspace, the name to show, and the reader that read it.
    root : Path
        Absolute; where its files lie (or lay: nothing here is opened).
    synthetic : bool
    fps : float or None
        Of its clips, where they agree.
    emotions : tuple of str
        Its vocabulary, in its own order.
    clips, subjects : int
    imported_at : datetime
        UTC; of the last import that changed something.
    report : dict
        The reader's report of that import (:meth:`ImportReport.to_record`).
    codes_units : bool
        Whether its own codings have action units; True where it has no codings.
    """

    name: str
    title: str
    layout: str
    root: Path
    synthetic: bool
    fps: float | None
    emotions: tuple[str, ...]
    clips: int
    subjects: int
    imported_at: datetime
    report: dict[str, Any]
    codes_units: bool = True


#: The fields of a coding that are its finding: agreement is computed on them. A note and a status
#: may change after the reveal without anything having been coded anew.
FINDINGS = ("onset", "apex", "offset", "emotion", "action_units", "confidence", "kind")


@dataclass(frozen=True, slots=True)
class FirstCommit:
    """One expression as it was when its coder first committed the clip.

    Attributes
    ----------
    coding : Coding or None
        As it was then, ``committed``; None for an expression that was added after the reveal.
    committed_at : datetime
        UTC; when the clip was first committed.
    """

    coding: Coding | None
    committed_at: datetime

    def changed(self, now: Coding | None) -> bool:
        """Whether the expression was changed, removed or added after the reveal."""
        if self.coding is None or now is None:
            there = self.coding is not None or (now is not None and now.status != "untouched")
            return there
        return any(getattr(self.coding, name) != getattr(now, name) for name in FINDINGS)


@dataclass(frozen=True, slots=True)
class ClipRow:
    """A clip in a listing, with one coder's coding of its first (or of one) expression.

    Attributes
    ----------
    key : ClipKey
    fps : float or None
    n_frames : int
    first, last : int or None
        Native numbers of the first and last frame; None for a clip without frames.
    features_only : bool
        True where the clip came as features, without frames to show.
    coding : Coding or None
        The coder's coding; None where the listing was asked for no coder, or there is none.
    first_commit : FirstCommit or None
        What the coder had coded when she first committed the clip, before the reveal; None where
        she never did.
    """

    key: ClipKey
    fps: float | None
    n_frames: int
    first: int | None
    last: int | None
    features_only: bool
    coding: Coding | None
    first_commit: FirstCommit | None = None

    @property
    def changed_after_reveal(self) -> bool:
        """Whether the coding is no longer what was committed first."""
        return self.first_commit is not None and self.first_commit.changed(self.coding)

    @property
    def expression_key(self) -> ClipKey:
        """The key of the expression that the coding is of."""
        return self.key if self.coding is None else self.key.of_expression(self.coding.expression)


@dataclass(frozen=True, slots=True)
class ClipSource:
    """Where a clip's frames or features lie, unopened, as it travels to a worker process.

    Attributes
    ----------
    key : ClipKey
    layout : str
        The reader of its database.
    root : Path
        Absolute; paths in ``frames`` and ``features_file`` are relative to it.
    frames : dict or None
        ``FrameSource.to_record``; None for a clip that came as features.
    features_file : Path or None
    """

    key: ClipKey
    layout: str
    root: Path
    frames: dict[str, Any] | None
    features_file: Path | None


@dataclass(frozen=True, slots=True)
class CodingState:
    """A coding with where it stands in its history.

    Attributes
    ----------
    coding : Coding
    revision : int
        0 where nothing was ever saved; hand it back as ``expected_revision``.
    saved_at : datetime or None
        UTC; when the last change was committed.
    """

    coding: Coding
    revision: int = 0
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history: who changed what, when, on which page.

    ``before`` and ``after`` hold only the fields that changed; ``revision`` is that of the
    coding of this ``expression`` after the change. Changes of one ``act`` were made by one press
    of a key and are undone by one; None where a change is an act of its own.
    """

    number: int
    revision: int
    kind: ChangeKind
    coder: str
    page: str
    made_at: datetime
    before: dict[str, Any]
    after: dict[str, Any]
    expression: int = 1
    act: int | None = None


@dataclass(slots=True)
class ImportChange:
    """What an import changed in the store, by clip (``database/subject/name``).

    ``missing`` clips are in the store but were not in this import; they are kept. ``removed``
    are expressions of the database's own coding that its sheet no longer has; their clips are
    among those changed.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """True where the store is not as it was before."""
        return bool(self.added or self.changed)

    def to_record(self) -> dict[str, Any]:
        return {
            "added": len(self.added),
            "changed": self.changed,
            "unchanged": len(self.unchanged),
            "missing": self.missing,
            "removed": self.removed,
        }
