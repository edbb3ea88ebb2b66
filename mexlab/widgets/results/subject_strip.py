"""The accuracy of each held-out subject, as a strip of bars."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class SubjectStrip(StemWidget):
    """One bar a held-out subject, grouped by database.

    Attributes
    ----------
    groups : list of dict
        ``{database, title, subjects}`` with ``subjects`` as ``{subject, clips, right}``.
    people : int
        How many persons those are; 0 for one a bar.
    noun : str
        What is counted: ``clip`` or ``expression``.
    selected : dict or None
        ``{database, subject}`` of the chosen bar.
    """

    stem = "subject_strip"

    groups = traitlets.List(traitlets.Dict()).tag(sync=True)
    people = traitlets.Int(0).tag(sync=True)
    noun = traitlets.Unicode("clip").tag(sync=True)
    selected = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
