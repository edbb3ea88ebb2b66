"""The player: the whole clip in the browser, so that a step never asks the kernel."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class ClipPlayer(StemWidget):
    """Panes, transport and frame line of one clip.

    Frames are no trait: the browser pulls them by custom messages
    ``{"kind": "want", "token", "request", "indices"}`` and the page answers with
    ``{"kind": "frames", "token", "request", "frames": [{"index", "mime"}], "failures":
    [{"index", "reason"}]}`` and one buffer a frame (the file's own bytes). The first frames of the
    clips that may come next are asked for by ``{"kind": "ahead", "clip", "request", "indices"}``
    and answered as ``frames`` are, the first time with ``record``: what `clip` below would be,
    without any mark. ``{"kind": "not-opened", "clip"}`` says that a chosen clip cannot be opened.
    A question about a clip that is not open is answered by ``{"kind": "not-yet", "of", "token"}``
    with its ``request`` or ``number``: it is asked again once the clip is open. No question is
    left without an answer. ``{"kind": "face", "clip", "size", "left", "top", "width", "height"}``
    says where the face of a clip is whose frames went ahead (``size``: width and height of the
    frame; without ``left``: there is none).
    ``{"kind": "landmarks", "token", "number"}`` is answered by the same with ``points`` (68 of x
    and y, in pixels of the frame) or ``message``. ``{"kind": "warp", "token", "reference",
    "number", "ahead": [numbers]}`` is answered for each number by the same with ``box`` (left, top,
    right, bottom in pixels of the frame), ``rows``, ``columns`` and a buffer of int16 (u and v in
    1/64 px, cell by cell), or with ``message``.

    Attributes
    ----------
    clip : dict
        ``key`` (text), ``token`` (new at each opening), ``numbers`` (native frame numbers),
        ``fps`` (or None), ``width``, ``height`` (pixels), ``frame`` (native number to open at),
        ``poster_mime``, ``marks`` (onset, apex, offset or None each), ``message`` (said in place
        of the frames of a clip that has none).
    poster : bytes
        The encoded frame at ``clip["frame"]``: it travels with the clip, so that the first paint
        costs no further round trip.
    frame : int or None
        Native number of the painted frame, some 250 ms after the fact; written by the browser.
    keep_address : bool
        Whether the page's address follows the clip and frame (in Voila, not in a notebook).
    magnify : {"brightness", "motion"}
        What the magnifying key magnifies; the browser changes it.
    autofocus : bool
        Whether the player takes the focus, and with it the keys, when it is first drawn.
    """

    stem = "clip_player"

    clip = traitlets.Dict().tag(sync=True)
    poster = traitlets.Bytes(b"").tag(sync=True)
    frame = traitlets.Int(allow_none=True, default_value=None).tag(sync=True)
    keep_address = traitlets.Bool(False).tag(sync=True)
    magnify = traitlets.Enum(("brightness", "motion"), "brightness").tag(sync=True)
    autofocus = traitlets.Bool(False).tag(sync=True)
