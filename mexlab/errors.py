"""Errors that a user can act on; the command line prints them as one line, exit status 1."""

from __future__ import annotations

import re
from pathlib import Path


class MexlabError(Exception):
    """Base of every error that is the input's, the disk's or the user's, not a bug of mexlab.

    A page says it in three parts, and has no words of its own for them.

    Attributes
    ----------
    heading : str
        What is the matter, as a sentence.
    place : str
        The file and row, or the argument, at fault; "" where there is none.
    advice : str
        What the user can do about it, as a sentence; "" where nothing was said.
    """

    @property
    def heading(self) -> str:
        return sentence(str(self))

    @property
    def place(self) -> str:
        return ""

    @property
    def advice(self) -> str:
        return ""

    @property
    def in_full(self) -> str:
        """What is the matter and what to do, one sentence after the other."""
        return f"{self.heading} {self.advice}".strip()

    @property
    def in_short(self) -> str:
        """What is the matter in few words, for a narrow place: what stands before a colon."""
        return re.split(r"[:;] ", self.heading)[0].removesuffix(".")


class InputError(MexlabError):
    """A file, row or argument that cannot be used.

    Parameters
    ----------
    problem : str
        What was expected and what came, one sentence without a full stop.
    where : path or str, optional
        The file or argument at fault.
    row : int, optional
        The row as Excel counts it (the first row is 1), or the line of a text file.
    remedy : str, optional
        What the user can do about it.
    """

    def __init__(
        self,
        problem: str,
        *,
        where: str | Path | None = None,
        row: int | None = None,
        remedy: str | None = None,
    ) -> None:
        self.problem = problem
        self.where = None if where is None else str(where)
        self.row = row
        self.remedy = remedy
        text = f"{self.place}: {problem}" if self.place else problem
        super().__init__(f"{text}. {remedy}" if remedy else text)

    @property
    def heading(self) -> str:
        return sentence(self.problem)

    @property
    def place(self) -> str:
        row = None if self.row is None else f"row {self.row}"
        return ", ".join(part for part in (self.where, row) if part)

    @property
    def advice(self) -> str:
        return sentence(self.remedy or "")


class FaceNotFoundError(InputError):
    """No face was found in a frame in which one was needed."""


class WorkspaceError(InputError):
    """A workspace that is missing, read-only, broken or from a newer version of mexlab."""


class StaleCodingError(MexlabError):
    """A coding was changed elsewhere (another tab, another process) since it was read."""


class NotTakenError(InputError):
    """An act that makes no sense for what is there: it is told, and trying again is no use."""


class TrainingStopped(MexlabError):
    """The training was asked to stop, and did."""


class RunError(InputError):
    """A training run that cannot be started, opened or trusted."""


def sentence(text: str) -> str:
    """A text with a capital at its beginning and a full stop at its end; "" stays "".

    >>> sentence("row 3 is empty")
    'Row 3 is empty.'
    """
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
