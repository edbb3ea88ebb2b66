from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from mexlab.errors import RunError
from mexlab.evaluation.leak import EACH_FOLD, STRICT
from mexlab.pages.results.page import ResultsPage
from mexlab.reports.export.epoch_curve_svg import epoch_curve_svg
from mexlab.reports.export.formats import export_run
from mexlab.reports.leak import NO_RECORD, leak_groups, leak_sentence, run_leak
from mexlab.runs.epoch_predictions import EPOCHS, EpochPredictions, write_epoch_predictions

TITLES = {"casme2": "CASME II", "smic": "SMIC"}


def record(run, epochs=2):
    """What was called after each epoch: before the last one, the truth."""
    rows = run.seed_predictions()
    classes = list(run.classes)

    def numbers(seed, field):
        return [classes.index(getattr(row, field)) for row in rows if row.seed == seed]

    calls = [
        [numbers(seed, "true")] * (epochs - 1) + [numbers(seed, "predicted")] for seed in (1, 2)
    ]
    return EpochPredictions(
        np.array([1, 2]), np.arange(1, epochs + 1, dtype=np.int32), np.array(calls, dtype=np.int8)
    )


@pytest.fixture
def recorded(finished):
    write_epoch_predictions(finished.folder / EPOCHS, record(finished))
    return finished


def test_strict_figures_are_those_of_the_seeds(recorded):
    gap = run_leak(recorded, recorded.seed_predictions())
    for part, one in recorded.metrics.items():
        for metric, mean in one["seeds"]["mean"].items():
            assert gap.parts[part][STRICT]["mean"][metric] == pytest.approx(mean)
    # After the first epoch all was right.
    assert gap.parts["full"][EACH_FOLD]["mean"]["accuracy"] == 1.0


def test_what_is_claimed_is_invalid_in_words_and_in_points(recorded):
    gap = run_leak(recorded, recorded.seed_predictions())
    full, casme2, smic = leak_groups(gap, "person", TITLES)
    assert [group["title"] for group in (full, casme2, smic)] == ["Full", "CASME II", "SMIC"]
    assert [row["invalid"] for row in full["rows"]] == [False, True, True]
    # Seeds of 5 and 4 right of 7.
    assert full["rows"][0]["cells"][0] == ["0.6429", "± 0.1010"]
    assert full["rows"][1]["cells"][0] == ["1.0000", "+35.7 points"]
    said = leak_sentence(gap, "person")
    assert "100.0 % of clips correct instead of 64.3 %" in said
    assert "It is not a result." in said


def test_the_page_shows_it_and_its_own_figures_stay(workspace, recorded, finished):
    page = ResultsPage(workspace, recorded.id)
    shown = page.below.leak
    assert "invalid" in shown.gist
    assert "nothing was chosen by it" in shown.curve_caption
    drawn = ElementTree.fromstring(shown.curve)
    assert drawn.attrib["role"] == "img"
    acc = {name: value for name, value, *_ in page.full.matrices[0]["figures"]}["acc"]
    assert acc == f"{recorded.metrics['full']['accuracy']:.4f}"


def test_a_run_without_the_record_says_how_to_get_one(workspace, finished):
    page = ResultsPage(workspace, finished.id)
    assert page.below.leak.sentence == NO_RECORD
    assert page.below.leak.groups == []
    assert NO_RECORD in export_run(finished, "html", TITLES, {})


@pytest.mark.parametrize("damage", ["garbage", "cut short", "of another run"])
def test_a_damaged_record_costs_no_more_than_the_gap(workspace, recorded, damage):
    path = recorded.folder / EPOCHS
    if damage == "of another run":
        other = record(recorded)
        other.predicted[0, -1] = (other.predicted[0, -1] + 1) % 3
        write_epoch_predictions(path, other)
    else:
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2] if damage == "cut short" else b"PK but no zip")
    page = ResultsPage(workspace, recorded.id)
    assert page.run is not None
    assert page.full.matrices
    assert page.below.leak.sentence.startswith("It cannot be shown")
    assert EPOCHS in page.below.leak.sentence
    assert page.below.leak.groups == []
    assert str(workspace.path) not in page.below.leak.sentence


def test_exports_mark_it_or_leave_it_out(recorded):
    report = export_run(recorded, "html", TITLES, {})
    assert report.count("<b>INVALID</b>") == 6
    assert len(re.findall(r"<s>[\d.]+</s>", report)) == 24
    assert "leak" not in export_run(recorded, "csv", TITLES, {})
    plain = export_run(recorded, "tex", TITLES, {})
    assert "INVALID" not in plain
    asked = export_run(recorded, "tex", TITLES, {}, leak=True)
    assert asked.startswith(plain)
    table = asked[len(plain) :]
    assert table.count(r"\begin{table}") == 1
    assert table.count("(INVALID)") == 6
    assert r"1.0000$^{\dagger}$" in table
    assert table.isascii()


def test_latex_is_refused_what_the_run_has_no_record_of(finished):
    with pytest.raises(RunError, match="Train it again"):
        export_run(finished, "tex", TITLES, {}, leak=True)


def test_one_epoch_is_drawn_too(recorded):
    write_epoch_predictions(recorded.folder / EPOCHS, record(recorded, epochs=1))
    gap = run_leak(recorded, recorded.seed_predictions())
    assert "nan" not in epoch_curve_svg(gap)
    assert "no difference here" in leak_sentence(gap, "person")
