"""`mexlab import auto`: what a path looks like, why, and what is said where it is not one layout.

That each layout with a sheet is recognised as itself alone stands in its own tests.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mexlab.cli import main
from mexlab.data.databases.registry import recognise, recognised
from mexlab.errors import InputError
from mexlab.workspace import Workspace

SAMPLE = "three_norm_u_v_os/sub09/u_test/0/sub09_EP02_01f .png"
CASME2_ROW = (1, "EP02_01f", None, 11, 12, 13, None, "4", "happiness")


def casme2(root: Path, disk: Any) -> Path:
    disk.sheet(root / disk.SHEET, [CASME2_ROW])
    disk.frames(root / disk.TREE / "sub01" / "EP02_01f", 10, 14)
    return root


def smic(root: Path, disk: Any) -> Path:
    disk.frames(root / "SMIC_all_raw/HS/s1/micro/negative/s1_ne_01", 1, 3, "image{:06d}.bmp")
    return root


def release_zip(root: Path, disk: Any) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(root / "release.zip", "w") as archive:
        archive.writestr(SAMPLE, disk.picture(1, ".png", 28))
    return root / "release.zip"


def release_folder(root: Path, disk: Any) -> Path:
    (root / SAMPLE).parent.mkdir(parents=True)
    (root / SAMPLE).write_bytes(disk.picture(1, ".png", 28))
    return root


def own_frames(root: Path, disk: Any) -> Path:
    disk.frames(root / "anna" / "clip 1", 1, 3)
    return root


@pytest.mark.parametrize(
    ("write", "layout", "why"),
    [
        (casme2, "casme2", "CASME2-coding-20140508.xlsx"),
        (smic, "smic", "HS holds folders s1/micro"),
        (release_zip, "ststnet", "the zip file holds three_norm_u_v_os"),
        (release_folder, "ststnet", "holds u_test"),
        (own_frames, "folder", "anna/clip 1 is a folder of frames"),
    ],
)
def test_the_reason_names_what_was_seen(
    tmp_path: Path, disk: Any, write: Callable[[Path, Any], Path], layout: str, why: str
) -> None:
    found, reason = recognised(write(tmp_path / "db", disk))
    assert found == layout
    assert why in reason


def test_two_databases_in_one_folder_are_both_named(tmp_path: Path, disk: Any) -> None:
    casme2(tmp_path / "db", disk)
    smic(tmp_path / "db", disk)
    with pytest.raises(InputError, match="looks like 2 layouts") as caught:
        recognised(tmp_path / "db")
    assert "casme2 (the sheet CASME2-coding-20140508.xlsx" in caught.value.problem
    assert "smic (HS holds folders s1/micro)" in caught.value.problem
    assert "in place of auto" in str(caught.value.remedy)


def nothing(root: Path, disk: Any) -> Path:
    root.mkdir()
    return root


def sheet_alone(root: Path, disk: Any) -> Path:
    disk.sheet(root / disk.SHEET, [CASME2_ROW])
    return root


def text_file(root: Path, disk: Any) -> Path:
    root.mkdir()
    (root / "notes.txt").write_text("Subject,Filename\n")
    return root / "notes.txt"


def other_zip(root: Path, disk: Any) -> Path:
    root.mkdir()
    with zipfile.ZipFile(root / "holiday.zip", "w") as archive:
        archive.writestr("beach.jpg", disk.picture(1))
    return root / "holiday.zip"


def cut_zip(root: Path, disk: Any) -> Path:
    path = release_zip(root, disk)
    path.write_bytes(path.read_bytes()[:60])
    return path


def link_to_itself(root: Path, disk: Any) -> Path:
    root.mkdir()
    (root / "again").symlink_to(root)
    (root / "self").symlink_to("self")
    return root


@pytest.mark.parametrize(
    "write", [nothing, sheet_alone, text_file, other_zip, cut_zip, link_to_itself]
)
def test_what_is_no_layout_is_refused_with_a_way_on(
    tmp_path: Path, disk: Any, write: Callable[[Path, Any], Path]
) -> None:
    path = write(tmp_path / "db", disk)
    assert recognise(path) == []
    with pytest.raises(InputError, match="looks like no layout") as caught:
        recognised(path)
    assert caught.value.where == str(path)
    assert "mexlab databases --layouts" in str(caught.value.remedy)


def test_nothing_there_is_told_apart_from_nothing_recognised(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        recognised(tmp_path / "nowhere")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "ws").close()
    return tmp_path / "ws"


def test_import_auto_reports_the_layout_and_why(
    tmp_path: Path, disk: Any, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = casme2(tmp_path / "db", disk)
    assert main(["import", "auto", str(root), "-w", str(workspace), "--json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    (note,) = [e["reason"] for e in record["entries"] if "recognised as" in e["reason"]]
    assert note.startswith("recognised as casme2: the sheet CASME2-coding-20140508.xlsx")
    assert record["clips"] == 1


def test_import_auto_of_two_layouts_imports_nothing(
    tmp_path: Path, disk: Any, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    casme2(tmp_path / "db", disk)
    smic(tmp_path / "db", disk)
    assert main(["import", "auto", str(tmp_path / "db"), "-w", str(workspace)]) == 1
    told = capsys.readouterr().err
    assert "looks like 2 layouts" in told
    assert "Traceback" not in told
    opened = Workspace.open(workspace)
    assert opened.store.databases() == []
    opened.close()
