from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from mexlab.errors import InputError, RunError
from mexlab.pages.results.page import ResultsPage
from mexlab.reports.export.formats import EXPORTS, export_run
from mexlab.reports.export.latex import latex_text
from mexlab.runs.run import create_run
from mexlab.workspace.trainings.request import TrainRequest

TITLES = {"casme2": "CASME II", "smic": "SMIC & friends"}
LAYOUTS = {"casme2": "casme2", "smic": "smic"}
SVG = "{http://www.w3.org/2000/svg}"


class Reader(HTMLParser):
    """All tags with their attributes, and the text."""

    def __init__(self):
        super().__init__()
        self.tags, self.words = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


def test_report_and_tables_name_the_protocol(write_run):
    run = write_run(protocol="k-fold", k=3)
    assert "3-fold by subject, 4 subjects" in export_run(run, "html", TITLES, LAYOUTS)
    assert "3-fold by subject, 4 subjects" in export_run(run, "tex", TITLES, LAYOUTS)


def test_the_report_asks_nobody_for_anything_and_names_no_machine(workspace, finished):
    finished.write_status("finished", name="<b>mine</b>", note="second try")
    text = export_run(finished, "html", TITLES, LAYOUTS)
    page = Reader()
    page.feed(text)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "base", "b"}
    for tag, attributes in page.tags:
        assert not {"src", "href", "srcset", "action", "data"} & set(attributes), tag
    assert "url(" not in text
    assert "default-src 'none'" in text
    # The name of the SVG standard is a name, not an address that anybody asks.
    assert set(re.findall(r"https?://[^\s\"]+", text)) == {"http://www.w3.org/2000/svg"}
    assert str(workspace.path) not in text
    assert str(workspace.path.parent) not in text
    words = " ".join(page.words)
    assert "<b>mine</b>" in words
    assert "second try" in words
    assert "LAENet, published" in words
    for row in finished.predictions():
        assert row.key.name in words


def test_the_picture_has_a_cell_for_each_count(finished):
    root = ElementTree.fromstring(export_run(finished, "svg", TITLES, LAYOUTS))
    words = [one.text for one in root.iter(f"{SVG}text")]
    # Three matrices of nine cells, and the ground.
    assert len(list(root.iter(f"{SVG}rect"))) == 1 + 3 * 9
    assert "SMIC & friends" in words
    # Full, by hand: 2 positives called negative of 3.
    assert "66.7" in words
    assert not list(root.iter(f"{SVG}image"))
    assert export_run(finished, "png", TITLES, LAYOUTS) == export_run(
        finished, "svg", TITLES, LAYOUTS
    )


def test_the_tables_are_whole_latex(finished):
    text = export_run(finished, "tex", TITLES, LAYOUTS)
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == 2
    assert r"SMIC \& friends & 3" in text
    lines = [line for line in text.splitlines() if line.endswith(r"\\")]
    # As many columns in each line of a table as its head has.
    assert {re.sub(r"\\&", "", line).count("&") for line in lines} == {5, 4}
    assert f"{finished.metrics['full']['uf1']:.4f}" in text
    assert text.isascii()


def test_a_table_is_booktabs_with_its_caption_and_label_and_names_to_the_left(finished):
    text = export_run(finished, "tex", TITLES, LAYOUTS)
    first, second = text.split("\\begin{table}\n")[1:]
    head = ["\\centering", "\\caption{", "\\label{tab:laenet-001}", "\\begin{tabular}{lrrrrr}"]
    head += ["\\toprule", " & Clips & Accuracy & F1-score & UF1 & UAR \\\\", "\\midrule"]
    for line, start in zip(first.splitlines(), head, strict=False):
        assert line.startswith(start)
    tail = ["\\bottomrule", "\\end{tabular}", "\\end{table}"]
    assert [line for line in second.splitlines() if line][-3:] == tail


def test_nothing_in_a_report_is_markup_but_its_own(finished):
    evil = '<img src="x">&amp;'
    data = {**finished.record["data"], "coder": evil}
    finished.write_status("finished", name=evil, note=evil, protocol=evil, data=data)
    text = export_run(finished, "html", {"smic": evil}, LAYOUTS)
    page = Reader()
    page.feed(text)
    assert "img" not in {tag for tag, _ in page.tags}
    # Title, heading, note, protocol, coder, and the matrix of that database.
    assert " ".join(page.words).count(evil) >= 6


@pytest.mark.parametrize(
    ("plain", "latex"),
    [
        ("a_b & 5 %", r"a\_b \& 5 \%"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("[a]*", "{[}a]{*}"),
        ("~^$#", r"\textasciitilde{}\textasciicircum{}\$\#"),
        ("1–5 · x", "1--5 -- x"),
        ("<b>|", r"\textless{}b\textgreater{}\textbar{}"),
    ],
)
def test_latex_commands_in_names_stay_text(plain, latex):
    assert latex_text(plain) == latex


def test_an_unfinished_run_and_an_unknown_format_are_told(workspace, finished):
    with pytest.raises(RunError, match="not finished"):
        export_run(create_run(workspace.runs_dir, TrainRequest().to_record()), "svg", {}, {})
    with pytest.raises(InputError, match="no format 'docx'"):
        export_run(finished, "docx", {}, {})


@pytest.mark.parametrize("kind", list(EXPORTS))
def test_the_page_hands_over_every_format(workspace, finished, monkeypatch, kind):
    page = ResultsPage(workspace, finished.id)
    assert [kind for kind, _ in page.header.exports] == list(EXPORTS)
    sent = []
    monkeypatch.setattr(page.header, "send", lambda content, buffers=None: sent.append(content))
    page.header._handle_custom_msg({"type": "export", "kind": kind}, [])
    [file] = sent
    assert file["name"] == f"{finished.id}-{EXPORTS[kind].ending}"
    assert file["picture"] == (kind == "png")
    assert len(file["text"]) > 100
