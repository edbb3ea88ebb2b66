"""The train page: choose, start, watch, cancel; a run outlives the page."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
from IPython.display import display

from mexlab.errors import MexlabError
from mexlab.pages.shell.links import page_context, page_url
from mexlab.pages.shell.periodic import Periodic
from mexlab.pages.shell.shell import Page, Shell, open_page
from mexlab.pages.train.choices import TrainChoices, read_request
from mexlab.pages.train.follower import RunFollower
from mexlab.pages.train.words import NOTHING, nothing_yet
from mexlab.reports.figures import growing_matrix, run_matrices, short_titles
from mexlab.reports.queue_places import QueuePlace, in_order, place_sentence, queue_places
from mexlab.reports.words import run_row
from mexlab.runs import run as runs
from mexlab.runs.catalogue import RunCatalogue
from mexlab.runs.run import Run, open_run
from mexlab.widgets.kit.notice import Notice
from mexlab.widgets.kit.plotly_view import PlotlyView
from mexlab.widgets.results.confusion_matrix import ConfusionMatrix
from mexlab.widgets.training.run_list import RunList
from mexlab.widgets.training.run_monitor import RunMonitor
from mexlab.widgets.training.train_form import TrainForm
from mexlab.workspace.blindness import reasons_shown
from mexlab.workspace.queue import detached
from mexlab.workspace.queue import places as run_queue
from mexlab.workspace.queue import runner as queue_runner
from mexlab.workspace.queue.expected_time import measure_waiting

if TYPE_CHECKING:
    from mexlab.workspace.workspace import Workspace

#: Seconds between two looks at the chosen run: some three updates a second, well below what a
#: page can take (beyond a thousand messages a second are dropped unseen).
FOLLOW_S = 0.3

#: Seconds between two looks at all runs, which read every run's record.
LIST_S = 2.0

FOOT = (("Tab", "next field"), ("Space", "choose"), ("← → ↑ ↓", "move in a list"))


class TrainPage:
    """Start trainings and watch them.

    Parameters
    ----------
    workspace : Workspace
    run_id : str, optional
        The run to watch; by default the one that is under way, else none.
    """

    def __init__(self, workspace: Workspace, run_id: str = "") -> None:
        self.workspace = workspace
        self.shell = Shell("train", workspace)
        self.catalogue = RunCatalogue(workspace.runs_dir)
        self.choices = TrainChoices(workspace, self.catalogue)
        self.follower: RunFollower | None = None
        self._listed_at = -LIST_S
        self._places: dict[str, QueuePlace] = {}
        self._queued = ""
        self._measured_by = ""
        #: Rows of runs that are over stay as they are, but that yesterday's say the day.
        self._rows: dict[str, tuple[Run, date, dict[str, Any]]] = {}
        choice = self.choices.default_choice()
        self.form = TrainForm(choice=choice, **self.choices.options(choice)).add_class("mx-grow")
        self.monitor = RunMonitor()
        self.notice = Notice()
        # Boxes are shown and hidden by class; a widget of anywidget's takes no class afterwards.
        self.notice_slot = widgets.Box([self.notice]).add_class("mx-slot")
        self.curves = PlotlyView(
            height=330,
            description="training loss by epoch, one line a fold, and their mean",
            figure_layout={
                "xaxis": {"title": {"text": "epoch"}},
                "yaxis": {"title": {"text": "training loss"}, "rangemode": "tozero"},
                "uirevision": "keep",
            },
        )
        self.matrix = ConfusionMatrix(
            choosable=False,
            controls=True,
        )
        self.list = RunList(empty="No run yet.", deep_link=page_context() == "voila").add_class(
            "mx-grow"
        )
        self.curves_slot = widgets.Box([self.curves]).add_class("mx-slot")
        parts = widgets.Box([self.curves_slot, self.matrix]).add_class("mx-train-parts")
        self.watch = widgets.Box([self.monitor, parts])
        self.watch.add_class("mx-train-watch")
        self.root = self.shell.wrap(
            left=self.form,
            centre=[self.notice_slot, self.watch],
            right=self.list,
            foot=FOOT,
            pad_right=False,
            titles=("choices", "runs"),
            folds={"right": ("middle", "narrow")},
        )
        self._wire()
        self.plan()
        self.refresh_runs()
        self.choose_run(run_id or self._run_under_way())
        self._clock = Periodic(self.tick, FOLLOW_S)

    @classmethod
    def from_environment(cls) -> Page:
        """The page of the environment's workspace, watching the run that its address names."""
        return open_page("train", lambda workspace, query: cls(workspace, query.get("run", "")))

    def show(self) -> None:
        display(self.root)
        self._clock.start()
        self.wake()

    def plan(self) -> None:
        """Say what the form's choice comes to."""
        choice = self.form.choice
        with self.form.hold_sync():
            self.form.plan, self.form.faults = self.choices.plan(choice)
            coders = self.choices.options(choice)["coders"]
            if coders != self.form.coders:
                self.form.coders = coders
        # Not where a run is on show: the notice keeps its words while it is away.
        if self.notice.heading == NOTHING and self.follower is None:
            self._say_nothing_yet()

    def start(self, choice: Mapping[str, Any], *, beside: bool = False) -> str | None:
        """Start a training, or queue it where others are under way.

        Parameters
        ----------
        choice : mapping
            Of the form.
        beside : bool
            Start it at once, whatever else is under way.

        Returns
        -------
        str or None
            The run's id; None where it failed, which the form says.
        """
        before = self.form.busy
        try:
            request = read_request(choice)
            if beside:
                run_id = detached.start_detached(self.workspace, request)
            else:
                expected = self.choices.expected_seconds(request)
                run_id = run_queue.enqueue(self.workspace, request, expected=expected)
                queue_runner.ensure_runner(self.workspace)
        except MexlabError as error:
            told = {"sentence": str(error), "notes": [], "ready": False}
            self.form.plan = {**self.form.plan, **told}
            return None
        finally:
            self.form.starting = False
        self.refresh_runs()
        place = self._places.get(run_id)
        if before and place is not None:
            # What is under way stays in sight.
            self._queued = run_id
            self._say_queue()
        else:
            self.choose_run(run_id)
        return run_id

    def wake(self) -> None:
        """Somebody is at the page: have a process ready that can begin at once."""
        try:
            queue_runner.ensure_runner(self.workspace, warm=True)
        except MexlabError as error:
            # Nothing is lost yet; a start will say so, too.
            self.shell.status(str(error), "warn")

    def cancel(self) -> None:
        """Ask the watched run to stop."""
        if self.follower is None:
            return
        self._act(lambda run_id: run_queue.cancel_run(self.workspace, run_id))

    def move_first(self) -> None:
        """Let the watched run go before all others that wait."""
        self._act(lambda run_id: run_queue.move_first(self.workspace, run_id))

    def start_waiting(self) -> None:
        """Start the watched run, which waits, beside those under way."""
        self._act(lambda run_id: detached.start_waiting(self.workspace, run_id))

    def resume(self) -> None:
        """Queue the watched run again, which ended unfinished; its finished folds are kept."""
        if self.follower is None:
            return
        run_id = self.follower.run.id
        try:
            run_queue.enqueue_again(self.workspace, run_id)
            queue_runner.ensure_runner(self.workspace)
        except MexlabError as error:
            self.shell.status(str(error), "warn")
        self.refresh_runs()
        # Anew, for what was told of it before is over.
        self.choose_run(run_id)

    def _act(self, act: Callable[[str], None]) -> None:
        if self.follower is None:
            return
        try:
            act(self.follower.run.id)
        except MexlabError as error:
            # It may have begun or ended in the same moment; the next look says how.
            self.shell.status(str(error), "warn")
        self.follower.poll()
        self.refresh_runs()
        self._show_run()

    def choose_run(self, run_id: str) -> None:
        """Watch a run; any state, from queued to long over."""
        self.follower = None
        self.curves.data, self.matrix.matrices = [], []
        if not run_id:
            self._say_nothing_yet()
            return
        try:
            run = open_run(self.workspace.runs_dir, run_id)
        except MexlabError as error:
            self.list.selected = run_id if any(r["id"] == run_id for r in self.list.rows) else ""
            self._say_error(error)
            return
        self.follower = RunFollower(
            run, reasons=lambda found, whose: reasons_shown(self.workspace, found, whose, "train")
        )
        self.list.selected = run_id
        self.notice_slot.add_class("mx-gone")
        self.watch.remove_class("mx-gone")
        self.follower.poll()
        self._show_run()

    def refresh_runs(self) -> None:
        """Look at all runs again: the list, the queue, and what a start would come to."""
        self._listed_at = time.monotonic()
        found = self.catalogue.runs()
        self._measure_waiting(found)
        self._places = queue_places(found)
        today = date.today()
        kept, self._rows = self._rows, {}
        for run in in_order(found, self._places):
            known = kept.get(run.id)
            if known is None or known[:2] != (run, today) or not run.is_over:
                known = run, today, self._row(run)
            self._rows[run.id] = known
        rows = [row for _, _, row in self._rows.values()]
        if rows != self.list.rows:
            self.list.rows = rows
        self.form.busy = bool(self._places or run_queue.holding_up(found))
        self._say_queue()
        if self.follower is not None and self.follower.run.id in self._places:
            self._show_run()

    def _measure_waiting(self, found: list[Run]) -> None:
        """With each run that ends, runs that wait may come to be measured by it."""
        newest = next((run.id for run in found if run.status == runs.FINISHED), "")
        if newest == self._measured_by:
            return
        self._measured_by = newest
        measure_waiting(self.workspace, found)

    def _row(self, run: Run) -> dict[str, Any]:
        own = self.follower is not None and self.follower.run.id == run.id
        share = self.follower.progress.share if own and self.follower is not None else None
        return run_row(run, share, self._place_words(run.id))

    def _place_words(self, run_id: str) -> str:
        place = self._places.get(run_id)
        return "" if place is None else place_sentence(place)

    def _say_queue(self) -> None:
        """Below the form's button: where the training stands that was queued from it last."""
        words = self._place_words(self._queued)
        self.form.said = f"{self._queued} is {words}." if words else ""

    def tick(self) -> None:
        """Look for news of the watched run, and now and then of all."""
        if self.follower is not None and not self._settled() and self.follower.poll():
            self._show_run()
            if self.follower.run.is_over:
                self.refresh_runs()
        if time.monotonic() - self._listed_at >= LIST_S:
            self.refresh_runs()
            if self._places and not queue_runner.runner_is_there(self.workspace):
                # Whoever worked on the queue was killed, or the machine was restarted.
                self.wake()

    def _wire(self) -> None:
        self.form.observe(lambda _: self.plan(), "choice")
        self.form.on_msg(self._form_said)
        self.monitor.on_msg(self._monitor_said)
        self.list.observe(lambda change: self._list_chosen(change["new"]), "selected")

    def _form_said(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        if content.get("type") == "here":
            self.wake()
        elif content.get("type") == "start":
            self.form.choice = content["choice"]
            self.start(content["choice"], beside=bool(content.get("beside")))

    def _monitor_said(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        acts = {
            "cancel": self.cancel,
            "first": self.move_first,
            "beside": self.start_waiting,
            "resume": self.resume,
        }
        act = acts.get(str(content.get("type")))
        if act is not None:
            act()

    def _list_chosen(self, run_id: str) -> None:
        if run_id and (self.follower is None or self.follower.run.id != run_id):
            self.choose_run(run_id)

    def _run_under_way(self) -> str:
        running = [run.id for run in self.catalogue.runs() if run.status == runs.RUNNING]
        return next(iter([*running, *self._places]), "")

    def _settled(self) -> bool:
        return self.follower is not None and self.monitor.run.get("status") not in (
            runs.QUEUED,
            runs.RUNNING,
        )

    def _show_run(self) -> None:
        follower = self.follower
        assert follower is not None
        run = follower.run
        self.shell.context(f"run {run.name}")
        if run.status == runs.FINISHED:
            self._show_finished(follower)
        else:
            if follower.classes:
                several = len(run.summary()["seeds"]) > 1
                title = "So far, seeds averaged" if several else "So far"
                self.matrix.matrices = [growing_matrix(title, follower.classes, follower.confusion)]
            self.curves.data = follower.traces()
        epochs = run.summary()["epochs"]
        if epochs:
            axis = {**self.curves.figure_layout["xaxis"], "range": [1, max(epochs, 2)]}
            self.curves.figure_layout = {**self.curves.figure_layout, "xaxis": axis}
        shown = bool(self.curves.data)
        slot = self.curves_slot
        (slot.remove_class if shown else slot.add_class)("mx-gone")
        # Last: whoever sees the run's end in it finds all else in its final state.
        self.monitor.run = follower.monitor(
            page_url("results", run=run.id), self._places.get(run.id)
        )

    def _show_finished(self, follower: RunFollower) -> None:
        titles = short_titles({row.name: row.title for row in self.choices.databases})
        try:
            follower.load_finished()
            self.curves.data = follower.traces()
        except MexlabError as error:
            self.curves.data = []
            self.shell.status(str(error), "warn")
        full, _ = run_matrices(follower.run, titles)
        self.matrix.matrices = [full]

    def _say_nothing_yet(self) -> None:
        self.watch.add_class("mx-gone")
        self.notice_slot.remove_class("mx-gone")
        self.shell.context("")
        for name, words in nothing_yet(self.form.plan).items():
            setattr(self.notice, name, words)

    def _say_error(self, error: MexlabError) -> None:
        self.watch.add_class("mx-gone")
        self.notice_slot.remove_class("mx-gone")
        self.shell.error_panel(error, self.notice)
