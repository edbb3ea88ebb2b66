"""What one coder says of one clip: the record, and the checks that warn but never block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from mexlab.data.clips import ClipKey
from mexlab.data.time_text import time_text
from mexlab.deprecation import with_moved_names

__getattr__ = with_moved_names(
    __name__,
    {"DATABASE_CODER": "mexlab.data.GROUND_TRUTH"},
    removal="0.3",
)

Status = Literal["untouched", "draft", "committed", "flagged"]
Confidence = Literal["", "unsure", "fairly", "sure"]
Kind = Literal["", "micro", "macro", "blink", "head"]
STATUSES: tuple[Status, ...] = ("untouched", "draft", "committed", "flagged")
CONFIDENCES: tuple[Confidence, ...] = ("", "unsure", "fairly", "sure")
KINDS: tuple[Kind, ...] = ("", "micro", "macro", "blink", "head")

#: Kinds that are no expression: a blink, a head movement. They have an onset and an offset only.
EVENT_KINDS: tuple[Kind, ...] = ("blink", "head")

#: Fields that a coder edits; the rest of a coding says which clip, whose, and which expression.
EDITABLE = (
    "onset",
    "apex",
    "offset",
    "emotion",
    "action_units",
    "confidence",
    "note",
    "status",
    "kind",
)


@dataclass(frozen=True, slots=True)
class Coding:
    """One coder's coding of one expression in one clip.

    Ground truth is the coding of coder :data:`~mexlab.data.coders.GROUND_TRUTH` (``database``), a
    spotter's of ``machine:<method>``, the adjudicated one of ``consensus``: one type for all.

    Attributes
    ----------
    clip : ClipKey
    coder : str
    onset, apex, offset : int or None
        Native frame numbers of the database; None where not (yet) coded.
    emotion : str
        In the database's own vocabulary, lower case; "" where not coded.
    action_units : str
        The raw text as written (``L12B+4``); parsed by :mod:`mexlab.data.labels.facs`.
    confidence : {"", "unsure", "fairly", "sure"}
    note : str
    status : {"untouched", "draft", "committed", "flagged"}
    expression : int
        1 for the first expression of the clip; long videos hold several.
    kind : {"", "micro", "macro", "blink", "head"}
        As the database or the coder calls it; "" where nobody said. A blink or a head movement
        is an event of its own beside the expressions, with onset and offset.
    """

    clip: ClipKey
    coder: str
    onset: int | None = None
    apex: int | None = None
    offset: int | None = None
    emotion: str = ""
    action_units: str = ""
    confidence: Confidence = ""
    note: str = ""
    status: Status = "untouched"
    expression: int = 1
    kind: Kind = ""

    def editable(self) -> dict[str, Any]:
        """The fields that a coder edits, as a plain dict."""
        return {name: getattr(self, name) for name in EDITABLE}

    @property
    def says_something(self) -> bool:
        """Whether there is a mark, a label or a note: what says nothing is no event."""
        words = (self.emotion, self.action_units, self.note)
        marks = (self.onset, self.apex, self.offset)
        return any(word.strip() for word in words) or any(mark is not None for mark in marks)

    @property
    def is_event(self) -> bool:
        """Whether it is a blink or a head movement, and no expression."""
        return self.kind in EVENT_KINDS

    def with_changes(self, **changes: Any) -> Coding:
        return replace(self, **changes)

    def to_record(self) -> dict[str, Any]:
        record = asdict(self)
        record["clip"] = str(self.clip)
        return record


def what_counts(of_clip: Iterable[Coding]) -> list[Coding]:
    """Of all that one coder has in a clip what says something; all where nothing does.

    The first expression has the status of its clip: it is committed with it, also where it is
    empty and only a blink beside it says something. Then it is no finding.
    """
    found = list(of_clip)
    return [one for one in found if one.says_something] or found


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark on a coding: a warning says what and why, and never blocks.

    Attributes
    ----------
    level : {"ok", "warning"}
    field : str
        The field that it speaks of.
    message : str
    """

    level: Literal["ok", "warning"]
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class DurationCriterion:
    """When an expression counts as micro: both criteria are in use, so it is a named setting.

    Source: Yan et al. (2013), total at most 500 ms or onset to apex at most 250 ms.
    """

    name: Literal["total", "onset-apex"] = "total"

    @property
    def limit_ms(self) -> float:
        return 500.0 if self.name == "total" else 250.0


