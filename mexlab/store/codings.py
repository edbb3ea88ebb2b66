"""Read a coding and change it: checked, committed at once, and recorded with its before."""

from __future__ import annotations

import json
import operator
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, insert, select, update
from sqlalchemy.engine import Row

from mexlab.data.clips import ClipKey
from mexlab.data.codings import CONFIDENCES, EDITABLE, KINDS, STATUSES, Coding
from mexlab.errors import InputError, StaleCodingError
from mexlab.store.rows import ChangeKind, CodingState
from mexlab.store.tables import clips, coding_changes, codings, databases

#: Where a field of a coding is kept.
COLUMNS = {
    "onset": codings.c.onset_frame,
    "apex": codings.c.apex_frame,
    "offset": codings.c.offset_frame,
    "emotion": codings.c.emotion,
    "action_units": codings.c.action_units,
    "confidence": codings.c.confidence,
    "note": codings.c.note,
    "status": codings.c.status,
    "kind": codings.c.kind,
}

_MARKS = ("onset", "apex", "offset")


def now() -> str:
    """The present in UTC as it is stored: ISO 8601 to the millisecond, so that it sorts."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def clip_id(connection: Connection, key: ClipKey) -> int:
    """The row number of a clip.

    Raises
    ------
    InputError
        Where there is no such clip.
    ValueError
        For the key of a later expression: its number is an argument of its own here, and would
        be passed over without a word.
    """
    if key.expression != 1:
        raise ValueError(f"{key} is an expression, not a clip: pass key.clip and the number")
    found = connection.execute(
        select(clips.c.id)
        .join(databases, databases.c.id == clips.c.database_id)
        .where(
            databases.c.name == key.database,
            clips.c.subject == key.subject,
            clips.c.name == key.name,
        )
    ).scalar()
    if found is None:
        raise InputError(
            f"there is no clip {key} in this workspace",
            where="clip",
            remedy="`mexlab clips` lists the clips of the workspace",
        )
    return int(found)


def find_row(
    connection: Connection, clip: int, coder: str, expression: int
) -> Row[tuple[Any, ...]] | None:
    """The stored row of a coding, if there is one."""
    return connection.execute(
        select(codings).where(
            codings.c.clip_id == clip,
            codings.c.coder == coder,
            codings.c.expression == expression,
        )
    ).first()


def coding_of_row(key: ClipKey, row: Row[tuple[Any, ...]]) -> Coding:
    """Turn a stored row into the record."""
    fields = row._mapping
    return Coding(
        clip=key,
        coder=fields["coder"],
        expression=fields["expression"],
        **{name: fields[column.name] for name, column in COLUMNS.items()},
    )


def read_expressions(connection: Connection, key: ClipKey, coder: str) -> list[Coding]:
    """All that a coder found in a clip (expressions, blinks, head movements), by number.

    Those that were emptied again, too.

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


def check_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Bring the changes to the types that are stored; refuse what is not a coding's.

    Order, range and completeness are not looked at: :func:`mexlab.data.codings.check_coding`
    warns of them, and a coding under way may well be out of order.

    Parameters
    ----------
    changes : mapping
        Field to value. Marks are whole numbers or None, the rest is text. An emotion is kept in
        lower case, for that is how vocabularies are written.

    Raises
    ------
    InputError
        Naming every field at fault, what was expected and what came.
    """
    checked: dict[str, Any] = {}
    faults = []
    for name, value in changes.items():
        if name not in EDITABLE:
            faults.append(f"{name!r} is not a field of a coding (known: {', '.join(EDITABLE)})")
        elif name in _MARKS:
            try:
                checked[name] = _whole_number(value)
            except (TypeError, ValueError):
                faults.append(f"{name} must be a frame number or None, got {value!r}")
        elif not (value is None or isinstance(value, str)):
            faults.append(f"{name} must be text, got {value!r}")
        else:
            text = value or ""
            checked[name] = " ".join(text.lower().split()) if name == "emotion" else text
            allowed = {"status": STATUSES, "confidence": CONFIDENCES, "kind": KINDS}.get(name)
            if allowed is not None and checked[name] not in allowed:
                faults.append(
                    f"{name} must be one of {', '.join(map(repr, allowed))}, got {text!r}"
                )
    if faults:
        raise InputError("; ".join(faults), where="coding")
    return checked


def _whole_number(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool):
        raise TypeError("a truth value is no frame number")
    # A browser has no whole numbers of its own: 46 may arrive as 46.0.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return operator.index(value)


def write_coding(
    connection: Connection,
    clip: int,
    before: Coding,
    changes: Mapping[str, Any],
    *,
    revision: int,
    kind: ChangeKind,
    page: str,
    act: int | None = None,
) -> CodingState:
    """Store the changed fields and their line of history, both or neither.

    Parameters
    ----------
    connection : Connection
        In a write transaction.
    clip : int
        Row number of the clip.
    before : Coding
        As it is stored now.
    changes : mapping
        The fields that really differ from ``before``.
    revision : int
        That ``before`` has; the stored row gets the next.
    kind, page : str
        For the history.
    act : int, optional
        Of the coder's act that the change is part of, where it has several.

    Returns
    -------
    CodingState
        As it is stored now.

    Raises
    ------
    StaleCodingError
        Where the stored row is no longer at ``revision``.
    """
    moment = now()
    fields = {COLUMNS[name].name: value for name, value in changes.items()}
    if revision == 0:
        blank = {COLUMNS[name].name: value for name, value in before.editable().items()}
        connection.execute(
            insert(codings).values(
                **{**blank, **fields},
                clip_id=clip,
                coder=before.coder,
                expression=before.expression,
                revision=1,
                saved_at=moment,
            )
        )
    else:
        written = connection.execute(
            update(codings)
            .where(
                codings.c.clip_id == clip,
                codings.c.coder == before.coder,
                codings.c.expression == before.expression,
                codings.c.revision == revision,
            )
            .values(**fields, revision=revision + 1, saved_at=moment)
        )
        if written.rowcount != 1:
            raise stale(before.clip, before.coder)
    connection.execute(
        insert(coding_changes).values(
            clip_id=clip,
            coder=before.coder,
            expression=before.expression,
            revision=revision + 1,
            kind=kind,
            page=page,
            made_at=moment,
            before=to_json({name: getattr(before, name) for name in changes}),
            after=to_json(dict(changes)),
            act=act,
        )
    )
    return CodingState(before.with_changes(**changes), revision + 1, datetime.fromisoformat(moment))


def stale(key: ClipKey, coder: str) -> StaleCodingError:
    """The error of a change that was made to an older coding than the stored one."""
    return StaleCodingError(
        f"{key}: the coding of {coder} was changed elsewhere (another tab or process) since it "
        "was read; nothing was changed. Load it again and repeat the change"
    )


def to_json(value: Any) -> str:
    """One line of JSON, always the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def in_order_of_clips(
    table: Table, coder: str | None = None, database: str | None = None
) -> Select[Any]:
    """Rows of a table of codings, all expressions, in the order of the clips' keys.

    With ``database``, ``subject`` and ``name`` of each row's clip.
    """
    query = (
        select(table, databases.c.name.label("database"), clips.c.subject, clips.c.name)
        .join(clips, clips.c.id == table.c.clip_id)
        .join(databases, databases.c.id == clips.c.database_id)
        .order_by(
            databases.c.name, clips.c.subject, clips.c.name, table.c.coder, table.c.expression
        )
    )
    if coder is not None:
        query = query.where(table.c.coder == coder)
    if database is not None:
        query = query.where(databases.c.name == database)
    return query
