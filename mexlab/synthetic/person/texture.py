"""Fine grain for skin, cloth and walls, always the same for the same seed."""

from __future__ import annotations

import cv2
import numpy as np

from mexlab.synthetic.person.warps import Field


def grain(shape: tuple[int, int], sigma: float, seed: int) -> Field:
    """Smoothed noise.

    Parameters
    ----------
    shape : (height, width)
    sigma : float
        Size of the grains, px.
    seed : int

    Returns
    -------
    (height, width) float32
        Mean near 0, standard deviation 1.
    """
    noise = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), sigma)
    return (smooth / smooth.std()).astype(np.float32)
