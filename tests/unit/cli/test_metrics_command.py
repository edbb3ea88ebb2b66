"""`mexlab metrics FILE` and `mexlab runs --import FILE`: other people's predictions."""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mexlab.cli import main
from mexlab.data.clips import Clip, ClipKey
from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.reports import ImportReport
from mexlab.evaluation.comparison import compare_predictions
from mexlab.features.feature_set import FeatureSet
from mexlab.pages.home.rows import home_run_row
from mexlab.pages.results.page import ResultsPage
from mexlab.pages.train.page import TrainPage
from mexlab.reports.comparison import compare_runs
from mexlab.reports.export.formats import EXPORTS, export_run
from mexlab.reports.published_table import table_4
from mexlab.runs.provenance import describe_data
from mexlab.runs.run import list_runs, open_run
from mexlab.workspace import Workspace

Capture = pytest.CaptureFixture[str]

#: Eight clips of four people: two of them called wrongly.
THEIRS = """dataset,person,video,y_true,y_pred,p_negative,p_positive,p_surprise
casme2,s1,a,negative,negative,0.8,0.1,0.1
casme2,s1,b,positive,positive,0.1,0.8,0.1
casme2,s2,c,surprise,positive,0.1,0.5,0.4
casme2,s2,d,negative,negative,0.6,0.2,0.2
smic,s1,e,positive,positive,0.1,0.8,0.1
smic,s1,f,surprise,surprise,0.1,0.1,0.8
smic,s2,g,negative,surprise,0.3,0.2,0.5
smic,s2,h,positive,positive,0.2,0.7,0.1
"""


ALL_OF_D = ["--database", "d"]


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    path = tmp_path / "theirs.csv"
    path.write_text(THEIRS)
    return path


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    Workspace.create(tmp_path / "ws").close()
    monkeypatch.setenv("MEXLAB_WORKSPACE", str(tmp_path / "ws"))
    return tmp_path / "ws"


