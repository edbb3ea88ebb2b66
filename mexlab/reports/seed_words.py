"""Figures of several seeds in words: what was averaged, and what each network alone gives.

The figures of a run of several seeds are of their mean probabilities: five networks that vote are
better than one, so that such a figure is not what one training gives. It is therefore never shown
without these words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Below a table that has such figures.
REMARK = (
    "Seeds averaged: the class that the mean of their probabilities favours. Each alone: mean ± "
    "standard deviation of the seeds' own figures, which is what one training gives."
)


def count_seeds(metrics: Mapping[str, Any]) -> int:
    """How many seeds a part of :attr:`mexlab.runs.Run.metrics` is of."""
    return len((metrics.get("seeds") or {}).get("per_seed") or ()) or 1


def averaged_words(metrics: Mapping[str, Any]) -> str:
    """``5 seeds averaged``; "" of a single seed, of which there is nothing to say."""
    seeds = count_seeds(metrics)
    return f"{seeds} seeds averaged" if seeds > 1 else ""


def alone_words(metrics: Mapping[str, Any], figure: str, digits: int = 3) -> str:
    """``0.733 ± 0.010``, mean and standard deviation of the seeds alone; "" of a single one."""
    if count_seeds(metrics) < 2:
        return ""
    seeds = metrics["seeds"]
    return f"{seeds['mean'][figure]:.{digits}f} ± {seeds['sd'][figure]:.{digits}f}"


def headline_words(metrics: Mapping[str, Any], figure: str = "uf1") -> str:
    """``5 seeds averaged, alone 0.733 ± 0.010``; "" of a single seed."""
    averaged = averaged_words(metrics)
    return f"{averaged}, alone {alone_words(metrics, figure)}" if averaged else ""
