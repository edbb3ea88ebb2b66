"""`mexlab queue` and `mexlab train --queue`: no process is started but by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mexlab.cli import main
from mexlab.runs.run import open_run
from mexlab.synthetic import synthesise
from mexlab.workspace import Workspace
from mexlab.workspace.importing import import_into

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = Workspace.create(tmp_path / "ws")
    synthesise("ststnet", tmp_path / "release", subjects=3, seed=1)
    import_into(made, "ststnet", tmp_path / "release")
    made.close()
    monkeypatch.setenv("MEXLAB_WORKSPACE", str(tmp_path / "ws"))
    return tmp_path / "ws"


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """The processes that would have been started."""
    found: list[bool] = []

    def ensure(workspace: Workspace, *, warm: bool = False) -> bool:
        found.append(warm)
        return True

    monkeypatch.setattr("mexlab.workspace.queue.runner.ensure_runner", ensure)
    return found


def queued(capsys: Capture, *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["queue", "--json", *arguments]) == 0
    return dict(json.loads(capsys.readouterr().out))


def put(capsys: Capture, *options: str) -> str:
    capsys.readouterr()
    assert main(["train", "--queue", "--epochs", "1", "--json", *options]) == 0
    return str(json.loads(capsys.readouterr().out)["id"])


def test_put_move_cancel_carry_out(workspace: Path, capsys: Capture, started: list[bool]) -> None:
    assert main(["train", "--queue", "--epochs", "1", "--name", "mine"]) == 0
    assert capsys.readouterr().out == "laenet-001: first in the queue, starts at once\n"
    assert started == [False]
    second, third = put(capsys), put(capsys)
    assert queued(capsys)["working"] is False
    found = queued(capsys, "--move", third, "--cancel", second)["waiting"]
    assert [(one["id"], one["position"]) for one in found] == [(third, 1), ("laenet-001", 2)]
    assert main(["queue"]) == 0
    told = capsys.readouterr()
    assert "mine" in told.out
    assert "second in the queue" in told.out
    assert "a process was started" in told.err
    assert main(["queue", "--run"]) == 0
    assert f"{third}: finished" in capsys.readouterr().err
    assert queued(capsys)["waiting"] == []
    assert open_run(workspace / "runs", second).status == "cancelled"
    assert open_run(workspace / "runs", "laenet-001").status == "finished"
    assert main(["queue"]) == 0
    assert "No training waits" in capsys.readouterr().out


def test_a_run_that_fails_is_told_and_stops_none(workspace: Path, capsys: Capture) -> None:
    bad, good = put(capsys), put(capsys)
    # Asked for now, it would be refused at once: this one has changed since.
    record = workspace / "runs" / bad / "run.json"
    record.write_text(record.read_text().replace('"megc2019"', '"fantasy"'))
    assert main(["queue", "--run"]) == 1
    told = capsys.readouterr().err
    assert f"{bad}: failed" in told
    assert f"{good}: finished" in told
    assert "1 of 2 runs failed" in told


def test_what_does_not_wait_cannot_be_moved(workspace: Path, capsys: Capture) -> None:
    assert main(["queue", "--move", "laenet-009"]) == 1
    assert "no run 'laenet-009'" in capsys.readouterr().err
    assert main(["queue", "--stop"]) == 0
    assert "no process works on the queue" in capsys.readouterr().err
