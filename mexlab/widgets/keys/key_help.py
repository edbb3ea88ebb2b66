"""Hears the keys of a page, and lists them all behind "?"."""

from __future__ import annotations

from typing import Any

import traitlets

from mexlab.widgets.base import StemWidget


class KeyHelp(StemWidget):
    """Turns key presses into the bus event ``action`` and shows the list of keys.

    Attributes
    ----------
    bindings : list of dict
        ``action``, ``keys`` (names such as ``Ctrl+z``, ``ArrowLeft``, ``Space``, ``?``),
        ``title``, ``group``, ``hold`` (acts while held down), ``repeat`` (acts again while the
        key is held).
    sets : dict
        Ready-made sets by name, each a list like ``bindings``, the shipped one first; where there
        are any, keys can be changed. The browser then sends ``{"kind": "keys", "keys": {action:
        [key]}}``, what differs from the first set, and is answered ``{"kind": "kept"}`` or
        ``{"kind": "refused", "message"}``.
    fixed : list
        What is listed beside them and cannot be changed: groups of ``[title, [[keys, what],
        …]]``, the keys of a line apart by blanks.
    """

    stem = "key_help"

    bindings = traitlets.List(traitlets.Dict()).tag(sync=True)
    sets = traitlets.Dict().tag(sync=True)
    fixed: traitlets.List[Any] = traitlets.List().tag(sync=True)
