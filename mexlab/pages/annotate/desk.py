"""Edits of codings as the annotate page makes them: stored, checked, answered. No widgets here."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mexlab.data.clips import ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding, Finding
from mexlab.data.labels.facs import ActionUnits, Unit, parse_action_units
from mexlab.data.labels.schemes import CLASS_TONES, label_scheme
from mexlab.errors import InputError, MexlabError, NotTakenError, StaleCodingError
from mexlab.pages.annotate.beside_units import units_beside
from mexlab.pages.annotate.clip_codings import clip_record, last_act
from mexlab.pages.annotate.history import history_record
from mexlab.pages.annotate.machine.apex import MOST_FRAMES
from mexlab.pages.annotate.references import reference_record
from mexlab.workspace.coding_warnings import CodingWarnings

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

#: What "@" between two units says, for who meets it in a sheet or types it.
AT_SIGN = "@: two that exclude each other, one or the other, or one after the other"

_PAGE = "annotate"
#: Answers that are remembered, so that an edit that was sent twice is stored once.
_REMEMBERED = 200
#: Lines of action units that the form offers again.
_USED_UNITS = 40


def emotion_tone(layout: str, emotion: str) -> str:
    """The tone of an emotion's tag by its MEGC2019 class: "neg", "pos", "sur" or "plain"."""
    group = label_scheme("megc2019").classify(layout, emotion)
    return CLASS_TONES.get(group or "", "plain")


def emotion_vocabulary(database: DatabaseRow, own: Sequence[str] = ()) -> list[dict[str, str]]:
    """The emotions that a coder of a database chooses from, each with its digit.

    The first nine have the keys 1 to 9 in the order of the workspace's own vocabulary (`own`),
    where it has one, else in the database's; ``others`` always has 0.
    """
    scheme = label_scheme("megc2019")
    keys = iter("123456789")
    vocabulary = []
    for name in own or database.emotions or GENERAL_EMOTIONS:
        group = scheme.classify(database.layout, name) or ""
        key = "0" if name in ("other", "others") else next(keys, "")
        vocabulary.append({"name": name, "key": key, "tone": CLASS_TONES.get(group, "plain")})
    return vocabulary


