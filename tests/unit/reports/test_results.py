from __future__ import annotations

import pytest

from mexlab.pages.results.page import ResultsPage
from mexlab.runs.run import FAILED, create_run
from mexlab.workspace.trainings.request import TrainRequest


def test_the_newest_finished_run_is_shown(workspace, finished):
    create_run(workspace.runs_dir, TrainRequest().to_record())
    page = ResultsPage(workspace)
    assert page.list.selected == finished.id
    assert page.full.matrices[0]["detail"] == "7 clips, 2 seeds averaged"
    assert [one["name"] for one in page.databases.matrices] == ["casme2", "smic"]
    assert "mx-gone" in page.notice_slot._dom_classes


def test_a_cell_lists_its_clips_with_links(workspace, finished):
    page = ResultsPage(workspace, finished.id)
    page.full.selected = {"matrix": "full", "row": 1, "column": 0}
    assert page.clips.heading == "2 positive clips predicted negative"
    smic, casme2 = page.clips.rows
    assert smic["annotate"] == ""
    assert smic["flow"]
    assert "clip=casme2/sub01/EP02" in casme2["annotate"]
    assert "frame=11" in casme2["annotate"]
    assert casme2["title"] == "CASME II · sub01 · EP02"
    assert casme2["probability"] == pytest.approx(0.7)


def test_a_cell_of_a_database_moves_the_tables_to_it(workspace, finished):
    page = ResultsPage(workspace, finished.id, cell="smic:positive:negative")
    assert page.clips.heading == "1 positive clip predicted negative"
    assert page.figures.per_class.caption == "Per class, SMIC"
    assert page.full.selected is None
    page.full.selected = {"matrix": "full", "row": 0, "column": 0}
    assert page.databases.selected is None
    assert page.figures.per_class.caption == "Per class, Full"


def test_a_subject_lists_its_clips(workspace, finished):
    page = ResultsPage(workspace, finished.id)
    page.strip.selected = {"database": "casme2", "subject": "sub01"}
    assert page.clips.heading == "CASME II sub01: 1 of 2 correct"
    assert len(page.clips.rows) == 2


def test_figures_stand_beside_the_published(workspace, finished, write_run):
    page = ResultsPage(workspace, finished.id)
    labels = [row["label"] for row in page.figures.beside.rows]
    assert labels[0] == "this run, 2 seeds averaged"
    assert "LAENet, published" in labels
    assert "309 clips" in page.figures.beside.remark
    page = ResultsPage(workspace, write_run(synthetic=True).id)
    assert "not comparable" in page.figures.beside.remark
    assert page.header.run["synthetic"]


def test_a_run_without_results_says_why(workspace):
    run = create_run(workspace.runs_dir, TrainRequest().to_record())
    run.write_status(FAILED, error="no clip is left to train on")
    page = ResultsPage(workspace, run.id)
    assert "no clip is left" in page.notice.heading
    assert page.notice.remedy
    assert "mx-gone" in page.body._dom_classes


def test_an_unreadable_run_leaves_the_others_alone(workspace, finished):
    broken = workspace.runs_dir / "laenet-099"
    broken.mkdir()
    (broken / "run.json").write_text("not json")
    page = ResultsPage(workspace, "laenet-099")
    assert "cannot be read" in page.notice.heading
    page.list.selected = finished.id
    assert page.full.matrices[0]["detail"] == "7 clips, 2 seeds averaged"


def test_predictions_cut_short_are_told(workspace, finished):
    (finished.folder / "predictions.csv").write_text("seed,fold\n1,x\n")
    page = ResultsPage(workspace, finished.id)
    assert "predictions.csv" in page.notice.text
    assert page.notice.tone == "warn"


def test_an_unknown_run_is_told(workspace, finished):
    page = ResultsPage(workspace, "nope")
    assert "no run" in page.notice.heading


def test_no_run_yet(workspace):
    page = ResultsPage(workspace)
    assert page.notice.heading == "No run yet"
    assert page.notice.links[0]["url"].startswith("train")


def test_export_hands_over_a_file(workspace, finished, monkeypatch):
    page = ResultsPage(workspace, finished.id)
    sent = []
    monkeypatch.setattr(page.header, "send", lambda content, buffers=None: sent.append(content))
    page.export("csv")
    assert sent[0]["name"] == f"{finished.id}-predictions.csv"
    assert sent[0]["text"].startswith("seed,fold,database,subject,clip")


def test_clips_of_a_database_that_is_gone(workspace, finished, monkeypatch):
    monkeypatch.setattr(workspace.store, "databases", lambda: [])
    page = ResultsPage(workspace, finished.id, cell="full:positive:negative")
    assert {row["detail"] for row in page.clips.rows} == {"no longer in the workspace"}
    assert not any(row["annotate"] or row["flow"] for row in page.clips.rows)
