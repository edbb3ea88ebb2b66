"""The workspace: a folder with ``mexlab.toml``, the codings store, the cache and the runs."""

from __future__ import annotations

import getpass
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mexlab.data.coders import check_coder, reserved_meaning
from mexlab.data.codings import DurationCriterion
from mexlab.errors import WorkspaceError
from mexlab.store import Store
from mexlab.whole_files import write_whole
from mexlab.workspace.settings import SETTINGS_FILE, WorkspaceSettings

if TYPE_CHECKING:
    import pandas as pd

#: Names the workspace where no ``-w`` does.
WORKSPACE_VARIABLE = "MEXLAB_WORKSPACE"

#: Names the coder where the operating system's user name will not do.
CODER_VARIABLE = "MEXLAB_CODER"

STORE_FILE = "codings.sqlite"


class Workspace:
    """An open workspace; make one with :meth:`create`, open one with :meth:`open`.

    Attributes
    ----------
    path : Path
        Absolute.
    settings : WorkspaceSettings
    store : Store
    """

    def __init__(self, path: Path, settings: WorkspaceSettings, store: Store) -> None:
        self.path = path
        self.settings = settings
        self.store = store

    @classmethod
    def create(
        cls,
        path: str | Path,
        *,
        name: str | None = None,
        duration: DurationCriterion | None = None,
        blind: bool = True,
        exist_ok: bool = False,
    ) -> Workspace:
        """Make a workspace, its folder too where there is none.

        Parameters
        ----------
        path : path or str
        name : str, optional
            The folder's by default.
        duration : DurationCriterion, optional
        blind : bool
        exist_ok : bool
            Open a workspace that is already there, as it is; by default it is refused.

        Raises
        ------
        WorkspaceError
            Where the place is a file, read-only, or already a workspace.
        """
        folder = Path(path).expanduser().absolute()
        if (folder / SETTINGS_FILE).exists():
            if exist_ok:
                return cls.open(folder)
            raise WorkspaceError(
                "is already a workspace", where=folder, remedy="Use it as it is with -w"
            )
        settings = WorkspaceSettings(
            name or folder.name, blind=blind, duration=duration or DurationCriterion()
        )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            store = Store.open(folder / STORE_FILE)
            # Last and at once: a half-made workspace is none, and init may be called again.
            write_whole(folder / SETTINGS_FILE, settings.to_toml())
        except OSError as error:
            raise WorkspaceError(
                f"cannot be made a workspace ({error.strerror})",
                where=folder,
                remedy="Choose a folder that you may write to",
            ) from error
        return cls(folder, settings, store)

    @classmethod
    def open(cls, path: str | Path | None = None) -> Workspace:
        """Open a workspace.

        Parameters
        ----------
        path : path or str, optional
            By default ``MEXLAB_WORKSPACE``, then the first folder with a ``mexlab.toml`` from
            the current one upwards.

        Raises
        ------
        WorkspaceError
            Where there is none, or it is read-only, damaged or from a newer version.
        """
        folder = find_workspace(path)
        settings = WorkspaceSettings.read(folder / SETTINGS_FILE)
        return cls(folder, settings, Store.open(folder / STORE_FILE, must_exist=True))

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def runs_dir(self) -> Path:
        """Where runs are kept, one folder each."""
        return self.path / "runs"

    @property
    def cache_dir(self) -> Path:
        """Where computed flow maps are kept; may be deleted, they are computed again."""
        return self.path / "cache"

    @cached_property
    def coder(self) -> str:
        """Who codes: ``MEXLAB_CODER``, or the operating system's user; see `present_coder`."""
        return present_coder()

    def codings_to_pandas(
        self, coder: str | None = None, database: str | None = None
    ) -> pd.DataFrame:
        """The codings of a coder, of a database, or all, as a data frame.

        Parameters
        ----------
        coder : str, optional
            ``database`` for the ground truth; everybody by default.
        database : str, optional

        Returns
        -------
        pandas.DataFrame
            The columns of :func:`mexlab.data.codings_to_pandas`, frames and milliseconds, and
            ``opened_before_commit``: whether the coder had seen others' codings of the clip
            first. Of a clip that is still closed to the person at work here (``MEXLAB_CODER``)
            there is no row of others; ``attrs["hidden"]`` counts those.
        """
        from mexlab.workspace.coding_table import workspace_codings

        return workspace_codings(self, coder, database)

    def close(self) -> None:
        """Let go of the store's file."""
        self.store.close()

    def __repr__(self) -> str:
        return f"Workspace({str(self.path)!r})"


def present_coder() -> str:
    """Who codes: ``MEXLAB_CODER``, or the operating system's user.

    Raises
    ------
    InputError
        For a name that is no person's; see :func:`mexlab.data.coders.check_coder`.
    """
    named = os.environ.get(CODER_VARIABLE, "").strip()
    if named:
        return check_coder(named, where=CODER_VARIABLE)
    try:
        user = getpass.getuser().strip()
    except (OSError, KeyError):
        # A container may run under a number that has no name.
        return "coder"
    # A person who is called as the ground truth is would write into it.
    if reserved_meaning(user):
        user = f"{user} (person)"
    return check_coder(user or "coder", where="the user of this machine")


def name_coder(name: str, *, where: str = "coder") -> None:
    """Name the coder of every workspace that this process and its kernels open.

    Raises
    ------
    InputError
        For a name that is no person's.
    """
    os.environ[CODER_VARIABLE] = check_coder(name.strip(), where=where)


def find_workspace(path: str | Path | None = None) -> Path:
    """The folder of the workspace that is meant; see :meth:`Workspace.open`.

    Raises
    ------
    WorkspaceError
        Where none was named and none is found.
    """
    if path is None:
        path = os.environ.get(WORKSPACE_VARIABLE, "").strip() or None
    if path is not None:
        return Path(path).expanduser().absolute()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / SETTINGS_FILE).exists():
            return folder
    raise WorkspaceError(
        "there is no workspace here, nor in a folder above",
        where=here,
        remedy=f"Name one with -w DIR or {WORKSPACE_VARIABLE}, or make one with `mexlab init DIR`",
    )
