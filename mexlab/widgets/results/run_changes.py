"""What changed from one run to another: clips that went from one cell to another."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class RunChanges(StemWidget):
    """A list of moves between cells, each of which can be chosen to see its clips.

    Attributes
    ----------
    caption : str
    sentence : str
        How many clips changed and whether it can be chance.
    rows : list of dict
        ``{truth, before, after, clips, effect}``; effect "gained", "lost" or "".
    warning : str
        What is not alike in the two, so that their figures are not of the same thing.
    selected : dict or None
        ``{truth, before, after}``.
    """

    stem = "run_changes"

    caption = traitlets.Unicode("").tag(sync=True)
    sentence = traitlets.Unicode("").tag(sync=True)
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    warning = traitlets.Unicode("").tag(sync=True)
    selected = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
