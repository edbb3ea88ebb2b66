"""What is to be said against codings: one rule for the form, the list and what is given out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mexlab.data.clips import ClipKey
from mexlab.data.codings import Coding, Finding, check_coding, what_counts

if TYPE_CHECKING:
    from mexlab.store import ClipRow
    from mexlab.workspace.workspace import Workspace


class CodingWarnings:
    """Checks codings by the workspace's criterion and by what their database codes at all.

    Opens no frame, and reads the store once, for all databases.

    Parameters
    ----------
    workspace : Workspace
    """

    def __init__(self, workspace: Workspace) -> None:
        self._store = workspace.store
        self._criterion = workspace.settings.duration
        self._without_units: frozenset[str] | None = None

    def findings(self, coding: Coding, row: ClipRow) -> list[Finding]:
        """What is right and what is wrong with a coding of a clip, in the order of the form."""
        return check_coding(
            coding,
            fps=row.fps,
            first=row.first,
            last=row.last,
            criterion=self._criterion,
            units_coded=self._units_coded(coding.clip.database),
        )

    def on_form(self, coding: Coding, of_clip: Iterable[Coding], row: ClipRow) -> list[Finding]:
        """As `findings`; none of a first expression that is empty beside what says something."""
        beside = coding.expression == 1 and coding not in what_counts([coding, *of_clip])
        return [] if beside else self.findings(coding, row)

    def of_coding(self, coding: Coding | None, row: ClipRow) -> list[str]:
        """The warnings of one coding; none where there is no coding."""
        if coding is None:
            return []
        return [one.message for one in self.findings(coding, row) if one.level == "warning"]

    def of_commit(self, codings: Iterable[Coding], row: ClipRow) -> list[str]:
        """The warnings of all that one coder has committed in a clip.

        A coding under work lacks things as a matter of course: it is told while it is worked at.
        Where there are several expressions or events, each warning says of which it is.
        """
        done = what_counts(coding for coding in codings if coding.status == "committed")
        found = [(coding, message) for coding in done for message in self.of_coding(coding, row)]
        if len(done) < 2:
            return [message for _, message in found]
        return [f"{_named(coding)}: {message}" for coding, message in found]

    def of_listing(self, coder: str, database: str | None = None) -> dict[ClipKey, list[str]]:
        """The warnings of every clip that a coder has committed with any."""
        codings: dict[ClipKey, list[Coding]] = {}
        rows: dict[ClipKey, ClipRow] = {}
        for row in self._store.clips(
            database=database, status="committed", coder=coder, every_expression=True
        ):
            if row.coding is not None:
                rows[row.key] = row
                codings.setdefault(row.key, []).append(row.coding)
        found = {key: self.of_commit(codings[key], row) for key, row in rows.items()}
        return {key: messages for key, messages in found.items() if messages}

    def _units_coded(self, database: str) -> bool:
        """Whether a database's own codings have action units; yes where it has no codings."""
        if self._without_units is None:
            listed = self._store.databases()
            self._without_units = frozenset(one.name for one in listed if not one.codes_units)
        return database not in self._without_units


def _named(coding: Coding) -> str:
    kind = {"head": "head movement", "blink": "blink"}.get(coding.kind, "expression")
    return f"{kind} {coding.expression}" if kind == "expression" else kind
