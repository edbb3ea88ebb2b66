"""The head of a run's results: what was run, what stands beside it, the ways to take it along."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class RunHeader(StemWidget):
    """Two lines: which run this is; what it is held against, and as what it can be saved.

    Sends ``{"type": "export", "kind"}`` when one of `exports` is pressed; a message ``{"type":
    "file", "name", "mime", "text"}`` from Python is saved by the browser. With ``"picture": true``
    the text is SVG, which the browser draws and saves as PNG.

    Attributes
    ----------
    run : dict
        ``{title, line, synthetic, exportable}``.
    exports : list of [str, str]
        Kind, and what its button says.
    choices : list of dict
        What can stand beside the run: ``{value, title, group}``.
    beside : str
        The value of the chosen one, or "".
    deep_link : bool
        Whether `beside` is kept in the page's address.
    """

    stem = "run_header"

    run = traitlets.Dict().tag(sync=True)
    exports = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
    choices = traitlets.List(traitlets.Dict()).tag(sync=True)
    beside = traitlets.Unicode("").tag(sync=True)
    deep_link = traitlets.Bool(False).tag(sync=True)
