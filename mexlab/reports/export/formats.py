"""What a run can be saved as: one place for the results page and the command line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError
from mexlab.reports.export.html import run_report
from mexlab.reports.export.latex import leak_latex, run_latex
from mexlab.reports.export.matrix_svg import matrices_svg
from mexlab.reports.export.predictions_csv import UTF8_MARK, predictions_csv
from mexlab.reports.figures import run_matrices
from mexlab.reports.intervals import run_intervals
from mexlab.reports.leak import leak_or_reason
from mexlab.runs.files import average_seeds
from mexlab.runs.run import Run
from mexlab.workspace.blindness import disclose_calls
from mexlab.workspace.feature_sets.run_samples import labels_coder

if TYPE_CHECKING:
    from mexlab.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ExportKind:
    """A file format: what its button says, the end of the file's name, its media type."""

    title: str
    ending: str
    mime: str
    picture: bool = False
    #: Begins the file; what Excel needs to take names for UTF-8.
    mark: str = ""


#: By suffix. PNG is the SVG, drawn by the browser: the package carries no text renderer of its own.
EXPORTS: Mapping[str, ExportKind] = {
    "csv": ExportKind("CSV", "predictions.csv", "text/csv"),
    "excel": ExportKind("CSV for Excel", "predictions-excel.csv", "text/csv", mark=UTF8_MARK),
    "tex": ExportKind("LaTeX", "figures.tex", "application/x-tex"),
    "svg": ExportKind("SVG", "matrices.svg", "image/svg+xml"),
    "png": ExportKind("PNG", "matrices.png", "image/svg+xml", picture=True),
    "html": ExportKind("HTML", "report.html", "text/html"),
}


#: Formats that hold counts alone; any other may tell of single clips.
_COUNTS_ALONE = ("tex", "svg", "png")


def closed_predictions(workspace: Workspace, run: Run, kind: str, page: str) -> set[ClipKey]:
    """Clips that a file must not tell of: the coder has not committed them yet.

    What it tells of the others is on record, where it is early.
    """
    if kind in _COUNTS_ALONE:
        return set()
    keys = {row.key for row in run.predictions()}
    return keys - disclose_calls(workspace, keys, run.id, labels_coder(run), page)


def export_run(
    run: Run,
    kind: str,
    titles: Mapping[str, str],
    layouts: Mapping[str, str],
    *,
    leak: bool = False,
    without: Collection[ClipKey] = (),
) -> str:
    """A run's text in a format of :data:`EXPORTS`; that of ``png`` is the SVG to be drawn.

    Parameters
    ----------
    run : Run
    kind : str
    titles, layouts : mapping
        Of the workspace's databases, by name.
    leak : bool
        Whether LaTeX gets a table of what leaking would claim, too; marked as invalid. The report
        always has one, the predictions never.
    without : collection of ClipKey
        Clips of which no prediction is told one by one; the figures count them.

    Raises
    ------
    InputError
        For an unknown format.
    RunError
        Where the run is not finished, or damaged.
    """
    rows = run.seed_predictions()
    predictions = average_seeds(rows)
    makers: dict[str, Callable[[], str]] = {
        "csv": lambda: predictions_csv(run, without),
        "excel": lambda: EXPORTS["excel"].mark + predictions_csv(run, without),
        "tex": lambda: (
            run_latex(run, titles, run_intervals(run, predictions))
            + (leak_latex(run, titles, rows) if leak else "")
        ),
        "svg": lambda: _matrices(run, titles),
        "png": lambda: _matrices(run, titles),
        "html": lambda: run_report(
            run,
            predictions,
            titles,
            layouts,
            run_intervals(run, predictions),
            leak_or_reason(run, rows),
            without,
        ),
    }
    if kind not in makers:
        raise InputError(
            f"no format {kind!r}", where="export", remedy=f"There are {', '.join(makers)}"
        )
    return makers[kind]()


def _matrices(run: Run, titles: Mapping[str, str]) -> str:
    full, databases = run_matrices(run, titles, run_intervals(run, run.predictions()))
    return matrices_svg([full, *databases])
