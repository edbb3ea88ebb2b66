from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from mexlab.data.clips import ClipKey
from mexlab.reports.export.predictions_csv import predictions_csv
from mexlab.reports.figures import (
    cell_heading,
    class_rows,
    clips_of_cell,
    growing_matrix,
    run_matrices,
    seed_row,
    short_titles,
    subject_groups,
)
from mexlab.reports.intervals import interval_remark, run_intervals, spell_interval
from mexlab.reports.published_rows import component_of, published_rows, rows_beside
from mexlab.runs import files as run_files
from mexlab.runs.csv_cells import plain_cell, safe_cell

TITLES = {"casme2": "CASME II", "smic": "SMIC"}
CLASSES = ("negative", "positive", "surprise")


def test_matrices_count_every_clip_once(finished):
    full, databases = run_matrices(finished, TITLES)
    # By hand from CLIPS: the mean of both seeds calls EP02 and s01_po_01 negative, s01_ne_01
    # positive.
    assert full["counts"] == [[1, 1, 0], [2, 1, 0], [0, 0, 2]]
    assert [one["title"] for one in databases] == ["CASME II", "SMIC"]
    assert sum(sum(map(sum, one["counts"])) for one in databases) == 7
    assert full["figures"][0] == ["acc", f"{4 / 7:.4f}", ""]


def test_one_database_is_not_shown_twice(write_run):
    full, databases = run_matrices(write_run(only="smic"), TITLES)
    assert full["title"] == "Full = SMIC"
    assert databases == []


def test_a_growing_matrix_starts_with_zeros():
    empty = growing_matrix("So far", CLASSES, None)
    assert empty["counts"] == [[0] * 3] * 3
    begun = growing_matrix("So far", CLASSES, [[1, 0, 0], [0, 0, 0], [0, 1, 0]])
    assert begun["detail"] == "2 clips"


def test_intervals_stand_with_the_figures(finished):
    intervals = run_intervals(finished, finished.predictions())
    assert set(intervals) == set(finished.metrics)
    assert (intervals["full"].subjects, intervals["smic"].subjects) == (4, 2)
    full, _ = run_matrices(finished, TITLES, intervals)
    # Of SMIC's two subjects one is all wrong, the other all right: anything from 0 to 1.
    assert spell_interval(intervals["smic"].figures["accuracy"]) == "0.00–1.00"
    assert full["figures"][0][2] == spell_interval(intervals["full"].figures["accuracy"]) != ""
    rows = class_rows(finished.metrics["full"], intervals["full"])
    figure, interval = rows[0]["cells"][0]
    assert figure == "0.333"
    low, high = map(float, interval.split("–"))
    assert low <= 1 / 3 <= high


@pytest.mark.parametrize(
    ("subjects", "said"), [(1, "cannot be said"), (40, "the 40 held-out subjects")]
)
def test_intervals_are_explained(subjects, said):
    assert said in interval_remark(subjects)


def test_class_rows_show_what_is_undefined_as_a_dash():
    metrics = {
        "per_class": {
            "negative": {"precision": 0.5, "recall": 1.0, "f1": 2 / 3, "support": 4},
            "surprise": {"precision": None, "recall": None, "f1": None, "support": 0},
        }
    }
    rows = class_rows(metrics)
    assert rows[0]["cells"] == ["0.500", "1.000", "0.667", "4"]
    assert rows[1]["cells"] == ["–", "–", "–", "0"]


def test_seed_row_holds_mean_and_spread(finished):
    row = seed_row(finished.metrics["full"])
    # Seed 1 has 5 of 7 right, seed 2 has 4.
    assert row["cells"][0] == [f"{4.5 / 7:.4f}", f"± {(1 / 7) / 2**0.5:.4f}"]
    assert seed_row({"seeds": {"per_seed": [{}]}}) is None


def test_subjects_are_counted_by_database(finished):
    groups = subject_groups(finished.predictions(), TITLES)
    assert groups[0]["title"] == "CASME II"
    assert groups[0]["subjects"] == [
        {"subject": "sub01", "clips": 2, "right": 1},
        {"subject": "sub02", "clips": 2, "right": 2},
    ]


def test_clips_of_a_cell_come_most_certain_first(finished):
    rows = finished.predictions()
    found = clips_of_cell(rows, "full", "positive", "negative")
    assert [row.key.name for row in found] == ["s01_po_01", "EP02"]
    only = clips_of_cell(rows, "casme2", "positive", "negative")
    assert [row.key.name for row in only] == ["EP02"]


