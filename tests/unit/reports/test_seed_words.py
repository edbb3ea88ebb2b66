"""Wherever figures of averaged seeds are shown or taken along, it is said; and what one gives."""

from __future__ import annotations

import copy
import itertools
import re
from xml.etree import ElementTree

import pytest

from mexlab.cli import main
from mexlab.pages.home.rows import home_run_row
from mexlab.pages.results.beside import beside_choices
from mexlab.pages.results.page import ResultsPage
from mexlab.pages.train.page import TrainPage
from mexlab.reports.export.formats import export_run
from mexlab.reports.export.matrix_svg import matrices_svg
from mexlab.reports.figures import matrix_record
from mexlab.reports.published_table import table_4
from mexlab.reports.seed_words import alone_words, averaged_words, headline_words
from mexlab.reports.words import protocol_line, run_row

TITLES = {"casme2": "CASME II", "smic": "SMIC"}
LAYOUTS = {"casme2": "casme2", "smic": "smic"}
SVG = "{http://www.w3.org/2000/svg}"


def places(workspace, run, capsys):
    """Every place that shows the run's figures, as text."""
    page = ResultsPage(workspace, run.id)
    yield "matrix on the page", page.full.matrices[0]["detail"]
    yield "list of runs", page.list.rows[0]["detail"]
    yield "heading of the page", page.header.run["line"]
    yield "table beside it", str(page.figures.beside.rows)
    yield "published table", str(table_4(run, [run], LAYOUTS))
    yield "what stands beside", str(beside_choices(page.run, [run, replaced(run)], LAYOUTS))
    yield "train page", TrainPage(workspace, run.id).matrix.matrices[0]["detail"]
    yield "home", home_run_row(run)["detail"]
    for kind in ("html", "tex", "svg", "png"):
        yield kind, export_run(run, kind, TITLES, LAYOUTS)
    for words in (["show", run.id], ["runs"]):
        capsys.readouterr()
        assert main(["-w", str(workspace.path), *words]) == 0
        yield f"mexlab {words[0]}", capsys.readouterr().out


def replaced(run):
    """The same run under another id, to be offered beside it."""
    other = copy.copy(run)
    other.id = "other"
    return other


def test_seeds_that_are_averaged_are_named_everywhere(workspace, finished, capsys):
    for place, text in places(workspace, finished, capsys):
        assert "averaged" in text.lower(), place


def test_what_one_seed_alone_gives_stands_beside_it(workspace, finished, capsys):
    metrics = finished.metrics["full"]
    mean, sd = metrics["seeds"]["mean"]["uf1"], metrics["seeds"]["sd"]["uf1"]
    assert alone_words(metrics, "uf1") == f"{mean:.3f} ± {sd:.3f}"
    without = {"matrix on the page", "heading of the page", "train page", "what stands beside"}
    for place, text in places(workspace, finished, capsys):
        if place not in without:
            assert f"{mean:.3f}"[:4] in text, place
    page = ResultsPage(workspace, finished.id)
    assert page.full.matrices[0]["alone"][2] == alone_words(metrics, "uf1")
    assert "One training is published" in page.figures.beside.remark


def test_of_one_seed_nothing_is_claimed(workspace, write_run, capsys):
    run = write_run(seeds=(1,))
    assert (averaged_words(run.metrics["full"]), headline_words(run.metrics["full"])) == ("", "")
    for place, text in places(workspace, run, capsys):
        assert "averaged" not in text.lower(), place
    assert "±" not in run_row(run)["detail"]
    assert protocol_line(run).endswith("seed 1")


EIGHT = (
    *("contempt (or disdain)", "sadness", "happiness", "disgust", "repression", "fear"),
    *("surprise", "非常に長い感情の名前です"),
)


@pytest.mark.parametrize("classes", [("no", "yes"), ("negative", "positive", "surprise"), EIGHT])
def test_no_word_of_a_picture_runs_out_of_it_or_into_another(finished, classes):
    n = len(classes)
    metrics = {
        **finished.metrics["full"],
        "confusion": [[123] * n for _ in range(n)],
        "n": 12345,
    }
    record = matrix_record("full", "CASME II (STSTNet features)", classes, metrics)
    record["figures"] = [[name, value, "0.72–0.83"] for name, value, _ in record["figures"]]
    root = ElementTree.fromstring(matrices_svg([record, record]))
    width = float(root.get("width"))
    lines: dict[float, list[tuple[float, float]]] = {}
    for group in root.iter(f"{SVG}g"):
        left = float(group.get("transform").partition("(")[2].split()[0])
        top = float(group.get("transform").rpartition(" ")[2].rstrip(")"))
        for one in group.iter(f"{SVG}text"):
            size = float(one.get("font-size"))
            # As wide as Helvetica draws it; wide signs are as wide as they are high.
            drawn = sum(size if ord(sign) > 0x2E80 else 0.55 * size for sign in one.text)
            drawn = min(drawn, float(one.get("textLength", drawn)))
            x = left + float(one.get("x"))
            start = x - {"start": 0, "middle": drawn / 2, "end": drawn}[one.get("text-anchor")]
            assert start >= 0, one.text
            assert start + drawn <= width, one.text
            lines.setdefault(top + float(one.get("y")), []).append((start, start + drawn))
    for spans in lines.values():
        spans.sort()
        for (_, end), (start, _) in itertools.pairwise(spans):
            assert end <= start + 0.5


def test_a_report_shows_matrices_as_large_as_they_are_drawn(finished):
    text = export_run(finished, "html", TITLES, LAYOUTS)
    assert int(re.search(r'<svg xmlns="[^"]+" width="(\d+)"', text)[1]) <= 960