def figures_of(capsys: Capture, *words: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main([*words, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_figures_of_a_file_without_any_workspace(theirs: Path, capsys: Capture) -> None:
    found = figures_of(capsys, "metrics", str(theirs))
    full = found["metrics"]["full"]
    # By hand: six of eight; recalls 2/3, 1, 1/2; F1 4/5, 6/7, 1/2.
    assert full["accuracy"] == 0.75
    assert full["uar"] == pytest.approx((2 / 3 + 1 + 1 / 2) / 3)
    assert full["uf1"] == pytest.approx((4 / 5 + 6 / 7 + 1 / 2) / 3)
    assert full["confusion"] == [[2, 0, 1], [0, 3, 0], [0, 1, 1]]
    assert set(found["metrics"]) == set(found["intervals"]) == {"full", "casme2", "smic"}
    assert (found["clips"], found["subjects"]) == (8, 4)
    low, high = found["intervals"]["full"]["figures"]["accuracy"].values()
    assert low < 0.75 < high
    assert main(["metrics", str(theirs)]) == 0
    told = capsys.readouterr().out
    for part in (
        "8 clips, 4 subjects",
        "0.7500",
        "uf1: 95 %",
        "recall: 95 %",
        "true ↓ predicted →",
    ):
        assert part in told


def test_truth_and_prediction_are_enough(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "bare.csv"
    path.write_text("a,b\n0,0\n1,0\n")
    found = figures_of(
        capsys, "metrics", str(path), "--true", "a", "--predicted", "b", "--classes", "no,yes"
    )
    assert (found["classes"], found["subjects"], found["intervals"]) == (["no", "yes"], None, {})
    assert list(found["metrics"]) == ["full"]
    assert main(["metrics", str(path), "--true", "a", "--predicted", "b"]) == 0
    assert "no column of subjects, hence no intervals" in capsys.readouterr().err
    assert main(["metrics", str(path)]) == 1
    assert "no column for the true class; there are a, b" in capsys.readouterr().err


def test_an_imported_run_stands_beside_ones_own(
    workspace: Path, theirs: Path, capsys: Capture
) -> None:
    words = ["--method", "HTNet", "--name", "theirs", "--labels", "megc2019"]
    assert main(["runs", "--import", str(theirs), *words]) == 0
    told = capsys.readouterr().out
    assert "htnet-001: imported from theirs.csv" in told
    assert "protocol not stated" in told
    own = theirs.with_name("own.csv")
    own.write_text(THEIRS.replace("surprise,positive,0.1,0.5,0.4", "surprise,surprise,0.1,0.4,0.5"))
    stated = ["--protocol", "leave-one-subject-out"]
    assert main(["runs", "--import", str(own), *stated]) == 0
    first, second = (open_run(workspace / "runs", one) for one in ("htnet-001", "imported-001"))
    figures = figures_of(capsys, "metrics", str(theirs))["metrics"]
    for part in figures.values():
        # The file names no seed; the run's table has to have a number.
        (alone,) = part["seeds"]["per_seed"]
        assert alone["seed"] is None
        alone["seed"] = 1
    assert figures == first.metrics
    listed = figures_of(capsys, "runs")
    assert [(run["id"], run["imported"], run["resumable"]) for run in listed] == [
        ("imported-001", True, False),
        ("htnet-001", True, False),
    ]
    assert main(["runs"]) == 0
    assert re.search(r"htnet-001 +imported +HTNet", capsys.readouterr().out)
    found = compare_runs(first, second)
    assert (found.result.gained, found.result.lost, found.result.p_value) == (1, 0, 1.0)
    assert found.warning() == (
        "This run does not say how many seeds it averages. How theirs held subjects out is not "
        "stated."
    )
    with closing(Workspace.open(workspace)) as opened:
        page = ResultsPage(opened, second.id, beside=f"run:{first.id}")
        assert [one["name"] for one in page.full.matrices] == ["full", "beside-full"]
        assert "McNemar" in page.changes.sentence
        assert page.full.matrices[0]["figures"][0][2], "intervals"
        assert page.full.matrices[1]["title"] == "theirs"
        assert page.header.run["line"].startswith("imported from own.csv · 8 clips")
        assert "leave one subject out, as stated" in page.header.run["line"]
        assert "was imported" in page.below.leak.sentence
        assert "was imported" in page.below.ablation.sentence
        page.full.selected = {"matrix": "full", "row": 0, "column": 2}
        assert [row["probability"] for row in page.clips.rows] == [0.5]
    for kind in EXPORTS:
        assert export_run(second, kind, {}, {})


#: Two people by two cameras, two clips each; what each of them is called is told by a column, too.
CAMERAS = """database,subject,who,clip,true,pred
smic,s1,P1,a,negative,negative
smic,s1,P1,b,positive,positive
smic,s2,P2,c,positive,negative
smic,s2,P2,d,negative,negative
smic-vis,s1,P1,e,positive,positive
smic-vis,s1,P1,f,negative,positive
smic-vis,s2,P2,g,negative,negative
smic-vis,s2,P2,h,positive,positive
"""


@pytest.fixture
def cameras(tmp_path: Path) -> Path:
    path = tmp_path / "cameras.csv"
    path.write_text(CAMERAS)
    return path


def drawn(found: dict[str, Any]) -> dict[str, int]:
    """Over how many people the intervals of each part are drawn."""
    return {name: one["subjects"] for name, one in found["intervals"].items()}


def test_a_column_tells_who_is_one_person_in_two_databases(cameras: Path, capsys: Capture) -> None:
    file = str(cameras)
    apart = figures_of(capsys, "metrics", file)
    assert (apart["subjects"], drawn(apart)) == (4, {"full": 4, "smic": 2, "smic-vis": 2})
    assert main(["metrics", file]) == 0
    assert "name the column that tells them with --person COLUMN" in capsys.readouterr().err
    told = figures_of(capsys, "metrics", file, "--person", "who")
    assert (told["subjects"], drawn(told)) == (2, {"full": 2, "smic": 2, "smic-vis": 2})
    assert told["metrics"] == apart["metrics"]
    named = cameras.with_name("named.csv")
    named.write_text(CAMERAS.replace("who", "person", 1))
    assert figures_of(capsys, "metrics", str(named))["intervals"] == told["intervals"]
    assert main(["metrics", str(named)]) == 0
    said = capsys.readouterr()
    assert "8 clips, 2 subjects" in said.out
    assert said.err == ""
    named.write_text(CAMERAS.replace("who", "person", 1).replace("P1,b", "P9,b"))
    assert main(["metrics", str(named)]) == 1
    assert "row 3 has P9 as the person of smic/s1, row 2 P1" in capsys.readouterr().err
    # A single column, named as that of people, serves as that of subjects.
    named.write_text(CAMERAS.replace("subject", "number"))
    alone = figures_of(capsys, "metrics", str(named), "--person", "who")
    assert (alone["subjects"], drawn(alone)) == (2, {"full": 2, "smic": 2, "smic-vis": 2})


def test_an_imported_run_counts_and_draws_people_as_a_trained_one(
    workspace: Path, cameras: Path, capsys: Capture
) -> None:
    keys = [ClipKey(*line.split(",")[:2], line.split(",")[3]) for line in CAMERAS.splitlines()[1:]]
    with closing(Workspace.open(workspace)) as opened:
        for name in ("smic", "smic-vis"):
            own = [key for key in keys if key.database == name]
            opened.store.put_database(
                ImportedDatabase(
                    name=name,
                    title=name,
                    layout="smic",
                    root=workspace,
                    synthetic=False,
                    emotions=("negative", "positive"),
                    clips=[Clip(key, 100.0, None) for key in own],
                    codings=[],
                    report=ImportReport(name, name, ""),
                ).finish()
            )
    other = cameras.with_name("other.csv")
    other.write_text(CAMERAS.replace("f,negative,positive", "f,negative,negative"))
    for file in (cameras, other):
        assert main(["runs", "--import", str(file)]) == 0
    first, second = (open_run(workspace / "runs", f"imported-00{n}") for n in (1, 2))
    trained = FeatureSet(
        np.zeros((8, 3, 28, 28)),
        np.arange(8) % 2,
        ("negative", "positive"),
        keys,
        {"source": "computed"},
        persons=tuple(f"smic/{key.subject}" for key in keys),
    )
    of_trained, of_imported = describe_data(trained, {}), first.record["data"]
    for said in ("clips", "subjects", "people"):
        assert of_imported[said] == of_trained[said]
    counted = [(one["name"], one["subjects"]) for one in of_imported["databases"]]
    assert counted == [("smic", 2), ("smic-vis", 2)]
    shown = figures_of(capsys, "show", first.id)
    assert drawn(shown) == {"full": 2, "smic": 2, "smic-vis": 2}
    truth, before, after = (
        np.array([trained.classes.index(getattr(row, what)) for row in run.predictions()])
        for run, what in ((first, "true"), (first, "predicted"), (second, "predicted"))
    )
    by_person, by_number = (
        compare_predictions(truth, before, after, who, 2).differences
        for who in (trained.persons, [key.group for key in keys])
    )
    found = compare_runs(first, second).result.differences
    assert found == by_person
    assert found != by_number
    with closing(Workspace.open(workspace)) as opened:
        page = ResultsPage(opened, second.id, beside=f"run:{first.id}")
        assert "2 subjects" in page.header.run["line"]
        assert "over the 2 held-out subjects" in page.figures.per_class.remark
    # What is exported says who is who: elsewhere nobody knows the databases.
    again = cameras.with_name("again.csv")
    assert main(["runs", "--export", first.id, str(again)]) == 0
    read = figures_of(capsys, "metrics", str(again))
    assert (read["subjects"], read["intervals"]) == (2, shown["intervals"])


def test_of_databases_that_are_not_there_the_column_of_people_is_believed(
    workspace: Path, cameras: Path
) -> None:
    assert main(["runs", "--import", str(cameras), "--person", "who"]) == 0
    [run] = list_runs(workspace / "runs")
    assert run.summary()["subjects"] == 2
    assert run.record["data"]["people"] == {
        f"{name}/s{n}": f"P{n}" for name in ("smic", "smic-vis") for n in (1, 2)
    }


def test_people_of_a_file_stay_with_one_database(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("true,pred,subject,person,clip\na,a,s,P1,x\nb,b,t,P1,y\nb,a,u,P2,z\n")
    assert main(["runs", "--import", str(path), "--database", "lab"]) == 0
    [run] = list_runs(workspace / "runs")
    assert run.summary()["subjects"] == 2


@pytest.mark.parametrize("command", ["runs", "show"])
def test_an_export_is_imported_to_the_same_figures(
    workspace: Path, theirs: Path, tmp_path: Path, capsys: Capture, command: str
) -> None:
    assert main(["runs", "--import", str(theirs)]) == 0
    path = tmp_path / "again.csv"
    words = {
        "runs": ["runs", "--export", "imported-001", str(path)],
        "show": ["show", "imported-001", "--export", str(path)],
    }
    assert main(words[command]) == 0
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert main(["runs", "--import", str(path)]) == 0
    first, second = (open_run(workspace / "runs", f"imported-00{n}") for n in (1, 2))
    assert first.metrics == second.metrics
    assert first.predictions() == second.predictions()
    assert figures_of(capsys, "metrics", str(path))["metrics"] == first.metrics


def test_what_says_the_class_alone_claims_no_probability(
    workspace: Path, theirs: Path, capsys: Capture
) -> None:
    assert main(["runs", "--import", str(theirs), "--no-probabilities"]) == 0
    run = open_run(workspace / "runs", "imported-001")
    with closing(Workspace.open(workspace)) as opened:
        page = ResultsPage(opened, run.id)
        page.full.selected = {"matrix": "full", "row": 0, "column": 2}
        assert [row["probability"] for row in page.clips.rows] == [None]
    capsys.readouterr()
    assert main(["runs", "--export", run.id, "-"]) == 0
    assert not [
        name for name in next(csv.reader(io.StringIO(capsys.readouterr().out))) if "p_" in name
    ]
    assert "1.000" not in export_run(run, "html", {}, {}).partition("All 8 predictions")[2]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("true,pred\na,b\n", [], "names no subject, no clip, no database.*--database NAME"),
        ("true,pred,subject,clip\na,b,s,x\n", [], "names no database.*--database NAME"),
        (
            "true,pred,subject,clip,seed\na,b,s,x,one\n",
            ["--database", "d"],
            "row 2: expected a whole",
        ),
        ("true,pred,subject,clip\na,b,s,x\nb,b,s,x\n", ["--database", "d"], "row 3 is of the clip"),
        (
            "true,pred,subject,clip\na,b,s,x\n",
            ["--database", "d", "--classes", "a,c"],
            "b are not among",
        ),
    ],
)
def test_a_refused_file_leaves_no_run(
    workspace: Path, tmp_path: Path, capsys: Capture, text: str, options: list[str], said: str
) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(text)
    assert main(["runs", "--import", str(path), *options]) == 1
    assert re.search(f"odd.csv: .*{said}", capsys.readouterr().err)
    assert list_runs(workspace / "runs") == []


def test_a_database_is_named_for_all_or_by_its_column(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("true,pred,subject,clip,corp\na,a,s,x,smic\nb,b,t,y,samm\n")
    assert main(["runs", "--import", str(path), "--database", "lab"]) == 0
    assert main(["runs", "--import", str(path), "--database", "corp"]) == 0
    named = [set(run.metrics) - {"full"} for run in list_runs(workspace / "runs")]
    assert named == [{"smic", "samm"}, {"lab"}]


def test_every_page_shows_an_imported_run(workspace: Path, theirs: Path) -> None:
    assert main(["runs", "--import", str(theirs), "--method", "HTNet"]) == 0
    [run] = list_runs(workspace / "runs")
    with closing(Workspace.open(workspace)) as opened:
        page = TrainPage(opened, run.id)
        assert page.monitor.run["stage"] == "done"
        assert page.monitor.run["actions"] == []
        assert page.curves.data == []
        assert page.matrix.matrices[0]["detail"] == "8 clips"
        assert ["imported", "from theirs.csv, made by HTNet; protocol not stated"] in (
            page.monitor.run["details"]
        )
        results = ResultsPage(opened, run.id)
        results.found.looked.ask(run, run.predictions()[0])
        assert results.found.looked.wait(20)
        assert "networks that looked are not here" in results.found.looked.view.sentence
        [row, *_] = table_4(run, [run], {name: name for name in ("casme2", "smic")})
        assert (row["shaded"], row["note"]) == (True, "imported; protocol not stated")
    assert "imported" in home_run_row(run)["detail"]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"seeds": "all"}, "imported: expected a list of seeds"),
        ({"file": None}, "imported: expected file, method and protocol"),
        ([], "finished without settings"),
    ],
)
def test_a_damaged_record_of_an_import_is_told(
    workspace: Path, theirs: Path, part: Any, said: str
) -> None:
    assert main(["runs", "--import", str(theirs)]) == 0
    [run] = list_runs(workspace / "runs")
    run.write_status("finished", imported={**run.imported, **part} if part else part)
    [read] = list_runs(workspace / "runs")
    assert read.status == "unreadable"
    assert said in read.reason
