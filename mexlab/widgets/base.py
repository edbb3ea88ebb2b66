"""What all widgets share: three files of one stem, traits only, an answer to "are you alive"."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, ClassVar

import anywidget

from mexlab.widgets.modules import join_modules

#: Whence scripts and styles are named.
ROOT = Path(__file__).resolve().parent

#: Every script and style by its file's name, in whatever room it is.
_FILES = {path.name: path for path in ROOT.rglob("*") if path.suffix in (".mjs", ".css")}

#: Names the page that this kernel draws. Two notebooks open in one JupyterLab window share the
#: window, but not this, so that the one's keys never reach the other's player.
PAGE_ID = uuid.uuid4().hex


def _read(name: str) -> str:
    return _FILES[name].read_text(encoding="utf-8") if name in _FILES else ""


#: Redefining one of these (`layout`, `keys`, `comm` …) breaks the widget in the browser only.
_RESERVED = frozenset(anywidget.AnyWidget.class_trait_names())


class StemWidget(anywidget.AnyWidget):
    """A widget drawn by ``<stem>.mjs`` and ``<stem>.css`` beside its Python file.

    anywidget ships one self-contained module a widget: `join_modules` makes it of the script and
    all that this imports. The style is the widget's own; the variables and components of
    ``kit/theme.css`` come to a page once, with the widget `mexlab.widgets.kit.theme.Theme` that the
    first widget of a kernel brings along. Rules in ``<stem>.css`` begin with the widget's own root
    class.

    Parameters
    ----------
    **traits
        Values of the widget's traits.

    Raises
    ------
    TypeError
        For a keyword that is no trait of the widget, named in the message.
    """

    #: The stem of the widget's files; each subclass sets its own.
    stem: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # Only where the subclass itself names a stem: traitlets derives a class of every instance
        # that gains traits, and text set there would hide the traits made of it.
        if "stem" in cls.__dict__:
            taken = [name for name in cls.__dict__ if name in _RESERVED]
            if taken:
                raise TypeError(f"{cls.__name__}: {', '.join(taken)} is a trait of every widget")
            script = f"{cls.stem}.mjs"
            if script not in _FILES:
                raise TypeError(f"{cls.__name__}: no file {script} for stem {cls.stem!r}")
            try:
                module = join_modules(_FILES[script], ROOT)
            except TypeError as error:
                raise TypeError(f"{cls.__name__}: {error}") from None
            cls._esm = f'const MX_PAGE = "{PAGE_ID}";\n{module}'
            cls._css = _read(f"{cls.stem}.css")
        super().__init_subclass__(**kwargs)

    def __init__(self, **traits: Any) -> None:
        known = set(self.trait_names())
        unknown = sorted(set(traits) - known)
        if unknown:
            own = sorted(known - _RESERVED)
            raise TypeError(
                f"{type(self).__name__}: unknown argument {', '.join(map(repr, unknown))}; "
                f"expected one of {', '.join(own)}"
            )
        _bring_theme(self)
        super().__init__(**traits)
        self.on_msg(_answer_ping)


#: The kernel's one widget with the theme, once there is a widget at all.
_theme: StemWidget | None = None


def _bring_theme(widget: StemWidget) -> None:
    """Have the page's one style sheet before the first widget that needs it."""
    from mexlab.widgets.kit.theme import Theme

    global _theme
    # Closed by `Widget.close_all`, it has left the page's models.
    if not isinstance(widget, Theme) and (_theme is None or _theme.comm is None):
        _theme = Theme()


def _answer_ping(widget: StemWidget, content: Any, _buffers: list[memoryview]) -> None:
    if isinstance(content, dict) and content.get("type") == "mx-ping":
        widget.send({"type": "mx-pong", "n": content.get("n")})
