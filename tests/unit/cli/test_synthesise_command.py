"""``mexlab synthesise``: layouts with their quirks, quirks by name, clear refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mexlab.cli import main
from mexlab.synthetic import read_marker

TINY = ["--subjects", "1", "--clips", "1", "--seconds", "0.06", "--width", "48", "--jobs", "1"]


def test_layouts_are_listed_with_their_quirks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["synthesise", "--list"]) == 0
    table = capsys.readouterr().out
    assert "SAMM Long Videos" in table
    assert "the apex of 028_4_1 and 032_3_1 lies outside their frames" in table
    assert "if named" in table


def test_layouts_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["synthesise", "--list", "--json"]) == 0
    listed = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert listed["smic"]["fps"] == 100.0
    assert listed["ststnet"]["fps"] is None
    assert listed["samm_lv"]["seconds"] == 10.0
    quirks = {quirk["name"]: quirk["default"] for quirk in listed["samm"]["quirks"]}
    assert quirks["low-header"] is True
    assert quirks["full-size"] is False


@pytest.mark.parametrize(
    ("options", "written"),
    [
        ([], ["several-expressions", "long-numbers", "footer"]),
        (["--quirk", "hs-folder", "--quirk", "footer"], ["hs-folder", "footer"]),
        (["--no-quirk", "footer,long-numbers"], ["several-expressions"]),
        (["--no-quirks"], []),
    ],
)
def test_quirks_are_chosen_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], written: list[str]
) -> None:
    out = tmp_path / "db"
    assert main(["synthesise", "--layout", "smic_e", *TINY, *options, "--json", str(out)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["layout"], told["clips"], told["subjects"], told["frames"]) == ("smic_e", 1, 1, 6)
    marker = read_marker(out)
    assert marker is not None
    assert marker["quirks"] == written


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--layout", "samm", "--quirk", "ghosts"], "Known quirks of samm: low-header, padding"),
        (["--layout", "samm", "--no-quirk", "ghosts"], "Known quirks of samm: low-header, padding"),
        (["--layout", "casme9"], "samm_lv"),
        (["--layout", "samm", "--no-quirks", "--quirk", "notes"], "expected one of --quirk"),
        (["--layout", "ststnet", "--width", "64"], "has features only, without frames"),
    ],
)
def test_what_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["synthesise", *arguments, str(tmp_path / "db")]) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "db").exists()


def test_a_folder_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["synthesise"]) == 1
    assert "no folder to write to" in capsys.readouterr().err
