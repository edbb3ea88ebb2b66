"""A run as one HTML file: matrices, figures, settings, every prediction.

Nothing in it asks another file or host for anything, which its own content policy enforces. It
holds no picture of a person and no path of a machine: of the run's record only named fields go in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from html import escape
from typing import Any

from mexlab.data.clips import ClipKey
from mexlab.evaluation.intervals import MetricIntervals
from mexlab.evaluation.leak import LeakGap
from mexlab.evaluation.metrics import FULL
from mexlab.reports.export.epoch_curve_svg import epoch_curve_svg
from mexlab.reports.export.matrix_svg import matrices_svg
from mexlab.reports.figures import FIGURES, class_rows, run_matrices
from mexlab.reports.intervals import NONE, interval_remark
from mexlab.reports.leak import (
    CAPTION,
    CURVE_CAPTION,
    held_out,
    leak_groups,
    leak_remark,
    leak_sentence,
)
from mexlab.reports.published_rows import rows_beside
from mexlab.reports.seed_words import REMARK, averaged_words
from mexlab.reports.words import counted, protocol_line, spell_seconds
from mexlab.runs.files import Prediction
from mexlab.runs.run import Run

#: Pixels of a picture: what the page is wide, so that text in it is as large as drawn.
WIDEST = 960

_STYLE = """
body{font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;color:#1b1f26;background:#fff;
max-width:1000px;margin:32px auto;padding:0 20px}
h1{font-size:24px;margin:0}h2{font-size:17px;margin:32px 0 8px}p{margin:6px 0}
.dim,small{color:#4d5664}
.tag{border:1px solid #cfd3da;border-radius:3px;padding:1px 7px;font-size:13px}
svg{max-width:100%;height:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;display:block;overflow-x:auto}
th,td{padding:3px 18px 3px 0;text-align:right;border-top:1px solid #e3e6ea;vertical-align:top}
th:first-child,td.t{text-align:left}thead th{font-weight:400;color:#4d5664;border:0}
tbody th{font-weight:400;white-space:nowrap}.strong th,.strong td{font-weight:650}
.faded{color:#687180}
.invalid{color:#4d5664;background:repeating-linear-gradient(135deg,#c0352d1c 0 4px,#0000 4px 9px)}
.invalid s{text-decoration-color:#c0352d}.invalid b{color:#c0352d;font-size:12px}
small{display:block;font-size:12px;font-weight:400}summary{cursor:pointer}
"""


def run_report(
    run: Run,
    predictions: Sequence[Prediction],
    titles: Mapping[str, str],
    layouts: Mapping[str, str],
    intervals: Mapping[str, MetricIntervals],
    leak: LeakGap | str,
    without: Collection[ClipKey] = (),
) -> str:
    """The report's text.

    Parameters
    ----------
    run : Run
        Finished.
    predictions : sequence of Prediction
        One a clip, as :meth:`Run.predictions` gives them.
    titles, layouts : mapping
        Of the databases, by name.
    intervals : mapping
        As :func:`mexlab.reports.intervals.run_intervals` makes them.
    leak : LeakGap or str
        As :func:`mexlab.reports.leak.leak_or_reason` gives it.
    without : collection of ClipKey
        Clips of which no prediction is listed; the figures count them.
    """
    listed = [row for row in predictions if row.key not in without]
    left = len(predictions) - len(listed)
    told = counted(len(listed), "prediction")
    told = f"{told}; {left} more not shown before their commit" if left else f"All {told}"
    full, databases = run_matrices(run, titles, intervals)
    synthetic = '<p><span class="tag">synthetic data</span></p>' if _synthetic(run) else ""
    note = str(run.record.get("note") or "")
    return "".join(
        (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; ',
            "style-src 'unsafe-inline'\">",
            '<meta name="viewport" content="width=device-width">',
            f"<title>{escape(run.name)}</title><style>{_STYLE}</style></head><body>\n",
            f"<h1>{escape(run.name)}</h1>{synthetic}",
            f'<p class="dim">{escape(protocol_line(run))}</p>',
            f"<p>{escape(note)}</p>" if note else "",
            f"<p>{escape(str(run.record.get('protocol') or ''))}</p>",
            *_seeds(run),
            "<h2>Confusion matrices</h2>",
            matrices_svg([full, *databases], WIDEST),
            "<h2>Each class</h2>",
            _figure_table(
                ["precision", "recall", "F1", f"{run.summary()['noun']}s"], _classes(run, intervals)
            ),
            f'<p class="dim">{escape(interval_remark(intervals.get(FULL, NONE).subjects))}</p>',
            *_beside(run, layouts),
            *_leak(run, leak, titles),
            "<h2>Settings and data</h2>",
            _facts(run),
            f"<details><summary>{told}</summary>",
            _prediction_table(listed, run.classes if run.has_probabilities else ()),
            "</details></body></html>\n",
        )
    )


def _seeds(run: Run) -> Iterable[str]:
    if words := averaged_words(run.metrics[FULL]):
        yield f"<p>Figures and matrices: {escape(words)}. {escape(REMARK)}</p>"


def _synthetic(run: Run) -> bool:
    return bool(run.summary()["synthetic"])


def _classes(run: Run, intervals: Mapping[str, MetricIntervals]) -> list[dict[str, Any]]:
    return class_rows(run.metrics[FULL], intervals.get(FULL, NONE))


def _beside(run: Run, layouts: Mapping[str, str]) -> Iterable[str]:
    rows, remark = rows_beside(run, FULL, layouts)
    yield "<h2>Figures of all clips</h2>"
    yield _figure_table([short for short, _ in FIGURES], rows)
    if remark:
        yield f'<p class="dim">{escape(remark)}</p>'


def _leak(run: Run, gap: LeakGap | str, titles: Mapping[str, str]) -> Iterable[str]:
    yield f"<h2>{escape(CAPTION)}</h2>"
    if isinstance(gap, str):
        yield f"<p>{escape(gap)}</p>"
        return
    noun = held_out(run)
    yield f"<p>{escape(leak_sentence(gap, noun))}</p>"
    heads = "".join(f"<th>{escape(short)}</th>" for short, _ in FIGURES)
    yield f"<table><thead><tr><th></th>{heads}</tr></thead>"
    for group in leak_groups(gap, noun, titles):
        title, detail = escape(group["title"]), escape(group["detail"])
        yield f'<tbody><tr><th><b>{title}</b> <span class="dim">{detail}</span></th></tr>'
        for row in group["rows"]:
            mark, kind = (" <b>INVALID</b>", "invalid") if row["invalid"] else ("", "strong")
            tag = "s" if row["invalid"] else "span"
            cells = "".join(
                f"<td><{tag}>{escape(figure)}</{tag}><small>{escape(small)}</small></td>"
                for figure, small in row["cells"]
            )
            yield f'<tr class="{kind}"><th>{escape(row["label"])}{mark}</th>{cells}</tr>'
        yield "</tbody>"
    yield f'</table><p class="dim">{escape(leak_remark(gap))}</p>'
    yield f'<p class="dim">{escape(CURVE_CAPTION)}.</p>{epoch_curve_svg(gap)}'


def _facts(run: Run) -> str:
    data = run.record.get("data") or {}
    facts: list[tuple[str, Any]] = [
        ("run", run.id),
        ("created", run.created[:19].replace("T", " ")),
        ("time taken", spell_seconds(run.record["seconds"]) if run.record.get("seconds") else ""),
        ("labels of coder", data.get("coder", "")),
        ("classes", ", ".join(run.classes)),
        ("features' digest", data.get("digest", "")),
    ]
    noun = run.summary()["noun"]
    for one in data.get("databases", []):
        title = str(one.get("title") or one.get("name"))
        clips, people = counted(one.get("clips"), noun), counted(one.get("subjects"), "subject")
        facts.append(("database", ", ".join(part for part in (title, clips, people) if part)))
    settings = run.record.get("settings") or {}
    facts += [(name.replace("_", " "), _plain(value)) for name, value in settings.items()]
    versions = run.record.get("versions") or {}
    facts.append(("versions", ", ".join(f"{name} {one}" for name, one in versions.items())))
    rows = "".join(
        f'<tr><th>{escape(name)}</th><td class="t">{escape(str(value))}</td></tr>'
        for name, value in facts
        if value not in ("", None)
    )
    return f"<table><tbody>{rows}</tbody></table>"


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _figure_table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in ("", *columns))
    body = []
    for row in rows:
        kind = " ".join(name for name in ("strong", "faded") if row.get(name))
        note = f"<small>{escape(row['note'])}</small>" if row.get("note") else ""
        cells = "".join(f"<td>{_cell(cell)}</td>" for cell in row["cells"])
        body.append(f'<tr class="{kind}"><th>{escape(row["label"])}{note}</th>{cells}</tr>')
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _cell(cell: str | Sequence[str]) -> str:
    if isinstance(cell, str):
        return escape(cell)
    return f"{escape(cell[0])}<small>{escape(cell[1])}</small>"


def _prediction_table(predictions: Sequence[Prediction], classes: Sequence[str]) -> str:
    heads = ("database", "subject", "clip", "true", "predicted", *classes)
    head = "".join(f'<th style="text-align:left">{escape(name)}</th>' for name in heads)
    body = []
    for row in sorted(predictions, key=lambda one: one.key):
        words = (row.key.database, row.key.subject, row.key.name, row.true, row.predicted)
        cells = "".join(f'<td class="t">{escape(text)}</td>' for text in words)
        shares = "".join(f'<td class="t">{row.probabilities[name]:.3f}</td>' for name in classes)
        mark = "" if row.correct else ' style="color:#c0352d"'
        body.append(f"<tr{mark}>{cells}{shares}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
