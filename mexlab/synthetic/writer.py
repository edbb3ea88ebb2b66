"""What a writer of a layout is, and what it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from mexlab.errors import InputError
from mexlab.synthetic.person.faces import PersonParameters

#: A clip shorter than this has no room for onset, apex and offset with a frame around them.
FEWEST_FRAMES = 6


@dataclass(frozen=True)
class Quirk:
    """One oddity of a real release.

    Attributes
    ----------
    name : str
        As typed after ``--quirk``.
    sentence : str
        What it is, for people.
    default : bool
        Whether it is written unasked: off for what only another edition of the release has.
    """

    name: str
    sentence: str
    default: bool = True


@dataclass(frozen=True)
class Order:
    """What is to be written.

    Attributes
    ----------
    subjects : int
    seed : int
    quirks : tuple of str
    clips : int or None
        Clips (or videos) a subject; the layout's own by default.
    seconds : float or None
        How long a clip or video is at most; the layout's own by default. Makes minutes-long
        videos for spotting, and clips of a few frames for tests.
    width : int or None
        Width of the pictures, px, their height in proportion; the release's by default.
    full : bool
        As many clips of each emotion, and subjects, as the release has.
    blinks, glare : bool
        Whether people blink, and whether light wanders over their glasses: what an eye mask is
        for. Without them, all else moves as it does with them.
    """

    subjects: int
    seed: int
    quirks: tuple[str, ...] = ()
    clips: int | None = None
    seconds: float | None = None
    width: int | None = None
    full: bool = False
    blinks: bool = True
    glare: bool = True

    def frames(self, fps: float, default: float | None = None) -> int | None:
        """How many frames a clip has at most; None where only the drawing decides.

        Parameters
        ----------
        fps : float
        default : float, optional
            Seconds where the order names none.
        """
        seconds = default if self.seconds is None else self.seconds
        return None if seconds is None else max(FEWEST_FRAMES, round(seconds * fps))

    def size(self, release: tuple[int, int]) -> tuple[int, int]:
        """Width and height of the pictures, from those of the release; even, as videos need."""
        if self.width is None:
            return release
        height = self.width * release[1] / release[0]
        return 2 * (self.width // 2), max(2, 2 * round(height / 2))


class Planned(Protocol):
    """One clip, video or sample to be written; every layout has its own kind of it."""

    @property
    def folder(self) -> str:
        """The subject, as the tree calls it."""

    @property
    def person(self) -> PersonParameters | None:
        """Who is seen; None where no face is drawn."""


@dataclass(frozen=True)
class LayoutWriter:
    """One layout that can be synthesised.

    Attributes
    ----------
    name : str
        That of the layout's reader.
    title : str
    quirks : tuple of Quirk
    fps : float or None
        Of the release; None for features.
    subjects : int
        How many by default.
    seconds : float or None
        Of a video by default, in layouts of long ones.
    people : int or None
        Subjects of the whole release; None where it cannot be written whole.
    entries : tuple of str
        What the writer puts into the root, beside truth and marker: names, or patterns of
        ``fnmatch``. Nothing else is ever removed.
    plan : callable
        From an :class:`Order` to the clips, in their order. Draws nothing.
    write_clip : callable
        Writes one of them with its truth below a root; runs in processes of its own. Returns how
        many pictures it wrote.
    write_sheets : callable
        Writes what stands beside the clips: ``(root, clips, order)``.
    """

    name: str
    title: str
    quirks: tuple[Quirk, ...]
    fps: float | None
    subjects: int
    entries: tuple[str, ...]
    plan: Callable[[Order], Sequence[Any]]
    write_clip: Callable[[Path, Any], int]
    write_sheets: Callable[[Path, Sequence[Any], Order], None]
    seconds: float | None = None
    people: int | None = None

    def default_quirks(self) -> tuple[str, ...]:
        return tuple(quirk.name for quirk in self.quirks if quirk.default)

    def check_quirks(self, names: Iterable[str] | None) -> tuple[str, ...]:
        """The quirks to write: those of the release for None.

        Raises
        ------
        InputError
            For a name that is no quirk of this layout.
        """
        if names is None:
            return self.default_quirks()
        wanted = tuple(names)
        known = [quirk.name for quirk in self.quirks]
        unknown = [name for name in wanted if name not in known]
        if unknown:
            raise InputError(
                f"expected names of quirks, got {', '.join(map(repr, unknown))}",
                where="quirks",
                remedy=f"Known quirks of {self.name}: {', '.join(known) or 'none'}",
            )
        return wanted

    def to_record(self) -> dict[str, object]:
        """What ``mexlab synthesise --list --json`` prints."""
        return {
            "name": self.name,
            "title": self.title,
            "fps": self.fps,
            "subjects": self.subjects,
            "seconds": self.seconds,
            "people": self.people,
            "quirks": [
                {"name": quirk.name, "sentence": quirk.sentence, "default": quirk.default}
                for quirk in self.quirks
            ],
        }
