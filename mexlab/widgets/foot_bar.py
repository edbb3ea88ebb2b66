"""The line at the foot of every page: the keys that act on it."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class FootBar(StemWidget):
    """Keys and what they do.

    Attributes
    ----------
    entries : list of [str, str]
        ``[keys, what]``; several keys of one entry are separated by blanks ("← →"), and an entry
        without a key is plain text.
    """

    stem = "foot_bar"

    entries = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
