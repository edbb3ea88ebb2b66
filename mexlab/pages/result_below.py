"""What stands below a run's matrices: what leaking would claim, and the published tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ipywidgets as widgets

from mexlab.pages import run_leak as leak
from mexlab.pages.epoch_curve_svg import epoch_curve_svg
from mexlab.pages.published_table import COLUMNS, REMARK, table_4, table_7
from mexlab.pages.run_figures import FIGURES
from mexlab.training.run_files import Prediction
from mexlab.training.runs import Run
from mexlab.widgets.figure_table import FigureTable
from mexlab.widgets.leak_view import LeakView


class ResultBelow:
    """The parts of the results page that are of the run as a whole.

    Parameters
    ----------
    titles, layouts : mapping
        Title and layout of each database of the workspace.

    Attributes
    ----------
    leak : LeakView
    table_4, table_7 : FigureTable
    box : ipywidgets.Box
    """

    def __init__(self, titles: Mapping[str, str], layouts: Mapping[str, str]) -> None:
        self._titles, self._layouts = titles, layouts
        self.leak = LeakView(
            columns=[short for short, _ in FIGURES], curve_caption=leak.CURVE_CAPTION
        )
        self.table_4 = FigureTable(columns=COLUMNS, wide=True, fold="closed")
        self.table_7 = FigureTable(columns=["no eye mask", "eye mask"])
        self.box = widgets.Box([self.leak, self.table_4, self.table_7]).add_class(
            "mx-results-below"
        )

    def show(self, run: Run, rows: Sequence[Prediction], every: Iterable[Run]) -> None:
        """Fill all parts; `rows` are the predictions of all seeds, `every` the workspace's runs."""
        self._show_leak(run, rows)
        published = table_4(run, every, self._layouts)
        self.table_4.rows, self.table_4.remark = published, REMARK
        self.table_4.caption = "In the literature"
        self.table_4.gist = "Table 4 of the LAENet paper, twelve methods, and your runs"
        self.table_7.rows = table_7() if published else []
        self.table_7.caption = "Table 7: LAENet's accuracy, Full, as printed"

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