def parsed_units(text: str) -> dict[str, list[Any]]:
    """What a line of action units was read as, in words, and what was not understood.

    ``problems`` are to be mended, ``notes`` explain a sign.

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
                "plain": isinstance(part, Unit) and not part.movement,
                "parts": [
                    {
                        "number": unit.number,
                        "side": unit.side,
                        "intensity": unit.intensity,
                        "text": str(unit),
                        "name": unit.name,
                    }
                    for unit in members
                    # A face has no place for a movement of the head.
                    if not unit.movement
                ],
            }
        )
    problems = [{"text": each.text, "reason": each.reason} for each in parsed.problems]
    notes = [AT_SIGN] if "@" in parsed.links else []
    return {"units": units, "problems": problems, "notes": notes}


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
        self.warnings = CodingWarnings(workspace)
        self.databases = {row.name: row for row in self.store.databases()}
        self.rows = {str(row.key): row for row in self.store.clips(coder=self.coder)}
        self.machine: dict[str, dict[str, int]] = {}
        self._answered: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def list_rows(self) -> list[dict[str, Any]]:
        """The clips as the clip list shows them, with this coder's status and emotion."""
        warned = self.warnings.of_listing(self.coder)
        return [self._list_row(row, warned.get(row.key, [])) for row in self.rows.values()]

    def _list_row(self, row: ClipRow, warnings: list[str]) -> dict[str, Any]:
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
            "warnings": warnings,
        }

    def state(self, key: ClipKey, expression: int = 1) -> dict[str, Any]:
        """What the coding form shows of a clip, as the store has it now.

        Raises
        ------
        InputError
            Where there is no such clip.
        """
        with self.store.one_view():
            return self._record(self.store.coding(key, self.coder, expression))

    def history(self, key: ClipKey) -> list[dict[str, Any]]:
        """Every change in a clip, the newest first; see `history_record`."""
        return history_record(key, self.coder, self.store.history(key, self.coder, None))

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
        """Do an edit, commit, undo or redo that the browser asks for, and say how it went.

        Never raises: what cannot be stored is answered as ``refused`` with the reason, what makes
        no sense for what is there as ``declined``, and a coding that was changed elsewhere as
        ``stale`` with its present state. ``touched`` holds the expressions that were changed
        with their revisions.
        """
        name = str(message.get("id", ""))
        if name in self._answered:
            return self._answered[name]
        answer: dict[str, Any] = {"kind": "answer", "id": name, "step": message.get("kind")}
        try:
            key = ClipKey.parse(str(message.get("clip", "")))
            answer |= self._store(key, message)
        except NotTakenError as error:
            answer |= {"outcome": "declined", "message": str(error)}
            return answer | {"state": self.state(key, _shown(message))}
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
        expression = int(message.get("expression") or 1)
        step = kind in ("undo", "redo")
        shown = _shown(message) if step else expression
        try:
            if step:
                self._step(key, str(kind), message.get("number"))
            elif kind in ("edit", "commit"):
                self._edit(key, expression, dict(message.get("changes") or {}), message)
            else:
                raise InputError(
                    f"expected edit, commit, undo or redo, got {kind!r}", where="message"
                )
        except StaleCodingError as error:
            if not self._there_already(key, expression, message):
                state = self.state(key, shown)
                return {"outcome": "stale", "message": str(error), "state": state}
        state = self.state(key, shown)
        touched = dict(state["touched"])
        touched.setdefault(shown, state["revision"])
        return {
            "outcome": "stored",
            "message": "",
            "state": state,
            "touched": [list(pair) for pair in touched.items()],
        }

    def _edit(
        self, key: ClipKey, expression: int, changes: dict[str, Any], message: Mapping[str, Any]
    ) -> None:
        where: dict[str, Any] = {
            "expected_revision": message.get("revision"),
            "expression": expression,
            "page": _PAGE,
        }
        self._check_emotion(key, expression, changes.get("emotion"))
        if message.get("kind") == "commit" or changes.get("status") == "committed":
            self.store.commit_clip(key, self.coder, changes=changes, **where)
        else:
            self.store.change_coding(key, self.coder, changes, **where)

    def _step(self, key: ClipKey, kind: str, number: Any) -> None:
        known = None if number is None else int(number)
        step = self.store.undo_clip if kind == "undo" else self.store.redo_clip
        step(key, self.coder, _PAGE, expected_change=known)

    def _check_emotion(self, key: ClipKey, expression: int, emotion: Any) -> None:
        """A vocabulary of one's own is closed; what a coding once had may be had again."""
        words = self.settings.emotions
        word = " ".join(str(emotion or "").lower().split())
        if not words or not word or word in words:
            return
        history = self.store.history(key, self.coder, expression)
        if any(word in (one.before.get("emotion"), one.after.get("emotion")) for one in history):
            return
        raise NotTakenError(
            f"{word!r} is not among the emotions of this workspace ({', '.join(words)})",
            where="emotion",
            remedy="Choose one of them, or add it to emotions under [coding] in mexlab.toml",
        )

    def _there_already(self, key: ClipKey, expression: int, message: Mapping[str, Any]) -> bool:
        """Whether an act was stored before and is sent again, its answer lost with a kernel."""
        kind = message.get("kind")
        if kind in ("edit", "commit"):
            coding = self.store.coding(key, self.coder, expression).coding
            if kind == "commit" and not coding.says_something:
                # The commit may have made it the first of the clip.
                coding = self.store.coding(key, self.coder).coding
            changes = dict(message.get("changes") or {})
            return all(getattr(coding, name, None) == value for name, value in changes.items())
        changes_made = self.store.history(key, self.coder, None)
        last = last_act(changes_made)
        if not last or last[0].kind != kind:
            return False
        before = [change.number for change in changes_made if change.number < last[0].number]
        return int(message.get("number") or 0) == (before[-1] if before else 0)

    def _record(self, state: CodingState) -> dict[str, Any]:
        coding = state.coding
        row = self._row(coding.clip)
        stored = self.store.expressions(coding.clip, self.coder)
        found = {one.expression: one for one in stored} | {coding.expression: coding}
        findings = self.warnings.on_form(coding, found.values(), row)
        reference = reference_record(
            self.workspace,
            coding,
            fps=row.fps,
            machine=None
            if row.features_only or row.n_frames > MOST_FRAMES
            else self.machine.get(str(coding.clip), {}),
        )
        return {
            "clip": str(coding.clip),
            "coding": coding.editable(),
            "revision": state.revision,
            "saved_at": None if state.saved_at is None else state.saved_at.timestamp(),
            "findings": [_finding_record(finding) for finding in findings],
            "warnings": self.warnings.of_commit([found[n] for n in sorted(found)], row),
            "units": parsed_units(coding.action_units),
            "fps": row.fps,
            "vocabulary": emotion_vocabulary(
                self.databases[coding.clip.database], self.settings.emotions
            ),
            "expression": coding.expression,
            **clip_record(self.store, coding.clip, self.coder, stored),
            **reference,
            "reference_units": self._reference_units(coding, reference["reference"]),
        }

    def _reference_units(self, mine: Coding, reference: list[dict[str, Any]]) -> str:
        """The database's units beside one's own, where its marks are shown; else ""."""
        if not any(ghost["coder"] == GROUND_TRUTH for ghost in reference):
            return ""
        theirs = self.store.coding(mine.clip, GROUND_TRUTH).coding.action_units
        if not theirs and not self.databases[mine.clip.database].codes_units:
            return ""
        return units_beside(mine.action_units, theirs)

    def _row(self, key: ClipKey) -> ClipRow:
        row = self.rows.get(str(key))
        if row is None:
            # Imported since this page was opened.
            self.databases = {one.name: one for one in self.store.databases()}
            self.rows = {str(one.key): one for one in self.store.clips(coder=self.coder)}
            row = self.rows[str(key)]
        return row


def _shown(message: Mapping[str, Any]) -> int:
    """The expression that is on the form of whoever sent the message."""
    return int(message.get("shown") or message.get("expression") or 1)


def _finding_record(finding: Finding) -> dict[str, str]:
    return {"level": finding.level, "field": finding.field, "message": finding.message}
