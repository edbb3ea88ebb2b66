"""Edits of codings as the annotate page makes them: stored, checked, answered. No widgets here."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mexlab.data.clips import ClipKey
from mexlab.data.codings import DATABASE_CODER, Coding, Finding, check_coding
from mexlab.data.facs import AU_NAMES, ActionUnits, Unit, parse_action_units
from mexlab.data.labels import label_scheme
from mexlab.errors import InputError, MexlabError, StaleCodingError
from mexlab.pages.coding_history import history_record
from mexlab.pages.coding_reference import MARKS, reference_record
from mexlab.pages.machine_apex import MOST_FRAMES
from mexlab.store.history import replay

if TYPE_CHECKING:
    from mexlab.store.rows import Change, ClipRow, CodingState, DatabaseRow
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
#: Lines of action units that the form offers again.
_USED_UNITS = 40


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


def parsed_units(text: str) -> dict[str, list[dict[str, Any]]]:
    """What a line of action units was read as, in words, and what was not understood.

    ``units`` has an entry for each part of the line: its normal ``text``, its ``name`` in words,
    the units in it (``parts``, to light up on a face) and whether it is one ``plain`` unit.
    """
    parsed = parse_action_units(text)
    units = []
    for part, words in zip(parsed.parts, parsed.spelled_out(), strict=True):
        if not getattr(part, "understood", True):
            continue
        members = ActionUnits((part,)).units
        units.append(
            {
                "text": str(part),
                "name": words,
                "plain": isinstance(part, Unit),
                "parts": [
                    {
                        "number": unit.number,
                        "side": unit.side,
                        "intensity": unit.intensity,
                        "text": str(unit),
                        "name": AU_NAMES[unit.number],
                    }
                    for unit in members
                ],
            }
        )
    problems = [{"text": each.text, "reason": each.reason} for each in parsed.problems]
    return {"units": units, "problems": problems}


class CodingDesk:
    """One coder's codings in one workspace.

    Parameters
    ----------
    workspace : Workspace
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.store = workspace.store
        self.coder = workspace.coder
        self.settings = workspace.settings
        self.databases = {row.name: row for row in self.store.databases()}
        self.rows = {str(row.key): row for row in self.store.clips(coder=self.coder)}
        self.machine: dict[str, dict[str, int]] = {}
        self._coded_units: dict[str, bool] = {}
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

    def state(self, key: ClipKey, expression: int = 1) -> dict[str, Any]:
        """What the coding form shows of a clip, as the store has it now.

        Raises
        ------
        InputError
            Where there is no such clip.
        """
        return self._record(self.store.coding(key, self.coder, expression))

    def history(self, key: ClipKey, expression: int = 1) -> list[dict[str, Any]]:
        """Every change of a coding, the newest first; see `history_record`."""
        changes = self.store.history(key, self.coder, expression)
        return history_record(key, self.coder, changes)

    def machine_found(self, key: ClipKey, apexes: dict[str, int]) -> None:
        """The machine's apex frames of a clip, for when they may be shown."""
        self.machine[str(key)] = apexes

    def used_units(self) -> list[str]:
        """Lines of action units that this coder wrote, the most used first."""
        lines = Counter(
            " ".join(one.action_units.split())
            for one in self.store.codings(coder=self.coder)
            if one.action_units.strip()
        )
        return [line for line, _ in lines.most_common(_USED_UNITS)]

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
        expression = int(message.get("expression") or 1)
        where: dict[str, Any] = {
            "expected_revision": message.get("revision"),
            "expression": expression,
        }
        try:
            if kind == "edit":
                if changes.get("status") == "committed":
                    state = self.store.commit_clip(
                        key, self.coder, changes=changes, page=_PAGE, **where
                    )
                else:
                    state = self.store.change_coding(key, self.coder, changes, page=_PAGE, **where)
            elif kind == "undo":
                state = self.store.undo(key, self.coder, _PAGE, **where)
            elif kind == "redo":
                state = self.store.redo(key, self.coder, _PAGE, **where)
            else:
                raise InputError(f"expected edit, undo or redo, got {kind!r}", where="message")
        except StaleCodingError as error:
            state = self.store.coding(key, self.coder, expression)
            if not self._there_already(state, message):
                return {"outcome": "stale", "message": str(error), "state": self._record(state)}
        return {"outcome": "stored", "message": "", "state": self._record(state)}

    def _there_already(self, state: CodingState, message: Mapping[str, Any]) -> bool:
        """Whether a change was stored before and is sent again, its answer lost with a kernel."""
        coding, kind = state.coding, message.get("kind")
        if kind == "edit":
            changes = dict(message.get("changes") or {})
            return all(getattr(coding, name, None) == value for name, value in changes.items())
        if state.revision != int(message.get("revision") or 0) + 1:
            return False
        changes_made = self.store.history(coding.clip, self.coder, coding.expression)
        return bool(changes_made) and changes_made[-1].kind == kind

    def _record(self, state: CodingState) -> dict[str, Any]:
        coding = state.coding
        row = self._row(coding.clip)
        findings = check_coding(
            coding,
            fps=row.fps,
            first=row.first,
            last=row.last,
            criterion=self.settings.duration,
            units_coded=self._units_coded(coding.clip.database),
        )
        return {
            "clip": str(coding.clip),
            "coding": coding.editable(),
            "revision": state.revision,
            "steps": self._steps(coding.clip),
            "saved_at": None if state.saved_at is None else state.saved_at.timestamp(),
            "findings": [_finding_record(finding) for finding in findings],
            "units": parsed_units(coding.action_units),
            "fps": row.fps,
            "vocabulary": emotion_vocabulary(self.databases[coding.clip.database]),
            "expression": coding.expression,
            **self._expressions(coding),
            **reference_record(
                self.workspace,
                coding,
                fps=row.fps,
                machine=None
                if row.features_only or row.n_frames > MOST_FRAMES
                else self.machine.get(str(coding.clip), {}),
            ),
        }

    def _steps(self, key: ClipKey) -> dict[str, Any]:
        """What undo and redo would do next in a clip, whichever of its expressions it is of.

        ``undo`` and ``redo`` hold ``expression``, the ``revision`` that its coding is at, and
        how many steps there are (``depth``); ``number`` grows with each change of the clip.
        """
        changes = self.store.history(key, self.coder, None)
        revisions = {change.expression: change.revision for change in changes}
        stacks = replay(changes)

        def step(stack: list[Change]) -> dict[str, int]:
            expression = stack[-1].expression if stack else 1
            revision = revisions.get(expression, 0)
            return {"depth": len(stack), "expression": expression, "revision": revision}

        number = changes[-1].number if changes else 0
        return {"number": number, "undo": step(stacks.undo), "redo": step(stacks.redo)}

    def _expressions(self, coding: Coding) -> dict[str, Any]:
        """All that this coder found in the clip, and the number that a further one would get."""
        found = {one.expression: one for one in self.store.expressions(coding.clip, self.coder)}
        highest = max([1, coding.expression, *found])
        found[coding.expression] = coding
        found.setdefault(1, Coding(coding.clip, self.coder))
        layout = self.databases[coding.clip.database].layout
        return {
            "expressions": [
                {
                    "expression": number,
                    **{name: getattr(one, name) for name in (*MARKS, "emotion", "kind", "status")},
                    "tone": emotion_tone(layout, one.emotion),
                }
                for number, one in sorted(found.items())
                # Emptied again, or not yet begun; the first is always there.
                if number in (1, coding.expression) or one.status != "untouched"
            ],
            "next_expression": highest + 1,
        }

    def _units_coded(self, database: str) -> bool:
        """Whether a database's own codings have action units; yes where it has no codings."""
        if database not in self._coded_units:
            own = self.store.codings(coder=DATABASE_CODER, database=database)
            self._coded_units[database] = not own or any(one.action_units for one in own)
        return self._coded_units[database]

    def _row(self, key: ClipKey) -> ClipRow:
        row = self.rows.get(str(key))
        if row is None:
            # Imported since this page was opened.
            self.databases = {one.name: one for one in self.store.databases()}
            self.rows = {str(one.key): one for one in self.store.clips(coder=self.coder)}
            row = self.rows[str(key)]
        return row


def _finding_record(finding: Finding) -> dict[str, str]:
    return {"level": finding.level, "field": finding.field, "message": finding.message}
