"""The annotate page: clips on the left, player and timeline in the middle, coding on the right."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
from IPython.display import display

from mexlab.data.clips import ClipKey
from mexlab.data.labels.facs import AU_NAMES
from mexlab.errors import InputError, MexlabError
from mexlab.pages.annotate.clip_face import face_finder
from mexlab.pages.annotate.clip_frames import ClipFrames, not_yet
from mexlab.pages.annotate.coder_choices import ChoicesFile, CoderChoices
from mexlab.pages.annotate.desk import CodingDesk, parsed_units
from mexlab.pages.annotate.foot import foot_entries
from mexlab.pages.annotate.frames_ahead import FramesAhead
from mexlab.pages.annotate.machine.aids import MachineAids
from mexlab.pages.shell.links import page_context
from mexlab.pages.shell.shell import Page, Shell, open_at, open_page
from mexlab.widgets.clips.clip_list import ClipList
from mexlab.widgets.coding.coding_form import CodingForm
from mexlab.widgets.keys.key_help import KeyHelp
from mexlab.widgets.keys.keymap import FIELD_KEYS, KeyBinding
from mexlab.widgets.kit.notice import Notice
from mexlab.widgets.player.clip_player import ClipPlayer
from mexlab.widgets.timeline.timeline import Timeline
from mexlab.workspace.feature_sets.face_places import FacePlaces

if TYPE_CHECKING:
    from mexlab.workspace.workspace import Workspace


class AnnotatePage:
    """Label clips: every handler calls one public method, and the store is the only memory.

    Parameters
    ----------
    workspace : Workspace
    clip : ClipKey, optional
        The clip to open; by default the first that is not committed yet.
    frame : int, optional
        Native number of the frame to open at.
    database : str, optional
        The database that the list shows first; all by default.

    Raises
    ------
    InputError
        Where there is no such clip or database.
    """

    def __init__(
        self,
        workspace: Workspace,
        clip: ClipKey | None = None,
        frame: int | None = None,
        database: str | None = None,
    ) -> None:
        self.workspace = workspace
        self.shell = Shell("annotate", workspace)
        self.desk = CodingDesk(workspace)
        if database is not None and database not in self.desk.databases:
            raise InputError(
                f"there is no database {database!r} in this workspace",
                where="database",
                remedy="`mexlab databases` lists them",
            )
        self.frames: ClipFrames | None = None
        self.clip: ClipKey | None = None
        self.expression = 1
        served = page_context() == "voila"
        self._choices_file = ChoicesFile(workspace.path, workspace.coder)
        unreadable: MexlabError | None = None
        try:
            self.choices = self._choices_file.read()
        except InputError as error:
            self.choices, unreadable = CoderChoices(), error
        self.keys = KeyHelp(
            bindings=[binding.to_record() for binding in self.choices.bindings()],
            sets={name: records(keys) for name, keys in self.choices.key_sets().items()},
            fixed=FIELD_KEYS,
        )
        self.list = ClipList(
            rows=self.desk.list_rows(),
            titles={row.name: row.title for row in self.desk.databases.values()},
            databases=[] if database is None else [database],
            statuses=True,
            order=self.choices.order,
            queue=self.choices.queue,
            seed=workspace.coder,
            empty="No clips yet. Import a database first.",
        )
        self.player = ClipPlayer(
            keep_address=served, autofocus=served, magnify=self.choices.magnify
        )
        self.timeline = Timeline(ribbon=self.choices.ribbon)
        self.form = CodingForm(
            owner=f"{workspace.path}:{workspace.coder}",
            unit_names=[[number, name] for number, name in AU_NAMES.items()],
            used_units=self.desk.used_units(),
        )
        self.aids = MachineAids(workspace, self.player, self.timeline, self.show_machine)
        load = workspace.store.clip
        face = face_finder(load, workspace.cache_dir)
        self.ahead = FramesAhead(load, self._open_at, self.player.send, face)
        self.player.on_msg(self._on_player_message)
        self.form.on_msg(self._on_form_message)
        self.keys.on_msg(self._on_keys_message)
        self.list.observe(self._on_selected, "selected")
        for widget, names in (
            (self.list, ["order", "queue"]),
            (self.player, ["magnify"]),
            (self.timeline, ["ribbon"]),
        ):
            widget.observe(self._on_choice, names)
        self.player.add_class("mx-grow")
        self._above = widgets.Box([])
        self._above.add_class("mx-above")
        self.root = self._lay_out()
        if clip is not None:
            self.open_clip(clip, frame)
        elif (first := self._first_to_do(database)) is not None:
            self.open_clip(first)
        if unreadable is not None:
            self.say(unreadable)

    def _lay_out(self) -> widgets.Box:
        if not self.desk.rows:
            panel = Notice(
                heading="There are no clips to label yet.",
                text="Import a database of frames or videos, or make a synthetic one to try.",
                commands=["mexlab import casme2 PATH", "mexlab import folder PATH"],
            )
            return self.shell.wrap(centre=[self.keys, panel])
        for part in (self.list, self.form):
            part.add_class("mx-grow")
        self.timeline.add_class("mx-timeline-slot")
        return self.shell.wrap(
            left=self.list,
            centre=[self.keys, self._above, self.player, self.timeline],
            right=self.form,
            foot=foot_entries(self.choices.bindings()),
            pad_right=False,
            titles=("clips", "coding"),
        )

    @classmethod
    def from_environment(cls) -> Page:
        """The page of the workspace and address that the environment names; never raises."""
        return open_page("annotate", cls._of_query)

    @classmethod
    def _of_query(cls, workspace: Workspace, query: dict[str, str]) -> AnnotatePage:
        def build(workspace: Workspace, query: dict[str, str]) -> AnnotatePage:
            key = ClipKey.parse(query["clip"]) if "clip" in query else None
            return cls(workspace, key, _whole_number(query.get("frame")), query.get("database"))

        return open_at(workspace, query, build, cls)

    def show(self) -> None:
        """Display the page."""
        display(self.root)

    def say(self, error: MexlabError) -> None:
        """Put a calm panel above the player until the next clip is opened."""
        self._above.children = (self.shell.error_panel(error),)

    # ---- clips -------------------------------------------------------------------------------

    def open_clip(self, key: ClipKey, frame: int | None = None) -> None:
        """Show a clip: its picture first, then its coding, then (later) its motion.

        Parameters
        ----------
        key : ClipKey
            Of one of the coder's own expressions, to have that one on the form.
        frame : int, optional
            Native number; by default the coder's onset, or the clip's first frame.

        Raises
        ------
        InputError
            Where there is no such clip.
        """
        key, expression = key.clip, key.expression
        clip, state = self.workspace.store.clip(key), self.desk.state(key, expression)
        coding = state["coding"]
        frames = self.ahead.take(key) or ClipFrames(clip)
        record, poster = frames.opening(coding["onset"] if frame is None else frame)
        if frames.size:
            # So that a browser that has shown no face of this database begins with one.
            record["face"] = FacePlaces(self.workspace.cache_dir).guess(key, frames.size)
        # Only now: a clip that cannot be opened leaves the one before as it was.
        self.frames = frames
        self.clip, self.expression = key, expression
        marks = {name: coding[name] for name in ("onset", "apex", "offset")}
        with self.player.hold_sync():
            self.player.poster = poster
            self.player.clip = record | {"marks": marks}
        self.form.state = state
        self.list.selected = str(key)
        self._above.children = ()
        self.shell.link("flow", clip=key)
        self.aids.open(key, self.frames, coding, record.get("frame"))

    def _first_to_do(self, database: str | None) -> ClipKey | None:
        rows = [row for row in self.desk.rows.values() if database in (None, row.key.database)]
        for row in rows:
            done = row.coding is not None and row.coding.status == "committed"
            if not done and not row.features_only:
                return row.key
        return rows[0].key if rows else None

    def _open_at(self, key: ClipKey) -> int | None:
        """Where a clip opens: at this coder's own onset of it, or at its first frame."""
        return self.workspace.store.coding(key, self.workspace.coder).coding.onset

    def _on_selected(self, change: dict[str, Any]) -> None:
        if change["new"] and change["new"] != str(self.clip or ""):
            try:
                self.open_clip(ClipKey.parse(change["new"]))
            except MexlabError as error:
                self._not_opened(change["new"], error)
            except Exception as error:
                # Whatever it is: left without an answer, the page would wait for this clip.
                traceback.print_exc()
                self._not_opened(
                    change["new"],
                    InputError(f"the clip cannot be opened ({type(error).__name__}: {error})"),
                )

    def _not_opened(self, key: str, error: MexlabError) -> None:
        # Its picture may be on show already: the player goes back to the clip before.
        self.player.send({"kind": "not-opened", "clip": key})
        self.list.selected = str(self.clip or "")
        self.say(error)

    # ---- frames and motion -------------------------------------------------------------------

    def send_frames(self, message: dict[str, Any]) -> None:
        """Answer the player's wish for frames: of the open clip, or of one that is being chosen.

        The player shows what was sent ahead before the list has told of the choice; one about any
        other clip is answered with "not yet".
        """
        frames, token = self.frames, str(message.get("token"))
        if frames is None or token != frames.token:
            frames = self.ahead.named(token)
        if frames is None or not frames.numbers:
            self.player.send(not_yet(message))
            return
        answer, buffers = frames.answer(message)
        self.player.send(answer, buffers)
        if frames is self.frames:
            self.aids.frames_sent()

    def _on_player_message(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if not isinstance(content, dict):
            return
        if content.get("kind") == "want":
            self.send_frames(content)
        elif content.get("kind") == "ahead":
            self.ahead.ask(content)
        else:
            self.aids.answer(content)

    # ---- codings -----------------------------------------------------------------------------

    def change_coding(self, message: dict[str, Any]) -> dict[str, Any]:
        """Store an edit, commit, undo or redo and answer the form; see `CodingDesk.perform`."""
        answer = self.desk.perform(message)
        self.form.send(answer)
        if self.clip is not None and message.get("clip") == str(self.clip):
            before, self.expression = self.expression, int(message.get("shown") or self.expression)
            state = answer["state"]
            if state is None:
                return answer
            # For whoever draws the form anew; the browser already has it from the answer.
            if state["expression"] == self.expression:
                self.form.state = state
            else:
                self.refresh()
            if before != self.expression or state["expression"] == self.expression:
                self.aids.marks_are(self.form.state["coding"])
        return answer

    def refresh(self) -> None:
        """Read the coding again: another tab, or the machine, may have changed it."""
        if self.clip is not None:
            self.form.state = self.desk.state(self.clip, self.expression)

    def show_expression(self, expression: int) -> None:
        """Put another expression or event of the clip on the form."""
        self.expression = max(1, expression)
        self.refresh()
        self.aids.marks_are(self.form.state["coding"])

    def show_machine(self, key: ClipKey, apexes: dict[str, int]) -> None:
        """The machine has found its apex; the form shows it once the coder has committed."""
        self.desk.machine_found(key, apexes)
        if key == self.clip:
            self.refresh()

    def send_history(self, message: dict[str, Any]) -> None:
        """Answer the form's question what was done in a clip."""
        key = ClipKey.parse(str(message.get("clip", "")))
        self.form.send({"kind": "history", "clip": str(key), "lines": self.desk.history(key)})

    # ---- the coder's own choices --------------------------------------------------------------

    def choose_keys(self, keys: dict[str, list[str]]) -> None:
        """Use and keep other keys for some actions; those in conflict are refused with a reason.

        Parameters
        ----------
        keys : dict
            Action to its keys, for each that differs from the shipped map.
        """
        try:
            wanted = {action: tuple(map(str, each)) for action, each in keys.items()}
            self.choices = self._choices_file.change(self.choices, keys=wanted)
        except (MexlabError, OSError) as error:
            self.keys.send({"kind": "refused", "message": str(error)})
            return
        bindings = self.choices.bindings()
        self.keys.sets = {name: records(each) for name, each in self.choices.key_sets().items()}
        self.keys.bindings = records(bindings)
        self.shell.foot_bar.entries = [list(entry) for entry in foot_entries(bindings)]
        self.keys.send({"kind": "kept"})

    def _on_keys_message(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and content.get("kind") == "keys":
            self.choose_keys(dict(content.get("keys") or {}))

    def _on_choice(self, change: dict[str, Any]) -> None:
        value = list(change["new"]) if change["name"] == "queue" else change["new"]
        try:
            self.choices = self._choices_file.change(self.choices, **{change["name"]: value})
        except OSError as error:
            self.say(InputError(f"your {change['name']} could not be kept ({error.strerror})"))

    def parse_units(self, text: str, sequence: int = 0) -> None:
        """Tell the form how a line of action units reads."""
        self.form.send({"kind": "parsed", "sequence": sequence, **parsed_units(text)})

    def _on_form_message(self, _widget: Any, content: Any, _buffers: Any) -> None:
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind in ("edit", "commit", "undo", "redo"):
            self.change_coding(content)
        elif kind == "parse":
            self.parse_units(str(content.get("text", "")), int(content.get("sequence", 0)))
        elif kind in ("refresh", "open") and content.get("clip") == str(self.clip):
            self.show_expression(int(content.get("expression") or 1))
        elif kind == "history":
            self.send_history(content)


def records(bindings: Iterable[KeyBinding]) -> list[dict[str, Any]]:
    """Key bindings as the widget takes them."""
    return [binding.to_record() for binding in bindings]


def _whole_number(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    try:
        return int(text)
    except ValueError:
        raise InputError(
            f"expected a frame number, got {text!r}", where="frame", remedy="Leave it out"
        ) from None
