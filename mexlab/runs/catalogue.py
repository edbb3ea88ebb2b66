"""All runs of a folder, kept from one look to the next: only what changed is read again."""

from __future__ import annotations

import os
from pathlib import Path

from mexlab.runs.files import PROCESS, RECORD
from mexlab.runs.labels import LABELS
from mexlab.runs.run import Run

#: What a run's state is read from.
_FILES = (RECORD, LABELS, PROCESS)

_Mark = tuple[tuple[int, int, int] | None, ...]


class RunCatalogue:
    """The runs of a folder, for those who look again and again.

    Three looks at the times of a run's files take a tenth of reading it. A run that is not over is
    always read, since its process may die without touching a file.

    Parameters
    ----------
    runs_dir : Path
    """

    def __init__(self, runs_dir: Path) -> None:
        self._runs_dir = runs_dir
        self._known: dict[str, tuple[_Mark, Run]] = {}

    def runs(self) -> list[Run]:
        """Every run, newest first, as :func:`mexlab.runs.run.list_runs`.

        A run that did not change is the same object as the last time.
        """
        fresh: dict[str, tuple[_Mark, Run]] = {}
        for name in self._folders():
            folder = self._runs_dir / name
            # Before reading: what changes meanwhile is seen by the next look.
            mark = tuple(_stat(folder / file) for file in _FILES)
            before = self._known.get(name)
            if before is not None and before[0] == mark and before[1].is_over:
                fresh[name] = before
            else:
                fresh[name] = (mark, Run(name, folder).refresh())
        self._known = fresh
        found = [run for _, run in fresh.values()]
        return sorted(found, key=lambda run: (run.created, run.id), reverse=True)

    def _folders(self) -> list[str]:
        try:
            with os.scandir(self._runs_dir) as entries:
                return [one.name for one in entries if one.name[0] != "." and one.is_dir()]
        except FileNotFoundError:
            return []


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    # A whole file is renamed into place: its number differs also within one tick of the clock.
    return seen.st_mtime_ns, seen.st_size, seen.st_ino
