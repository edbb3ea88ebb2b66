"""Synthetic databases: real files in a real database's tree, with the truth of every motion."""

from mexlab.synthetic.filming.truth import Truth, load_truth
from mexlab.synthetic.registry import layouts, writer, writers
from mexlab.synthetic.synthesis import (
    MARKER,
    UNFINISHED,
    SyntheticSummary,
    read_marker,
    synthesise,
)
from mexlab.synthetic.writer import LayoutWriter, Order, Quirk

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
