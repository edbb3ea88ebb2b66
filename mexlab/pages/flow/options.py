"""What the flow page's form offers, and what it shows at first."""

from __future__ import annotations

from typing import Any

from mexlab.features.settings import FlowSettings

METHODS = (
    ("tvl1-micro", "TV-L1 · micro preset"),
    ("tvl1", "TV-L1 · as in the paper"),
    ("farneback", "Farnebäck"),
    ("dis", "DIS, to full resolution"),
)

#: What is drawn at first: the settings that features are computed with by default.
OPTIONS: dict[str, Any] = {
    "flow": FlowSettings().flow,
    "head_motion": FlowSettings().head_motion,
    "margin": FlowSettings().eye_mask_margin,
    "mask": True,
    "scale": "locked",
    "limit": 1.5,
    "normalise": "median-scale",
    "show": "uve",
    "landmarks": True,
    "arrows": False,
}
