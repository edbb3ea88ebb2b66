"""The results page: a run's confusion matrices, down to the clip and the frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
from IPython.display import display

from mexlab.errors import MexlabError, RunError
from mexlab.evaluation.metrics import FULL
from mexlab.pages.results.beside import (
    beside_choices,
    chosen_run,
    other_matrix,
    published_matrix,
    published_network,
)
from mexlab.pages.results.clips import HINT, ResultClips
from mexlab.pages.results.figures import ResultFigures
from mexlab.pages.results.whole_run import WholeRun
from mexlab.pages.shell.links import page_context, page_url
from mexlab.pages.shell.shell import Page, Shell, open_page
from mexlab.reports.comparison import apart
from mexlab.reports.export.formats import EXPORTS, closed_predictions, export_run
from mexlab.reports.figures import (
    cell_heading,
    clips_of_cell,
    run_matrices,
    short_titles,
    subject_groups,
)
from mexlab.reports.intervals import run_intervals
from mexlab.reports.words import TONES, counted, explain, protocol_line, run_row
from mexlab.runs import run as runs
from mexlab.runs.files import Prediction, average_seeds
from mexlab.runs.run import Run, list_runs
from mexlab.widgets.kit.notice import Notice
from mexlab.widgets.results.confusion_matrix import ConfusionMatrix
from mexlab.widgets.results.run_changes import RunChanges
from mexlab.widgets.results.run_header import RunHeader
from mexlab.widgets.results.subject_strip import SubjectStrip
from mexlab.widgets.training.run_list import RunList
from mexlab.workspace.blindness import RECODING

if TYPE_CHECKING:
    from mexlab.evaluation.intervals import MetricIntervals
    from mexlab.workspace.workspace import Workspace

FOOT = (
    ("P", "percent / counts"),
    ("V", "beside it"),
    ("← → ↑ ↓", "move in a matrix"),
    ("Enter", "its clips; on a clip: open at its apex"),
    ("F", "on a clip: its flow"),
    ("R", "send it to recoding"),
    ("O", "where it looked"),
)


class ResultsPage:
    """The results of one run of a workspace.

    Parameters
    ----------
    workspace : Workspace
    run_id : str, optional
        The newest finished run by default.
    cell : str, optional
        ``matrix:true:predicted``, chosen at once (deep links, and coming back from a clip).
    beside : str, optional
        ``published:laenet`` or ``run:<id>``: what stands beside the run from the start.
    """

    def __init__(
        self, workspace: Workspace, run_id: str = "", cell: str = "", beside: str = ""
    ) -> None:
        self.workspace = workspace
        self.shell = Shell("results", workspace)
        self.run: Run | None = None
        self._predictions: list[Prediction] = []
        self._intervals: dict[str, MetricIntervals] = {}
        databases = workspace.store.databases()
        self._titles = short_titles({row.name: row.title for row in databases})
        self._layouts = {row.name: row.layout for row in databases}
        deep = page_context() == "voila"
        self.list = RunList(
            deep_link=deep, empty="No run yet. Start one on the train page."
        ).add_class("mx-grow")
        self.header = RunHeader(
            exports=[[kind, one.title] for kind, one in EXPORTS.items()],
            beside=beside,
            deep_link=deep,
        )
        self.notice = Notice()
        # Boxes are shown and hidden by class; a widget of anywidget's takes no class afterwards.
        self.notice_slot = widgets.Box([self.notice]).add_class("mx-slot")
        self.header_slot = widgets.Box([self.header]).add_class("mx-slot")
        self.full = ConfusionMatrix(size="large", controls=True, deep_link=deep)
        self.databases = ConfusionMatrix(size="small", deep_link=deep)
        self.figures = ResultFigures(self._titles, self._layouts)
        self.strip, self.changes = self.figures.strip, self.figures.changes
        self.found = ResultClips(workspace, self._titles)
        self.clips = self.found.list
        top = widgets.Box([self.full, self.databases]).add_class("mx-results-top")
        self.below = WholeRun(self._titles, self._layouts)
        self.body = widgets.Box([top, self.figures.box, self.below.box]).add_class(
            "mx-results-body"
        )
        self.root = self.shell.wrap(
            left=self.list,
            centre=[self.header_slot, self.notice_slot, self.body],
            right=[self.clips, self.found.looked.view],
            foot=FOOT,
            titles=("runs", "clips"),
        )
        self._wire()
        self.refresh_runs()
        self.choose_run(run_id or self._first_run())
        if cell:
            self._choose_named_cell(cell)

    @classmethod
    def from_environment(cls) -> Page:
        """The page of the environment's workspace, at the run that its address names."""
        return open_page(
            "results",
            lambda workspace, query: cls(
                workspace, *(query.get(name, "") for name in ("run", "cell", "beside"))
            ),
        )

    def show(self) -> None:
        display(self.root)

    def refresh_runs(self) -> None:
        """Read the list of runs again."""
        self.list.rows = [run_row(run) for run in list_runs(self.workspace.runs_dir)]

    def choose_run(self, run_id: str) -> None:
        """Show a run; one that has no results says why, and what to do."""
        self.run, self._predictions = None, []
        _unselect(self.full, self.databases, self.strip, self.changes)
        self.found.show("", [])
        if not run_id:
            self._say(
                "No run yet",
                "A run is one strict training: every clip is predicted by a network that never "
                "saw its subject.",
                links=[{"title": "Train a network", "url": page_url("train")}],
            )
            return
        self.list.selected = run_id
        try:
            self._open(run_id)
        except MexlabError as error:
            self._fail(error)

    def choose_cell(self, cell: dict[str, Any] | None) -> None:
        """List the clips of a cell ``{matrix, row, column}``."""
        if cell is None or self.run is None:
            return
        classes = self.run.classes
        matrix, truth, called = cell["matrix"], classes[cell["row"]], classes[cell["column"]]
        found = clips_of_cell(self._predictions, matrix, truth, called)
        _unselect(self.strip, self.changes)
        if matrix == FULL:
            _unselect(self.databases)
        else:
            _unselect(self.full)
        self.found.show(cell_heading(len(found), truth, called, self.run.summary()["noun"]), found)
        self._show_figures(matrix)

    def choose_subject(self, chosen: dict[str, str] | None) -> None:
        """List the clips of a held-out subject ``{database, subject}``."""
        if chosen is None or self.run is None:
            return
        group = (chosen["database"], chosen["subject"])
        found = [row for row in self._predictions if row.key.group == group]
        right = sum(row.correct for row in found)
        _unselect(self.full, self.databases, self.changes)
        title = self._titles.get(group[0], group[0])
        self.found.show(f"{title} {group[1]}: {right} of {len(found)} correct", found)

    def choose_change(self, chosen: dict[str, str] | None) -> None:
        """List the clips that went from one cell to another, ``{truth, before, after}``."""
        if chosen is None or self.run is None or self.figures.comparison is None:
            return
        found, noun = self.figures.comparison.changed(**chosen), self.run.summary()["noun"]
        _unselect(self.full, self.databases, self.strip)
        self.found.show(
            f"{counted(len(found), chosen['truth'] + ' ' + noun)}: {chosen['before']} in "
            f"{apart(self.figures.comparison.other, self.run)}, {chosen['after']} in this run",
            found,
        )

    def show_beside(self) -> None:
        """Put what ``header.beside`` names beside the run's matrices and figures."""
        run = self.run
        if run is None:
            return
        full, databases = run_matrices(run, self._titles, self._intervals)
        other, network = self._other_run(), published_network(self.header.beside)

        def pair(record: dict[str, Any]) -> list[dict[str, Any]]:
            name = record["name"]
            parts = [one for one in run.metrics if one != FULL] if name == FULL else [name]
            found = (
                other_matrix(other, name, run)
                if other is not None
                else published_matrix(network, name, parts, self._layouts)
                if network
                else None
            )
            return [record] if found is None else [record, found]

        self.full.matrices = pair(full)
        self.databases.matrices = [one for record in databases for one in pair(record)]
        chosen = self.databases.selected or self.full.selected
        self._show_figures(chosen["matrix"] if chosen else FULL)

    def export(self, kind: str) -> None:
        """Hand the run to the browser as a file of a format of :data:`EXPORTS`."""
        if self.run is None or kind not in EXPORTS:
            return
        try:
            hidden = closed_predictions(self.workspace, self.run, kind, RECODING)
            text = export_run(self.run, kind, self._titles, self._layouts, without=hidden)
        except MexlabError as error:
            self._fail(error)
            return
        form = EXPORTS[kind]
        # A file that lacks clips says so where it cannot be overlooked.
        lacking = f"{len(hidden)}-clips-not-shown-" if hidden else ""
        self.header.send(
            {
                "type": "file",
                "name": f"{self.run.id}-{lacking}{form.ending}",
                "mime": form.mime,
                "picture": form.picture,
                "text": text,
            }
        )

    def _wire(self) -> None:
        self.list.observe(lambda change: self._list_chosen(change["new"]), "selected")
        self.full.observe(lambda change: self.choose_cell(change["new"]), "selected")
        self.databases.observe(lambda change: self.choose_cell(change["new"]), "selected")
        self.strip.observe(lambda change: self.choose_subject(change["new"]), "selected")
        self.changes.observe(lambda change: self.choose_change(change["new"]), "selected")
        self.header.observe(lambda change: self.show_beside(), "beside")
        self.full.observe(lambda change: setattr(self.databases, "mode", change["new"]), "mode")
        self.header.on_msg(
            lambda _widget, content, _buffers: (
                self.export(str(content.get("kind"))) if content.get("type") == "export" else None
            )
        )

    def _list_chosen(self, run_id: str) -> None:
        if self.run is None or self.run.id != run_id:
            self.choose_run(run_id)

    def _first_run(self) -> str:
        found = list_runs(self.workspace.runs_dir)
        finished = [run for run in found if run.status == runs.FINISHED]
        return (finished or found)[0].id if found else ""

    def _open(self, run_id: str) -> None:
        known = {run.id: run for run in list_runs(self.workspace.runs_dir)}
        if run_id not in known:
            raise RunError(
                f"there is no run {run_id!r}",
                where="",
                remedy="Choose one of the list." if known else "Start one on the train page.",
            )
        run = known[run_id]
        self._show_header(run)
        if run.status != runs.FINISHED:
            self._explain(run)
            return
        rows = run.seed_predictions()
        self._predictions = average_seeds(rows)
        self.run = run
        self._intervals = run_intervals(run, self._predictions)
        self.found.read(run, self._predictions)
        self.notice_slot.add_class("mx-gone")
        self.body.remove_class("mx-gone")
        self.header.choices = beside_choices(run, known.values(), self._layouts)
        if self.header.beside not in {one["value"] for one in self.header.choices}:
            self.header.beside = ""
        self.below.show(run, rows, known.values())
        self.strip.noun = self.run.summary()["noun"]
        self.strip.people = len({self.run.person(row.key) for row in self._predictions})
        self.strip.groups = subject_groups(self._predictions, self._titles)
        self.show_beside()
        self.clips.hint = HINT

    def _show_header(self, run: Run) -> None:
        self.shell.context(f"run {run.name}")
        self.header_slot.remove_class("mx-gone")
        self.header.run = {
            "title": run.name,
            "line": protocol_line(run),
            "synthetic": run.summary()["synthetic"],
            "exportable": run.status == runs.FINISHED,
        }

    def _other_run(self) -> Run | None:
        wanted = chosen_run(self.header.beside)
        found = list_runs(self.workspace.runs_dir) if wanted else []
        return next((run for run in found if run.id == wanted), None)

    def _show_figures(self, matrix: str) -> None:
        assert self.run is not None
        self.figures.show(self.run, matrix, self._intervals, self._other_run())

    def _choose_named_cell(self, text: str) -> None:
        matrix, _, classes = text.partition(":")
        truth, _, called = classes.partition(":")
        if self.run is None or truth not in self.run.classes or called not in self.run.classes:
            return
        if matrix not in self.run.metrics:
            return
        cell = {
            "matrix": matrix,
            "row": self.run.classes.index(truth),
            "column": self.run.classes.index(called),
        }
        (self.full if matrix == FULL else self.databases).selected = cell

    def _explain(self, run: Run) -> None:
        problem, remedy = explain(run)
        if problem:
            self._say(
                problem,
                remedy=remedy,
                tone="warn" if TONES[run.status] in ("bad", "warn") else "",
                links=[{"title": "Train again", "url": page_url("train")}],
            )
            return
        self._say(
            f"It is {run.status}.",
            "Its results stand here when every fold is done.",
            links=[{"title": "Watch it on the train page", "url": page_url("train", run=run.id)}],
        )

    def _fail(self, error: MexlabError) -> None:
        self._clear_for_notice()
        self.shell.error_panel(error, self.notice)
        self.notice.links = []

    def _say(
        self,
        heading: str,
        text: str = "",
        remedy: str = "",
        tone: str = "",
        links: list[dict[str, str]] | None = None,
    ) -> None:
        """Put a calm panel in the place of the results."""
        self._clear_for_notice()
        self.notice.set_trait("heading", heading)
        self.notice.text, self.notice.remedy, self.notice.tone = text, remedy, tone
        self.notice.links = links or []

    def _clear_for_notice(self) -> None:
        self.body.add_class("mx-gone")
        self.notice_slot.remove_class("mx-gone")
        self.clips.hint = ""
        if not self.header.run:
            self.header_slot.add_class("mx-gone")


def _unselect(*parts: ConfusionMatrix | SubjectStrip | RunChanges) -> None:
    for part in parts:
        part.set_trait("selected", None)
