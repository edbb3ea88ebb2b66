"""The home page's view: databases, runs, and what to do next."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class HomeView(StemWidget):
    """Two tables; in an empty workspace, how to begin.

    Attributes
    ----------
    databases : list of dict
        ``name, title, layout, synthetic, fps, clips, subjects, codable, coding`` (a list of
        ``status, clips``), ``maps`` (``ready, clips``, or None while counted), ``links``.
    runs : list of dict
        ``id, title, status, tone, reason, detail, figures`` (accuracy, UF1, UAR or None),
        ``created, share, doing, link``.
    beginning : list of dict
        Steps (as of `NextSteps`) that stand in the place of the tables while there is no database.
    coder : str
        Whose progress the bars show.
    fault : str
        Why the tables are not up to date; "" when they are.
    """

    stem = "home_view"

    databases = traitlets.List(traitlets.Dict()).tag(sync=True)
    runs = traitlets.List(traitlets.Dict()).tag(sync=True)
    beginning = traitlets.List(traitlets.Dict()).tag(sync=True)
    coder = traitlets.Unicode().tag(sync=True)
    fault = traitlets.Unicode().tag(sync=True)
