"""Which layouts can be synthesised, by the name typed after ``mexlab synthesise --layout``."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

import mexlab.synthetic as package
from mexlab.errors import InputError
from mexlab.synthetic.writer import LayoutWriter

#: A layout is a file of this package: ``smic_writer.py`` with a ``WRITER`` in it.
_SUFFIX = "_writer"


@cache
def writers() -> dict[str, LayoutWriter]:
    """All writers by name, in the order of their names."""
    names = [one.name for one in pkgutil.iter_modules(package.__path__)]
    found: list[LayoutWriter] = [
        import_module(f"{package.__name__}.{name}").WRITER
        for name in names
        if name.endswith(_SUFFIX)
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
