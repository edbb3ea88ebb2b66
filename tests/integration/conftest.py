"""One synthetic database and one whole journey through the command line, for all tests here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mexlab.cli import main
from mexlab.synthetic import synthesise

SHEET = "CASME2-coding-20140508.xlsx"
SUBJECTS = 4


@dataclass
class Journey:
    """What the commands of the journey left and printed."""

    database: Path
    workspace: Path
    printed: dict[str, str]
    sheet: Path
    subjects: int = SUBJECTS

    @staticmethod
    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        """``mexlab`` as a shell runs it."""
        return subprocess.run(
            [sys.executable, "-m", "mexlab", *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            **options,
        )

    def json(self, *arguments: object) -> Any:
        """The JSON that a command prints; its standard output must hold nothing else."""
        done = self.run("-w", self.workspace, *arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="session")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """Synthesise, init, import, features, train: each through the real command line."""
    folder = tmp_path_factory.mktemp("journey")
    database, workspace = folder / "database", folder / "workspace"
    steps: dict[str, tuple[object, ...]] = {
        "synthesise": (
            "synthesise", "--layout", "casme2", "--subjects", SUBJECTS, "--seed", 5, database,
        ),
        "init": ("init", workspace),
        "import": ("import", "casme2", database, "-w", workspace),
        "features": ("-w", workspace, "features"),
        "train": (
            "-w", workspace, "train", "--model", "laenet", "--epochs", 5, "--seeds", "1,2",
            "--name", "first", "--json",
        ),
    }  # fmt: skip
    printed = {}
    for name, arguments in steps.items():
        done = Journey.run(*arguments)
        assert done.returncode == 0, f"{name}: {done.stdout}\n{done.stderr}"
        printed[name] = done.stdout
    return Journey(database, workspace, printed, database / SHEET)


@pytest.fixture(scope="session")
def one_person(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic database of one person, whole."""
    folder = tmp_path_factory.mktemp("one") / "database"
    synthesise("casme2", folder, subjects=1, seed=5, jobs=2)
    return folder


@pytest.fixture
def database_copy(one_person: Path, tmp_path: Path) -> Path:
    """The database of one person, to be damaged; replace its files, they are hard links."""
    target = tmp_path / "damaged"
    shutil.copytree(one_person, target, copy_function=os.link)
    return target


@pytest.fixture
def edit_sheet() -> Callable[[Path, Callable[[Any], None]], Path]:
    """Change the coding sheet of a copied database."""

    def edit(database: Path, change: Callable[[Any], None]) -> Path:
        path = database / SHEET
        book = openpyxl.load_workbook(path)
        change(book)
        path.unlink()
        book.save(path)
        return path

    return edit


@pytest.fixture
def mexlab(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Run a command in this process on a new workspace; gives status, stdout, stderr."""
    monkeypatch.delenv("MEXLAB_WORKSPACE", raising=False)
    workspace = tmp_path / "workspace"
    assert main(["init", str(workspace)]) == 0
    capsys.readouterr()

    def run(*arguments: object) -> tuple[int, str, str]:
        status = main(["-w", str(workspace), *map(str, arguments)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run
