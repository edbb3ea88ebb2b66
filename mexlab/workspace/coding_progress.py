"""How far the coding has come: the counts that the home page and the clip list show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from mexlab.data.codings import STATUSES
from mexlab.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class DatabaseProgress:
    """One coder's progress in one database.

    Attributes
    ----------
    database : str
    clips : int
        That can be coded: those with frames.
    by_status : dict of str to int
        Every status, ``untouched`` among them; they add up to ``clips``.
    """

    database: str
    clips: int
    by_status: dict[str, int] = field(default_factory=dict)

    @property
    def coded(self) -> int:
        """Clips that the coder has at least begun."""
        return self.clips - self.by_status.get("untouched", 0)

    @property
    def committed(self) -> int:
        return self.by_status.get("committed", 0)


def coding_progress(workspace: Workspace, coder: str) -> dict[str, DatabaseProgress]:
    """A coder's progress in every database, by name."""
    counts: dict[str, Counter[str]] = {row.name: Counter() for row in workspace.store.databases()}
    for row in workspace.store.clips(coder=coder):
        if not row.features_only:
            status = row.coding.status if row.coding is not None else "untouched"
            counts[row.key.database][status] += 1
    return {
        name: DatabaseProgress(
            name, sum(count.values()), {status: count[status] for status in STATUSES}
        )
        for name, count in counts.items()
    }
