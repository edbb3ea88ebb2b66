"""Old names that go on working for a while: each warns once and says what to use instead."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class OldName:
    """A name on its way out.

    Attributes
    ----------
    name : str
        As users know it, ``mexlab.training.Run``.
    instead : str
        What to use in its place.
    removal : str
        The version that no longer has it.
    """

    name: str
    instead: str
    removal: str

    def warn(self, stacklevel: int) -> None:
        """Tell whoever uses it, once a process; `stacklevel` as :func:`warnings.warn` has it."""
        if self.name in _told:
            return
        _told.add(self.name)
        warnings.warn(
            f"{self.name} is deprecated and will be removed in mexlab {self.removal}. "
            f"Use {self.instead} instead",
            DeprecationWarning,
            stacklevel=stacklevel + 1,
        )


#: Every old name of the modules that are loaded; a test holds their removal against the version.
OLD_NAMES: dict[str, OldName] = {}

_told: set[str] = set()


def old_name(name: str, instead: str, removal: str) -> OldName:
    """Enter an old name in :data:`OLD_NAMES`."""
    return OLD_NAMES.setdefault(name, OldName(name, instead, removal))


def with_moved_names(
    module: str,
    moved: Mapping[str, str],
    *,
    removal: str,
    own: Callable[[str], Any] | None = None,
) -> Callable[[str], Any]:
    """A module's ``__getattr__`` that knows names which live elsewhere now.

    Parameters
    ----------
    module : str
        The module that had them, its ``__name__``.
    moved : mapping of str to str
        Old name to the dotted path of the new one, ``{"Run": "mexlab.runs.Run"}``.
    removal : str
        The version that no longer knows the old names.
    own : callable, optional
        The module's own ``__getattr__``, asked for every other name.

    Returns
    -------
    callable
    """
    known = {name: old_name(f"{module}.{name}", path, removal) for name, path in moved.items()}

    def find(name: str) -> Any:
        if name not in known and own is not None:
            return own(name)
        if name not in known:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        known[name].warn(stacklevel=2)
        room, _, attribute = known[name].instead.rpartition(".")
        return getattr(import_module(room), attribute)

    return find


def deprecated(name: str, instead: str, *, removal: str) -> Callable[[_Function], _Function]:
    """Mark a function, method or property getter as old.

    Parameters
    ----------
    name : str
        As users know it.
    instead : str
        What to use in its place.
    removal : str
        The version that no longer has it.
    """
    old = old_name(name, instead, removal)

    def mark(function: _Function) -> _Function:
        @functools.wraps(function)
        def call(*arguments: Any, **keywords: Any) -> Any:
            old.warn(stacklevel=2)
            return function(*arguments, **keywords)

        return call  # type: ignore[return-value]

    return mark
