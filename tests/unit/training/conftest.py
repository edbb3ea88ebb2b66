"""Feature sets of a known pattern: class c is a bump in corner c, under noise."""

import numpy as np
import pytest
import torch

from mexlab.data.clips import ClipKey
from mexlab.features.feature_set import FeatureSet

CLASSES = ("negative", "positive", "surprise")


def build_feature_set(persons=6, clips=6, seed=0, noise=0.5, databases=("alpha", "beta")):
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


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    """Layers this small only wait for each other on more, the longer the busier the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
