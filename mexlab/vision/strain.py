"""Optical strain: how the skin is stretched and sheared, whatever it is carried along by."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class StrainComponents(NamedTuple):
    """The infinitesimal strain tensor at each pixel, px/px (LAENet, eq. 5)."""

    xx: NDArray[np.float32]
    yy: NDArray[np.float32]
    xy: NDArray[np.float32]


def compute_strain_components(flow: NDArray[np.floating]) -> StrainComponents:
    """Strain tensor of a flow field of shape (height, width, 2) in pixels.

    Central differences inside, one-sided at the border: exact where the flow is linear.
    """
    u, v = flow[..., 0].astype(np.float32), flow[..., 1].astype(np.float32)
    du_dy, du_dx = np.gradient(u)
    dv_dy, dv_dx = np.gradient(v)
    shear = 0.5 * (du_dy + dv_dx)
    return StrainComponents(*(np.asarray(part, np.float32) for part in (du_dx, dv_dy, shear)))


def compute_strain(flow: NDArray[np.floating]) -> NDArray[np.float32]:
    """Strain magnitude, sqrt(exx^2 + eyy^2 + 2 exy^2), px/px, shape (height, width).

    This is the Frobenius norm of the tensor. The paper's eq. (6) writes the shear term as
    1/2 (du/dy + dv/dx)^2, which is the same: shear counts twice in the norm.
    """
    strain = compute_strain_components(flow)
    return np.sqrt(strain.xx**2 + strain.yy**2 + 2.0 * strain.xy**2).astype(np.float32)
