"""Edits of codings as the annotate page makes them: stored, checked, answered. No widgets here."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mexlab.data.clips import ClipKey
from mexlab.data.codings import DATABASE_CODER, Coding, Finding, check_coding
from mexlab.data.facs import parse_action_units
from mexlab.data.labels import label_scheme
from mexlab.errors import InputError, MexlabError, StaleCodingError

if TYPE_CHECKING:
    from mexlab.store.rows import ClipRow, CodingState, DatabaseRow
    from mexlab.workspace.workspace import Workspace

#: What coders choose from where the database itself has no vocabulary.
GENERAL_EMOTIONS = (
    "happiness",
    "surprise",
    "disgust",
    "repression",
    "fear",
    "sadness",
    "anger",
    "contempt",
    "others",
)

_TONES = {"negative": "neg", "positive": "pos", "surprise": "sur"}
_PAGE = "annotate"
#: Answers that are remembered, so that an edit that was sent twice is stored once.
_REMEMBERED = 200


def emotion_tone(layout: str, emotion: str) -> str:
    """The tone of an emotion's tag by its MEGC2019 class: "neg", "pos", "sur" or "plain"."""
    group = label_scheme("megc2019").classify(layout, emotion)
    return _TONES.get(group or "", "plain")


def emotion_vocabulary(database: DatabaseRow) -> list[dict[str, str]]:
    """The emotions that a coder of a database chooses from, each with its digit.

    The first nine have the keys 1 to 9 in the database's own order; ``others`` always has 0.
    """
    scheme = label_scheme("megc2019")
    keys = iter("123456789")
    vocabulary = []
    for name in database.emotions or GENERAL_EMOTIONS:
        group = scheme.classify(database.layout, name) or ""
        key = "0" if name in ("other", "others") else next(keys, "")
        vocabulary.append(
            {"name": name, "key": key, "tone": _TONES.get(group, "plain"), "group": group}
        )
    return vocabulary


def parsed_units(text: str) -> dict[str, list[dict[str, str]]]:
    """What a line of action units was read as, in words, and what was not understood."""
    parsed = parse_action_units(text)
    parts = [
        {"text": str(part), "name": words}
        for part, words in zip(parsed.parts, parsed.spelled_out(), strict=True)
        if getattr(part, "understood", True)
    ]
    problems = [{"text": each.text, "reason": each.reason} for each in parsed.problems]
    return {"units": parts, "problems": problems}


