"""What several rooms' tests stand on: synthetic releases, feature sets of a known pattern."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mexlab.data.clips import ClipKey
from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.databases.registry import read_databases
from mexlab.data.reports import ReportEntry
from mexlab.features.feature_set import FeatureSet
from mexlab.synthetic import synthesise
from mexlab.synthetic.filming.takes import perform

CLASSES = ("negative", "positive", "surprise")


def build_feature_set(persons=6, clips=6, seed=0, noise=0.5, databases=("alpha", "beta")):
    """Class c is a bump in corner c, under noise."""
    rng = np.random.default_rng(seed)
    inputs, labels, keys = [], [], []
    for person in range(persons):
        for clip in range(clips):
            label = clip % 3
            maps = rng.normal(0.0, noise, (3, 28, 28))
            row, column = ((4, 4), (4, 18), (18, 10))[label]
            maps[:, row : row + 6, column : column + 6] += 2.0
            inputs.append(maps)
            labels.append(label)
            # Both databases count their subjects from 01.
            database = databases[person % len(databases)]
            subject = f"{person // len(databases) + 1:02d}"
            keys.append(ClipKey(database, subject, f"clip{clip}"))
    return FeatureSet(
        np.array(inputs), np.array(labels), CLASSES, keys, {"flow": "made", "seed": seed}
    )


@pytest.fixture(scope="session")
def feature_set():
    return build_feature_set()


@pytest.fixture
def make_feature_set():
    return build_feature_set


class Synthetic:
    """Synthetic releases on disk, each written once a session: small pictures, few frames."""

    #: Two persons, three clips each, a few frames, unless a test asks for more.
    FEW: dict[str, Any] = {"subjects": 2, "clips": 3, "seconds": 0.06, "width": 48}

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, Path] = {}

    def write(self, layout: str, **options: Any) -> Path:
        """The root of a release, with `quirks` and the other options of ``synthesise``."""
        options = {**self.FEW, **options}
        key = f"{layout} {sorted(options.items(), key=str)}"
        if key not in self._made:
            root = self._folder / f"{layout}-{len(self._made)}"
            synthesise(layout, root, jobs=1, **options)
            self._made[key] = root
        return self._made[key]

    def read(self, layout: str, root: Path, **options: Any) -> list[ImportedDatabase]:
        """What the layout's reader makes of it."""
        return read_databases(layout, root, **options)

    def entries(
        self, imported: ImportedDatabase, words: str, kind: str | None = None
    ) -> list[ReportEntry]:
        """The entries of the report with these words in them."""
        return [
            entry
            for entry in imported.report.entries
            if words in entry.reason and kind in (None, entry.kind)
        ]

    def drawing_memory(self, take: Any, parts: Sequence[Any]) -> int:
        """Bytes at most while the first frames and the apexes of some expressions are drawn."""
        tracemalloc.start()
        try:
            performance = perform(take)
            for _ in islice(performance.recorded(), 6):
                pass
            for part in parts:
                performance.picture(part.apex)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    def warnings(self, imported: ImportedDatabase) -> list[str]:
        """All that the report says beside notes."""
        return [f"{e.where}: {e.reason}" for e in imported.report.entries if e.kind != "note"]


@pytest.fixture(scope="session")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Synthetic:
    return Synthetic(tmp_path_factory.mktemp("synthetic"))