def check_coding(
    coding: Coding,
    *,
    fps: float | None,
    first: int | None = None,
    last: int | None = None,
    criterion: DurationCriterion | None = None,
    units_coded: bool = True,
) -> list[Finding]:
    """Check order, range, duration and completeness of a coding.

    What is missing is told once the coding has begun: a mark, a label, or a commit.

    Parameters
    ----------
    coding : Coding
    fps : float or None
        Frames a second of the clip; durations are not checked without it.
    first, last : int, optional
        First and last native frame number of the clip.
    criterion : DurationCriterion, optional
        Total <= 500 ms by default.
    units_coded : bool
        Whether action units are coded in this database, so that their lack is worth a word.

    Returns
    -------
    list of Finding
        In the order of the form: time, label, completeness.
    """
    criterion = criterion or DurationCriterion()
    findings: list[Finding] = []
    marks = {"onset": coding.onset, "apex": coding.apex, "offset": coding.offset}
    for name, value in marks.items():
        if value is not None and (
            (first is not None and value < first) or (last is not None and value > last)
        ):
            findings.append(
                Finding("warning", name, f"{name} {value} lies outside the clip ({first}–{last})")
            )
    pairs = (("onset", "apex"), ("apex", "offset"), ("onset", "offset"))
    reversed_pairs = [
        (a, b)
        for a, b in pairs
        if (x := marks[a]) is not None and (y := marks[b]) is not None and x > y
    ]
    for a, b in reversed_pairs[:2]:
        findings.append(Finding("warning", a, f"{a} {marks[a]} comes after {b} {marks[b]}"))
    on_boundary = coding.apex is not None and coding.apex in (coding.onset, coding.offset)
    if _is_one_frame(coding):
        message = "onset and offset are one frame: nothing moves in between"
        findings.append(Finding("warning", "offset", message))
    elif on_boundary and not reversed_pairs:
        at_onset = coding.apex == coding.onset
        reason = "onset frame itself: no rise" if at_onset else "offset frame itself: no fall"
        findings.append(Finding("warning", "apex", f"apex is the {reason} between them"))
    findings.extend(_check_duration(coding, fps, criterion, bool(reversed_pairs)))
    if coding.is_event:
        if (coding.onset is None) != (coding.offset is None):
            lacking = "offset" if coding.offset is None else "onset"
            named = "head movement" if coding.kind == "head" else coding.kind
            findings.append(Finding("warning", lacking, f"no {lacking} of this {named} yet"))
    elif _has_begun(coding):
        missing = [name for name, value in marks.items() if value is None]
        if missing:
            findings.append(
                Finding(
                    "warning",
                    missing[0],
                    f"no {', no '.join(missing)} yet: it will be kept as incomplete",
                )
            )
        if not coding.emotion:
            findings.append(Finding("warning", "emotion", "no emotion yet"))
        if units_coded and not coding.action_units.strip():
            findings.append(Finding("warning", "action_units", "no action units yet"))
    return findings


def _is_one_frame(coding: Coding) -> bool:
    """An expression of no duration; a blink may well be seen in one frame only."""
    return coding.onset is not None and coding.onset == coding.offset and not coding.is_event


def _has_begun(coding: Coding) -> bool:
    marks = (coding.onset, coding.apex, coding.offset)
    labels = bool(coding.emotion or coding.action_units.strip())
    return labels or coding.status == "committed" or any(mark is not None for mark in marks)


def _check_duration(
    coding: Coding, fps: float | None, criterion: DurationCriterion, disordered: bool
) -> list[Finding]:
    end = coding.offset if criterion.name == "total" else coding.apex
    if not fps or disordered or coding.onset is None or end is None:
        return []
    # The criterion is that of micro-expressions; what is called macro need not meet it.
    if coding.kind == "macro" or coding.is_event or _is_one_frame(coding):
        return []
    duration = (end - coding.onset) * 1000.0 / fps
    span = "total" if criterion.name == "total" else "onset to apex"
    took, limit = time_text(duration), f"{time_text(criterion.limit_ms)} ({span})"
    if duration <= criterion.limit_ms:
        return [Finding("ok", "offset", f"{took}: within {limit}")]
    longer = f"{took}: longer than {limit}, not a micro-expression"
    return [Finding("warning", "offset", longer)]
