"""The methods that find an apex, and how far from the true one each was when measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApexMethod:
    """One method.

    Attributes
    ----------
    name : str
        In records.
    title : str
        On pages.
    error : float
        Mean distance to the true apex in frames, searched over the whole clip against its first
        frame: 31 synthetic clips at 90 and 200 fps, ``benchmarks/bench_apex.py``. No real clip has
        been measured.
    """

    name: str
    title: str
    error: float


#: The smallest error first: in this order they are offered, named and drawn, wherever that is.
APEX_METHODS = (
    ApexMethod("motion", "largest motion", 0.7),
    ApexMethod("strain", "largest strain", 1.6),
    ApexMethod("dc_rois", "D&C-RoIs", 11.2),
)
