"""Where the folds of a training are worked on: threads, processes, or the machines of a cluster.

It has no part in what comes out, and is therefore no setting of the training.
"""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass

from mexlab.errors import InputError

_ADDRESS = re.compile(r"([a-z]+://)?[^\s/:]+(:\d{1,5})|[a-z]+://\S+")


@dataclass(frozen=True, slots=True)
class Workers:
    """Who trains the folds.

    Parameters
    ----------
    processes : int, optional
        So many processes of this machine.
    dask : str, optional
        Address of a Dask scheduler, ``tcp://host:8786``.

    With neither: threads of this process, which is as fast on one machine wherever the ``fused``
    backend can be used.

    Raises
    ------
    InputError
        For both at once, or what cannot be either.
    """

    processes: int | None = None
    dask: str | None = None

    def __post_init__(self) -> None:
        if self.processes is not None and self.dask is not None:
            raise InputError("give processes or a Dask address, not both", where="workers")
        if self.processes is not None and not 1 <= self.processes <= 1024:
            raise InputError(f"expected 1 to 1024, got {self.processes}", where="processes")
        if self.dask is not None:
            if not _ADDRESS.fullmatch(self.dask):
                raise InputError(
                    f"expected the address of a scheduler, got {self.dask!r}",
                    where="dask",
                    remedy="`dask scheduler` prints its own, such as tcp://192.168.0.2:8786",
                )
            if importlib.util.find_spec("distributed") is None:
                raise InputError(
                    "Dask is not installed here",
                    where="dask",
                    remedy="Install it: pip install 'mexlab[dask]'",
                )

    @property
    def remote(self) -> bool:
        """Whether folds leave this process."""
        return self.processes is not None or self.dask is not None

    def describe(self) -> str:
        """For a run's record, which says nothing of the machines."""
        if self.dask is not None:
            return "a Dask cluster"
        if self.processes is not None:
            return f"{self.processes} processes" if self.processes > 1 else "1 process"
        return "threads"
