"""What to do next: a few steps, each with a link to follow or a command to copy."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class NextSteps(StemWidget):
    """Steps, the pages there are, and how the data is treated.

    Attributes
    ----------
    steps : list of dict
        ``{"title", "text", "commands": [...], "link": {"title", "url"} or None}``.
    pages : list of dict
        ``{"title", "url", "text", "key"}``; the key opens the page.
    privacy : str
        One line on how confidential data is treated.
    place : str
        Where the workspace lies.
    """

    stem = "next_steps"

    steps = traitlets.List(traitlets.Dict()).tag(sync=True)
    pages = traitlets.List(traitlets.Dict()).tag(sync=True)
    privacy = traitlets.Unicode().tag(sync=True)
    place = traitlets.Unicode().tag(sync=True)
