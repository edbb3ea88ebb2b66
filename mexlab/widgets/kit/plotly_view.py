"""A plotly figure, drawn by the one local ``plotly.min.js`` that plotly's package carries.

A ``FigureWidget`` ships 5 MB of script each; here the library is sent once a page, when the
first figure asks for it, and never from another host.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import traitlets

from mexlab.errors import InputError
from mexlab.widgets.base import StemWidget


@cache
def plotly_library() -> bytes:
    """The text of ``plotly.min.js``, without importing plotly (0.2 s that a page need not pay).

    Raises
    ------
    InputError
        Where plotly's package is missing or carries no script.
    """
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise InputError(
            "the package plotly is not installed",
            where="plotly",
            remedy="install it with `pip install plotly`",
        )
    path = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"the plotly script cannot be read ({error.strerror})",
            where=path,
            remedy="install plotly again",
        ) from error


class PlotlyView(StemWidget):
    """A figure of plain data and layout records, coloured by the page's theme.

    Attributes
    ----------
    data : list of dict
        Plotly traces. A colour may be written ``var(--mx-focus)``; the page's own value is taken.
    figure_layout : dict
        Plotly layout; what it does not say follows the theme. (No trait may be called
        ``layout``: ipywidgets owns that name.)
    height : int
        Pixels.
    description : str
        What the figure shows, for a reader who cannot see it.
    """

    stem = "plotly_view"

    data = traitlets.List(traitlets.Dict()).tag(sync=True)
    figure_layout = traitlets.Dict().tag(sync=True)
    height = traitlets.Int(240).tag(sync=True)
    description = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._answer)

    def _answer(self, _: object, content: dict[str, Any], __: object) -> None:
        if content.get("type") == "library":
            self.send({"type": "library"}, [plotly_library()])
