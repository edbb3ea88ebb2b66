"""Synthetic databases: real files in a real database's tree, with the truth of every motion."""

from mexlab.data.synthetic.registry import layouts, writer, writers
from mexlab.data.synthetic.synthesis import (
    MARKER,
    UNFINISHED,
    SyntheticSummary,
    read_marker,
    synthesise,
)
from mexlab.data.synthetic.truth import Truth, load_truth
from mexlab.data.synthetic.writer import LayoutWriter, Order, Quirk

__all__ = [
    "MARKER",
    "UNFINISHED",
    "LayoutWriter",
    "Order",
    "Quirk",
    "SyntheticSummary",
    "Truth",
    "layouts",
    "load_truth",
    "read_marker",
    "synthesise",
    "writer",
    "writers",
]
