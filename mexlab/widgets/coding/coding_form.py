"""The coding form on the right of the annotate page, and the way of every edit to the store."""

from __future__ import annotations

from typing import Any

import traitlets

from mexlab.widgets.base import StemWidget


class CodingForm(StemWidget):
    """What a coder says of a clip.

    The browser sends ``{"kind": "edit" | "commit" | "undo" | "redo", "id", "clip", "expression",
    "shown"}`` one at a time, an edit or commit with ``"changes"`` and ``"revision"``, a step with
    ``"number"`` (of the newest change that it knows). The page answers ``{"kind": "answer", "id",
    "step", "outcome": "stored" | "stale" | "refused" | "declined", "message", "state",
    "touched"}``; what is refused is tried again, what is declined is not. What is not answered
    within two seconds is shown as not saved, kept in the browser and sent again. ``{"kind":
    "parse", "sequence", "text"}`` is answered by ``{"kind": "parsed", "sequence", "units",
    "problems"}``, ``{"kind": "refresh" | "open", "clip", "expression"}`` by the present state,
    and ``{"kind": "history", "clip"}`` by ``{"kind": "history", "clip", "lines"}``.

    Attributes
    ----------
    state : dict
        Of the coding on the form: ``clip`` (key as text), ``expression`` (its number),
        ``coding`` (the editable fields), ``revision``, ``saved_at`` (seconds since 1970, or None),
        ``findings``, ``units`` (as parsed), ``reference`` (codings of others that may be shown)
        with ``reference_note`` and ``reference_units``. Of its clip: ``codings`` (all that this
        coder has in it), ``steps`` (what undo and redo would do), ``first_commit`` (the findings
        of it, or None), ``fps``, ``vocabulary`` (``name``, ``key``, ``tone``).
    unit_names : list of [int, str]
        Action units in words, for completion.
    used_units : list of str
        The coder's own lines, the most used first.
    owner : str
        Workspace and coder: under whose name unsaved edits are kept in the browser.
    """

    stem = "coding_form"

    state = traitlets.Dict().tag(sync=True)
    owner = traitlets.Unicode().tag(sync=True)
    unit_names: traitlets.List[Any] = traitlets.List().tag(sync=True)
    used_units = traitlets.List(traitlets.Unicode()).tag(sync=True)
