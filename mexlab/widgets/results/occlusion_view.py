"""Where the network looked: a map of lost probability laid over the face."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class OcclusionView(StemWidget):
    """A map over a face, or over nothing where the clip has no frames.

    Attributes
    ----------
    clip : str
        Whose map it is; "" hides the view.
    picture : bytes
        The face as JPEG, cut as the maps are; empty without frames.
    loss : list of list of float
        Probability lost by covering each pixel; [] while it is computed.
    sentence : str
    """

    stem = "occlusion_view"

    clip = traitlets.Unicode("").tag(sync=True)
    picture = traitlets.Bytes(b"").tag(sync=True)
    loss = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    sentence = traitlets.Unicode("").tag(sync=True)
