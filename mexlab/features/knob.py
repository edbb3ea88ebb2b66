"""What people may set: how a setting is called, written and read, wherever it can be chosen."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from mexlab.errors import InputError


@dataclass(frozen=True, slots=True)
class Knob:
    """One setting as people meet it: the option of a command, the field of a page, a sentence.

    Stands in the metadata of the setting's own field (``knob``), so that a new setting is declared
    once.

    Attributes
    ----------
    option : str
        Of the command line, ``--mask-margin``; of a switch also how it is turned off,
        ``--mask/--no-mask``.
    title : str
        On pages and in sentences.
    help : str
        A sentence, for the command's help and a page's hint.
    expected : str
        What may be typed.
    read : callable
        Text to value; raises ValueError.
    spell : callable
        Value to the text that ``read`` takes.
    choices : tuple of str
        Where there are few.
    unit : str
        Said after the value in a sentence.
    switch : bool
        Whether it is on or off, and never typed.
    kind : type
        Of what the command line reads; a list where the option may be given several times.
    also : str
        Another spelling of the option.
    holds : callable, optional
        Whether a value is one that may be; by default every value is looked at elsewhere.
    among : callable, optional
        Gives the choices where they are in a register, and not known here.
    where : {"recipe", "way", "parts", "pretraining", ""}
        Where the train form has it, and when it counts: as part of a recipe, as a way to carry it
        out, of folds of parts alone, of a pre-training alone; "" where no form has it.
    """

    option: str
    title: str
    help: str
    expected: str
    read: Callable[[str], Any] = str.strip
    spell: Callable[[Any], str] = str
    choices: tuple[str, ...] = ()
    unit: str = ""
    switch: bool = False
    kind: type = str
    also: str = ""
    holds: Callable[[Any], bool] | None = None
    among: Callable[[], Iterable[str]] | None = None
    where: Literal["recipe", "way", "parts", "pretraining", ""] = ""

    @property
    def names(self) -> tuple[str, ...]:
        """What can be chosen; nothing where one types."""
        return self.choices if self.among is None else tuple(self.among())

    def fault(self, value: Any) -> str:
        """What is wrong with a value; "" where nothing is."""
        names = self.names
        if names:
            wrong, expected = value not in names, f"one of {', '.join(names)}"
        else:
            wrong = self.holds is not None and not self.holds(value)
            expected = self.expected
        return f"expected {expected}, got {value!r}" if wrong else ""

    @property
    def on(self) -> str:
        """The option that turns a switch on, or that takes the value."""
        return self.option.partition("/")[0]

    @property
    def off(self) -> str:
        """The option that turns a switch off."""
        return self.option.partition("/")[2]

    def parse(self, text: str) -> Any:
        """The value that a text stands for.

        Raises
        ------
        InputError
            Where it stands for none.
        """
        try:
            return self.read(text)
        except ValueError:
            raise InputError(f"expected {self.expected}, got {text!r}", where=self.on) from None

    def words(self, value: Any) -> str:
        """The value in a sentence, after the title."""
        if self.switch:
            return "on" if value else "off"
        return f"{self.spell(value)} {self.unit}".rstrip()


def whole(option: str, title: str, help: str, low: int, high: int, **more: Any) -> Knob:
    """A knob of whole numbers from `low` to `high`, both included.

    Parameters
    ----------
    option, title, help : str
        On the command line, on a page, and in the help of both; as in :class:`Knob`.
    low, high : int
    **more
        Further fields of :class:`Knob`, ``unit`` and the like.
    """
    more = {"kind": int, "read": int, "holds": lambda v: is_whole(v) and low <= v <= high, **more}
    return Knob(option, title, help, f"a whole number {low} to {high}", **more)


def number(
    option: str, title: str, help: str, expected: str, low: float, high: float, **more: Any
) -> Knob:
    """A knob of numbers from `low` to `high`, both included.

    Parameters
    ----------
    option, title, help : str
        On the command line, on a page, and in the help of both; as in :class:`Knob`.
    expected : str
        What a message says was expected, bounds and unit with it.
    low, high : float
    **more
        Further fields of :class:`Knob`, ``unit`` and the like.
    """
    holds = {"holds": lambda value: is_number(value) and low <= value <= high}
    spell = {"spell": lambda value: f"{value:g}"}
    return Knob(
        option, title, help, expected, **{"kind": float, "read": float, **holds, **spell, **more}
    )


def is_whole(value: object) -> bool:
    """Whether something is a whole number; a truth value is none."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Whether something is a number, and a finite one."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
