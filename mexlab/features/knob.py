"""What people may set: how a setting is called, written and read, wherever it can be chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
