"""Colours of signed and unsigned maps, safe for the colour-blind; needs no OpenCV."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Blue (left, up) over white (still) to red (right, down); black over purple to pale yellow.
_DIVERGING = ("053061", "4393c3", "f7f7f7", "d6604d", "67001f")
_SEQUENTIAL = ("000004", "51127c", "b73779", "fc8961", "fcfdbf")


def _table(stops: tuple[str, ...], entries: int) -> NDArray[np.uint8]:
    colours = np.array([[int(stop[i : i + 2], 16) for i in (0, 2, 4)] for stop in stops])
    at = np.linspace(0, len(stops) - 1, entries)
    channels = [np.interp(at, np.arange(len(stops)), colours[:, i]) for i in range(3)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


#: 257 colours (RGB), so that zero has an entry of its own in the middle.
DIVERGING: NDArray[np.uint8] = _table(_DIVERGING, 257)
#: 256 colours (RGB) from nothing to much.
SEQUENTIAL: NDArray[np.uint8] = _table(_SEQUENTIAL, 256)


def diverging(values: NDArray[np.floating], limit: float) -> NDArray[np.uint8]:
    """RGB of signed values: blue at ``-limit``, white at 0, red at ``limit``; clipped beyond."""
    index = np.rint(128 + 128 * np.clip(np.asarray(values) / limit, -1, 1)).astype(int)
    return DIVERGING[index]


def sequential(values: NDArray[np.floating], limit: float) -> NDArray[np.uint8]:
    """RGB of values from 0 (black) to ``limit`` (pale); clipped beyond."""
    return SEQUENTIAL[np.rint(255 * np.clip(np.asarray(values) / limit, 0, 1)).astype(int)]


def flow_picture(
    u: NDArray[np.floating],
    v: NDArray[np.floating],
    strain: NDArray[np.floating],
    limit: float,
    strain_limit: float,
) -> NDArray[np.uint8]:
    """The (u, v, strain) picture: R = u, G = v around half, B = strain from nothing.

    Stillness is the same olive everywhere, whatever the scale, since signed channels have their
    zero at half; a picture stretched between its own extremes would lose it.

    Parameters
    ----------
    u, v : array, shape (height, width)
        Pixels.
    strain : array, shape (height, width)
    limit : float
        Of u and v: -limit is 0, limit is 255.
    strain_limit : float

    Returns
    -------
    array of uint8, shape (height, width, 3)
    """
    signed = [127.5 + 127.5 * np.clip(np.asarray(part) / limit, -1, 1) for part in (u, v)]
    blue = 255 * np.clip(np.asarray(strain) / strain_limit, 0, 1)
    return np.rint(np.stack([*signed, blue], axis=-1)).astype(np.uint8)
