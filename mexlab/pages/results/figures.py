"""The column of figures beside a run's matrices: people, classes, the published, another run."""

from __future__ import annotations

from collections.abc import Mapping

import ipywidgets as widgets

from mexlab.errors import MexlabError
from mexlab.evaluation.intervals import MetricIntervals
from mexlab.evaluation.metrics import FULL
from mexlab.reports.comparison import RunComparison, apart, compare_runs
from mexlab.reports.figures import FIGURES, class_rows
from mexlab.reports.intervals import NONE, interval_remark
from mexlab.reports.published_rows import rows_beside
from mexlab.runs.run import Run
from mexlab.widgets.kit.figure_table import FigureTable
from mexlab.widgets.results.run_changes import RunChanges
from mexlab.widgets.results.subject_strip import SubjectStrip


class ResultFigures:
    """The tables of a run, for Full or for one of its databases.

    Parameters
    ----------
    titles, layouts : mapping
        Title and layout of each database of the workspace.

    Attributes
    ----------
    strip : SubjectStrip
    changes : RunChanges
    difference, per_class, beside : FigureTable
    box : ipywidgets.Box
    comparison : RunComparison or None
        Of the matrix shown, while another run stands beside this one.
    """

    def __init__(self, titles: Mapping[str, str], layouts: Mapping[str, str]) -> None:
        self._titles, self._layouts = titles, layouts
        columns = [short for short, _ in FIGURES]
        self.strip = SubjectStrip()
        self.changes = RunChanges()
        self.difference = FigureTable(caption="Figures")
        self.per_class = FigureTable()
        self.beside = FigureTable(columns=columns)
        self.comparison: RunComparison | None = None
        self.box = widgets.Box(
            [self.changes, self.difference, self.strip, self.per_class, self.beside]
        ).add_class("mx-results-side")

    def show(
        self,
        run: Run,
        matrix: str,
        intervals: Mapping[str, MetricIntervals],
        other: Run | None = None,
    ) -> None:
        """Fill the tables for one matrix of a run, held against `other` where there is one."""
        metrics = run.metrics
        if matrix not in metrics:
            return
        names = [name for name in metrics if name != FULL]
        title = "Full" if matrix == FULL else self._titles.get(matrix, matrix)
        # Full is that database: there is nothing to tell apart.
        behind = "" if len(names) == 1 else f", {title}"
        known = intervals.get(matrix, NONE)
        self.per_class.caption = f"Per class{behind}"
        self.per_class.columns = ["precision", "recall", "F1", f"{run.summary()['noun']}s"]
        self.per_class.rows = class_rows(metrics[matrix], known)
        self.per_class.remark = interval_remark(known.subjects)
        self._show_comparison(run, other, matrix, behind)
        self.beside.rows, self.beside.remark = rows_beside(run, matrix, self._layouts)
        self.beside.caption = f"{'Published' if self.beside.remark else 'Figures'}{behind}"

    def _show_comparison(self, run: Run, other: Run | None, matrix: str, behind: str) -> None:
        self.comparison = None
        self.changes.set_trait("selected", None)
        self.changes.rows, self.changes.warning = [], ""
        self.changes.caption = "" if other is None else f"Changed from {apart(other, run)}{behind}"
        self.difference.rows = []
        if other is None:
            return
        try:
            found = compare_runs(other, run, matrix)
        except MexlabError as error:
            self.changes.sentence = str(error)
            return
        self.comparison = found
        self.changes.sentence, self.changes.rows = found.sentence(), found.changes()
        self.changes.warning = found.warning()
        self.difference.columns = [apart(other, run), "this run", "difference", "95 % interval"]
        self.difference.rows = found.rows()
        self.difference.remark = ("The same seeds of both. " if found.ground.said else "") + (
            "Paired bootstrap over the held-out subjects; bold where the interval excludes zero."
        )
