"""Finding folders by name without regard to case, inside the root and nowhere else."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mexlab.data.reports import ImportReport

_NUMBER = re.compile(r"(?:(?:sub(?:ject)?|s|spno\.?|p)[\s_-]*)?0*(\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Folder:
    """The subfolders of one folder, by folded name.

    Attributes
    ----------
    path : Path
    children : dict of str to Path
    """

    path: Path
    children: dict[str, Path] = field(default_factory=dict)

    def child(self, name: str) -> Path | None:
        """The subfolder of that name: exactly so spelt if there is one, else in any case."""
        exact = self.path / name
        found = self.children.get(fold(name))
        if found is not None and exact != found and exact.is_dir():
            return exact
        return found


def children(path: Path) -> Iterator[Path]:
    """What lies in a folder; nothing where it is no folder or cannot be listed.

    For looking around: one folder that refuses must not hide its neighbours. Whoever reads the
    clips lists with :func:`list_folder`, which reports it.
    """
    try:
        # Lazily, as a folder may hold a million frames and the first name may settle it.
        yield from path.iterdir()
    except OSError:
        return


def fold(name: str) -> str:
    """A name as it is compared: without case, in one unicode form, without outer blanks."""
    return unicodedata.normalize("NFC", name).casefold().strip()


def subject_number(text: str) -> int | None:
    """The number of a subject, however it is spelt (``1``, ``'01'``, ``sub01``, ``S1``).

    >>> subject_number("sub01"), subject_number("1"), subject_number("S 07"), subject_number("x")
    (1, 1, 7, None)
    """
    match = _NUMBER.fullmatch(text.strip())
    return int(match.group(1)) if match else None


def list_folder(path: Path, root: Path, report: ImportReport, *, people: bool = False) -> Folder:
    """List the subfolders of a folder; what cannot be followed is reported.

    Parameters
    ----------
    path, root : Path
        Links are followed only where they stay inside `root`.
    people : bool
        Whether the subfolders are people's: then two that differ in case are one person's, and
        the second is kept under a name of its own.
    report : ImportReport
        Gets an entry for a link that leaves the root or goes in a circle, a folder that cannot
        be listed, and two folders whose names differ in case only.
    """
    folder = Folder(path)
    real_root = os.path.realpath(root)
    try:
        with os.scandir(path) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        report.add(
            "skipped",
            shown(path, root),
            f"the folder cannot be listed ({error.strerror}). Check its permissions",
        )
        return folder
    for entry in listed:
        if entry.name.startswith("."):
            continue
        if entry.is_symlink() and not stays_inside(entry.path, real_root):
            # A linked file is told by whoever lists the files.
            if not Path(entry.path).is_dir() and Path(entry.name).suffix:
                continue
            report.add(
                "skipped",
                shown(Path(entry.path), root),
                "a link that leaves the database's folder or leads nowhere: not followed. Copy "
                "the files there, or give the folder that it points into",
            )
            continue
        if not entry.is_dir():
            continue
        if entry.is_symlink() and leads_up(entry.path):
            report.add(
                "skipped",
                shown(Path(entry.path), root),
                "a link to a folder that it lies in: not followed, it would never end. Remove it",
            )
            continue
        key = fold(entry.name)
        if key in folder.children:
            done = (
                "both are read as one person's"
                if people
                else "the one spelt as in the sheet is taken, else the first"
            )
            report.add(
                "warning",
                shown(Path(entry.path), root),
                f"differs from {folder.children[key].name!r} in upper and lower case only; {done}. "
                "Remove or rename one",
            )
            if not people:
                continue
            key = f"{key}/{entry.name}"
        folder.children[key] = Path(entry.path)
    return folder


def leads_up(link: str) -> bool:
    """Whether a link points to a folder that holds it, so that following it goes in a circle."""
    here = Path(os.path.realpath(Path(link).parent))
    target = Path(os.path.realpath(link))
    return target == here or target in here.parents


def stays_inside(path: str, real_root: str) -> bool:
    real = os.path.realpath(path)
    if not Path(real).exists():
        return False
    return real == real_root or real.startswith(real_root.rstrip(os.sep) + os.sep)


def find_folders(root: Path, wanted: Callable[[Path], bool], *, depth: int = 3) -> Iterator[Path]:
    """Folders at most `depth` below the root (and the root itself) that are wanted, nearest first.

    Does not look inside a folder that was wanted, nor behind links that leave the root or loop.
    """
    real_root = os.path.realpath(root)
    seen: set[str] = set()
    level = [root]
    for down in range(depth + 1):
        below: list[Path] = []
        for folder in level:
            real = os.path.realpath(folder)
            if real in seen:
                continue
            seen.add(real)
            if wanted(folder):
                yield folder
                continue
            if down == depth:
                continue
            try:
                with os.scandir(folder) as entries:
                    below.extend(
                        Path(entry.path)
                        for entry in sorted(entries, key=lambda entry: entry.name)
                        if not entry.name.startswith(".")
                        # Of the entry, as there may be a million frames: that needs no look at
                        # the disk. Of a link by its path: the entry raises for one to itself.
                        and (
                            entry.is_dir(follow_symlinks=False)
                            or (
                                entry.is_symlink()
                                and Path(entry.path).is_dir()
                                and stays_inside(entry.path, real_root)
                            )
                        )
                    )
            except OSError:
                continue
        level = below


def shown(path: Path, root: Path) -> str:
    """A path as the report shows it: relative to the root."""
    try:
        relative = path.relative_to(root).as_posix()
    except ValueError:
        return str(path)
    return relative if relative != "." else str(path)
