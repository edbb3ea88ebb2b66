"""Features: flow maps, the cache, feature sets, normalisation, motion curves."""

import lazy_loader

# Loaded on first use: settings and feature sets are read by pages that need no OpenCV.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "batch": ["FlowFailure", "FlowItem", "compute_many"],
        "cache": ["FlowCache"],
        "curves": ["MotionCurves", "motion_curves"],
        "feature_set": ["FeatureSet"],
        "flow_maps": ["FlowMaps", "compute_flow_maps"],
        "normalise": ["normalise"],
        "settings": ["FlowSettings"],
    },
)
