from __future__ import annotations

from dataclasses import replace

import pytest

from mexlab.errors import InputError
from mexlab.pages.results.beside import beside_choices
from mexlab.pages.results.page import ResultsPage
from mexlab.reports.comparison import compare_runs, spell_p
from mexlab.runs import files as run_files
from mexlab.runs.files import Prediction, read_predictions
from mexlab.runs.run import open_run


@pytest.fixture
def other(finished, write_run):
    """The same run, but it calls SMIC's surprise positive and CASME II's EP02 rightly."""
    run = write_run()
    path = run.folder / run_files.PREDICTIONS
    rows = []
    for row in read_predictions(path):
        called = {"s02_sur_01": "positive", "EP02": "positive"}.get(row.key.name, row.predicted)
        sure = {name: 0.9 if name == called else 0.05 for name in row.probabilities}
        if row.key.name not in ("s02_sur_01", "EP02"):
            sure = row.probabilities
        rows.append(Prediction(row.key, row.true, called, sure, row.seed, row.fold))
    run_files.write_predictions(path, rows, run.classes)
    return run


def test_what_changed_is_counted_by_cell(finished, other):
    found = compare_runs(other, finished)
    assert found.changes() == [
        {
            "truth": "positive",
            "before": "positive",
            "after": "negative",
            "clips": 1,
            "effect": "lost",
        },
        {
            "truth": "surprise",
            "before": "positive",
            "after": "surprise",
            "clips": 1,
            "effect": "gained",
        },
    ]
    [clip] = found.changed("surprise", "positive", "surprise")
    assert clip.key.name == "s02_sur_01"
    assert found.sentence() == (
        "2 of 7 clips are predicted differently: 1 newly correct, 1 newly wrong. "
        "McNemar, exact: p\u00a0=\u00a01.00."
    )
    assert found.rows()[0]["cells"][:3] == ["0.5714", "0.5714", "+0.0000"]
    assert compare_runs(other, finished, "smic").result.clips == 3


def test_only_shared_clips_with_the_same_label_are_compared(finished, write_run):
    only = write_run(only="smic")
    path = only.folder / run_files.PREDICTIONS
    rows = [
        Prediction(row.key, "positive", row.predicted, row.probabilities, row.seed, row.fold)
        if row.key.name == "s02_sur_01"
        else row
        for row in read_predictions(path)
    ]
    run_files.write_predictions(path, rows, only.classes)
    found = compare_runs(only, finished)
    assert found.result.clips == 2
    assert found.left_out == "4 only in this run, 1 with another label"
    assert found.sentence() == "Both predict the same for all 2 clips."
    assert found.warning() == (
        "Not trained and tested on the same clips: 4 only in this run, 1 with another label."
    )
    with pytest.raises(InputError, match="none of these clips"):
        compare_runs(only, finished, "casme2")


def test_other_protocols_are_told(finished, write_run):
    unlike = write_run(protocol="k-fold", k=3)
    found = compare_runs(unlike, finished)
    assert found.sentence() == "Both predict the same for all 7 clips."
    assert found.warning() == (
        "Their protocols differ: this run is leave one subject out, "
        f"{unlike.name} 3-fold by subject, dealt by 1."
    )
    layouts = {"casme2": "casme2", "smic": "smic"}
    titles = [one["title"] for one in beside_choices(unlike, [finished], layouts)]
    assert titles[0] == "LAENet, published, leave one subject out"


