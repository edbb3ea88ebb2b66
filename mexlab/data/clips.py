"""What a clip is: one short video of one person, in the database's own frame numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from mexlab.data.frames.source import FrameSource
from mexlab.errors import InputError

#: How an expression after the first stands behind the name of its clip: ``#2``.
_EXPRESSION = re.compile(r"#([1-9]\d*)$")


@dataclass(frozen=True, order=True, slots=True)
class ClipKey:
    """The name of a clip across the workspace, or of one expression in it.

    Subjects are only unique within a database: SMIC ``s01`` and CASME II ``sub01`` are two
    people. Whether two databases show one person is for
    :class:`mexlab.workspace.people.People` to say.

    What is trained on, predicted and listed by a run is an expression; a long video holds several.
    As nearly all clips hold one, its number stands here and is 1 unless said otherwise; the store
    takes keys of clips alone (:attr:`clip`).

    Attributes
    ----------
    database, subject, name : str
    expression : int
        As :class:`mexlab.data.codings.Coding` counts them, from 1.

    Examples
    --------
    >>> str(ClipKey("cas_me2", "s15", "15_0101disgustingteeth", 2))
    'cas_me2/s15/15_0101disgustingteeth#2'
    """

    database: str
    subject: str
    name: str
    expression: int = 1

    def __str__(self) -> str:
        # A folder may be called "clip#2": then its first expression is spelt out, too.
        plain = self.expression == 1 and not _EXPRESSION.search(self.name)
        number = "" if plain else f"#{self.expression}"
        return f"{self.database}/{self.subject}/{self.name}{number}"

    @property
    def group(self) -> tuple[str, str]:
        """The ``(database, subject)`` pair: a person as one database knows them."""
        return (self.database, self.subject)

    @property
    def clip(self) -> ClipKey:
        """The key of the clip itself, as the store takes it."""
        return self if self.expression == 1 else replace(self, expression=1)

    def of_expression(self, number: int) -> ClipKey:
        """The key of one of the clip's expressions."""
        return self if self.expression == number else replace(self, expression=number)

    @property
    def title(self) -> str:
        """The name of the clip, and the expression's number where it is not the first."""
        return self.name if self.expression == 1 else f"{self.name}, expression {self.expression}"

    @classmethod
    def parse(cls, text: str) -> ClipKey:
        """Read ``database/subject/name`` back, as deep links and the command line spell it.

        ``#2`` behind it means the clip's second expression.

        Raises
        ------
        InputError
            Where the text does not have three parts.
        """
        parts = text.strip().strip("/").split("/", 2)
        if len(parts) != 3 or not all(parts):
            raise InputError(
                f"expected a clip as database/subject/name, got {text!r}",
                where="clip",
                remedy="`mexlab clips` lists the clips of the workspace",
            )
        database, subject, name = parts
        number = _EXPRESSION.search(name)
        if number is None or not number.start():
            return cls(database, subject, name)
        return cls(database, subject, name[: number.start()], int(number[1]))


def noun_of(keys: Iterable[ClipKey]) -> str:
    """What is counted by some keys: ``expression`` where a clip holds several, else ``clip``."""
    return "expression" if any(key.expression > 1 for key in keys) else "clip"


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip of a database, its frames unopened.

    Attributes
    ----------
    key : ClipKey
    fps : float or None
        Frames a second, as the database or the user says; never guessed.
    frames : FrameSource or None
        None for clips of a feature release, which come without frames.
    features_file : Path or None
        The clip's picture in a feature release, relative to the database's root; read it with
        :func:`mexlab.data.databases.layouts.ststnet.read_feature_image`.
    """

    key: ClipKey
    fps: float | None
    frames: FrameSource | None
    features_file: Path | None = None
