"""The clips behind a chosen cell or subject, most certain first."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class CellClips(StemWidget):
    """A list of clips with their predicted classes, each of which opens elsewhere.

    Attributes
    ----------
    heading : str
        "34 positive clips predicted negative".
    hint : str
        What is said while nothing is chosen.
    rows : list of dict
        ``{key, title, detail, database, called, coded, probability, right, annotate, flow,
        recodable, flagged}``; ``annotate`` and ``flow`` are links, empty where the clip cannot be
        opened there. A recodable clip has a button that sends ``{"type": "recode", "key",
        "flag"}``; the page stores it and sets ``flagged``. One with a ``flow`` link has a button
        that sends ``{"type": "look", "key"}``.
    titles : dict
        Database name to its title, for the filter.
    coder : str
        To whom a clip is sent back.
    remark : str
        What the list leaves out, and why.
    fault : str
        Why the last request could not be stored.
    """

    stem = "cell_clips"

    heading = traitlets.Unicode("").tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    titles = traitlets.Dict().tag(sync=True)
    coder = traitlets.Unicode("").tag(sync=True)
    remark = traitlets.Unicode("").tag(sync=True)
    fault = traitlets.Unicode("").tag(sync=True)
