"""The flow page: the motion of a clip from onset to apex, as maps and as the network sees it."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
from IPython.display import display

from mexlab.data.clips import ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.errors import InputError, MexlabError
from mexlab.features.settings import FlowSettings
from mexlab.pages.flow.clips import coder_choices, list_row, listed_key, listed_rows
from mexlab.pages.flow.content import (
    FlowContent,
    FlowRequest,
    calm,
    load_content,
    problem,
    title_of,
)
from mexlab.pages.flow.curve import curve_message
from mexlab.pages.flow.files import csv_file, npz_file
from mexlab.pages.flow.held_out import HeldOutPredictions
from mexlab.pages.flow.keys import FLOW_KEYMAP, FOOT
from mexlab.pages.flow.options import METHODS, OPTIONS
from mexlab.pages.shell.latest_task import LatestTask
from mexlab.pages.shell.links import page_context
from mexlab.pages.shell.shell import Page, Shell, open_at, open_page
from mexlab.widgets.clips.clip_list import ClipList
from mexlab.widgets.flow.flow_probe import FlowProbe
from mexlab.widgets.flow.flow_settings_form import FlowSettingsForm
from mexlab.widgets.flow.flow_view import FlowView
from mexlab.widgets.keys.key_help import KeyHelp
from mexlab.widgets.keys.keymap import check_keymap
from mexlab.widgets.kit.notice import Notice

if TYPE_CHECKING:
    from mexlab.workspace.workspace import Workspace


class FlowPage:
    """Maps of one clip; every computation runs in a background thread, the latest wins.

    Parameters
    ----------
    workspace : Workspace
    clip : ClipKey, optional
        The first that has maps to show, by default.
    coder : str, optional
        Whose coding; the database's own by default.
    run : str, optional
        Id of the run whose held-out predictions are shown; by default the newest finished one
        that has the clip.

    Raises
    ------
    InputError
        Where there is no such clip, coder or run.
    """

    def __init__(
        self,
        workspace: Workspace,
        clip: ClipKey | None = None,
        coder: str | None = None,
        run: str | None = None,
    ) -> None:
        self.workspace = workspace
        self.held_out = HeldOutPredictions(workspace, self._show_held_out, run)
        self.shell = Shell("flow", workspace)
        self.content: FlowContent | None = None
        self.request: FlowRequest | None = None
        self._shown: FlowRequest | None = None
        self._curve: dict[str, Any] | None = None
        self._apex: int | None = None
        self._number = 0
        self._export: threading.Thread | None = None
        self._maps: LatestTask[FlowRequest] = LatestTask(self._compute, "flow maps")
        self._curves: LatestTask[FlowRequest] = LatestTask(self._compute_curve, "motion curve")
        coders = coder_choices(workspace)
        if coder is not None and coder not in [one["value"] for one in coders]:
            raise InputError(
                f"there is no coding by {coder!r} to show",
                where="coder",
                remedy=f"Choose one of {', '.join(one['value'] for one in coders)}",
            )
        self.coder = coder or (coders[0]["value"] if coders else GROUND_TRUTH)
        self._build(coders)
        self.read_clips()
        if clip is not None:
            self.open_clip(clip)
        elif (first := self._first()) is not None:
            self.open_clip(first)

    @classmethod
    def from_environment(cls) -> Page:
        """The page of the workspace and address that the environment names; never raises."""
        return open_page("flow", cls._of_query)

    @classmethod
    def _of_query(cls, workspace: Workspace, query: dict[str, str]) -> FlowPage:
        def build(workspace: Workspace, query: dict[str, str]) -> FlowPage:
            clip = ClipKey.parse(query["clip"]) if "clip" in query else None
            return cls(workspace, clip, query.get("coder"), query.get("run"))

        return open_at(workspace, query, build, cls)

    def show(self) -> None:
        """Display the page."""
        display(self.root)

    def _build(self, coders: list[dict[str, str]]) -> None:
        check_keymap(FLOW_KEYMAP)
        self.keys = KeyHelp(bindings=[binding.to_record() for binding in FLOW_KEYMAP])
        self.list = ClipList(empty="No clips yet. Import a database first.")
        self.form = FlowSettingsForm(
            coders=coders,
            coder=self.coder,
            options=dict(OPTIONS),
            methods=[{"value": value, "title": title} for value, title in METHODS],
        )
        self.view = FlowView(options=dict(OPTIONS))
        self.probe = FlowProbe(deep_link=page_context() == "voila")
        self.list.observe(self._on_selected, "selected")
        self.form.observe(self._on_coder, "coder")
        self.form.observe(self._on_options, "options")
        self.view.on_msg(self._on_message)
        self.probe.on_msg(self._on_message)
        self.list.add_class("mx-grow")
        self.view.add_class("mx-grow")
        self.root = self._lay_out()

    def _lay_out(self) -> widgets.Box:
        if not self.workspace.store.databases():
            panel = Notice(
                heading="There are no clips to look at yet.",
                text="Import a database of frames or videos, or make a synthetic one to try.",
                commands=["mexlab import casme2 PATH", "mexlab import folder PATH"],
            )
            return self.shell.wrap(centre=[self.keys, panel])
        return self.shell.wrap(
            left=[self.list, self.form],
            centre=[self.keys, self.view],
            right=self.probe,
            foot=FOOT,
            titles=("clips and settings", "figures"),
            folds={"left": ("middle", "narrow"), "right": ("narrow",)},
        )

    def read_clips(self) -> None:
        """Fill the clip list with the chosen coder's emotions."""
        databases = {row.name: row for row in self.workspace.store.databases()}
        self._rows, hidden = listed_rows(self.workspace, self.coder)
        layouts = {name: row.layout for name, row in databases.items()}
        self.list.rows = [
            list_row(row, layouts.get(row.key.database, ""), hidden=row.key in hidden)
            for row in self._rows
        ]

    def _first(self) -> ClipKey | None:
        for row in self._rows:
            coding = row.coding
            if coding is not None and coding.onset is not None and coding.apex is not None:
                return row.expression_key
        return self._rows[0].expression_key if self._rows else None

    def open_clip(self, key: ClipKey) -> None:
        """Show the maps of a clip, from the coded onset to the coded apex.

        Raises
        ------
        InputError
            Where there is no such clip.
        """
        key = listed_key(self._rows, key)
        self._apex = None
        if self.list.selected != str(key):
            # Told to the browser; the observer sees that it is open already.
            self._ask(key)
            self.list.selected = str(key)
        else:
            self._ask(key)
        self.shell.context(title_of(key))
        self.shell.link("annotate", clip=key.clip)

    def choose_coder(self, coder: str) -> None:
        """Look at another's coding of the same clip."""
        self.coder = coder
        self._apex = None
        self.read_clips()
        if self.request is not None:
            self.open_clip(self.request.key)

    def nudge_apex(self, number: int | None) -> None:
        """Look at another frame as the apex; None goes back to the coded one. Codes nothing."""
        if self.request is not None:
            self._apex = number
            self._ask(self.request.key)

    def settings(self) -> FlowSettings:
        """The flow settings that the form shows."""
        options = self.form.options
        return replace(
            FlowSettings(),
            flow=options["flow"],
            head_motion=options["head_motion"],
            eye_mask=bool(options["mask"]),
            eye_mask_margin=float(options["margin"]),
        )

    def say(self, error: MexlabError) -> None:
        """Show an error in the place of the maps."""
        content = calm(error.heading, error.place, error.advice)
        content.message = {"type": "content", "sequence": self._next_number(), **content.message}
        self._maps.forget()
        self.request = self._shown = None
        self.list.selected = ""
        self.shell.context("")
        self.view.busy = ""
        self._show(content)

    def _next_number(self) -> int:
        self._number += 1
        return self._number

    def _ask(self, key: ClipKey) -> None:
        request = FlowRequest(self._next_number(), key, self.coder, self.settings(), self._apex)
        self.request = request
        self.view.busy = "computing the flow…"
        self._maps.ask(request)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until everything asked for has been computed; for tests and scripts."""
        if self._export is not None:
            self._export.join(timeout)
        return (
            self._maps.wait(timeout) and self._curves.wait(timeout) and self.held_out.wait(timeout)
        )

    def _compute(self, request: FlowRequest) -> None:
        """Make the content of a request and send it; in the background thread."""
        try:
            content = load_content(self.workspace, request)
        except MexlabError as error:
            content = problem(error, request.key)
        except Exception as error:
            traceback.print_exc()
            content = calm(
                "The maps of this clip could not be made: that is a fault of mexlab.",
                f"{type(error).__name__}: {error}",
            )
        if not self._maps.is_latest(request):
            return
        head = {"type": "content", "sequence": request.sequence, "clip": str(request.key)}
        content.message = {**head, **content.message}
        self._shown = request
        self._show(content)
        self.view.busy = ""
        self.shell.context(content.message.get("context", title_of(request.key)))
        if content.message["kind"] != "message":
            self.held_out.ask(request)
        self._ask_curve(request, content)

    def _show_held_out(self, message: dict[str, Any]) -> None:
        self.view.send(message)
        self._compare()

    def _compare(self) -> None:
        """Say on the form where its settings differ from what the shown run was trained on."""
        self.form.compared, self.form.differences = self.held_out.differences(
            self.settings(), self.form.options["normalise"]
        )

    def choose_run(self, run_id: str) -> None:
        """Show the held-out prediction of another run; "" is the newest that has the clip."""
        self.held_out.chosen = run_id
        if self._shown is not None:
            self.held_out.ask(self._shown)

    def _show(self, content: FlowContent) -> None:
        self.content = content
        self.view.send(content.message, content.buffers)

    def _ask_curve(self, request: FlowRequest, content: FlowContent) -> None:
        if content.maps is None:
            return
        have = self._curve
        if have and (have["clip"], have["onset"]) == (str(request.key), content.maps.onset):
            return
        self._curves.ask(request)

    def _compute_curve(self, request: FlowRequest) -> None:
        """The motion of every frame against the onset; in a background thread."""
        message = curve_message(
            self.workspace, request, lambda: not self._curves.is_latest(request)
        )
        if message is None:
            return
        self._curve = message
        if self._curves.is_latest(request):
            self.view.send(message)

    def export(self, kind: str) -> None:
        """Send a file of what is shown to the browser, which saves it.

        Parameters
        ----------
        kind : {"npz", "csv"}
        """
        writers: dict[str, tuple[Callable[..., bytes], str, str]] = {
            "npz": (npz_file, "npz", "application/octet-stream"),
            "csv": (csv_file, "zip", "application/zip"),
        }
        content, shown = self.content, self._shown
        if kind not in writers:
            return
        if content is None or shown is None or content.inputs is None:
            self.shell.status("Nothing to save: no maps are shown. Choose another clip.", "warn")
            return
        write, suffix, mime = writers[kind]
        if content.maps is not None:
            # The mask is switched in the browser, without a new computation.
            mask = bool(self.form.options["mask"])
            maps = content.maps.with_settings(replace(content.maps.settings, eye_mask=mask))
            share = maps.masked_share() if mask else None
            content = replace(content, maps=maps, inputs=maps.network_input(), masked=share)
        name = f"{content.message['file']}.{suffix}"
        chosen = self.form.options["normalise"]

        def work() -> None:
            # A table of all pixels takes longer than a key may wait for the kernel.
            try:
                data = write(shown, content, chosen)
            except Exception as error:
                # Whatever it is, the button answers.
                self.shell.status(f"{name} could not be made: {error}", "warn")
                return
            self.view.send({"type": "file", "name": name, "mime": mime}, [data])

        self._export = threading.Thread(target=work, daemon=True, name="export")
        self._export.start()

    def _on_selected(self, change: dict[str, Any]) -> None:
        wanted = change["new"]
        if not wanted or (self.request is not None and str(self.request.key) == wanted):
            return
        try:
            self.open_clip(ClipKey.parse(wanted))
        except MexlabError as error:
            self.say(error)

    def _on_coder(self, change: dict[str, Any]) -> None:
        self.choose_coder(change["new"])

    def _on_options(self, change: dict[str, Any]) -> None:
        names = ("flow", "head_motion", "margin")
        old, new = change["old"], change["new"]
        self._compare()
        if self.request is not None and any(old.get(name) != new.get(name) for name in names):
            self._ask(self.request.key)

    def _on_message(self, _widget: Any, message: Any, _buffers: Any) -> None:
        kind = message.get("type") if isinstance(message, dict) else None
        if kind == "ready":
            if self.content is not None:
                self.view.send(self.content.message, self.content.buffers)
            if self._curve is not None:
                self.view.send(self._curve)
            if self.held_out.told is not None:
                self.view.send(self.held_out.told)
        elif kind == "run":
            self.choose_run(str(message.get("id") or ""))
        elif kind == "apex":
            self.nudge_apex(message.get("number"))
        elif kind == "export":
            self.export(str(message.get("kind")))
