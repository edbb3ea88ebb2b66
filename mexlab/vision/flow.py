"""Dense optical flow between two grey images, in pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mexlab.errors import InputError

Flow = NDArray[np.float32]
Grey = NDArray[np.uint8]

# OpenCV's type stubs lack the contrib modules and optional outputs.
_cv: Any = cv2


def compute_flow(onset: Grey, apex: Grey, method: str = "tvl1-micro") -> Flow:
    """Displacement of every pixel of ``onset`` on its way to ``apex``.

    Parameters
    ----------
    onset, apex : array of uint8, shape (height, width)
    method : {"tvl1-micro", "tvl1", "farneback", "dis"}
        ``tvl1`` is the paper's, with OpenCV's defaults. ``tvl1-micro`` is the same method with
        three scales at 0.5, three warps and 15 x 3 iterations: micro-expressions move a few
        pixels at most, and the error is no larger in a third of the time
        (``benchmarks/bench_flow.py``). ``farneback`` is fast and coarser; ``dis`` (to full
        resolution) is nearly as fast and serves the motion curves.

    Returns
    -------
    array of float32, shape (height, width, 2)
        u (to the right) and v (downwards), pixels.

    Raises
    ------
    InputError
        Where the method is unknown, or the images differ in shape or are not grey uint8.
    """
    _check_pair(onset, apex)
    try:
        run = _METHODS[method]
    except KeyError:
        raise InputError(
            f"expected one of {', '.join(FLOW_METHODS)}, got {method!r}", where="flow"
        ) from None
    return np.asarray(run(onset, apex), dtype=np.float32)


def to_grey(image: NDArray[np.uint8]) -> Grey:
    """Grey image of an RGB one; a grey one passes."""
    if image.ndim == 2:
        return image
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _check_pair(onset: Grey, apex: Grey) -> None:
    for name, image in (("onset", onset), ("apex", apex)):
        if image.ndim != 2 or image.dtype != np.uint8:
            raise InputError(
                f"expected a grey uint8 image, got shape {image.shape} of {image.dtype}", where=name
            )
    if onset.shape != apex.shape:
        raise InputError(
            f"expected two images of one shape, got {onset.shape} and {apex.shape}",
            where="onset, apex",
        )


def _tvl1(onset: Grey, apex: Grey) -> Flow:
    return _cv.optflow.DualTVL1OpticalFlow_create().calc(onset, apex, None)


def _tvl1_micro(onset: Grey, apex: Grey) -> Flow:
    engine = _cv.optflow.DualTVL1OpticalFlow_create(
        nscales=3, scaleStep=0.5, warps=3, innnerIterations=15, outerIterations=3
    )
    return engine.calc(onset, apex, None)


def _farneback(onset: Grey, apex: Grey) -> Flow:
    return _cv.calcOpticalFlowFarneback(onset, apex, None, 0.5, 3, 15, 3, 7, 1.5, 0)


def _dis(onset: Grey, apex: Grey) -> Flow:
    engine = _cv.DISOpticalFlow_create(_cv.DISOPTICAL_FLOW_PRESET_MEDIUM)
    # The presets stop at half the resolution and lose a fifth of a lip corner's motion.
    engine.setFinestScale(0)
    return engine.calc(onset, apex, None)


_METHODS: dict[str, Callable[[Grey, Grey], Flow]] = {
    "tvl1-micro": _tvl1_micro,
    "tvl1": _tvl1,
    "farneback": _farneback,
    "dis": _dis,
}
FLOW_METHODS: tuple[str, ...] = tuple(_METHODS)
