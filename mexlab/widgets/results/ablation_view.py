"""Four cells of two switches: the published figures, one's own runs, and what is still missing."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class AblationView(StemWidget):
    """A part of a page that folds away.

    Attributes
    ----------
    caption : str
        Heading; nothing is drawn without one.
    sentence : str
    published : list of dict
        ``{label, cells}``, cells are texts under `published_columns`; may be empty.
    published_columns, columns : list of str
    rows : list of dict
        ``{label, cells}``; a cell is ``{text, small, run, name, also, url, own}``, without a run an
        empty one.
    steps : list of dict
        ``{text, command}``: what fills an empty cell; a command can be copied.
    train : str
        Address of the train page.
    unlike : list of [str, str]
        Runs that are not in the table, and why.
    remark : str
    """

    stem = "ablation_view"

    caption = traitlets.Unicode("").tag(sync=True)
    sentence = traitlets.Unicode("").tag(sync=True)
    published = traitlets.List(traitlets.Dict()).tag(sync=True)
    published_columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    steps = traitlets.List(traitlets.Dict()).tag(sync=True)
    train = traitlets.Unicode("").tag(sync=True)
    unlike = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
    remark = traitlets.Unicode("").tag(sync=True)
