"""What a reader is, and what it hands over."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mexlab.data.clips import Clip
from mexlab.data.codings import Coding
from mexlab.data.reports import ImportReport
from mexlab.errors import InputError

#: Called as ``progress(done, total)`` while clips are read.
Progress = Callable[[int, int], None]

#: A file of this name in a database's root says that nobody real is in it.
SYNTHETIC_MARK = "mexlab-synthetic.json"

#: The same while it is being written: a writer that was stopped leaves it behind.
UNFINISHED_MARK = "mexlab-synthetic.unfinished"

#: Where mexlab's own writer keeps what really happened, beside the mark: no part of the release.
SYNTHETIC_TRUTH = "truth"

#: How far above a given folder the mark may lie.
_MARK_DEPTH = 4

_NAME = re.compile(r"[^\W_][\w.+-]*", re.UNICODE)


@dataclass(slots=True)
class ImportedDatabase:
    """One database as read from disk, not yet in any workspace.

    Attributes
    ----------
    name : str
        Its name in the workspace: the first part of every clip's key.
    title : str
        For people: ``CASME II``.
    layout : str
        The reader that understood it.
    root : Path
        Folder (or zip file) that the records of the frames are relative to.
    synthetic : bool
    emotions : tuple of str
        The vocabulary offered to coders, the database's own spelling, lower case.
    clips : list of Clip
    codings : list of Coding
        The ground truth, coder ``database``.
    report : ImportReport
    """

    name: str
    title: str
    layout: str
    root: Path
    synthetic: bool
    emotions: tuple[str, ...]
    clips: list[Clip]
    codings: list[Coding]
    report: ImportReport

    def finish(self) -> ImportedDatabase:
        """Fill the report's counts from the clips and codings; returns itself."""
        report = self.report
        report.clips = len(self.clips)
        report.subjects = len({clip.key.subject for clip in self.clips})
        report.frames = sum(len(clip.frames.numbers) for clip in self.clips if clip.frames)
        report.emotions.clear()
        report.emotions.update(coding.emotion for coding in self.codings if coding.emotion)
        return self


#: Why a path looks like a layout, as one phrase; None where it does not.
Recognise = Callable[[Path], str | None]


def not_recognised(path: Path) -> str | None:
    """For layouts that cannot be told by looking."""
    return None


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What a user asks a reader for.

    Attributes
    ----------
    path : Path
        Absolute; nobody has looked yet whether anything is there.
    name : str or None
        Of the database in the workspace; the reader's own where there is none.
    apply_corrections : bool
        Whether known mistakes of the release are put right, each with a line in the report.
        Readers of releases without such accept it all the same.
    fps : float or None
        In place of the frames a second of the release or the file.
    progress : callable or None
    sheet : Path or None
        A coding sheet of one's own; only own recordings take one.
    columns : mapping of str to str
        Field to header, where the headers of that sheet are not usual ones.
    """

    path: Path
    name: str | None = None
    apply_corrections: bool = True
    fps: float | None = None
    progress: Progress | None = None
    sheet: Path | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


#: How every reader is called. Raises InputError where nothing can be read; whatever concerns
#: single clips goes into the reports.
ReadDatabases = Callable[[ImportRequest], list[ImportedDatabase]]


@dataclass(frozen=True, slots=True)
class DatabaseReader:
    """One layout that mexlab can read.

    Attributes
    ----------
    name : str
        As typed: ``mexlab import casme2 PATH``.
    title : str
    needs : str
        Where to get it, and what the folder must look like.
    emotions : tuple of str
        Its vocabulary; empty where every import has its own.
    fps : float or None
        Frames a second of the release; None where the files say it.
    read : callable
        :func:`mexlab.data.databases.reading.release_reader` makes it for a release that is one
        database.
    recognise : callable
        From a path to the reason why it looks like this layout, or None; opens no frame.
    own_sheet : bool
        Whether it takes a coding sheet of the user's.
    people : str or None
        The group of people that it shows, the same for releases of the same people; "" for those
        of its own layout, however often it is imported (raw and cropped, say). None where each
        import has people of its own.
    """

    name: str
    title: str
    needs: str
    emotions: tuple[str, ...]
    fps: float | None
    read: ReadDatabases
    recognise: Recognise = not_recognised
    own_sheet: bool = False
    people: str | None = ""

    def to_record(self) -> dict[str, object]:
        """What ``mexlab databases --layouts --json`` prints."""
        return {
            "name": self.name,
            "title": self.title,
            "needs": self.needs,
            "emotions": list(self.emotions),
            "fps": self.fps,
        }


def check_name(name: str) -> str:
    """A database name that can stand in ``database/subject/clip``.

    Raises
    ------
    InputError
        Where it is empty, or holds a slash, a space or another sign that would need quoting.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} cannot be the name of a database",
            where="--name",
            remedy="Use letters, digits, '.', '-' and '_', starting with a letter or digit",
        )
    return name


def check_fps(fps: float | None) -> float | None:
    """Frames a second as given by the user.

    Raises
    ------
    InputError
        Where it is not a positive, finite number.
    """
    if fps is not None and not 0.0 < fps < float("inf"):
        raise InputError(
            f"expected frames a second above 0, got {fps:g}",
            where="--fps",
            remedy="Give what the camera recorded, for example --fps 200",
        )
    return fps


def check_folder(path: Path, what: str) -> Path:
    """The root of a database as an existing folder.

    Raises
    ------
    InputError
        Where nothing is there, it is a file, or it cannot be read.
    """
    try:
        if path.is_dir():
            os.scandir(path).close()
            return path
        there = path.exists()
    except OSError as error:
        raise InputError(
            f"the folder cannot be read ({error.strerror})",
            where=path,
            remedy="Check the path and its permissions",
        ) from None
    if not there:
        raise InputError("no such folder", where=path, remedy=f"Give the folder of {what}")
    remedy = (
        "Unpack it first, then give the folder"
        if path.suffix.lower() in (".zip", ".rar", ".7z")
        else ""
    )
    raise InputError(
        "expected a folder, got a file",
        where=path,
        remedy=remedy or f"Give the folder of {what}",
    )


def mark_of(root: Path) -> Path | None:
    """The mark of mexlab's own writer, in a root or in a folder that it lies in."""
    places = (root, *list(root.parents)[:_MARK_DEPTH])
    found = (place / SYNTHETIC_MARK for place in places)
    return next((mark for mark in found if mark.is_file()), None)


def is_synthetic(root: Path, report: ImportReport | None = None) -> bool:
    """Whether a root, or a folder that it lies in, carries the mark of mexlab's own writer.

    Parameters
    ----------
    root : Path
        Often one tree of a release; the mark lies beside the trees, a few folders up.
    report : ImportReport, optional
        Gets a warning where the writer was stopped half-way.
    """
    places = (root, *list(root.parents)[:_MARK_DEPTH])
    if mark_of(root) is not None:
        return True
    if not any((place / UNFINISHED_MARK).is_file() for place in places):
        return False
    if report is not None:
        report.add(
            "warning",
            UNFINISHED_MARK,
            "the synthetic database was not written to its end: what is there was read. Run "
            "`mexlab synthesise` again and import again",
        )
    return True
