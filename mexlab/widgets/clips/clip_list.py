"""The list of clips on the left of a page: search, filters, one row a clip."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class ClipList(StemWidget):
    """Clips to choose from; thousands of rows, for only those in sight are drawn.

    On the annotate page it also follows the coder's edits over the bus (dot, tag, counts) and
    acts on the keys for next and previous clip.

    Attributes
    ----------
    rows : list of dict
        ``key`` (text, unique), ``database``, ``title``, ``detail`` (one small line), ``status``
        ("untouched", "draft", "committed", "flagged", or "" for no dot), ``emotion`` (the tag's
        text, or ""), ``tone`` ("neg", "pos", "sur" or "plain").
    selected : str
        Key of the chosen row, or ""; written by the browser too.
    databases : list of str
        Databases that are shown at first; all where empty.
    titles : dict
        Database name to the title that its filter chip shows.
    statuses : bool
        Whether status filters and the progress of the coder are shown.
    order : {"listed", "random"}
        Written by the browser too.
    seed : str
        Of the random order: the coder's name, so that each has an order of her own.
    queue : list of str
        Keys that the coder put aside; written by the browser.
    placeholder, empty : str
        In the search field, and in place of an empty list.
    """

    stem = "clip_list"

    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    selected = traitlets.Unicode().tag(sync=True)
    databases = traitlets.List(traitlets.Unicode()).tag(sync=True)
    titles = traitlets.Dict().tag(sync=True)
    statuses = traitlets.Bool(False).tag(sync=True)
    order = traitlets.Enum(["listed", "random"], "listed").tag(sync=True)
    seed = traitlets.Unicode().tag(sync=True)
    queue = traitlets.List(traitlets.Unicode()).tag(sync=True)
    placeholder = traitlets.Unicode("Find clip, subject, label…").tag(sync=True)
    empty = traitlets.Unicode("No clips yet.").tag(sync=True)
