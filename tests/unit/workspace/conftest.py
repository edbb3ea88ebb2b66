"""A workspace with a synthetic feature release: trained on in seconds, no frame needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from mexlab.workspace import Workspace

SUBJECTS = 3


def write_release(root: Path, *, subjects: int = SUBJECTS, seed: int = 0) -> Path:
    """Two clips a class and subject, in the tree of the STSTNet authors; classes differ in u."""
    rng = np.random.default_rng(seed)
    for subject in range(1, subjects + 1):
        for label in range(3):
            folder = root / "three_norm_u_v_os" / f"sub{subject:02d}" / "u_test" / str(label)
            folder.mkdir(parents=True)
            for clip in range(2):
                picture = rng.integers(0, 40, (28, 28, 3), dtype=np.uint8)
                picture[8 * label : 8 * label + 8, :, :] += 180
                name = f"sub{subject:02d}_EP{label + 1:02d}_{clip + 1:02d}f .png"
                assert cv2.imwrite(str(folder / name), picture)
    (root / "mexlab-synthetic.json").write_text("{}")
    return root


@pytest.fixture
def make_release() -> Callable[..., Path]:
    return write_release


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_release(tmp_path / "release")


@pytest.fixture
def workspace(tmp_path: Path, release: Path) -> Iterator[Workspace]:
    from mexlab.workspace.importing import import_into

    made = Workspace.create(tmp_path / "workspace")
    import_into(made, "ststnet", release)
    yield made
    made.close()
