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
        ``clip`` (key as text), ``state`` ("computing", "ready", "failed" or "none"); when failed
        ``message``, and ``faceless`` where no face was found; while computing ``done`` and ``of``;
        ``face`` (``left``, ``top``, ``width``, ``height``, pixels of the frame) once it was found.
        What can be drawn: ``numbers`` (int32) and ``values`` (float32, strain and motion by
        region) as bytes, ``reference`` (frame that all are compared with) and ``marked`` (whether
        that is the coder's onset), or ``lag`` (frames between each and the one that it is compared
        with). Of a long video ``long``, and ``span``, the frames within which its curve lies.
    ribbon : {"strain", "motion", "hidden"}
        What the ribbon shows; the browser changes it.
    """

    stem = "timeline"

    curves = traitlets.Dict().tag(sync=True)
    ribbon = traitlets.Enum(("strain", "motion", "hidden"), "strain").tag(sync=True)
