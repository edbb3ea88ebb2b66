"""The text files beside CK+'s images: emotion, FACS codes and landmarks of a sequence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mexlab.data.databases.folders import find_folders, fold, subject_number
from mexlab.errors import InputError

#: The codes of the emotion files, in their order.
EMOTIONS = (
    "neutral",
    "anger",
    "contempt",
    "disgust",
    "fear",
    "happiness",
    "sadness",
    "surprise",
)

#: Points of a face.
LANDMARKS = 68

_INTENSITIES = ("", "A", "B", "C", "D", "E")


@dataclass(frozen=True, slots=True)
class Annotation:
    """One of the three trees of text files.

    Attributes
    ----------
    what : str
    roots : tuple of str
        What its folder may be called.
    suffix : str
        Of its files, after the stem of the frame.
    """

    what: str
    roots: tuple[str, ...]
    suffix: str


EMOTION = Annotation("emotion", ("Emotion", "Emotion_labels"), "_emotion.txt")
FACS = Annotation("FACS", ("FACS", "FACS_labels"), "_facs.txt")
LANDMARK = Annotation("landmark", ("Landmarks",), "_landmarks.txt")


def find_annotation(root: Path, annotation: Annotation) -> Path | None:
    """The folder with ``S005/001`` in it, below the root, or beside it for a given image tree."""
    names = {fold(name) for name in annotation.roots}

    def holds(folder: Path) -> bool:
        try:
            return fold(folder.name) in names and any(
                subject_number(child.name) is not None and child.is_dir()
                for child in folder.iterdir()
            )
        except OSError:
            return False

    found = next(find_folders(root, holds, depth=2), None)
    if found is not None:
        return found
    # Beside the root by name alone: other copies of the database may lie there.
    for place in _named(root.parent, names):
        found = next(find_folders(place, holds, depth=1), None)
        if found is not None:
            return found
    return None


def _named(folder: Path, names: set[str]) -> list[Path]:
    try:
        return sorted(child for child in folder.iterdir() if fold(child.name) in names)
    except OSError:
        return []


def annotation_files(tree: Path | None, subject: str, sequence: str, suffix: str) -> list[Path]:
    """The files of a sequence by name; none where the tree or the folder is missing."""
    if tree is None:
        return []
    try:
        return sorted(
            file
            for file in (tree / subject / sequence).iterdir()
            if not file.name.startswith(".") and fold(file.name).endswith(suffix)
        )
    except OSError:
        return []


def read_emotion_code(path: Path) -> str:
    """The emotion of a file with one number.

    Raises
    ------
    InputError
        Naming the file: unreadable, not one number, or a number that means no emotion.
    """
    rows = read_numbers(path)
    if len(rows) != 1 or len(rows[0]) != 1:
        raise InputError("expected one number, the code of the emotion", where=path)
    code = rows[0][0]
    if not code.is_integer() or not 0 <= code < len(EMOTIONS):
        raise InputError(f"{code:g} is no emotion (0 to {len(EMOTIONS) - 1})", where=path, row=1)
    return EMOTIONS[int(code)]


def read_action_units(path: Path) -> str:
    """The action units of a file, as FACS spells them: ``1C+2+25D``.

    Raises
    ------
    InputError
        Naming the file and the line that is not an action unit with its intensity.
    """
    units = []
    for line, row in enumerate(read_numbers(path), start=1):
        if len(row) not in (1, 2) or not all(value.is_integer() for value in row):
            raise InputError("expected an action unit and its intensity", where=path, row=line)
        unit, intensity = int(row[0]), int(row[1]) if len(row) == 2 else 0
        if unit < 1 or not 0 <= intensity < len(_INTENSITIES):
            raise InputError(
                f"{unit} at intensity {intensity} is no action unit (intensity 0 to 5)",
                where=path,
                row=line,
            )
        # An intensity of 0 means that none was coded, not that the unit is absent.
        units.append(f"{unit}{_INTENSITIES[intensity]}")
    return "+".join(units)


def check_landmarks(path: Path) -> None:
    """Check that a file has the x and y of 68 points.

    Raises
    ------
    InputError
        Naming the file.
    """
    rows = read_numbers(path)
    if len(rows) != LANDMARKS or any(len(row) != 2 for row in rows):
        raise InputError(
            f"expected {LANDMARKS} rows of x and y, got {len(rows)} rows of "
            f"{_widths(rows)} numbers",
            where=path,
        )


def read_numbers(path: Path) -> list[list[float]]:
    """The rows of numbers in a text file, blank lines left out.

    Raises
    ------
    InputError
        Naming the file and the line: unreadable, empty, or not a number.
    """
    try:
        text = path.read_text("utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=path) from None
    rows = []
    for line, words in enumerate(map(str.split, text.splitlines()), start=1):
        try:
            row = [float(word) for word in words]
        except ValueError:
            row = [math.nan]
        if not all(map(math.isfinite, row)):
            raise InputError(
                f"expected numbers, got {' '.join(words)[:40]!r}", where=path, row=line
            )
        if row:
            rows.append(row)
    if not rows:
        raise InputError("the file is empty", where=path)
    return rows


def _widths(rows: Sequence[Sequence[float]]) -> str:
    return "/".join(map(str, sorted({len(row) for row in rows})))
