"""The clips and codings that the flow page offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding
from mexlab.errors import InputError
from mexlab.pages.annotate.desk import emotion_tone
from mexlab.workspace.blindness import HIDDEN, disclose, may_see_each

if TYPE_CHECKING:
    from mexlab.data.clips import ClipKey
    from mexlab.store.rows import ClipRow
    from mexlab.workspace.workspace import Workspace

#: Where what the page shows is put on record.
PAGE = "flow"


def coder_choices(workspace: Workspace) -> list[dict[str, str]]:
    """Codings that may be looked at, the database's first.

    One's own and the database's; those of other people once one of them is open.
    """
    own = (GROUND_TRUTH, workspace.coder)
    allowed = [
        coder
        for coder in workspace.store.coders()
        if coder in own or may_see_each(workspace, _coded_by(workspace, coder), coder, PAGE)
    ]
    titles = {GROUND_TRUTH: "the database's own"}
    return [
        {"value": coder, "title": titles.get(coder, coder)}
        for coder in sorted(allowed, key=lambda coder: coder != GROUND_TRUTH)
    ]


def _coded_by(workspace: Workspace, coder: str) -> set[ClipKey]:
    return {one.clip for one in workspace.store.codings(coder=coder)}


def listed_rows(workspace: Workspace, coder: str) -> tuple[list[ClipRow], set[ClipKey]]:
    """A row for each expression that may be shown, and the clips of which none may be.

    A hidden clip has one row without a coding: how many expressions another found says something,
    too. That of the others is shown, and where it is early that is on record.
    """
    rows = workspace.store.clips(coder=coder, every_expression=True)
    coded = {row.key for row in rows if row.coding is not None}
    bare = {row.key for row in rows} - coded
    # That the other has not coded a clip is the other's, too.
    hidden = (coded - disclose(workspace, coded, coder, PAGE)) | (
        bare - may_see_each(workspace, bare, coder, PAGE)
    )
    listed: dict[ClipKey, ClipRow] = {}
    for row in rows:
        shown = row if row.key not in hidden else replace(row, coding=None, first_commit=None)
        listed.setdefault(shown.expression_key, shown)
    return list(listed.values()), hidden


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
        detail = HIDDEN
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
