"""Clips that lie as folders in their subjects' folders, found whatever their spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mexlab.data.databases.folders import Folder, list_folder, shown, subject_number
from mexlab.data.databases.reading import Reading

#: What a subject is known by: the number, or a name where there is none.
Subject = int | str


class SubjectFolders:
    """``sub01/EP02_01f`` and its like below one or more trees.

    Subjects are known by their number, so that ``sub1`` beside ``sub01`` are one subject's.

    Parameters
    ----------
    reading : Reading
        Its report gets a note for every folder that is no subject's.
    trees : sequence of Path
    example : str
        What a subject's folder is called, for the report.
    number : callable
        From the folder's name to what the subject is known by, or None.
    """

    def __init__(
        self,
        reading: Reading,
        trees: Sequence[Path],
        *,
        example: str = "sub01, sub02, …",
        number: Callable[[str], Subject | None] = subject_number,
    ) -> None:
        self._reading = reading
        self._number = number
        self._opened: dict[Path, Folder] = {}
        self._matched: set[Path] = set()
        self.trees = tuple(trees)
        self.subjects: dict[Subject, list[Path]] = {}
        for tree in self.trees:
            for path in list_folder(
                tree, reading.root, reading.report, people=True
            ).children.values():
                found = number(path.name)
                if found is None:
                    reading.report.add(
                        "note",
                        reading.shown(path),
                        f"not a subject's folder ({example}): passed over",
                    )
                else:
                    self.subjects.setdefault(found, []).append(path)

    def folders(self, subject: Subject) -> Iterator[Folder]:
        """The subject's folders, listed once."""
        for path in self.subjects.get(subject, ()):
            if path not in self._opened:
                self._opened[path] = list_folder(path, self._reading.root, self._reading.report)
            yield self._opened[path]

    def children(self, subject: Subject) -> Iterator[Path]:
        """The clips' folders of a subject."""
        for folder in self.folders(subject):
            yield from folder.children.values()

    def find(self, subject: Subject, clip: str) -> Path | None:
        """A clip's folder: exactly so spelt if there is one, else in any case."""
        for folder in self.folders(subject):
            found = folder.child(clip)
            if found is not None:
                self.match(found)
                return found
        return None

    def find_named(self, subject: str, clip: str) -> Path | None:
        """As :meth:`find`, of a subject by its name."""
        number = self._number(subject)
        return None if number is None else self.find(number, clip)

    def match(self, clip: Path) -> None:
        """Note that a row of the sheet speaks of this folder."""
        self._matched.add(clip)

    def unmatched(self) -> Iterator[tuple[Subject, Path]]:
        """The folders that no row spoke of, with their subject's number."""
        for subject in self.subjects:
            for child in self.children(subject):
                if child not in self._matched:
                    yield subject, child

    def report_missing(self, where: str, folder: str) -> None:
        """Say that the folder of a row is not there."""
        trees = ", ".join(shown(tree, self._reading.root) for tree in self.trees)
        self._reading.report_missing(where, folder, trees)

    def report_unmatched(self, sheets: str) -> None:
        """Say which folders are left out because no row of `sheets` speaks of them."""
        for _, child in self.unmatched():
            self._reading.report_left_out(child, sheets)
