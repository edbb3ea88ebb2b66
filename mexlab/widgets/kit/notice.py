"""A calm panel in the middle of a page: what is the matter, and what to do about it."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class Notice(StemWidget):
    """What happened, why, and the commands or links that help.

    Attributes
    ----------
    heading : str
        One short line.
    text : str
        What happened, in a sentence or two.
    remedy : str
        What to do about it.
    commands : list of str
        Commands to type, each with a button that copies it.
    links : list of dict
        ``{"title", "url"}``.
    tone : {"", "warn", "bad"}
    """

    stem = "notice"

    heading = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    remedy = traitlets.Unicode().tag(sync=True)
    commands = traitlets.List(traitlets.Unicode()).tag(sync=True)
    links = traitlets.List(traitlets.Dict()).tag(sync=True)
    tone = traitlets.Unicode().tag(sync=True)
