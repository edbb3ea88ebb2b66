"""How the flow page computes and colours its maps: one small form under the clip list."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class FlowSettingsForm(StemWidget):
    """Whose coding, which flow, eye mask, colour scale, normalisation, what to show.

    Changes are told to the other widgets of the page over the bus (fact ``flow-options``), so
    that the mask and the colours follow without a trip to Python.

    Attributes
    ----------
    coders : list of dict
        ``{"value", "title"}`` of the codings that may be chosen.
    coder : str
    options : dict
        ``flow``, ``head_motion``, ``margin`` (need a computation); ``mask``, ``scale`` ("locked"
        or "clip"), ``limit`` (px), ``normalise``, ``show`` ("uve" or "tensor"), ``landmarks``,
        ``arrows`` (drawn by the browser alone).
    compared : str
        What the settings are held against: a run's name.
    differences : list of str
        Where they differ from it, in words; the page fills both.
    methods : list of dict
        ``{"value", "title"}`` of the flow methods.
    """

    stem = "flow_settings_form"

    coders = traitlets.List(traitlets.Dict()).tag(sync=True)
    coder = traitlets.Unicode().tag(sync=True)
    options = traitlets.Dict().tag(sync=True)
    compared = traitlets.Unicode("").tag(sync=True)
    differences = traitlets.List(traitlets.Unicode()).tag(sync=True)
    methods = traitlets.List(traitlets.Dict()).tag(sync=True)
