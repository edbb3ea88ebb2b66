"""A run's figures as LaTeX tables, ready to be put into a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mexlab.errors import RunError
from mexlab.evaluation.intervals import Interval, MetricIntervals
from mexlab.evaluation.metrics import FULL
from mexlab.reports.figures import FIGURES
from mexlab.reports.intervals import NONE
from mexlab.reports.leak import held_out, leak_groups, leak_or_reason, leak_remark
from mexlab.reports.seed_words import alone_words, averaged_words
from mexlab.reports.words import protocol_line
from mexlab.runs.files import Prediction
from mexlab.runs.run import Run

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    # The fonts of old have other signs in these places.
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "→": r"$\rightarrow$",
    "·": "--",
    # At the head of a row these two would be read as arguments of the line break before.
    "[": "{[}",
    "*": "{*}",
    "±": r"$\pm$",
    "−": "$-$",
    "–": "--",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}


_HEADS = [{"acc": "Accuracy", "F1": "F1-score"}.get(short, short) for short, _ in FIGURES]


def latex_text(text: str) -> str:
    r"""Text with what LaTeX would take for a command set out of its reach.

    >>> print(latex_text("50 % of run_1"))
    50 \% of run\_1
    >>> print(latex_text("<b> | 1"))
    \textless{}b\textgreater{} \textbar{} 1
    """
    return "".join(_SPECIAL.get(sign, sign) for sign in text)


def run_latex(run: Run, titles: Mapping[str, str], intervals: Mapping[str, MetricIntervals]) -> str:
    r"""Two tables: figures of Full and each database; precision, recall, F1 of each class.

    Needs ``\usepackage{booktabs}``. Intervals stand below their figures.
    """
    metrics, counted = run.metrics, f"{run.summary()['noun'].capitalize()}s"
    synthetic = " Synthetic data." if run.summary()["synthetic"] else ""
    people = intervals.get(FULL, NONE).subjects
    averaged = averaged_words(metrics[FULL])
    seeds = f" Figures: {averaged}; below, each alone, mean $\\pm$ SD." if averaged else ""
    caption = f"{latex_text(run.name)}: {latex_text(protocol_line(run))}.{synthetic}{seeds}" + (
        f" In brackets 95\\,\\% bootstrap intervals over {people} subjects." if people > 1 else ""
    )
    parts: list[list[str]] = []
    for name, one in metrics.items():
        known = intervals.get(name, NONE).figures
        title = "Full" if name == FULL else titles.get(name, name)
        parts += _rows(
            [latex_text(title), str(one["n"])],
            [(one[long], known.get(long)) for _, long in FIGURES],
        )
        if averaged:
            alone = (latex_text(alone_words(one, long, 4)) for _, long in FIGURES)
            parts.append(["", "", *map(_small, alone)])
    classes: list[list[str]] = []
    for name, one in metrics[FULL]["per_class"].items():
        known = intervals.get(FULL, NONE).per_class.get(name, {})
        classes += _rows(
            [latex_text(name), str(one["support"])],
            [(one[key], known.get(key)) for key in ("precision", "recall", "f1")],
        )
    return "\n".join(
        (
            r"% \usepackage{booktabs}",
            _table(["", counted, *_HEADS], parts, caption, f"tab:{run.id}"),
            _table(
                ["Class", counted, "Precision", "Recall", "F1"],
                classes,
                f"{latex_text(run.name)}: each class, all databases together"
                f"{f', {averaged}' if averaged else ''}.",
                f"tab:{run.id}-classes",
            ),
        )
    )


def leak_latex(run: Run, titles: Mapping[str, str], rows: Sequence[Prediction]) -> str:
    r"""A table of what leaking would claim; every figure of it marked, and the caption says why.

    Raises
    ------
    RunError
        Where the run has no record of its epochs.
    """
    gap = leak_or_reason(run, rows)
    if isinstance(gap, str):
        raise RunError(gap, where=run.id)
    noun = held_out(run)
    lines: list[list[str]] = []
    for group in leak_groups(gap, noun, titles):
        head = latex_text(f"{group['title']}, {group['detail']}")
        # Across the columns, which are as wide as if it were not there.
        lines.append([f"\\rlap{{{head}}}", *("" for _ in FIGURES)])
        for row in group["rows"]:
            mark = r"$^{\dagger}$" if row["invalid"] else ""
            label = latex_text(row["label"]) + (" (INVALID)" if row["invalid"] else "")
            figures = (f"{figure}{mark}" for figure, _ in row["cells"])
            smalls = (_small(latex_text(small)) for _, small in row["cells"])
            lines += [[label, *figures], ["", *smalls]]
    caption = (
        f"{latex_text(run.name)}: INVALID, for show. $^{{\\dagger}}$The epoch was chosen by the "
        "held-out clips that it is judged on; such figures are no results and must not be "
        f"reported as such. Small: points above the strict figure. {latex_text(leak_remark(gap))}"
    )
    return _table(["", *_HEADS], lines, caption, f"tab:{run.id}-leak")


def _rows(
    lead: Sequence[str], figures: Sequence[tuple[float | None, Interval | None]]
) -> list[list[str]]:
    """A row of figures, and below it that of their intervals where there is one."""
    rows = [[*lead, *("--" if value is None else f"{value:.4f}" for value, _ in figures)]]
    if any(interval for _, interval in figures):
        spans = (
            "" if one is None else _small(f"[{one.low:.2f}, {one.high:.2f}]") for _, one in figures
        )
        rows.append([*("" for _ in lead), *spans])
    return rows


def _small(latex: str) -> str:
    return f"{{\\scriptsize {latex}}}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], caption: str, label: str) -> str:
    """A floating table of cells that are LaTeX already: names to the left, figures to the right."""
    import pandas as pd

    styler = pd.DataFrame(list(rows), columns=list(heads)).style.hide(axis="index")
    return styler.to_latex(
        column_format="l" + "r" * (len(heads) - 1),
        position_float="centering",
        hrules=True,
        caption=caption,
        label=label,
    )
