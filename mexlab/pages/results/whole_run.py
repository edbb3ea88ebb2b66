"""What stands below a run's matrices: what leaking would claim, and the published tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ipywidgets as widgets

from mexlab.errors import MexlabError
from mexlab.pages.shell.links import page_url
from mexlab.reports import ablation_rows as ablation
from mexlab.reports import leak
from mexlab.reports.ablation import run_ablation
from mexlab.reports.export.epoch_curve_svg import epoch_curve_svg
from mexlab.reports.figures import FIGURES
from mexlab.reports.published_table import COLUMNS, REMARK, table_4
from mexlab.runs.files import Prediction
from mexlab.runs.run import Run
from mexlab.widgets.kit.figure_table import FigureTable
from mexlab.widgets.results.ablation_view import AblationView
from mexlab.widgets.results.leak_view import LeakView


class WholeRun:
    """The parts of the results page that are of the run as a whole.

    Parameters
    ----------
    titles, layouts : mapping
        Title and layout of each database of the workspace.

    Attributes
    ----------
    leak : LeakView
    ablation : AblationView
    table_4 : FigureTable
    box : ipywidgets.Box
    """

    def __init__(self, titles: Mapping[str, str], layouts: Mapping[str, str]) -> None:
        self._titles, self._layouts = titles, layouts
        self.leak = LeakView(
            columns=[short for short, _ in FIGURES], curve_caption=leak.CURVE_CAPTION
        )
        self.table_4 = FigureTable(columns=COLUMNS, wide=True, fold="closed")
        self.ablation = AblationView(published_columns=ablation.COLUMNS, train=page_url("train"))
        self.box = widgets.Box([self.leak, self.ablation, self.table_4]).add_class(
            "mx-results-below"
        )

    def show(self, run: Run, rows: Sequence[Prediction], every: Iterable[Run]) -> None:
        """Fill all parts; `rows` are the predictions of all seeds, `every` the workspace's runs."""
        known = list(every)
        self._show_leak(run, rows)
        self._show_ablation(run, known)
        published = table_4(run, known, self._layouts)
        self.table_4.rows, self.table_4.remark = published, REMARK
        self.table_4.caption = "In the literature"
        self.table_4.gist = "Table 4 of the LAENet paper, twelve methods, and your runs"

    def _show_ablation(self, run: Run, every: Sequence[Run]) -> None:
        shown = self.ablation
        with shown.hold_sync():
            shown.caption = ablation.CAPTION
            shown.published = ablation.published_ablation_rows() if ablation.compares(run) else []
            try:
                found = run_ablation(run, every, self._layouts)
            except MexlabError as error:
                shown.sentence = f"Your own runs cannot be sorted into it: {error}"
                shown.rows, shown.steps, shown.unlike, shown.remark = [], [], [], ""
                return
            shown.sentence = ablation.ablation_sentence(found)
            shown.columns = ablation.ablation_columns(found)
            shown.rows = ablation.own_ablation_rows(
                found, run, self._titles, lambda one: page_url("results", run=one.id)
            )
            shown.steps = ablation.ablation_steps(found, run, self._titles)
            shown.unlike = [[one.name, why] for one, why in found.unlike]
            shown.remark = ablation.ablation_remark(found, run)

    def _show_leak(self, run: Run, rows: Sequence[Prediction]) -> None:
        shown, gap = self.leak, leak.leak_or_reason(run, rows)
        with shown.hold_sync():
            shown.caption = leak.CAPTION
            if isinstance(gap, str):
                shown.gist, shown.sentence = "", gap
                shown.groups, shown.curve, shown.remark = [], "", ""
                return
            noun = leak.held_out(run)
            shown.gist, shown.sentence = leak.leak_gist(gap), leak.leak_sentence(gap, noun)
            shown.groups = leak.leak_groups(gap, noun, self._titles)
            shown.curve, shown.remark = epoch_curve_svg(gap), leak.leak_remark(gap)
