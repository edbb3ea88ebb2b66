"""The timeline under the player: marks, range, motion curve."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class Timeline(StemWidget):
    """Marks in native frame numbers over the motion curve; click or drag to seek.

    Clip, frame and marks come over the page's bus from the player and the coding form; a mark
    that was dragged or moved by key goes back as the bus event ``edit``.

    Attributes
    ----------
    curves : dict
        ``clip`` (key as text), ``state`` ("computing", "ready" or "failed"); when ready
        ``numbers``, ``reference`` (frame that all are compared with), ``marked`` (whether that
        is the coder's onset) and ``series`` of values by region, pixels; when computing ``done``
        and ``of``; when failed ``message``. ``face`` (``left``, ``top``, ``width``, ``height``,
        pixels of the frame) once it was found.
    """

    stem = "timeline"
    parts = (
        "page_bus",
        "clip_numbers",
        "timeline_scale",
        "segment",
        "curve_layer",
        "timeline_marks",
    )

    curves = traitlets.Dict().tag(sync=True)
