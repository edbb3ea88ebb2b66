"""``mexlab people``: who is who, listed and set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mexlab.cli.app import main
from mexlab.data.clips import Clip, ClipKey
from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.reports import ImportReport
from mexlab.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> str:
    made = Workspace.create(tmp_path / "ws")
    for name, layout in (("smic", "smic"), ("smic-vis", "smic"), ("own", "folder")):
        clip = Clip(ClipKey(name, "s11", "a"), None, None, Path("a.png"))
        report = ImportReport(name, name, "")
        made.store.put_database(
            ImportedDatabase(name, name, layout, tmp_path, False, (), [clip], [], report).finish()
        )
    made.close()
    return str(tmp_path / "ws")


def persons(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    listed = json.loads(capsys.readouterr().out)
    return {f"{one['database']}/{one['subject']}": one["person"] for one in listed}


def test_people_are_listed_set_and_taken_back(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    declared = {"own/s11": "own/s11", "smic/s11": "smic/s11", "smic-vis/s11": "smic/s11"}
    command = ["-w", workspace, "people", "--json"]
    assert main(command) == 0
    assert persons(capsys) == declared
    assert main([*command, "--shared"]) == 0
    assert set(persons(capsys)) == {"smic/s11", "smic-vis/s11"}
    assert main([*command, "--set", "own/s11=smic/s11", "--set", "smic-vis/*=others"]) == 0
    said = {"own/s11": "smic/s11", "smic/s11": "smic/s11", "smic-vis/s11": "others/s11"}
    assert persons(capsys) == said
    assert main([*command, "--unset", "own/s11", "--unset", "smic-vis/*"]) == 0
    assert persons(capsys) == declared
    assert main(["-w", workspace, "people"]) == 0
    assert "2 people, 1 of them in several databases" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--set", "own/s11"], "DATABASE/SUBJECT=PERSON"),
        (["--set", "own=P1"], "DATABASE/SUBJECT"),
        (["--set", "own/nobody=P1"], "no subject own/nobody"),
    ],
)
def test_what_is_nobody_is_refused(
    workspace: str, capsys: pytest.CaptureFixture[str], given: list[str], said: str
) -> None:
    assert main(["-w", workspace, "people", *given]) == 1
    assert said in capsys.readouterr().err
