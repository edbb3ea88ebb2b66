"""The bar across the top of every page: where one is, whose workspace, and whether all is saved."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class TopBar(StemWidget):
    """Links to the pages, workspace and coder, one status line, the theme, and the alive watch.

    Attributes
    ----------
    pages : list of dict
        ``{"name", "title", "url"}`` of each page that exists, in order.
    active : str
        Name of the page shown.
    workspace : str
        Name of the workspace; "" hides it.
    coder : str
        Name of the coder; "" hides it.
    context : str
        What this page shows (a run, a clip); stands before the workspace.
    status : dict
        ``{"text": str, "tone": "" | "ok" | "warn" | "bad", "detail": str}``. A page may also set
        it without a trip to Python, by the bus event ``status`` of the same shape.
    """

    stem = "top_bar"

    pages = traitlets.List(traitlets.Dict()).tag(sync=True)
    active = traitlets.Unicode().tag(sync=True)
    workspace = traitlets.Unicode().tag(sync=True)
    coder = traitlets.Unicode().tag(sync=True)
    context = traitlets.Unicode().tag(sync=True)
    status = traitlets.Dict().tag(sync=True)
