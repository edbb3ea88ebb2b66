"""Own recordings from the command line: import with a sheet, import again, list what is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mexlab.cli import main
from mexlab.data.clips import ClipKey
from mexlab.workspace import Workspace

ROWS = ("anna,talk,2,micro,fear", "anna,talk,6,macro,happiness", "bert,frown,3,micro,anger")

Mexlab = Callable[..., Any]


@pytest.fixture
def mexlab(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Mexlab:
    """Run a command in a workspace; its JSON, or with ``plain`` its text."""
    Workspace.create(tmp_path / "ws").close()

    def run(command: str, *arguments: str, plain: bool = False) -> Any:
        how = [] if plain else ["--json"]
        assert main([command, "-w", str(tmp_path / "ws"), *arguments, *how]) == 0
        text = capsys.readouterr().out
        return text if plain else json.loads(text)

    return run


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    for name in ("anna/talk", "bert/frown", "bert/rest"):
        folder = tmp_path / "lab" / name
        folder.mkdir(parents=True)
        for number in range(1, 9):
            cv2.imwrite(str(folder / f"{number}.png"), np.zeros((8, 8, 3), np.uint8))
    return tmp_path / "lab"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return write_sheet(tmp_path / "ours.csv", *ROWS)


def write_sheet(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["Who,Film,T1,Type,Feels", *rows]) + "\n")
    return path


def import_lab(mexlab: Mexlab, lab: Path, sheet: Path, *, plain: bool = False) -> Any:
    columns = ("--columns", "subject=Who,clip=Film", "--columns", "onset=T1,emotion=feels")
    options = ("--fps", "100", "--name", "mine", "--sheet", str(sheet), *columns)
    return mexlab("import", "folder", str(lab), *options, plain=plain)


def test_every_expression_is_listed_and_clips_without_too(
    mexlab: Mexlab, lab: Path, sheet: Path
) -> None:
    ((report),) = import_lab(mexlab, lab, sheet)
    assert (report["database"], report["clips"], report["emotions"]) == (
        "mine",
        3,
        {"fear": 1, "happiness": 1, "anger": 1},
    )
    listed = mexlab("clips")
    keys = ("database", "subject", "name", "expression", "kind", "onset", "emotion")
    assert [tuple(row[key] for key in keys) for row in listed] == [
        ("mine", "anna", "talk", 1, "micro", 2, "fear"),
        ("mine", "anna", "talk", 2, "macro", 6, "happiness"),
        ("mine", "bert", "frown", 1, "micro", 3, "anger"),
        ("mine", "bert", "rest", None, "", None, ""),
    ]
    assert {"database", "subject", "name", "fps", "onset", "apex", "offset", "emotion"} <= set(
        listed[0]
    )
    assert [row["onset"] for row in mexlab("clips", "--emotion", "happiness")] == [6]
    assert [row["name"] for row in mexlab("clips", "--status", "untouched")] == ["rest"]
    assert len(mexlab("clips", "--subject", "anna")) == 2
    assert "3 clips in 4 lines, one an expression" in mexlab("clips", plain=True)


def test_both_states_of_a_coding_are_given_out(
    mexlab: Mexlab, lab: Path, sheet: Path, tmp_path: Path
) -> None:
    import_lab(mexlab, lab, sheet)
    store = Workspace.open(tmp_path / "ws").store
    talk, rest = ClipKey("mine", "anna", "talk"), ClipKey("mine", "bert", "rest")
    store.commit_clip(talk, "ada", changes={"onset": 2, "emotion": "fear"})
    store.change_coding(talk, "ada", {"onset": 3}, page="annotate")
    store.change_coding(talk, "ada", {"onset": 6}, page="annotate", expression=2)
    store.change_coding(rest, "ada", {"onset": 1}, page="annotate")
    store.close()
    rows = {(row["name"], row["expression"]): row for row in mexlab("clips", "--coder", "ada")}
    first = rows["talk", 1]
    assert (first["onset"], first["first_commit"]["onset"]) == (3, 2)
    assert first["changed_after_reveal"]
    assert first["first_commit"]["coded"]
    added = rows["talk", 2]
    assert added["changed_after_reveal"]
    assert not added["first_commit"]["coded"]
    assert rows["rest", 1]["first_commit"] is None
    assert not rows["rest", 1]["changed_after_reveal"]
    text = mexlab("clips", "--coder", "ada", plain=True)
    assert "2 changed after the reveal" in text


def test_a_row_that_is_gone_is_said_to_be_removed(mexlab: Mexlab, lab: Path, sheet: Path) -> None:
    import_lab(mexlab, lab, sheet)
    assert "Nothing has changed" in import_lab(mexlab, lab, sheet, plain=True)
    write_sheet(sheet, *ROWS[:1], *ROWS[2:])
    text = import_lab(mexlab, lab, sheet, plain=True)
    assert "No longer in the sheet, removed from the ground truth (1):" in text
    assert "    mine/anna/talk, expression 2" in text
    assert "0 added, 1 changed, 2 as before" in text
