"""Synthetic databases: real files in a real database's tree, with the truth of every motion."""

from mexlab.data.synthetic.plan import QUIRKS
from mexlab.data.synthetic.synthesis import (
    MARKER,
    UNFINISHED,
    SyntheticSummary,
    layouts,
    read_marker,
    synthesise,
)
from mexlab.data.synthetic.truth import Truth, load_truth

__all__ = [
    "MARKER",
    "QUIRKS",
    "UNFINISHED",
    "SyntheticSummary",
    "Truth",
    "layouts",
    "load_truth",
    "read_marker",
    "synthesise",
]
