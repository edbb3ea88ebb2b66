"""Errors that a user can act on; the command line prints them as one line, exit status 1."""

from __future__ import annotations

from pathlib import Path


class MexlabError(Exception):
    """Base of every error that is the input's, the disk's or the user's, not a bug of mexlab."""


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
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        place = self.where or ""
        if self.row is not None:
            place = f"{place}, row {self.row}" if place else f"row {self.row}"
        text = f"{place}: {self.problem}" if place else self.problem
        return f"{text}. {self.remedy}" if self.remedy else text


class FaceNotFoundError(InputError):
    """No face was found in a frame in which one was needed."""


class WorkspaceError(InputError):
    """A workspace that is missing, read-only, broken or from a newer version of mexlab."""


class StaleCodingError(MexlabError):
    """A coding was changed elsewhere (another tab, another process) since it was read."""


class NotTakenError(InputError):
    """An act that makes no sense for what is there: it is told, and trying again is no use."""


class RunError(InputError):
    """A training run that cannot be started, opened or trusted."""
