"""Mirror images of flow maps: a face seen in a mirror, moving as the mirrored face would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mexlab.features.normalise import normalise


def mirror(inputs: NDArray[np.floating], *, unsigned: bool = False) -> NDArray[np.float32]:
    """Mirror flow maps left to right.

    Parameters
    ----------
    inputs : array, shape (N, 3, height, width)
        u, v, strain. Mirroring turns a motion to the left into one to the right, so that u changes
        its sign; v and strain, which has none, only change places.
    unsigned : bool
        For maps that were stretched to 0..1, as a feature release has them: u becomes 1 - u there
        (255 - u in its pictures).

    Returns
    -------
    array of float32, shape (N, 3, height, width)
    """
    mirrored = np.asarray(inputs, dtype=np.float32)[..., ::-1].copy()
    mirrored[:, 0] = (1.0 if unsigned else 0.0) - mirrored[:, 0]
    return mirrored


def normalise_mirrored(
    inputs: NDArray[np.floating],
    how: str,
    source: Mapping[str, Any],
    masked: NDArray[np.floating] | None = None,
) -> NDArray[np.float32]:
    """The mirror images on the scale that the network is trained with.

    Parameters
    ----------
    inputs : array, shape (N, 3, height, width)
        Not normalised.
    how : str
        As for :func:`mexlab.features.normalise.normalise`.
    source : mapping
        A feature set's record of what made it; tells a release, which has lost the sign.
    masked : array, shape (N, height, width), optional
        Shares of the cells under the mask, of the inputs as they are: they are mirrored along.
    """
    mirrored = mirror(inputs, unsigned=source.get("source") == "release")
    shares = None if masked is None else np.asarray(masked)[..., ::-1]
    return normalise(mirrored, how, shares)
