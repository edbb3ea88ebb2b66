"""Clips sent back to the coder from the results page: flagged in the store, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mexlab.data.clips import ClipKey

if TYPE_CHECKING:
    from mexlab.workspace.workspace import Workspace

_PAGE = "results"


class Recoding:
    """Flags of the person who codes in this workspace.

    A flag is the coder's own status of the clip, so that the annotate page finds it (next flagged
    clip) and every other coder's coding, the database's too, stays as it was. It says that the clip
    deserves another look, not what the network predicted: a coder who knew would no longer be
    independent of it.

    Parameters
    ----------
    workspace : Workspace
    """

    def __init__(self, workspace: Workspace) -> None:
        self._store = workspace.store
        self.coder = workspace.coder

    def flagged(self, database: str) -> set[ClipKey]:
        """The clips of a database that the coder has flagged, wherever that was done."""
        rows = self._store.clips(database=database, coder=self.coder, status="flagged")
        return {row.key for row in rows}

    def send(self, key: ClipKey) -> None:
        """Flag a clip.

        Raises
        ------
        InputError
            Where the store has no such clip any more.
        """
        self._store.change_coding(key, self.coder, {"status": "flagged"}, page=_PAGE)

    def take_back(self, key: ClipKey) -> None:
        """Take the flag off: undo it where it was the last change, else leave a draft.

        Raises
        ------
        StaleCodingError
            Where the coder has changed the coding in this very moment; nothing was changed.
        """
        state = self._store.coding(key, self.coder)
        if state.coding.status != "flagged":
            return
        history = self._store.history(key, self.coder)
        options = {"page": _PAGE, "expected_revision": state.revision}
        if history and history[-1].kind == "edit" and set(history[-1].after) == {"status"}:
            self._store.undo(key, self.coder, **options)  # type: ignore[arg-type]
        else:
            # Work has been done since the flag: that is not undone with it.
            self._store.change_coding(key, self.coder, {"status": "draft"}, **options)  # type: ignore[arg-type]
