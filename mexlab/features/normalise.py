"""Normalising network inputs, one sample at a time: no sample sees another's numbers.

Cells under the eye mask are no measurement, and take part in no clip's scale: median, mean square,
least and greatest are those of the other cells, and masked cells are zero in the end, whatever is
done to the others. They used to be counted as cells without motion, which shifting the median made
to motion of minus the median.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mexlab.errors import InputError

NORMALISATIONS = ("none", "median-scale", "min-max")

#: A cell counts as masked from this share of its area on. Below it, what it shows of the face is
#: the greater part, and its value is the mean of that part alone.
MASKED_FROM = 0.5


def normalise(
    inputs: NDArray[np.floating], how: str, masked: NDArray[np.floating] | None = None
) -> NDArray[np.float32]:
    """Put inputs on a common scale.

    Parameters
    ----------
    inputs : array, shape (..., 3, height, width)
        The last two axes are one map; usually (N, 3, 28, 28), averaged over the pixels of each
        cell with masked pixels as zero (:meth:`mexlab.features.flow_maps.FlowMaps.network_input`).
    how : {"none", "median-scale", "min-max"}
        ``median-scale`` subtracts each map's median (most of a face stays still, so that still
        becomes zero) and divides by the root mean square of what is left: the sign survives.
        ``min-max`` stretches each map to 0..1, as the STSTNet authors' release does: the sign
        and the zero are lost. A constant map becomes zeros under both.
    masked : array, shape (..., height, width), optional
        The share of each cell's area under the mask, 0 to 1, the same for a sample's three maps.
        From :data:`MASKED_FROM` on a cell is masked: left out of every figure, zero in the end.
        Below it, a cell becomes the mean of its pixels outside the mask. Without, no cell is
        masked.

    Returns
    -------
    array of float32, of the shape of ``inputs``

    Raises
    ------
    InputError
        Where ``how`` is unknown, or the shares do not fit the inputs.
    """
    maps = np.asarray(inputs, dtype=np.float32)
    if how not in NORMALISATIONS:
        raise InputError(
            f"expected one of {', '.join(NORMALISATIONS)}, got {how!r}", where="normalise"
        )
    if masked is None:
        return _scaled(maps, how)
    shares = np.asarray(masked, dtype=np.float32)
    if shares.shape != (*maps.shape[:-3], *maps.shape[-2:]):
        raise InputError(
            f"expected the masked shares of {maps.shape[:-3]} samples of "
            f"{maps.shape[-2:]} cells, got shape {shares.shape}",
            where="masked",
        )
    found = np.zeros_like(maps)
    for sample in np.ndindex(shares.shape[:-2]):
        seen = shares[sample] < MASKED_FROM
        if seen.any():
            # A row of the cells that are seen is a map like any other.
            own = maps[sample][:, seen] / (1.0 - shares[sample][seen])
            found[sample][:, seen] = _scaled(own[:, None], how)[:, 0]
    return found


def unmasked(
    inputs: NDArray[np.floating], masked: NDArray[np.floating] | None
) -> NDArray[np.bool_]:
    """Which cells are not masked, shape (..., height, width); all of them without a mask."""
    if masked is None:
        return np.ones((*inputs.shape[:-3], *inputs.shape[-2:]), dtype=bool)
    return np.asarray(masked) < MASKED_FROM


def _scaled(maps: NDArray[np.float32], how: str) -> NDArray[np.float32]:
    if how == "none":
        return maps.copy()
    if how == "median-scale":
        centred = maps - np.median(maps, axis=(-2, -1), keepdims=True)
        scale = np.sqrt(np.mean(np.square(centred), axis=(-2, -1), keepdims=True))
    else:
        low = maps.min(axis=(-2, -1), keepdims=True)
        centred = maps - low
        scale = maps.max(axis=(-2, -1), keepdims=True) - low
    safe = np.where(scale > 0, scale, np.float32(1))
    return (centred / safe).astype(np.float32)
