"""Normalising network inputs, one sample at a time: no sample sees another's numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mexlab.errors import InputError

NORMALISATIONS = ("none", "median-scale", "min-max")


def normalise(inputs: NDArray[np.floating], how: str) -> NDArray[np.float32]:
    """Put inputs on a common scale.

    Parameters
    ----------
    inputs : array, shape (..., height, width)
        The last two axes are one map; usually (N, 3, 28, 28).
    how : {"none", "median-scale", "min-max"}
        ``median-scale`` subtracts each map's median (most of a face stays still, so that still
        becomes zero) and divides by the root mean square of what is left: the sign survives.
        ``min-max`` stretches each map to 0..1, as the STSTNet authors' release does: the sign
        and the zero are lost. A constant map becomes zeros under both.

    Returns
    -------
    array of float32, of the shape of ``inputs``

    Raises
    ------
    InputError
        Where ``how`` is unknown.
    """
    maps = np.asarray(inputs, dtype=np.float32)
    if how == "none":
        return maps.copy()
    if how == "median-scale":
        centred = maps - np.median(maps, axis=(-2, -1), keepdims=True)
        scale = np.sqrt(np.mean(np.square(centred), axis=(-2, -1), keepdims=True))
    elif how == "min-max":
        low = maps.min(axis=(-2, -1), keepdims=True)
        centred = maps - low
        scale = maps.max(axis=(-2, -1), keepdims=True) - low
    else:
        raise InputError(
            f"expected one of {', '.join(NORMALISATIONS)}, got {how!r}", where="normalise"
        )
    safe = np.where(scale > 0, scale, np.float32(1))
    return (centred / safe).astype(np.float32)
