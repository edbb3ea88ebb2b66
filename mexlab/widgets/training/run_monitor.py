"""How far a run has come, what it is doing, and how to stop it."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class RunMonitor(StemWidget):
    """A run's state in three lines; sends ``{"type": "cancel"}`` when its button is pressed.

    Of the other buttons, in ``actions``, each sends its own name as the type.

    Attributes
    ----------
    run : dict
        Empty where no run is chosen, else ``{id, status, tone, headline, stage, share, done,
        left, protocol, message, remedy, results, cancellable, cancelling, actions,
        details}``;
        ``share`` is 0 to 1, or null where it is not known; ``actions`` are ``{name,
        title}``, ``details`` what went into it, as ``[term, text]``.
    """

    stem = "run_monitor"

    run = traitlets.Dict().tag(sync=True)
