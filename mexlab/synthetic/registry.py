"""Which layouts can be synthesised, by the name typed after ``mexlab synthesise --layout``."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from mexlab.errors import InputError
from mexlab.synthetic import layouts as package
from mexlab.synthetic.writer import LayoutWriter

#: A layout is a file of that room: ``smic.py`` with a ``WRITER`` in it; others lend their hands.
_NAME = "WRITER"


@cache
def writers() -> dict[str, LayoutWriter]:
    """All writers by name, in the order of their names."""
    modules = [
        import_module(f"{package.__name__}.{one.name}")
        for one in pkgutil.iter_modules(package.__path__)
    ]
    found: list[LayoutWriter] = [
        getattr(module, _NAME) for module in modules if hasattr(module, _NAME)
    ]
    return {writer.name: writer for writer in sorted(found, key=lambda writer: writer.name)}


def layouts() -> tuple[str, ...]:
    """Names of the layouts that can be synthesised."""
    return tuple(writers())


def writer(layout: str) -> LayoutWriter:
    """The writer of a layout.

    Raises
    ------
    InputError
        Where there is none of that name.
    """
    found = writers().get(layout.strip().lower())
    if found is None:
        raise InputError(
            f"expected one of {', '.join(layouts())}, got {layout!r}",
            where="layout",
            remedy="`mexlab synthesise --list` says what each is",
        )
    return found
