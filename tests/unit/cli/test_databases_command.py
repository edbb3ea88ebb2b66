"""``mexlab databases``: what is imported beside what was published; layouts with their numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mexlab.cli import main
from mexlab.data.clips import Clip, ClipKey
from mexlab.data.codings import Coding
from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.databases.registry import readers
from mexlab.data.reports import ImportReport
from mexlab.workspace import Workspace

Put = Callable[..., None]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "ws").close()
    return tmp_path / "ws"


@pytest.fixture
def put(place: Path) -> Put:
    """Take in a database of 24 subjects with five clips each, but for those left out."""

    def put_database(name: str, layout: str, title: str, **facts: Any) -> None:
        keys = [
            ClipKey(name, f"s{subject:02d}", f"c{clip}")
            for subject in range(1, 25)
            for clip in range(1, 6)
        ]
        imported = ImportedDatabase(
            name=name,
            title=title,
            layout=layout,
            root=place,
            synthetic=facts.get("synthetic", False),
            emotions=("disgust",),
            clips=[Clip(key, 200.0, None) for key in keys],
            codings=[
                Coding(key, "database", emotion="disgust", status="committed", kind="micro")
                for key in keys
            ],
            report=ImportReport(name, title, str(place)),
        )
        workspace = Workspace.open(place)
        workspace.store.put_database(imported.finish())
        workspace.close()

    return put_database


def test_an_import_is_held_against_the_published_numbers(
    place: Path, put: Put, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put("casme2", "casme2", "CASME II")
    put("made-up", "casme2", "CASME II (synthetic)", synthetic=True)
    put("lab", "folder", "lab")
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["databases", "-w", str(place), "--json"]) == 0
    listed = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert [listed[name]["compared"] for name in ("casme2", "made-up", "lab")] == [
        *(True, False, False)
    ]
    differences = listed["casme2"]["differences"]
    assert differences[:2] == ["clips 120 of 255 (135 missing)", "subjects 24 of 26 (2 missing)"]
    assert "disgust 120 of 63" in differences
    assert listed["made-up"]["differences"] == []
    assert listed["lab"]["official"] is None

    assert main(["databases", "-w", str(place)]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert "casme2: clips 120 of 255 (135 missing), subjects 24 of 26" in lines["casme2:"]
    assert all(words in lines["casme2"] for words in ("120 of 255", "24 of 26", "differs"))
    assert "synthetic" in lines["made-up"]
    assert " of " not in lines["made-up"]
    assert " own " in lines["lab"]


def test_whose_people_a_database_shares_is_listed_as_it_is_now(
    place: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    put("raw", "casme2", "CASME II")
    put("cropped", "casme2", "CASME II")
    put("lab", "folder", "lab")

    def shared() -> dict[str, list[str]]:
        capsys.readouterr()
        assert main(["databases", "-w", str(place), "--json"]) == 0
        return {row["name"]: row["people_of"] for row in json.loads(capsys.readouterr().out)}

    assert shared() == {"raw": ["cropped"], "cropped": ["raw"], "lab": []}
    assert main(["databases", "-w", str(place)]) == 0
    assert "raw: some of its people are those of cropped" in capsys.readouterr().out
    assert main(["people", "-w", str(place), "--set", "cropped/*=others"]) == 0
    assert shared() == {"raw": [], "cropped": [], "lab": []}


def test_layouts_come_with_their_numbers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["databases", "--layouts", "--json"]) == 0
    layouts = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert list(layouts) == list(readers())
    assert [one["title"] for one in layouts["smic"]["official"]] == [
        *("SMIC-HS", "SMIC-VIS", "SMIC-NIR")
    ]
    assert layouts["casme2"]["official"][0]["clips"] == 255
    assert layouts["folder"]["official"] == []

    monkeypatch.setenv("COLUMNS", "160")
    assert main(["databases", "--layouts"]) == 0
    lines = capsys.readouterr().out.splitlines()
    row = next(line.split() for line in lines if line.split()[:1] == ["casme2"])
    assert row[1:6] == ["CASME", "II", "255", "26", "200"]
    vis = next(line.split() for line in lines if "SMIC-VIS" in line)
    assert vis == ["SMIC-VIS", "~71", "~8", "~25"]
    assert any("~98 videos" in line for line in lines)


def test_a_synthetic_database_is_compared_where_it_was_written_whole(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from mexlab.synthetic import MARKER, synthesise

    made = tmp_path / "made"
    synthesise("4dme", made, subjects=1, clips=2, seconds=0.02, width=32, jobs=1)
    assert main(["-w", str(place), "import", "4dme", str(made), "--name", "made"]) == 0

    def listed() -> Any:
        capsys.readouterr()
        assert main(["databases", "-w", str(place), "--json"]) == 0
        return json.loads(capsys.readouterr().out)[0]

    part = listed()
    assert (part["compared"], part["differences"]) == (False, [])
    assert set(part["told"]) <= {"skipped", "corrected", "warning", "note"}
    # What `--full` notes in the marker; writing 267 clips would take a minute.
    marker = made / MARKER
    marker.write_text(json.dumps({**json.loads(marker.read_text()), "full": True}))
    whole = listed()
    assert whole["compared"]
    assert whole["differences"][0].startswith(f"clips {whole['clips']} of 267")
