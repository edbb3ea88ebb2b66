"""Telling a release by its looks: its own sheet, with its own folders beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from mexlab.data.databases.folders import find_folders, shown
from mexlab.data.databases.trees.locate import known_sheets


def recognise_release(
    path: Path,
    sheets: Sequence[str],
    holds: Callable[[Path], bool],
    *,
    similar: Sequence[str] = (),
    depth: int = 3,
) -> str | None:
    """Why a folder looks like a release that has a sheet and a tree of frames.

    Parameters
    ----------
    path : Path
    sheets : sequence of str
        Names of the release's sheets.
    holds : callable
        Whether a folder is its tree of frames.
    similar : sequence of str
        Words by which a renamed sheet is known.
    depth : int
        How far below `path` the tree may lie.

    Returns
    -------
    str or None
        None where either is missing: frames alone look alike in several databases.
    """
    if not path.is_dir():
        return None
    found, others = known_sheets(path, sheets, similar)
    sheet = next((found[name] for name in sheets if name in found), None)
    sheet = sheet or (others[0] if others else None)
    if sheet is None:
        return None
    tree = next(find_folders(path, holds, depth=depth), None)
    if tree is None:
        return None
    place = "the folder itself" if tree == path else shown(tree, path)
    return f"the sheet {sheet.name}, and its frames in {place}"
