"""Numbers beside the flow maps: probe, regions, the apex moved, files to take along."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class FlowProbe(StemWidget):
    """What the maps say at a pixel and a region, and what another apex would change.

    It draws what :class:`mexlab.widgets.flow.flow_view.FlowView` publishes on the bus, and sends
    ``{"type": "apex", "number"}`` (None for the coded one), ``{"type": "run", "id"}`` (whose
    held-out prediction) and ``{"type": "export", "kind"}``.

    Attributes
    ----------
    deep_link : bool
        Keep the chosen run in the page's address.
    annotate_url : str
        Where the clip is coded.
    """

    stem = "flow_probe"

    deep_link = traitlets.Bool(False).tag(sync=True)
    annotate_url = traitlets.Unicode().tag(sync=True)
