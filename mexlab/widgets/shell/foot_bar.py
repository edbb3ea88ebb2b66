"""The line at the foot of every page: the keys that act on it, and what folds its side columns."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class FootBar(StemWidget):
    """Keys and what they do; folds the side columns.

    Attributes
    ----------
    entries : list of [str, str]
        ``[keys, what]``; several keys of one entry are separated by blanks ("← →"), and an entry
        without a key is plain text.
    page : str
        Name of the page, under which the browser remembers what was folded.
    columns : list of dict
        ``{"side": "left" | "right", "title", "key", "folds"}`` of each side column: ``folds``
        lists the widths (``middle`` from 900 px, ``narrow`` below) at which it starts folded.
    hears_keys : bool
        Whether the bar listens for the columns' keys; not where the page has a `KeyHelp`, which
        sends them as the actions ``fold-left`` and ``fold-right``.
    """

    stem = "foot_bar"

    entries = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
    page = traitlets.Unicode().tag(sync=True)
    columns = traitlets.List(traitlets.Dict()).tag(sync=True)
    hears_keys = traitlets.Bool(False).tag(sync=True)
