"""Load what a training needs before there is one: libraries, and the compiled kernel."""

from __future__ import annotations

import numpy as np

from mexlab.data.clips import ClipKey
from mexlab.features.feature_set import FeatureSet
from mexlab.runs.settings import TrainingSettings
from mexlab.training.cross_validation import cross_validate
from mexlab.training.execute import execute_run  # noqa: F401, loaded with all that it needs

_CLASSES = ("negative", "positive", "surprise")


def warm_up() -> None:
    """Train one epoch of the default recipe on noise.

    Nothing comes of it but that the libraries are loaded and the kernel's machine code is there,
    compiled or read from disk. All random streams are named by seed and fold, so that no later
    training is changed by it.
    """
    rng = np.random.default_rng(0)
    keys = [ClipKey("noise", f"s{who}", f"c{n}") for who in range(2) for n in range(6)]
    labels = np.array([n % 3 for _ in range(2) for n in range(6)], dtype=np.int64)
    inputs = rng.normal(size=(len(keys), 3, 28, 28)).astype(np.float32)
    noise = FeatureSet(inputs, labels, _CLASSES, keys, {"source": "computed"})
    cross_validate(noise, TrainingSettings(epochs=1))
