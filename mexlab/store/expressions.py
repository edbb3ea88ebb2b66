"""All that one coder found in one clip: expressions, blinks, head movements."""

from __future__ import annotations

from sqlalchemy import Connection, select

from mexlab.data.clips import ClipKey
from mexlab.data.codings import Coding
from mexlab.store.codings import clip_id, coding_of_row
from mexlab.store.tables import codings


def read_expressions(connection: Connection, key: ClipKey, coder: str) -> list[Coding]:
    """The coder's codings of a clip, by number; also those that were emptied again.

    Raises
    ------
    InputError
        Where there is no such clip.
    """
    rows = connection.execute(
        select(codings)
        .where(codings.c.clip_id == clip_id(connection, key), codings.c.coder == coder)
        .order_by(codings.c.expression)
    )
    return [coding_of_row(key, row) for row in rows]
