"""A database's own codings as an import brings them: new, corrected, or gone from the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.engine import Row

from mexlab.data.clips import ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding
from mexlab.store.codings import COLUMNS, coding_of_row, now, to_json, write_coding
from mexlab.store.tables import clips, coding_changes, codings

#: The page that stands in the history for what an import wrote.
IMPORT_PAGE = "import"


class ImportedCodings:
    """Writes what differs from the stored codings of coder ``database``; nobody else's.

    The stored ones are read once, not clip by clip, and new ones go in together: an import of
    10,000 clips would otherwise be 40,000 statements.

    Parameters
    ----------
    connection : Connection
        In a write transaction.
    database_id : int
    """

    def __init__(self, connection: Connection, database_id: int) -> None:
        self._connection = connection
        self._stored: dict[int, dict[int, Row[tuple[Any, ...]]]] = {}
        self._last: dict[tuple[int, int], int] = {}
        self._rows: list[dict[str, Any]] = []
        self._changes: list[dict[str, Any]] = []
        own = select(clips.c.id).where(clips.c.database_id == database_id)
        for row in connection.execute(
            select(codings).where(codings.c.clip_id.in_(own), codings.c.coder == GROUND_TRUTH)
        ):
            self._stored.setdefault(row.clip_id, {})[row.expression] = row
        # Of an expression that was removed once the history goes on where it ended.
        for number, expression, revision in connection.execute(
            select(
                coding_changes.c.clip_id,
                coding_changes.c.expression,
                func.max(coding_changes.c.revision),
            )
            .where(coding_changes.c.clip_id.in_(own), coding_changes.c.coder == GROUND_TRUTH)
            .group_by(coding_changes.c.clip_id, coding_changes.c.expression)
        ):
            self._last[number, expression] = revision

    def put(self, key: ClipKey, number: int, given: Sequence[Coding]) -> tuple[bool, list[str]]:
        """Bring one clip's expressions to what the reader gave.

        Parameters
        ----------
        key : ClipKey
        number : int
            Row number of the clip.
        given : sequence of Coding

        Returns
        -------
        (bool, list of str)
            Whether anything differs from what was stored of a known clip, and what was removed
            (``database/subject/clip, expression 2``).
        """
        stored = self._stored.pop(number, {})
        touched = False
        for coding in given:
            row = stored.pop(coding.expression, None)
            if row is None:
                self._add(number, coding)
                touched = True
            else:
                touched = self._refresh(number, coding, row) or touched
        removed = []
        for expression, row in sorted(stored.items()):
            self._remove(number, key, row)
            removed.append(f"{key}, expression {expression}")
        return touched or bool(removed), removed

    def finish(self) -> None:
        """Write what was gathered."""
        if self._rows:
            self._connection.execute(insert(codings), self._rows)
        if self._changes:
            self._connection.execute(insert(coding_changes), self._changes)

    def _add(self, number: int, coding: Coding) -> None:
        blank = Coding(coding.clip, coding.coder, expression=coding.expression)
        fields = coding.editable()
        moment = now()
        revision = self._last.get((number, coding.expression), 0) + 1
        self._rows.append(
            {
                **{COLUMNS[name].name: value for name, value in fields.items()},
                "clip_id": number,
                "coder": coding.coder,
                "expression": coding.expression,
                "revision": revision,
                "saved_at": moment,
            }
        )
        changed = {name: value for name, value in fields.items() if getattr(blank, name) != value}
        before = {name: getattr(blank, name) for name in changed}
        self._note(number, coding.expression, revision, before, changed)

    def _refresh(self, number: int, coding: Coding, row: Row[tuple[Any, ...]]) -> bool:
        before = coding_of_row(coding.clip, row)
        changes = {
            name: value
            for name, value in coding.editable().items()
            if getattr(before, name) != value
        }
        if changes:
            write_coding(
                self._connection,
                number,
                before,
                changes,
                revision=row.revision,
                kind="import",
                page=IMPORT_PAGE,
            )
        return bool(changes)

    def _remove(self, number: int, key: ClipKey, row: Row[tuple[Any, ...]]) -> None:
        blank = Coding(key, row.coder, expression=row.expression).editable()
        stood = {
            name: value
            for name, value in coding_of_row(key, row).editable().items()
            if blank[name] != value
        }
        self._connection.execute(delete(codings).where(codings.c.id == row.id))
        after = {name: blank[name] for name in stood}
        self._note(number, row.expression, row.revision + 1, stood, after)

    def _note(
        self,
        number: int,
        expression: int,
        revision: int,
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> None:
        self._changes.append(
            {
                "clip_id": number,
                "coder": GROUND_TRUTH,
                "expression": expression,
                "revision": revision,
                "kind": "import",
                "page": IMPORT_PAGE,
                "made_at": now(),
                "before": to_json(before),
                "after": to_json(after),
            }
        )
