"""What all widgets share: three files of one stem, traits only, an answer to "are you alive"."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, ClassVar

import anywidget

#: Every script and style by its file's name, in whatever room it is.
_FILES = {
    path.name: path for path in Path(__file__).parent.rglob("*") if path.suffix in (".mjs", ".css")
}

#: Names the page that this kernel draws. Two notebooks open in one JupyterLab window share the
#: window, but not this, so that the one's keys never reach the other's player.
PAGE_ID = uuid.uuid4().hex


def _read(name: str) -> str:
    return _FILES[name].read_text(encoding="utf-8") if name in _FILES else ""


#: Redefining one of these (`layout`, `keys`, `comm` …) breaks the widget in the browser only.
_RESERVED = frozenset(anywidget.AnyWidget.class_trait_names())


class StemWidget(anywidget.AnyWidget):
    """A widget drawn by ``<stem>.mjs`` and ``<stem>.css`` beside its Python file.

    anywidget ships one self-contained module a widget, without relative imports, so the shared
    functions of ``shared.mjs`` are put before the widget's own text, and the variables and
    components of ``theme.css`` before its style. Rules in ``<stem>.css`` begin with the widget's
    own root class: the theme is repeated by every widget, and a rule of one class would lose to
    a later copy of it.

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

    #: Stems of further scripts that the widget's own needs, put before it in this order: plain
    #: functions and classes that several widgets share, or that are tested without a browser.
    parts: ClassVar[tuple[str, ...]] = ()

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
            for part in cls.parts:
                if f"{part}.mjs" not in _FILES:
                    raise TypeError(f"{cls.__name__}: no file {part}.mjs for part {part!r}")
            before = [_read("shared.mjs"), *(_read(f"{part}.mjs") for part in cls.parts)]
            cls._esm = "\n".join((f'const MX_PAGE = "{PAGE_ID}";', *before, _read(script)))
            cls._css = "\n".join((_read("theme.css"), _read(f"{cls.stem}.css")))
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
        super().__init__(**traits)
        self.on_msg(_answer_ping)


def _answer_ping(widget: StemWidget, content: Any, _buffers: list[memoryview]) -> None:
    if isinstance(content, dict) and content.get("type") == "mx-ping":
        widget.send({"type": "mx-pong", "n": content.get("n")})