@pytest.mark.parametrize(
    ("clips", "true", "predicted", "said"),
    [
        (34, "positive", "negative", "34 positive clips predicted negative"),
        (1, "surprise", "surprise", "1 surprise clip correctly predicted surprise"),
        (0, "surprise", "positive", "No surprise clips predicted positive"),
    ],
)
def test_cell_heading(clips, true, predicted, said):
    assert cell_heading(clips, true, predicted) == said


def test_short_titles_only_where_they_stay_apart():
    assert short_titles({"a": "SMIC (features)", "b": "CASME II"}) == {"a": "SMIC", "b": "CASME II"}
    kept = {"a": "SMIC (features)", "b": "SMIC"}
    assert short_titles(kept) == kept


def test_published_rows_of_the_whole_composite():
    rows, remark = published_rows(["smic", "casme2", "samm"], CLASSES, 442, synthetic=False)
    cells = {row["label"]: row["cells"] for row in rows}
    assert cells["LAENet, published"] == ["0.7919", "0.7597", "0.7568", "0.7405"]
    assert cells["STSTNet, from its own matrix"][-1] == "0.7186"
    assert cells["STSTNet as printed"][-1] == "0.7605"
    assert next(r for r in rows if r["label"] == "STSTNet as printed")["note"]
    assert "these 442 clips" in remark


def test_published_rows_of_a_part_add_its_matrices_up():
    rows, remark = published_rows(["casme2", "smic"], CLASSES, 300, synthetic=False)
    # (54 + 84) + (32 + 25) + (24 + 25) of 164 + 145 clips, from Table 6.
    assert rows[0]["cells"][0] == f"{(54 + 84 + 32 + 25 + 24 + 25) / 309:.4f}"
    assert not any("printed" in row["label"] for row in rows)
    assert "309 clips" in remark
    assert "this run has 300" in remark


def test_published_rows_beside_synthetic_data_are_set_back():
    rows, remark = published_rows(["casme2"], CLASSES, 87, synthetic=True)
    assert rows
    assert all(row["faded"] for row in rows)
    assert "not comparable" in remark


def test_published_rows_beside_another_protocol_are_set_back(write_run):
    layouts = {"casme2": "casme2", "smic": "smic"}
    rows, remark = rows_beside(write_run(protocol="k-fold", k=3), "full", layouts)
    assert [row.get("faded", False) for row in rows] == [False, False, True, True]
    assert "not comparable to this run, 3-fold by subject" in remark
    rows, remark = rows_beside(write_run(), "full", layouts)
    assert not any(row.get("faded") for row in rows)
    assert "not comparable" not in remark


def test_no_published_rows_for_other_data():
    assert published_rows(["casme2", None], CLASSES, 9, synthetic=False) == ([], "")
    assert published_rows(["casme2"], ("happy", "sad"), 9, synthetic=False) == ([], "")


def test_components_are_known_by_layout_and_by_name():
    assert component_of("mine", "smic") == "smic"
    assert component_of("ststnet-casme2", "ststnet") == "casme2"
    assert component_of("lab", "folder") is None


def test_csv_has_the_mean_first_and_every_seed(finished):
    rows = list(csv.DictReader(io.StringIO(predictions_csv(finished))))
    assert len(rows) == 3 * 7
    assert [row["seed"] for row in rows[::7]] == ["mean", "1", "2"]
    wrong = next(row for row in rows if row["clip"] == "EP02")
    # The columns of the run's own folder: one dialect, which mexlab reads back.
    assert (wrong["true"], wrong["predicted"]) == ("positive", "negative")
    assert float(wrong["p_negative"]) == pytest.approx(0.7)


def test_csv_cells_cannot_be_formulas(finished):
    rows = finished.seed_predictions()
    evil = ClipKey("casme2", "-1", '=HYPERLINK("x")')
    rows = [replace(row, key=evil) if row.key == rows[0].key else row for row in rows]
    run_files.write_predictions(finished.folder / run_files.PREDICTIONS, rows, CLASSES)
    row = next(csv.DictReader(io.StringIO(predictions_csv(finished))))
    assert row["clip"] == '\'=HYPERLINK("x")'
    assert row["subject"] == "'-1"
    assert safe_cell("@x") == "'@x"
    assert safe_cell("\uff1d1+1") == "'\uff1d1+1"
    assert safe_cell("sub01") == "sub01"
    for text in ("=1", "'=1", "''=1", "'quoted'", "-1", "plain", ""):
        assert plain_cell(safe_cell(text)) == text
    assert finished.seed_predictions()[0].key == evil, "in the run's own folder, too"
