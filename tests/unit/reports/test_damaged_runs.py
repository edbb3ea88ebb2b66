"""A run's folder damaged file by file: what is said, and that the other runs stand."""

from __future__ import annotations

import json
import shutil

import pytest

from mexlab.cli.show import full_record
from mexlab.errors import MexlabError
from mexlab.pages.results.page import ResultsPage
from mexlab.reports.export.formats import EXPORTS, export_run
from mexlab.reports.words import run_row
from mexlab.runs.labels import label_run
from mexlab.runs.run import list_runs, open_run

#: What may be wrong with any file.
DAMAGES = {
    "missing": lambda path: path.unlink(missing_ok=True),
    "empty": lambda path: path.write_bytes(b""),
    "no text": lambda path: path.write_bytes(b"\xff\xfe\x00PK\x03\x04" * 40),
    "cut in half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "a folder": lambda path: (path.unlink(missing_ok=True), path.mkdir()),
}


def shown(workspace, run_id):
    """What the page says of a run: "" where it shows it."""
    page = ResultsPage(workspace, run_id)
    said = page.notice
    return "" if page.run is not None else f"{said.heading} {said.text} {said.remedy}"


@pytest.mark.parametrize("damage", list(DAMAGES))
@pytest.mark.parametrize("name", ["run.json", "predictions.csv"])
def test_without_these_there_is_nothing_to_show(workspace, finished, write_run, name, damage):
    good = write_run()
    DAMAGES[damage](finished.folder / name)
    said = shown(workspace, finished.id)
    assert name in said
    assert f"runs/{finished.id}" in said
    assert "Restore" in said or "train again" in said
    assert str(workspace.path) not in said
    assert shown(workspace, good.id) == ""
    run = next(run for run in list_runs(workspace.runs_dir) if run.id == finished.id)
    for kind in EXPORTS:
        with pytest.raises(MexlabError):
            export_run(run, kind, {}, {})


@pytest.mark.parametrize("damage", list(DAMAGES))
@pytest.mark.parametrize("name", ["curves.csv", "labels.json", "weights"])
def test_without_these_its_results_stand_all_the_same(workspace, finished, name, damage):
    label_run(finished.folder, name="mine")
    path = finished.folder / name
    if name == "weights":
        path.mkdir()
        path = path / "seed-1.safetensors"
        path.write_bytes(b"12345678")
    DAMAGES[damage](path)
    assert shown(workspace, finished.id) == ""
    run = open_run(workspace.runs_dir, finished.id)
    for kind in EXPORTS:
        assert export_run(run, kind, {}, {})
    if name == "labels.json" and damage != "missing":
        assert "labels.json" in run.reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines[:-1], "7 clips of each of the seeds"),
        (lambda lines: lines + lines[-1:], "7 clips of each of the seeds"),
        (lambda lines: [*lines[:-1], lines[-2]], "each clip once"),
        (lambda lines: [line.replace("surprise", "joy") for line in lines], "classes"),
        (lambda lines: [*lines[:-1], lines[-1].rpartition(",")[0] + ",nan"], "probabilities"),
        (lambda lines: lines[:1], "none"),
    ],
)
def test_predictions_that_do_not_fit_the_record(workspace, finished, change, said):
    path = finished.folder / "predictions.csv"
    path.write_text("\n".join(change(path.read_text("utf-8").splitlines())) + "\n", "utf-8")
    told = shown(workspace, finished.id)
    assert said in told
    assert "predictions.csv" in told


def parts(value, path=()):
    """The place of everything within a record."""
    if path:
        yield path
    inner = dict(enumerate(value[:1])) if isinstance(value, list) else value
    if isinstance(inner, dict):
        for key, one in inner.items():
            yield from parts(one, (*path, key))


def test_no_part_of_a_record_can_take_the_list_of_runs_down(workspace, finished, write_run):
    """Each part of ``run.json`` in turn left out, or of a kind that it never is."""
    good = write_run()
    path = finished.folder / "run.json"
    whole = path.read_text("utf-8")
    unreadable = 0
    for place in list(parts(json.loads(whole))):
        for wrong in (None, "x", [], {"a": 1}):
            record = json.loads(whole)
            owner = record
            for key in place[:-1]:
                owner = owner[key]
            if wrong is None and isinstance(owner, dict):
                del owner[place[-1]]
            else:
                owner[place[-1]] = wrong
            path.write_text(json.dumps(record), "utf-8")
            found = {run.id: run for run in list_runs(workspace.runs_dir)}
            assert {run_row(run)["id"] for run in found.values()} == {good.id, finished.id}
            unreadable += found[finished.id].status == "unreadable"
    assert unreadable > 100
    assert shown(workspace, good.id) == ""


def test_what_is_wrong_with_a_record_is_named(workspace, finished):
    path = finished.folder / "run.json"
    record = json.loads(path.read_text("utf-8"))
    record["metrics"]["smic"]["confusion"][1] = [1, 2]
    path.write_text(json.dumps(record), "utf-8")
    said = shown(workspace, finished.id)
    assert "metrics of smic: expected a confusion matrix of 3 classes" in said
    assert "Other runs are not touched" in said


def test_runs_of_other_classes_stand_beside_each_other(workspace, finished, write_run):
    other = write_run()
    record = json.loads((other.folder / "run.json").read_text("utf-8"))
    text = json.dumps(record).replace("surprise", "fear")
    (other.folder / "run.json").write_text(text, "utf-8")
    table = other.folder / "predictions.csv"
    table.write_text(table.read_text("utf-8").replace("surprise", "fear"), "utf-8")
    page = ResultsPage(workspace, other.id)
    assert page.full.matrices[0]["classes"][2] == "fear"
    assert page.below.ablation.published == []
    assert page.header.choices == []
    page.choose_run(finished.id)
    assert page.full.matrices[0]["classes"][2] == "surprise"
    assert [why for _, why in page.below.ablation.unlike] == [
        "other classes: negative, positive, fear, not negative, positive, surprise"
    ]


def test_a_run_of_one_seed(workspace, write_run):
    run = write_run(seeds=(1,))
    page = ResultsPage(workspace, run.id)
    assert page.figures.beside.rows[0]["label"] == "this run"
    assert page.below.ablation.rows[0]["cells"][1]["text"].count("±") == 0
    record = full_record(workspace, run)
    assert record["metrics"]["full"]["seeds"]["sd"]["uf1"] is None
    assert json.dumps(record, allow_nan=False)


def test_frames_that_are_gone_leave_the_results(workspace, finished, tmp_path):
    shutil.rmtree(tmp_path / "casme2")
    page = ResultsPage(workspace, finished.id, cell="full:positive:negative")
    assert page.clips.rows
    page.found.looked.ask(finished, page._predictions[0])
    assert page.found.looked.wait(30)
    assert page.found.looked.view.loss == []
    assert "frame 10 is missing" in page.found.looked.view.sentence
