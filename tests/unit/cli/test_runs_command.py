"""`mexlab runs`: rename, note, export, delete; never another run than the one named."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from mexlab.cli import main
from mexlab.data.clips import ClipKey
from mexlab.features.feature_set import FeatureSet
from mexlab.runs.run import create_run
from mexlab.runs.settings import TrainingSettings
from mexlab.training.execute import execute_run
from mexlab.workspace import Workspace

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = Workspace.create(tmp_path / "ws")
    settings = TrainingSettings(epochs=1, batch_size=4, threads=1, seeds=(1, 2))
    for _ in range(3):
        run = create_run(made.runs_dir, {"training": settings.to_record()})
    labels = np.arange(12) % 2
    keys = [ClipKey("alpha", str(i // 4), f"=clip{i}") for i in range(12)]
    inputs = np.random.default_rng(0).normal(size=(12, 3, 28, 28))
    execute_run(run, FeatureSet(inputs, labels, ("a", "b"), keys), settings)
    made.close()
    monkeypatch.setenv("MEXLAB_WORKSPACE", str(tmp_path / "ws"))
    return tmp_path / "ws"


def listed(capsys: Capture) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    assert main(["runs", "--json"]) == 0
    return {run["id"]: run for run in json.loads(capsys.readouterr().out)}


def test_name_and_note(workspace: Path, capsys: Capture) -> None:
    assert main(["runs", "--rename", "laenet-001", "with mask"]) == 0
    assert main(["runs", "--note", "laenet-001", "eyes closed"]) == 0
    assert "laenet-001: with mask; eyes closed" in capsys.readouterr().out
    found = listed(capsys)
    assert (found["laenet-001"]["name"], found["laenet-001"]["note"]) == (
        "with mask",
        "eyes closed",
    )
    assert (found["laenet-002"]["name"], found["laenet-002"]["note"]) == ("laenet-002", "")
    assert main(["runs", "--rename", "laenet-009", "x"]) == 1
    assert "no run 'laenet-009'" in capsys.readouterr().err


@pytest.mark.parametrize("target", ["-", "out.csv"])
def test_export(workspace: Path, capsys: Capture, tmp_path: Path, target: str) -> None:
    path = target if target == "-" else str(tmp_path / target)
    assert main(["runs", "--export", "laenet-003", path]) == 0
    out = capsys.readouterr().out
    text = out if target == "-" else Path(path).read_text("utf-8")
    assert text.startswith("seed,"), "no mark: a program would take it for a part of the name"
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["seed"] for row in rows] == ["mean"] * 12 + ["1"] * 12 + ["2"] * 12
    assert rows[0]["clip"].startswith("'=clip"), "no formula for a spreadsheet to run"
    for row in rows:
        assert float(row["p_a"]) + float(row["p_b"]) == pytest.approx(1, abs=1e-5)
    assert main(["runs", "--export", "laenet-003", path, "--excel"]) == 0
    marked = capsys.readouterr().out if target == "-" else Path(path).read_text("utf-8")
    assert marked.startswith("\ufeffseed,")
    assert main(["runs", "--export", "laenet-001", path]) == 1
    assert "is queued, not finished" in capsys.readouterr().err
    assert main(["runs", "--export", "laenet-003", str(tmp_path / "no" / "where.csv")]) == 1


def test_delete(workspace: Path, capsys: Capture) -> None:
    (workspace / "runs" / "laenet-002" / "run.json").write_text("{")
    assert main(["runs", "--delete", "laenet-002"]) == 1
    assert "Add --yes" in capsys.readouterr().err
    assert main(["runs", "--delete", "laenet-002", "--delete", "laenet-009", "--yes"]) == 1
    assert "nothing was deleted" in capsys.readouterr().err
    assert set(listed(capsys)) == {"laenet-001", "laenet-002", "laenet-003"}
    assert main(["runs", "--delete", "laenet-002", "--delete", "laenet-001", "--yes"]) == 0
    assert set(listed(capsys)) == {"laenet-003"}
