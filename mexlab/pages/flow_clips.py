"""The clips and codings that the flow page offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mexlab.data.codings import DATABASE_CODER, Coding
from mexlab.errors import InputError
from mexlab.pages.coding_desk import emotion_tone

if TYPE_CHECKING:
    from mexlab.data.clips import ClipKey
    from mexlab.store.rows import ClipRow
    from mexlab.workspace.workspace import Workspace


def coder_choices(workspace: Workspace) -> list[dict[str, str]]:
    """Codings that may be looked at, the database's first.

    One's own and the database's; those of other people only where coders are not blind.
    """
    allowed = [
        coder
        for coder in workspace.store.coders()
        if coder in (DATABASE_CODER, workspace.coder) or not workspace.settings.blind
    ]
    titles = {DATABASE_CODER: "the database's own"}
    return [
        {"value": coder, "title": titles.get(coder, coder)}
        for coder in sorted(allowed, key=lambda coder: coder != DATABASE_CODER)
    ]


def clips_under_coding(workspace: Workspace, coder: str) -> set[ClipKey]:
    """Clips of which one's own coding is a draft, so that another coder's stays hidden."""
    if not workspace.settings.blind or coder == workspace.coder:
        return set()
    own = workspace.store.clips(coder=workspace.coder, status="draft")
    return {row.key for row in own}


def coding_of(workspace: Workspace, key: ClipKey, coder: str) -> Coding:
    """A coder's coding of the expression that a key names."""
    return workspace.store.coding(key.clip, coder, key.expression).coding


def listed_key(rows: Sequence[ClipRow], key: ClipKey) -> ClipKey:
    """The expression among the listed ones, or its clip, where this coder found fewer in it.

    Raises
    ------
    InputError
        Where there is no such clip.
    """
    if key in {row.expression_key for row in rows}:
        return key
    if key.clip in {row.key for row in rows}:
        return key.clip
    raise InputError(
        f"there is no clip {key} in this workspace",
        where="clip",
        remedy="Choose one from the list on the left",
    )


def list_row(row: ClipRow, layout: str, *, hidden: bool = False) -> dict[str, Any]:
    """A clip as the clip list shows it: where its maps begin and end, unless that is hidden."""
    coding = None if hidden else row.coding
    emotion = "" if coding is None else coding.emotion
    if row.features_only:
        detail = "features only, no frames"
    elif hidden:
        detail = "you are coding it"
    elif coding is None or coding.onset is None or coding.apex is None:
        detail = "no onset or apex"
    else:
        detail = f"onset {coding.onset} → apex {coding.apex}"
    return {
        "key": str(row.expression_key),
        "database": row.key.database,
        "title": f"{row.key.subject} · {row.expression_key.title}",
        "detail": detail,
        "status": "",
        "emotion": emotion,
        "tone": emotion_tone(layout, emotion) if emotion else "plain",
    }
