"""The coding form on the right of the annotate page, and the way of every edit to the store."""

from __future__ import annotations

from typing import Any

import traitlets

from mexlab.widgets.base import StemWidget


class CodingForm(StemWidget):
    """What a coder says of a clip.

    The browser sends ``{"kind": "edit" | "undo" | "redo", "id", "clip", "changes", "revision"}``
    one at a time and the page answers ``{"kind": "answer", "id", "step", "outcome": "stored" |
    "stale" | "refused", "message", "state"}``; what is not answered within two seconds is shown
    as not saved, kept in the browser and sent again. ``{"kind": "parse", "sequence", "text"}``
    is answered by ``{"kind": "parsed", "sequence", "units", "problems"}``, ``{"kind": "refresh",
    "clip"}`` and ``{"kind": "open", "clip", "expression"}`` by the present state, and ``{"kind":
    "history", "clip", "expression", "name"}`` by ``{"kind": "history", "name", "lines"}``.

    Attributes
    ----------
    state : dict
        ``clip`` (key as text), ``expression`` (its number), ``expressions`` (all that this coder
        found in the clip, events too), ``next_expression``, ``coding`` (the editable fields),
        ``revision``, ``undo``, ``redo`` (depths), ``saved_at`` (seconds since 1970, or None),
        ``findings``, ``units`` (as parsed), ``fps``, ``vocabulary`` (``name``, ``key``,
        ``tone``, ``group``),
        ``reference`` (codings of others that may be shown) and ``reference_note``.
    unit_names : list of [int, str]
        Action units in words, for completion.
    used_units : list of str
        The coder's own lines, the most used first.
    owner : str
        Workspace and coder: under whose name unsaved edits are kept in the browser.
    """

    stem = "coding_form"
    parts = (
        "page_bus",
        "frame_seen",
        "clip_numbers",
        "segment",
        "coding_session",
        "coding_fields",
        "unit_face",
        "unit_line",
        "units_field",
        "clip_events",
        "form_marks",
        "history_panel",
        "form_opening",
        "save_alert",
        "snap_apex",
        "browser_storage",
    )

    state = traitlets.Dict().tag(sync=True)
    owner = traitlets.Unicode().tag(sync=True)
    unit_names: traitlets.List[Any] = traitlets.List().tag(sync=True)
    used_units = traitlets.List(traitlets.Unicode()).tag(sync=True)
