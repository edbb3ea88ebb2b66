"""`mexlab show`: a run with its intervals, and saved as a file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mexlab.cli import main
from mexlab.data.clips import ClipKey
from mexlab.evaluation.metrics import metrics_by_database
from mexlab.runs import files as run_files
from mexlab.runs.epoch_predictions import EPOCHS, EpochPredictions, write_epoch_predictions
from mexlab.runs.files import Prediction
from mexlab.runs.run import FINISHED, create_run
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace import Workspace

CLASSES = ("negative", "positive", "surprise")


@pytest.fixture
def run_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A finished run of six clips of two people, one of them called rightly throughout."""
    made = Workspace.create(tmp_path / "ws")
    settings = TrainingSettings(epochs=1, seeds=(1,))
    run = create_run(made.runs_dir, {"training": settings.to_record()})
    called = [CLASSES[0 if i < 3 else i % 3] for i in range(6)]
    rows = [
        Prediction(
            ClipKey("smic", f"s{i // 3}", f"clip{i}"),
            CLASSES[i % 3],
            called[i],
            {name: 0.8 if name == called[i] else 0.1 for name in CLASSES},
            1,
            f"smic/s{i // 3}",
        )
        for i in range(6)
    ]
    run_files.write_predictions(run.folder / run_files.PREDICTIONS, rows, CLASSES)
    scored = metrics_by_database(
        [CLASSES.index(row.true) for row in rows],
        [CLASSES.index(row.predicted) for row in rows],
        ["smic"] * 6,
        CLASSES,
    )
    run.write_status(
        FINISHED,
        settings=settings.to_record(),
        metrics={name: one.to_record() for name, one in scored.items()},
        data={"classes": list(CLASSES), "clips": 6, "subjects": 2, "databases": []},
    )
    made.close()
    monkeypatch.setenv("MEXLAB_WORKSPACE", str(tmp_path / "ws"))
    return run.id


def test_figures_stand_with_their_intervals(run_id, capsys):
    assert main(["show", run_id]) == 0
    assert "0.17–1.00" in capsys.readouterr().out
    assert main(["show", run_id, "--json"]) == 0
    intervals = json.loads(capsys.readouterr().out)["intervals"]
    assert intervals["full"]["subjects"] == 2
    # The person with one hit of three has UF1 (1/2 + 0 + 0) / 3.
    assert intervals["smic"]["figures"]["uf1"]["low"] == pytest.approx(1 / 6)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.html", "<!doctype html>"),
        ("a.TEX", "% \\usepackage{booktabs}"),
        ("a.svg", "<svg "),
        ("a.csv", "seed,fold,database"),
    ],
)
def test_a_run_is_saved_as_the_file_name_says(run_id, tmp_path, capsys, name, start):
    target = tmp_path / name
    assert main(["show", run_id, "--export", str(target)]) == 0
    assert target.read_text("utf-8").startswith(start)
    assert f"saved as {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "said"),
    [("a.docx", "ends in .csv"), ("a.png", "drawn by the browser"), ("no/a.svg", "No such file")],
)
def test_what_cannot_be_saved_is_told(run_id, tmp_path, capsys, name, said):
    assert main(["show", run_id, "--export", str(tmp_path / name)]) == 1
    assert said in capsys.readouterr().err


def test_what_leaking_would_claim_is_told_only_when_asked_and_as_invalid(run_id, tmp_path, capsys):
    folder = tmp_path / "ws" / "runs" / run_id
    calls = np.array([[[0, 1, 2, 0, 1, 2], [0, 0, 0, 0, 1, 2]]], dtype=np.int8)
    write_epoch_predictions(
        folder / EPOCHS, EpochPredictions(np.array([1]), np.array([1, 2], np.int32), calls)
    )
    record = json.loads((folder / "run.json").read_text("utf-8"))
    record["settings"]["epochs"] = 2
    (folder / "run.json").write_text(json.dumps(record), "utf-8")
    assert main(["show", run_id]) == 0
    assert "leak" not in capsys.readouterr().out.lower()
    assert main(["show", run_id, "--leak"]) == 0
    out = capsys.readouterr().out
    assert "INVALID" in out
    assert "+33.3 points" in out
    assert main(["show", run_id, "--json"]) == 0
    gap = json.loads(capsys.readouterr().out)["leak_gap"]
    assert gap["valid"] is False
    assert gap["parts"]["full"]["gap"]["best_epoch_of_each_fold"]["accuracy"] == pytest.approx(
        1 / 3
    )


def test_the_ablation_names_what_is_missing(run_id, capsys):
    assert main(["show", run_id, "--ablation"]) == 0
    out = capsys.readouterr().out
    assert "0.7919" in out
    assert "no run yet" in out
    assert "import CK+" in out
    assert main(["show", run_id, "--ablation", "--json"]) == 0
    cells = json.loads(capsys.readouterr().out)["ablation"]["cells"]
    assert [cell["run"] for cell in cells] == [None, run_id, None, None]
    assert "--no-mask" in cells[0]["command"]
