"""What the timeline is told of motion curves: numbers and values as bytes, the rest in words."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def curve_record(
    numbers: NDArray[np.int64],
    values: NDArray[np.float32],
    *,
    reference: int | None,
    marked: bool,
    lag: int | None = None,
) -> dict[str, Any]:
    """The part of `Timeline.curves` that is drawn.

    Parameters
    ----------
    numbers : array, shape (m,)
        Native frame numbers, ascending; of a long video only those measured so far.
    values : array of float32, shape (2, 5, m)
        As :meth:`mexlab.features.face_motion.FaceMotion.measure`.
    reference : int or None
        The frame that all are compared with.
    marked : bool
        Whether that is the coder's onset.
    lag : int, optional
        Instead of a reference: each frame is compared with the one so many before it.

    Returns
    -------
    dict
        ``numbers`` (int32) and ``values`` (float32) as little-endian bytes, which reach the
        browser as they are: a long video's would be megabytes of JSON.
    """
    return {
        "reference": reference,
        "marked": marked,
        "lag": lag,
        "numbers": np.ascontiguousarray(numbers, "<i4").tobytes(),
        "values": np.ascontiguousarray(values, "<f4").tobytes(),
    }
