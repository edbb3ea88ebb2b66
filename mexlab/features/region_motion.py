"""How far each region of the face moves, and how much of the motion the eye mask takes away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mexlab.features.flow_maps import FlowMaps
from mexlab.vision.regions import region_masks, strongest_mean

#: Regions of the table beside the maps, in its order.
LISTED = ("brows", "lids", "cheeks", "lip corners", "chin")


@dataclass(frozen=True, slots=True)
class RegionMotion:
    """Motion of one region.

    Attributes
    ----------
    name : str
    magnitude : float
        Mean of the strongest 20 % of the pixels' displacements, pixels of the crop; NaN where
        the mask covers the whole region.
    u, v : float
        Mean displacement of those pixels: where the region goes.
    strain : float
        Mean of the strongest 20 % of the strain magnitudes, px/px.
    """

    name: str
    magnitude: float
    u: float
    v: float
    strain: float


def region_motion(
    maps: FlowMaps, regions: tuple[str, ...] = LISTED, share: float = 0.2
) -> list[RegionMotion]:
    """Motion of each region; pixels under the eye mask do not count while it is on.

    Parameters
    ----------
    maps : FlowMaps
        u and v in pixels of the crop, strain in px/px.
    regions : tuple of str
        Names of :func:`mexlab.vision.regions.region_masks`.
    share : float
        The share of a region's pixels that move most, 0 to 1, over which its motion is averaged:
        most of a region stands still.

    Returns
    -------
    list of RegionMotion
        In the order of `regions`.
    """
    masks = region_masks(maps.landmarks, maps.maps.shape)
    seen = ~maps.mask if maps.settings.eye_mask else np.ones(maps.mask.shape, bool)
    return [_motion(name, maps.maps[_mostly(masks[name], seen)], share) for name in regions]


def masked_energy(maps: FlowMaps) -> float:
    """Share of the motion's energy (sum of u^2 + v^2) that lies under the eye mask, 0 to 1."""
    energy = np.square(maps.maps[..., :2]).sum(axis=2)
    total = float(energy.sum())
    return float(energy[maps.mask].sum()) / total if total > 0 else 0.0


def _mostly(region: NDArray[np.bool_], seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The region's visible pixels; none where little of it is left: a rim is not a region."""
    visible = region & seen
    if visible.sum() < 0.25 * region.sum():
        return np.zeros_like(region)
    return visible


def _motion(name: str, values: NDArray[np.float32], share: float) -> RegionMotion:
    if not len(values):
        return RegionMotion(name, *[float("nan")] * 4)
    magnitude = np.hypot(values[:, 0], values[:, 1])
    count = max(1, int(np.ceil(len(values) * share)))
    strongest = np.argpartition(magnitude, len(values) - count)[-count:]
    u, v = values[strongest, :2].mean(axis=0)
    return RegionMotion(
        name,
        strongest_mean(magnitude, share),
        float(u),
        float(v),
        strongest_mean(values[:, 2], share),
    )
