"""What leaking would claim of a run: strict figures beside struck ones, never without "invalid"."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class LeakView(StemWidget):
    """A part of a page that folds away: a table, a curve, and why it is no result.

    Attributes
    ----------
    caption : str
        Heading; nothing is drawn without one.
    gist : str
        What stands beside the heading, also while folded away.
    sentence : str
        What the gap is, or why there is none to show.
    columns : list of str
    groups : list of dict
        ``{title, detail, rows}``; a row is ``{label, invalid, cells}``, a cell a figure and a
        smaller text. What is invalid is struck through, hatched, and says so in words.
    curve : str
        An SVG element made by the page.
    curve_caption : str
    remark : str
    """

    stem = "leak_view"

    caption = traitlets.Unicode("").tag(sync=True)
    gist = traitlets.Unicode("").tag(sync=True)
    sentence = traitlets.Unicode("").tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    groups = traitlets.List(traitlets.Dict()).tag(sync=True)
    curve = traitlets.Unicode("").tag(sync=True)
    curve_caption = traitlets.Unicode("").tag(sync=True)
    remark = traitlets.Unicode("").tag(sync=True)
