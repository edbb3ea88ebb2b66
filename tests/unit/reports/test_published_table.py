from __future__ import annotations

import pytest

from mexlab.pages.results.page import ResultsPage
from mexlab.reports.published_table import COLUMNS, table_4

LAYOUTS = {"casme2": "casme2", "smic": "smic"}


@pytest.fixture
def rows(finished):
    return {row["label"]: row for row in table_4(finished, [finished], LAYOUTS)}


def test_the_papers_twelve_rows_stand_as_printed(rows):
    assert rows["LAENet"]["cells"] == [
        *("0.7919", "0.7597", "0.7568", "0.7405"),
        *("0.6620", "0.6523", "0.9101", "0.9119", "0.6814", "0.6620"),
    ]
    assert rows["LBP-TOP"]["cells"][:3] == ["–", "–", "0.5882"]
    # The run, twelve methods, two methods under two protocols.
    assert len(rows) == 1 + 12 + 4
    assert {len(row["cells"]) for row in rows.values()} == {len(COLUMNS)}


def test_what_leaks_or_is_misnamed_is_shaded_and_nothing_else(rows):
    shaded = {label for label, row in rows.items() if row.get("shaded")}
    assert shaded == {
        "STSTNet",
        "Part-based + Adversarial + EMR",
        "STSTNet, best epoch of each held-out person",
        "OFF-ApexNet, best epoch of each held-out person",
    }
    assert all(rows[label]["note"] for label in shaded)
    assert not rows["STSTNet, last epoch"]["note"]


def test_full_of_a_part_is_not_held_against_full_of_the_whole(finished, rows):
    own = rows[finished.id]
    assert own["strong"]
    assert own["cells"][:4] == ["–"] * 4
    assert own["cells"][4] == f"{finished.metrics['smic']['uf1']:.4f}"
    assert own["cells"][8:] == ["–", "–"]


def test_synthetic_runs_stand_beside_nothing_published(workspace, finished, write_run):
    synthetic = write_run(synthetic=True)
    assert table_4(synthetic, [synthetic, finished], LAYOUTS) == []
    labels = [row["label"] for row in table_4(finished, [synthetic, finished], LAYOUTS)]
    assert synthetic.id not in labels
    page = ResultsPage(workspace, synthetic.id)
    assert page.below.table_4.rows == []
    page.choose_run(finished.id)
    assert len(page.below.table_4.rows) == 17


def test_a_run_of_another_protocol_is_marked_as_such(finished, write_run):
    unlike = write_run(protocol="leave-one-database-out")
    rows = {row["label"]: row for row in table_4(finished, [unlike, finished], LAYOUTS)}
    assert rows[unlike.id]["note"].startswith("leave one database out; 2 seeds averaged, alone 0.")
    assert rows[unlike.id]["shaded"]
    assert rows[finished.id]["note"].startswith("2 seeds averaged, alone 0.")
    assert not rows[finished.id]["shaded"]
    assert not rows[finished.id]["shaded"]
