"""The coding form on the right of the annotate page, and the way of every edit to the store."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class CodingForm(StemWidget):
    """What a coder says of a clip.

    The browser sends ``{"kind": "edit" | "undo" | "redo", "id", "clip", "changes", "revision"}``
    one at a time and the page answers ``{"kind": "answer", "id", "step", "outcome": "stored" |
    "stale" | "refused", "message", "state"}``; what is not answered within two seconds is shown
    as not saved, kept in the browser and sent again. ``{"kind": "parse", "sequence", "text"}``
    is answered by ``{"kind": "parsed", "sequence", "units", "problems"}``, and ``{"kind":
    "refresh", "clip"}`` by the present state.

    Attributes
    ----------
    state : dict
        ``clip`` (key as text), ``coding`` (the editable fields), ``revision``, ``undo``,
        ``redo`` (depths), ``saved_at`` (seconds since 1970, or None), ``findings``, ``units``
        (as parsed), ``fps``, ``vocabulary`` (``name``, ``key``, ``tone``, ``group``),
        ``reference`` (codings of others that may be shown) and ``reference_note``.
    owner : str
        Workspace and coder: under whose name unsaved edits are kept in the browser.
    """

    stem = "coding_form"
    parts = ("page_bus", "clip_numbers", "segment", "coding_session", "coding_fields")

    state = traitlets.Dict().tag(sync=True)
    owner = traitlets.Unicode().tag(sync=True)
