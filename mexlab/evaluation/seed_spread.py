"""What several seeds give: each one's figures, their mean and their spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mexlab.evaluation.metrics import METRIC_NAMES


def seed_spread(
    seeds: Sequence[int], figures: Sequence[Mapping[str, Any]], names: Sequence[str] = METRIC_NAMES
) -> dict[str, Any]:
    """Figures seed by seed, with mean and sample standard deviation.

    Parameters
    ----------
    seeds : sequence of int
    figures : sequence of mapping
        Of each seed, in the same order; may hold more than `names`.
    names : sequence of str, optional

    Returns
    -------
    dict
        ``per_seed`` (each with ``seed`` and the figures), ``mean`` and ``sd``; ``sd`` is None for a
        single seed.
    """
    per_seed = [
        {"seed": seed, **{name: own[name] for name in names}}
        for seed, own in zip(seeds, figures, strict=True)
    ]
    columns = {name: [one[name] for one in per_seed] for name in names}
    return {
        "per_seed": per_seed,
        "mean": {name: float(np.mean(values)) for name, values in columns.items()},
        "sd": {
            name: float(np.std(values, ddof=1)) if len(values) > 1 else None
            for name, values in columns.items()
        },
    }
