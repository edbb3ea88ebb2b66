"""The clips behind a chosen cell or subject, most certain first."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class CellClips(StemWidget):
    """A list of clips with what they were called, each of which opens elsewhere.

    Attributes
    ----------
    heading : str
        "34 positive clips called negative".
    hint : str
        What is said while nothing is chosen.
    rows : list of dict
        ``{key, title, detail, database, called, coded, probability, right, annotate, flow}``;
        ``annotate`` and ``flow`` are links, empty where the clip cannot be opened there.
    titles : dict
        Database name to its title, for the filter.
    """

    stem = "cell_clips"

    heading = traitlets.Unicode("").tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    titles = traitlets.Dict().tag(sync=True)
