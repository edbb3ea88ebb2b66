"""How many clips, subjects and emotions each release has, to hold an import against.

The numbers are those that the releases and their papers state; they are data, in
``official_counts.csv``. What is common knowledge but was never checked against files is marked
unsure: a difference there says little.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal

Counted = Literal["clips", "videos", "micro-expressions"]

_SYNTHETIC = " (synthetic)"


@dataclass(frozen=True, slots=True)
class OfficialCounts:
    """The numbers of one database as published; None where they are not known.

    Attributes
    ----------
    layout, title : str
        The reader, and the database as the reader calls it: a release may hold several.
    counted : {"clips", "videos", "micro-expressions"}
        What `clips` is the number of; of videos, each is a clip with several expressions.
    clips, subjects : int or None
    micro, macro : int or None
        Expressions.
    fps : float or None
    emotions : mapping of str to int
    unsure : frozenset of str
        The fields that were never checked against files.
    """

    layout: str
    title: str
    counted: Counted
    clips: int | None
    subjects: int | None
    micro: int | None
    macro: int | None
    fps: float | None
    emotions: Mapping[str, int]
    unsure: frozenset[str]

    def to_record(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "counted": self.counted,
            "clips": self.clips,
            "subjects": self.subjects,
            "micro": self.micro,
            "macro": self.macro,
            "fps": self.fps,
            "emotions": dict(self.emotions),
            "unsure": sorted(self.unsure),
        }


@dataclass(frozen=True, slots=True)
class FoundCounts:
    """The same of a database as it was imported."""

    clips: int
    subjects: int
    micro: int
    macro: int
    fps: float | None
    emotions: Mapping[str, int] = field(default_factory=dict)

    def clips_as(self, counted: Counted) -> int:
        """The number that an official number of clips stands for."""
        return self.micro if counted == "micro-expressions" else self.clips


@cache
def official_counts() -> tuple[OfficialCounts, ...]:
    """The published numbers of every database that mexlab reads, in the order of the readers."""
    table = resources.files("mexlab.data.databases").joinpath("official_counts.csv")
    with table.open(encoding="utf-8") as stream:
        return tuple(_counts(row) for row in csv.DictReader(stream))


def official_of(layout: str, title: str) -> OfficialCounts | None:
    """The published numbers of a database, by its reader and the title that the reader gives."""
    wanted = title.removesuffix(_SYNTHETIC)
    return next(
        (one for one in official_counts() if (one.layout, one.title) == (layout, wanted)), None
    )


def count_differences(found: FoundCounts, official: OfficialCounts) -> list[str]:
    """What an import has otherwise than was published, one phrase each; none where all agree.

    Parameters
    ----------
    found : FoundCounts
    official : OfficialCounts
    """
    numbers: list[tuple[str, str, int, int | None]] = [
        (official.counted, "clips", found.clips_as(official.counted), official.clips),
        ("subjects", "subjects", found.subjects, official.subjects),
        ("macro-expressions", "macro", found.macro, official.macro),
    ]
    if official.counted != "micro-expressions":
        numbers.insert(2, ("micro-expressions", "micro", found.micro, official.micro))
    told: list[str] = []
    for what, name, have, published in numbers:
        # One expression a clip: what is said of the clips need not be said again.
        repeats = name in ("micro", "macro") and have == found.clips and published == official.clips
        if published is not None and have != published and not repeats:
            told.append(_difference(what, have, published, name in official.unsure))
    if official.fps is not None and found.fps != official.fps:
        have_fps = "various" if found.fps is None else f"{found.fps:g}"
        about = "about " if "fps" in official.unsure else ""
        told.append(f"{have_fps} fps, published {about}{official.fps:g}")
    if official.emotions:
        for emotion in sorted({*official.emotions, *found.emotions}):
            have, published = found.emotions.get(emotion, 0), official.emotions.get(emotion, 0)
            if have != published:
                told.append(f"{emotion} {have} of {published}")
    return told


def _difference(what: str, have: int, published: int, unsure: bool) -> str:
    change = f"{published - have} missing" if have < published else f"{have - published} more"
    about = "about " if unsure else ""
    return f"{what} {have} of {about}{published} ({change})"


def _counts(row: Mapping[str, str]) -> OfficialCounts:
    emotions = {}
    for part in filter(None, row["emotions"].split(";")):
        emotion, number = part.rsplit(maxsplit=1)
        emotions[emotion.strip()] = int(number)
    return OfficialCounts(
        layout=row["layout"],
        title=row["title"],
        counted=row["counted"],  # type: ignore[arg-type]
        clips=_number(row["clips"]),
        subjects=_number(row["subjects"]),
        micro=_number(row["micro"]),
        macro=_number(row["macro"]),
        fps=float(row["fps"]) if row["fps"] else None,
        emotions=emotions,
        unsure=frozenset(filter(None, (part.strip() for part in row["unsure"].split(";")))),
    )


def _number(text: str) -> int | None:
    return int(text) if text else None
