"""A store with one small database, built through the same door as a real import."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.codings import Coding
from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.reports import ImportReport
from mexlab.store import Store


class NumberedFrames:
    """A frame source of which only the record matters; the store opens no frame."""

    size = (640, 480)

    def __init__(self, numbers: Sequence[int]) -> None:
        self.numbers = list(numbers)

    def to_record(self, root: Path) -> dict[str, Any]:
        return {"kind": "images", "numbers": [[self.numbers[0], self.numbers[-1]]]}


def imported_database(
    root: Path,
    *,
    name: str = "tiny",
    layout: str = "casme2",
    subjects: int = 2,
    apex: int = 12,
    expressions: int = 1,
) -> ImportedDatabase:
    """Two clips a subject, frames 1 to 30, onset 5, offset 25; any number of expressions."""
    clips, codings = [], []
    for subject in range(1, subjects + 1):
        for clip in ("EP01_01", "EP02_01f"):
            key = ClipKey(name, f"sub{subject:02d}", clip)
            clips.append(Clip(key, 200.0, NumberedFrames(range(1, 31))))
            codings.extend(
                Coding(
                    key,
                    "database",
                    expression=expression,
                    onset=5,
                    apex=apex,
                    offset=25,
                    emotion="happiness" if clip == "EP01_01" else "disgust",
                    action_units="6+12",
                    status="committed",
                )
                for expression in range(1, expressions + 1)
            )
    report = ImportReport(name, "Tiny", str(root), clips=len(clips), subjects=subjects)
    return ImportedDatabase(
        name=name,
        title="Tiny",
        layout=layout,
        root=root,
        synthetic=True,
        emotions=("happiness", "disgust"),
        clips=clips,
        codings=codings,
        report=report,
    )


@pytest.fixture
def make_database(tmp_path: Path) -> Callable[..., ImportedDatabase]:
    def make(**settings: Any) -> ImportedDatabase:
        root = settings.pop("root", tmp_path / "files")
        root.mkdir(exist_ok=True)
        return imported_database(root, **settings)

    return make


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder / "codings.sqlite"


@pytest.fixture
def store(store_path: Path, make_database: Callable[..., ImportedDatabase]) -> Iterator[Store]:
    opened = Store.open(store_path)
    opened.put_database(make_database())
    yield opened
    opened.close()


@pytest.fixture
def key() -> ClipKey:
    return ClipKey("tiny", "sub01", "EP01_01")
