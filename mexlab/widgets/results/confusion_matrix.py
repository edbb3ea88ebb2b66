"""Confusion matrices: the true class of each clip against the one that the network predicted."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class ConfusionMatrix(StemWidget):
    """A row of confusion matrices whose cells can be chosen by mouse or keyboard.

    Attributes
    ----------
    matrices : list of dict
        Each ``{name, title, detail, classes, counts, figures}``: ``classes`` as words,
        ``counts`` as rows of integers (row: true, column: predicted), ``figures`` as a name, a
        ready text and the text of its interval, which may be "" or missing
        (``["UF1", "0.7568", "0.71–0.80"]``). A matrix with ``fixed`` is to be looked at: it
        stands beside another, and its cells have no clips to choose.
    size : {"large", "small"}
    mode : {"percent", "counts"}
        Which of the two is written large; the other stands below it.
    selected : dict or None
        ``{matrix, row, column}`` of the chosen cell, by name and index.
    controls : bool
        Whether the percent/counts switch is shown.
    choosable : bool
        False while a run is under way: the cells then only show.
    deep_link : bool
        Whether the chosen cell is kept in the page's address (``cell=full:positive:negative``).
    empty : str
        What is said where there is no matrix.
    """

    stem = "confusion_matrix"

    matrices = traitlets.List(traitlets.Dict()).tag(sync=True)
    size = traitlets.Enum(("large", "small"), "large").tag(sync=True)
    mode = traitlets.Enum(("percent", "counts"), "percent").tag(sync=True)
    selected = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    controls = traitlets.Bool(False).tag(sync=True)
    choosable = traitlets.Bool(True).tag(sync=True)
    deep_link = traitlets.Bool(False).tag(sync=True)
    empty = traitlets.Unicode("").tag(sync=True)
