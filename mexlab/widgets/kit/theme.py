"""The look that all widgets share, once a page."""

from __future__ import annotations

from mexlab.widgets.base import StemWidget


class Theme(StemWidget):
    """The style sheet of colours and components; nothing is drawn.

    `StemWidget` makes the one of a kernel together with its first widget, so that a page holds its
    rules once and a widget alone in a notebook looks as it does on a page.
    """

    stem = "theme"
