"""The command line: its options, its exit statuses, its documentation."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mexlab
from mexlab.cli import app, main
from mexlab.cli.output import print_json
from mexlab.cli.progress import progress_bar
from mexlab.data.databases.registry import readers
from mexlab.data.reports import ReportEntry
from mexlab.workspace import Workspace
from mexlab.workspace.feature_sets.build import FeatureSummary

ROOT = Path(__file__).parents[3]

COMMANDS = {
    "init", "import", "synthesise", "features", "train", "runs", "show", "serve", "demo",
    "databases", "clips", "composite", "queue", "people", "metrics",
}  # fmt: skip

LISTINGS = ("databases", "clips", "runs", "people")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("MEXLAB_WORKSPACE", raising=False)
    Workspace.create(tmp_path / "ws").close()
    return tmp_path / "ws"


def test_the_commands_are_those_promised() -> None:
    named = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert named == COMMANDS


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_documented_with_its_options(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main([command, "--help"]) == 0
    offered = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", capsys.readouterr().out))
    text = (ROOT / "docs" / "cli.md").read_text("utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)
    own = next((part for part in sections if part.startswith(f"`mexlab {command}")), "")
    assert own, f"docs/cli.md has no section on mexlab {command}"
    shared = sections[1]
    missing = {option for option in offered - {"--help"} if option not in own + shared}
    assert missing == set()


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"mexlab {mexlab.__version__}\n"


def test_python_m_mexlab_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mexlab", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"mexlab {mexlab.__version__}\n"


def test_wrong_use_is_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["frobnicate"]) == 2
    assert main(["clips", "--frob"]) == 2


@pytest.mark.parametrize("listing", LISTINGS)
def test_the_workspace_is_named_before_after_or_by_the_variable(
    listing: str,
    workspace: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (
        ["-w", str(workspace), listing, "--json"],
        [listing, "-w", str(workspace), "--json"],
        [listing, "--workspace", str(workspace), "--json"],
    ):
        assert main(arguments) == 0
        assert json.loads(capsys.readouterr().out) == []
    assert main([listing]) == 1, "no workspace here"
    monkeypatch.setenv("MEXLAB_WORKSPACE", str(workspace))
    assert main([listing, "--json"]) == 0
    monkeypatch.delenv("MEXLAB_WORKSPACE")
    monkeypatch.chdir(workspace)
    assert main([listing, "--json"]) == 0


def test_an_error_is_one_line_and_debug_shows_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = str(tmp_path / "no [bold]where[/bold]")
    assert main(["clips", "-w", nowhere]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert nowhere in captured.err, "brackets in a name are no markup"
    for arguments in (["--debug", "clips", "-w", nowhere], ["clips", "-w", nowhere, "--debug"]):
        with pytest.raises(mexlab.errors.WorkspaceError):
            main(arguments)


def test_init_twice_is_harmless(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "ws"
    assert main(["init", str(folder), "--name", "first"]) == 0
    text = (folder / "mexlab.toml").read_text()
    assert main(["init", str(folder), "--name", "second"]) == 0
    assert "already" in capsys.readouterr().out
    assert (folder / "mexlab.toml").read_text() == text


def test_ctrl_c_in_long_work_is_130_and_says_what_was_kept(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, progress: object, **__: object) -> None:
        assert callable(progress)
        progress(3, 10)
        raise KeyboardInterrupt

    monkeypatch.setattr("mexlab.workspace.feature_sets.build.compute_features", interrupted)
    assert main(["features", "-w", str(workspace)]) == 130
    error = capsys.readouterr().err
    assert "interrupted after 3 of 10" in error
    assert "kept" in error
    assert "Traceback" not in error


def test_maps_that_cannot_be_are_warnings_that_name_clip_and_reason(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = FeatureSummary(ready=2, clips=2)
    found.warnings.append(ReportEntry("warning", "lab/s1/c2", "2 faces are in the frame"))
    monkeypatch.setattr(
        "mexlab.workspace.feature_sets.build.compute_features", lambda *_, **__: found
    )
    assert main(["features", "-w", str(workspace)]) == 0
    assert "To be looked at (1):\n  lab/s1/c2: 2 faces are in the frame" in capsys.readouterr().out
    assert main(["features", "-w", str(workspace), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["warnings"] == [
        {"kind": "warning", "where": "lab/s1/c2", "reason": "2 faces are in the frame"}
    ]


def test_a_bar_that_never_moved_is_never_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("Work"):
        pass
    assert capsys.readouterr().err == ""


def test_json_has_no_nan(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"a": float("nan"), "b": [float("inf"), 1.5], "ü": None})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [None, 1.5], "ü": None}


def test_layouts_need_no_workspace(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["databases", "--layouts", "--json"]) == 0
    names = [layout["name"] for layout in json.loads(capsys.readouterr().out)]
    assert names == list(readers())
    assert {"casme2", "ststnet", "folder"} <= set(names)


@pytest.mark.parametrize("name", ["", "database", "Consensus", "machine", "machine:apex"])
def test_a_coder_needs_a_name_of_a_person(
    workspace: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "-w", str(workspace), "--coder", name, "--no-browser"]) == 1
    assert "--coder" in capsys.readouterr().err


def test_a_reserved_name_in_the_variable_is_refused_before_a_page_opens(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEXLAB_CODER", "database")
    assert main(["serve", "-w", str(workspace), "--no-browser"]) == 1
    assert "reserved for the ground truth" in capsys.readouterr().err
