"""The runs of a workspace, newest first, one of which is chosen."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class RunList(StemWidget):
    """A list of runs with their status.

    Attributes
    ----------
    rows : list of dict
        ``{id, title, status, tone, detail, figure, synthetic}``; ``tone`` is one of "", "ok",
        "busy", "warn", "bad", ``figure`` a short text at the right (``UF1 .757``).
    selected : str
        The id of the chosen run, or "".
    heading : str
    empty : str
        What is said while there is no run.
    deep_link : bool
        Whether the chosen run is kept in the page's address (``?run=``), so that a reload or a
        bookmark finds it again. Off in JupyterLab, where the address is not the page's own.
    """

    stem = "run_list"

    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    selected = traitlets.Unicode("").tag(sync=True)
    heading = traitlets.Unicode("Runs").tag(sync=True)
    empty = traitlets.Unicode("No run yet.").tag(sync=True)
    deep_link = traitlets.Bool(False).tag(sync=True)
