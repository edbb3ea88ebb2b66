"""What a clip is: one short video of one person, in the database's own frame numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mexlab.data.frame_source import FrameSource
from mexlab.errors import InputError


@dataclass(frozen=True, order=True, slots=True)
class ClipKey:
    """The name of a clip across the workspace.

    Subjects are only unique within a database, so that folds are always cut by
    ``(database, subject)``: SMIC ``s01`` and CASME II ``sub01`` are two people.
    """

    database: str
    subject: str
    name: str

    def __str__(self) -> str:
        return f"{self.database}/{self.subject}/{self.name}"

    @property
    def group(self) -> tuple[str, str]:
        """The ``(database, subject)`` pair by which folds are cut."""
        return (self.database, self.subject)

    @classmethod
    def parse(cls, text: str) -> ClipKey:
        """Read ``database/subject/name`` back, as deep links and the command line spell it.

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
        return cls(*parts)


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
        :func:`mexlab.data.databases.ststnet.read_feature_image`.
    """

    key: ClipKey
    fps: float | None
    frames: FrameSource | None
    features_file: Path | None = None