def test_five_seeds_and_one_are_compared_on_the_one(finished, write_run):
    alone = write_run(seeds=(1,))
    found = compare_runs(alone, finished)
    # Seed 1 of both: the same predictions, though the mean of two calls a clip differently.
    assert found.sentence() == (
        "Both predict the same for all 7 clips. Compared on seed 1 of both, for as they stand they "
        f"are not alike: this run is 2 seeds averaged, {alone.name} a single seed."
    )
    assert found.warning() == ""
    assert [row["cells"][0] for row in found.rows()] == [row["cells"][1] for row in found.rows()]
    assert alone.metrics["full"]["uf1"] != finished.metrics["full"]["uf1"]
    # The other way round it is the other run of which one seed is taken.
    turned = compare_runs(finished, alone)
    said = "Both predict the same for all 7 clips. Compared on seed 1 of"
    assert turned.sentence().startswith(said)
    assert turned.figures == found.figures


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"labels": "native"}, "Other labels: this run has megc2019, X native."),
        ({"coder": "ada"}, "Other codings: this run has the databases', X those of ada."),
        (
            {"features": {"source": "release"}},
            "Other features: this run has motion computed from the frames, X a feature release.",
        ),
    ],
)
def test_what_cannot_be_made_alike_is_said(workspace, finished, write_run, data, said):
    own = {"labels": "megc2019", "coder": "database", "features": {"source": "computed"}}
    finished.write_status("finished", data={**finished.record["data"], **own})
    other = write_run()
    other.write_status("finished", data={**other.record["data"], **own, **data})
    assert compare_runs(other, finished).warning().replace(other.name, "X") == said
    page = ResultsPage(workspace, finished.id, beside=f"run:{other.id}")
    assert page.changes.warning.replace(other.name, "X") == said


def test_seeds_that_nobody_shares_are_told(finished, write_run):
    other = write_run(seeds=(2,))
    rows = [replace(row, seed=9) for row in other.seed_predictions()]
    run_files.write_predictions(other.folder / run_files.PREDICTIONS, rows, other.classes)
    other.write_status("finished", settings={**other.record["settings"], "seeds": [9]})
    assert compare_runs(other, finished).warning() == (
        f"Their seeds differ: this run is 2 seeds averaged, {other.name} a single seed, and "
        "averaging alone adds to the figures."
    )


def test_other_classes_cannot_be_compared(workspace, finished, write_run):
    other = write_run()
    data = {**other.record["data"], "classes": ["negative", "positive", "calm"]}
    other.write_status("finished", data=data)
    with pytest.raises(InputError, match="calm"):
        compare_runs(open_run(workspace.runs_dir, other.id), finished)


@pytest.mark.parametrize(("p", "said"), [(0.00002, "< 0.001"), (0.0421, "= 0.042"), (1, "= 1.00")])
def test_p_is_spelled(p, said):
    assert spell_p(p).replace("\u00a0", " ") == said


def test_another_run_beside_this_one(workspace, finished, other):
    page = ResultsPage(workspace, finished.id, beside=f"run:{other.id}")
    assert [one["name"] for one in page.full.matrices] == ["full", "beside-full"]
    assert [one["name"] for one in page.databases.matrices] == [
        "casme2",
        "beside-casme2",
        "smic",
        "beside-smic",
    ]
    assert "2 of 7" in page.changes.sentence
    page.changes.selected = {"truth": "surprise", "before": "positive", "after": "surprise"}
    assert page.clips.heading == (
        f"1 surprise clip: positive in {other.name}, surprise in this run"
    )
    assert [row["key"] for row in page.clips.rows] == ["smic/s02/s02_sur_01"]
    # Tables and changes follow the matrix that is looked at.
    page.databases.selected = {"matrix": "casme2", "row": 0, "column": 0}
    assert "1 of 4" in page.changes.sentence
    assert page.changes.selected is None
    page.header.beside = ""
    assert page.changes.caption == ""
    assert page.figures.difference.rows == []
    assert len(page.full.matrices) == 1


def test_the_published_matrix_beside_ones_own(workspace, finished):
    page = ResultsPage(workspace, finished.id, beside="published:laenet")
    # SMIC and CASME II of Table 6, added up: 54 + 84 negatives called negative.
    assert page.full.matrices[1]["counts"][0][0] == 138
    assert page.full.matrices[1]["fixed"]
    assert page.databases.matrices[1]["counts"] == [[84, 4, 0], [5, 25, 2], [0, 0, 25]]
    assert page.changes.caption == ""


def test_choices_are_what_can_be_compared(workspace, finished, other):
    layouts = {"casme2": "casme2", "smic": "smic"}
    values = [one["value"] for one in beside_choices(finished, [finished, other], layouts)]
    assert values == ["published:laenet", "published:ststnet", f"run:{other.id}"]
    # A run that is gone leaves nothing beside.
    page = ResultsPage(workspace, finished.id, beside="run:laenet-777")
    assert page.header.beside == ""