class CodingDesk:
    """One coder's codings in one workspace.

    Parameters
    ----------
    workspace : Workspace
    """

    def __init__(self, workspace: Workspace) -> None:
        self.store = workspace.store
        self.coder = workspace.coder
        self.settings = workspace.settings
        self.databases = {row.name: row for row in self.store.databases()}
        self.rows = {str(row.key): row for row in self.store.clips(coder=self.coder)}
        self._answered: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def list_rows(self) -> list[dict[str, Any]]:
        """The clips as the clip list shows them, with this coder's status and emotion."""
        return [self._list_row(row) for row in self.rows.values()]

    def _list_row(self, row: ClipRow) -> dict[str, Any]:
        coding = row.coding
        emotion = coding.emotion if coding else ""
        layout = self.databases[row.key.database].layout
        fps = "" if row.fps is None else f" · {row.fps:g} fps"
        # Where there is nothing to code, nothing is to do.
        untouched = "" if row.features_only else "untouched"
        return {
            "key": str(row.key),
            "database": row.key.database,
            "title": f"{row.key.subject} · {row.key.name}",
            "detail": "no frames, features only"
            if row.features_only
            else f"{row.n_frames} frames{fps}",
            "status": coding.status if coding else untouched,
            "emotion": emotion,
            "tone": emotion_tone(layout, emotion),
        }

    def state(self, key: ClipKey) -> dict[str, Any]:
        """What the coding form shows of a clip, as the store has it now.

        Raises
        ------
        InputError
            Where there is no such clip.
        """
        return self._record(self.store.coding(key, self.coder))

    def perform(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Do an edit, undo or redo that the browser asks for, and say how it went.

        Never raises: what cannot be stored is answered as ``refused`` with the reason, and a
        coding that was changed elsewhere as ``stale`` with its present state.
        """
        name = str(message.get("id", ""))
        if name in self._answered:
            return self._answered[name]
        answer: dict[str, Any] = {"kind": "answer", "id": name, "step": message.get("kind")}
        try:
            key = ClipKey.parse(str(message.get("clip", "")))
            answer |= self._store(key, message)
        except (MexlabError, OSError) as error:
            return answer | {"outcome": "refused", "message": str(error), "state": None}
        except Exception as error:
            # A database error of any driver: the edit stays in the browser and is tried again.
            reason = f"it could not be stored ({type(error).__name__}: {error})"
            return answer | {"outcome": "refused", "message": reason, "state": None}
        self._answered[name] = answer
        while len(self._answered) > _REMEMBERED:
            self._answered.popitem(last=False)
        return answer

    def _store(self, key: ClipKey, message: Mapping[str, Any]) -> dict[str, Any]:
        kind = message.get("kind")
        changes = dict(message.get("changes") or {})
        revision = message.get("revision")
        try:
            if kind == "edit":
                state = self.store.change_coding(
                    key, self.coder, changes, page=_PAGE, expected_revision=revision
                )
            elif kind == "undo":
                state = self.store.undo(key, self.coder, _PAGE, expected_revision=revision)
            elif kind == "redo":
                state = self.store.redo(key, self.coder, _PAGE, expected_revision=revision)
            else:
                raise InputError(f"expected edit, undo or redo, got {kind!r}", where="message")
        except StaleCodingError as error:
            state = self.store.coding(key, self.coder)
            # Sent again after the answer was lost with a kernel: it is there already.
            there = kind == "edit" and all(
                getattr(state.coding, name, None) == value for name, value in changes.items()
            )
            if not there:
                return {"outcome": "stale", "message": str(error), "state": self._record(state)}
        return {"outcome": "stored", "message": "", "state": self._record(state)}

    def _record(self, state: CodingState) -> dict[str, Any]:
        coding = state.coding
        row = self._row(coding.clip)
        findings = check_coding(
            coding,
            fps=row.fps,
            first=row.first,
            last=row.last,
            criterion=self.settings.duration,
        )
        return {
            "clip": str(coding.clip),
            "coding": coding.editable(),
            "revision": state.revision,
            "undo": state.undo_depth,
            "redo": state.redo_depth,
            "saved_at": None if state.saved_at is None else state.saved_at.timestamp(),
            "findings": [_finding_record(finding) for finding in findings],
            "units": parsed_units(coding.action_units),
            "fps": row.fps,
            "vocabulary": emotion_vocabulary(self.databases[coding.clip.database]),
            **self._reference(state, row),
        }

    def _row(self, key: ClipKey) -> ClipRow:
        row = self.rows.get(str(key))
        if row is None:
            # Imported since this page was opened.
            self.databases = {one.name: one for one in self.store.databases()}
            self.rows = {str(one.key): one for one in self.store.clips(coder=self.coder)}
            row = self.rows[str(key)]
        return row

    # ---- the database's own coding, hidden until the coder has committed ---------------------

    def _reference(self, state: CodingState, row: ClipRow) -> dict[str, Any]:
        key = state.coding.clip
        other = self.store.coding(key, DATABASE_CODER)
        if self.coder == DATABASE_CODER or other.revision == 0:
            return {"reference": [], "reference_note": ""}
        if self.settings.blind and not self._has_committed(state):
            note = "Database's coding: shown after commit."
            return {"reference": [], "reference_note": note}
        marks = {name: getattr(other.coding, name) for name in ("onset", "apex", "offset")}
        return {
            "reference": [{"coder": "database", **marks}],
            "reference_note": reference_sentence(state.coding, other.coding, row.fps),
        }

    def _has_committed(self, state: CodingState) -> bool:
        if state.coding.status == "committed":
            return True
        history: Sequence[Any] = self.store.history(state.coding.clip, self.coder)
        return any(change.after.get("status") == "committed" for change in history)


def reference_sentence(mine: Coding, other: Coding, fps: float | None) -> str:
    """The other coding beside one's own: ``Database: 54 · 70 · 90 · happiness. Your apex is …``."""
    marks = [getattr(other, name) for name in ("onset", "apex", "offset")]
    words = " · ".join("–" if mark is None else str(mark) for mark in marks)
    text = f"Database: {words}{f' · {other.emotion}' if other.emotion else ''}."
    if mine.apex is None or other.apex is None:
        return text
    gap = mine.apex - other.apex
    if gap == 0:
        return f"{text} Your apex is the same frame."
    frames = f"{abs(gap)} frame{'' if abs(gap) == 1 else 's'}"
    time = f" ({abs(gap) * 1000 / fps:.0f} ms)" if fps else ""
    return f"{text} Your apex is {frames}{time} {'later' if gap > 0 else 'earlier'}."


def _finding_record(finding: Finding) -> dict[str, str]:
    return {"level": finding.level, "field": finding.field, "message": finding.message}
