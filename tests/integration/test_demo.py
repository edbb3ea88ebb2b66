"""``mexlab demo --once``: all but waiting, and a second time with what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.mark.slow
def test_demo_does_the_whole_journey_and_reuses_it(tmp_path: Path, journey: Any) -> None:
    options = ("demo", "--no-browser", "--port", 0, "--once")
    first = journey.run(*options, "--subjects", 2, "--epochs", 1, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "http://127.0.0.1:" in first.stdout
    assert "token=" in first.stdout
    workspace = tmp_path / "mexlab-demo"
    frame = next(workspace.rglob("*.jpg"))
    written = frame.stat().st_mtime_ns

    again = journey.run(*options, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "Nothing has changed" in again.stdout
    assert frame.stat().st_mtime_ns == written
    assert [path.name for path in (workspace / "runs").iterdir()] == ["laenet-001"]

    other = journey.run(*options, "--subjects", 3, cwd=tmp_path)
    assert other.returncode == 1
    assert "--workspace" in other.stderr


def test_demo_keeps_out_of_somebodys_workspace(journey: Any) -> None:
    done = journey.run("demo", "--no-browser", "--once", "-w", journey.workspace)
    assert done.returncode == 1
    assert "databases of its own" in done.stderr
    assert not (journey.workspace / "synthetic-casme2").exists()
