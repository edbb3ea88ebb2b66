"""Finding a release's coding sheet and its tree of frames in what a user unpacked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from mexlab.data.databases.folders import children, find_folders, fold, subject_number
from mexlab.data.databases.reading import Reading
from mexlab.errors import InputError

_SHEET_SUFFIXES = (".xls", ".xlsx")


def find_sheet(
    reading: Reading, sheets: Sequence[str], similar: Sequence[str], root: Path | None = None
) -> Path:
    """The coding sheet in the root, one folder below, or beside the root.

    Parameters
    ----------
    reading : Reading
        Its report gets a note where there was a choice.
    sheets : sequence of str
        Names of the release's sheets, the one to prefer first; compared without case.
    similar : sequence of str
        Words that another file's name must hold to be taken in their place.
    root : Path, optional
        By default that of the reading.

    Raises
    ------
    InputError
        Where there is none.
    """
    root = reading.root if root is None else root
    found, others = known_sheets(root, sheets, similar)
    ranked = [found[sheet] for sheet in sheets if sheet in found] + others
    if not ranked:
        raise InputError(
            f"no coding sheet found; expected one of {', '.join(sheets)}",
            where=root,
            remedy="Put the sheet that came with the licence beside the folders of frames",
        )
    if len(ranked) > 1:
        rest = ", ".join(file.name for file in ranked[1:])
        reading.report.add("note", ranked[0].name, f"this sheet was read; {rest} was not")
    return ranked[0]


def known_sheets(
    root: Path, sheets: Sequence[str], similar: Sequence[str] = ()
) -> tuple[dict[str, Path], list[Path]]:
    """The release's sheets by name, and others that hold all of the `similar` words.

    Looks in the root, one folder below, and, where none of them is there, beside the root.
    """
    found: dict[str, Path] = {}
    others: list[Path] = []
    for folder in [root, *_plain_subfolders(root), root.parent]:
        # Beside the root is looked at last, for a user who gives the tree of frames itself.
        if folder == root.parent and (found or others):
            break
        for file in _sheet_files(folder):
            name = fold(file.name)
            wanted = next((sheet for sheet in sheets if fold(sheet) == name), None)
            if wanted is not None:
                found.setdefault(wanted, file)
            elif similar and all(word in name for word in similar):
                others.append(file)
    return found, others


def find_tree(
    reading: Reading,
    trees: Sequence[str],
    *,
    holds: Callable[[Path], bool] | None = None,
    example: str = "sub01, sub02, …",
    depth: int = 3,
) -> Path:
    """The tree of frames below the root: by content (``sub01`` folders), then by name.

    Parameters
    ----------
    reading : Reading
        Its report gets a note where there was a choice.
    trees : sequence of str
        Names of the release's trees, the one to prefer first.
    holds : callable, optional
        Whether a folder is such a tree; by default one of ``sub01`` with folders in it.
    example : str
        What the folders in it are called, for the user.
    depth : int
        How far below the root it may lie.

    Raises
    ------
    InputError
        Where there is none.
    """
    root = reading.root
    found = list(find_folders(root, holds or holds_subjects, depth=depth))
    if not found:
        raise InputError(
            f"no folder of frames found; expected one of {', '.join(trees)} with folders {example}",
            where=root,
            remedy=reading.needs,
        )
    chosen = min(found, key=partial(tree_rank, trees=trees))
    rest = [reading.shown(tree) for tree in found if tree != chosen]
    if rest:
        reading.report.add(
            "note",
            reading.shown(chosen),
            f"frames were taken from here; {', '.join(rest)} not read. Give that folder itself "
            "to import it instead, under another --name",
        )
    return chosen


def tree_rank(tree: Path, trees: Sequence[str]) -> int:
    """Which of the release's trees a folder is, by name; their number where it is none."""
    # An archive often unpacks as CASME2_RAW_selected/CASME2_RAW_selected/sub01.
    names = {fold(part) for part in (tree.name, tree.parent.name)}
    return next((i for i, known in enumerate(trees) if fold(known) in names), len(trees))


def _plain_subfolders(root: Path) -> list[Path]:
    return sorted(
        child
        for child in children(root)
        if child.is_dir() and not child.is_symlink() and not child.name.startswith(".")
    )


def _sheet_files(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in children(folder)
        # "~$" is the lock file that Excel leaves beside an open sheet.
        if file.suffix.lower() in _SHEET_SUFFIXES and not file.name.startswith(("~$", "."))
    )


def holds_subjects(folder: Path, prefix: str = "sub") -> bool:
    """Whether a folder has ``sub01``-like folders with folders in them, as the clips are."""
    return any(
        fold(child.name).startswith(prefix)
        and subject_number(child.name) is not None
        and any(clip.is_dir() for clip in children(child))
        for child in children(folder)
    )


def holds_named(folder: Path, outer: re.Pattern[str], inner: re.Pattern[str]) -> bool:
    """Whether a folder has folders of one name with folders of another in them."""
    return any(
        outer.fullmatch(child.name) is not None
        and any(inner.fullmatch(one.name) and one.is_dir() for one in children(child))
        for child in children(folder)
    )
