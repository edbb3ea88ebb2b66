"""A small table of figures, as it stands beside a confusion matrix."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class FigureTable(StemWidget):
    """Rows of ready-made figures under a caption.

    Attributes
    ----------
    caption : str
    columns : list of str
        Heads of the figure columns; the first column (the row's label) has none.
    rows : list of dict
        ``{label, cells, note, strong, faded, shaded, tone}``; a cell is a text, or a text and a
        smaller one below it; ``note`` is a short warning below the label, ``faded`` sets a row
        back that is not comparable, ``shaded`` one that is not to be trusted as it stands.
    remark : str
        One sentence below the table.
    wide : bool
        Whether it may take all the room there is.
    fold : {"", "open", "closed"}
        Whether it folds away under its caption, and how it stands at first.
    gist : str
        What stands beside the caption of one that folds.
    """

    stem = "figure_table"

    caption = traitlets.Unicode("").tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    remark = traitlets.Unicode("").tag(sync=True)
    wide = traitlets.Bool(False).tag(sync=True)
    fold = traitlets.Enum(("", "open", "closed"), "").tag(sync=True)
    gist = traitlets.Unicode("").tag(sync=True)
