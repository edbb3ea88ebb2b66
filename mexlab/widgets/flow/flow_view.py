"""Six pictures of a clip's motion: face, u, v, (u, v, strain), strain, network input."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class FlowView(StemWidget):
    """Draws flow maps, and hands what it was sent to the probe beside it over the bus.

    Python sends custom messages: ``{"type": "content", ...}`` with the arrays as buffers (see
    :mod:`mexlab.pages.flow.content`), ``{"type": "curve", ...}`` and ``{"type": "file", "name",
    "mime"}`` with the bytes of a file to save. The view asks for its content by ``{"type":
    "ready"}`` once it is drawn.

    Attributes
    ----------
    options : dict
        As of :class:`mexlab.widgets.flow.flow_settings_form.FlowSettingsForm`, until it speaks.
    busy : str
        What is being computed, or "".
    """

    stem = "flow_view"

    options = traitlets.Dict().tag(sync=True)
    busy = traitlets.Unicode().tag(sync=True)
