"""A workspace's codings as a data frame: those that the person at work here may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mexlab.data.coding_table import ClipTiming, codings_to_pandas
from mexlab.workspace.blindness import disclose, opened_before_commit

if TYPE_CHECKING:
    import pandas as pd

    from mexlab.workspace.workspace import Workspace

#: What stands on record as the place where codings were looked at.
PAGE = "codings_to_pandas"


def workspace_codings(
    workspace: Workspace, coder: str | None = None, database: str | None = None
) -> pd.DataFrame:
    """Lay a workspace's codings out; see :meth:`Workspace.codings_to_pandas`."""
    rows = workspace.store.clips(database=database)
    timing = {row.key: ClipTiming(row.first, row.fps) for row in rows}
    found = workspace.store.codings(coder, database)
    coders = dict.fromkeys(one.coder for one in found)
    seen = {
        name: disclose(workspace, {one.clip for one in found if one.coder == name}, name, PAGE)
        for name in coders
    }
    early = {name: opened_before_commit(workspace, name, database) for name in coders}
    shown = [one for one in found if one.clip in seen[one.coder]]
    table = codings_to_pandas(shown, timing)
    table["opened_before_commit"] = [bool(early[one.coder].get(one.clip)) for one in shown]
    table.attrs["hidden"] = len(found) - len(shown)
    return table
