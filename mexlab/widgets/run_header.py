"""The head of a run's results: what was run, on what, and the way to take it along."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class RunHeader(StemWidget):
    """One line that says which run this is.

    Sends ``{"type": "export"}`` when its button is pressed; a message ``{"type": "file", "name",
    "text"}`` from Python is saved by the browser.

    Attributes
    ----------
    run : dict
        ``{title, line, synthetic, exportable}``.
    """

    stem = "run_header"

    run = traitlets.Dict().tag(sync=True)
