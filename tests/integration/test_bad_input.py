"""Damaged databases and workspaces: one clear line, the file, the row, the remedy; nothing lost."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import openpyxl
import pytest

SHEET = "CASME2-coding-20140508.xlsx"

Run = Callable[..., tuple[int, str, str]]
Edit = Callable[[Path, Callable[[Any], None]], Path]


def one_line(stderr: str) -> str:
    """The only line of an error, without a traceback."""
    lines = [line for line in stderr.splitlines() if line.startswith("mexlab: ")]
    assert len(lines) == 1, stderr
    assert "Traceback" not in stderr
    return lines[0]


def header(sheet: Any) -> tuple[int, dict[str, int]]:
    """Row of the header and column of each name, as Excel counts them."""
    for row in sheet.iter_rows():
        names = {str(cell.value): cell.column for cell in row if cell.value is not None}
        if "Subject" in names:
            return row[0].row, names
    raise AssertionError("no header")


def set_first(column: str, value: object) -> Callable[[Any], None]:
    """An edit of the first clip's cell in a column."""

    def change(book: Any) -> None:
        row, names = header(book.active)
        book.active.cell(row + 1, names[column]).value = value

    return change


def first_clip(sheet: Path) -> tuple[int, str, str]:
    """Excel row, subject folder and name of the first clip in the sheet."""
    book = openpyxl.load_workbook(sheet)
    row, names = header(book.active)
    subject = book.active.cell(row + 1, names["Subject"]).value
    return (
        row + 1,
        f"sub{int(subject):02d}",
        str(book.active.cell(row + 1, names["Filename"]).value),
    )


def test_missing_sheet(mexlab: Run, database_copy: Path) -> None:
    (database_copy / SHEET).unlink()
    status, out, err = mexlab("import", "casme2", database_copy)
    assert (status, out) == (1, "")
    line = one_line(err)
    assert str(database_copy) in line
    assert SHEET in line
    assert mexlab("databases", "--json")[1].strip() == "[]"


def test_missing_column(mexlab: Run, database_copy: Path, edit_sheet: Edit) -> None:
    def rename(book: Any) -> None:
        row, names = header(book.active)
        book.active.cell(row, names["ApexFrame"]).value = "Middle"

    sheet = edit_sheet(database_copy, rename)
    status, out, err = mexlab("import", "casme2", database_copy)
    assert (status, out) == (1, "")
    assert "ApexFrame" in one_line(err)
    assert sheet.name in one_line(err)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [("ApexFrame", "/", "apex"), ("ApexFrame", 99999, "apex"), ("OnsetFrame", "x", "onset")],
)
def test_marks_that_cannot_be_are_reported_with_their_row(
    mexlab: Run,
    database_copy: Path,
    edit_sheet: Edit,
    column: str,
    value: object,
    words: str,
) -> None:
    sheet = edit_sheet(database_copy, set_first(column, value))
    row, subject, name = first_clip(sheet)
    status, out, _ = mexlab("import", "casme2", database_copy, "--json")
    assert status == 0, "one bad row does not keep the others out"
    (report,) = json.loads(out)
    told = [e for e in report["entries"] if words in e["reason"].lower()]
    assert any(f"row {row}" in e["where"] + e["reason"] for e in told) or any(
        name in e["where"] for e in told
    ), report["entries"]
    status, out, _ = mexlab("clips", "--subject", subject, "--text", name, "--json")
    (clip,) = json.loads(out)
    if value in ("/", "x"):
        assert clip[words] is None
        summary = json.loads(mexlab("features", "--json")[1])
        assert any(name in e["where"] and words in e["reason"] for e in summary["left_out"])


def test_frame_files_that_are_missing_or_empty(mexlab: Run, database_copy: Path) -> None:
    def clips() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(mexlab("clips", "--json")[1])
        return [clip for clip in found if clip["apex"] is not None]

    assert mexlab("import", "casme2", database_copy)[0] == 0
    empty_one, gapped, *others = clips()
    frames = database_copy / "CASME2_RAW_selected" / empty_one["subject"]
    empty = frames / empty_one["name"] / f"img{empty_one['onset']}.jpg"
    empty.unlink()
    empty.write_bytes(b"")
    (frames / gapped["name"] / f"img{gapped['apex']}.jpg").unlink()

    status, out, err = mexlab("import", "casme2", database_copy, "--json")
    assert status == 0, err
    summary = json.loads(mexlab("features", "--json")[1])
    told = json.loads(out)[0]["entries"] + summary["left_out"]
    for clip, number in ((empty_one, empty_one["onset"]), (gapped, gapped["apex"])):
        about = [
            entry["where"] + entry["reason"]
            for entry in told
            if f"{clip['subject']}/{clip['name']}" in entry["where"] + entry["reason"]
        ]
        assert any(str(number) in text for text in about), told
        assert any(
            entry["where"] == f"casme2/{clip['subject']}/{clip['name']}"
            for entry in summary["left_out"]
        )
    assert summary["ready"] == len(others), "all the others are as they were"


def test_a_clip_without_a_face_is_reported(
    mexlab: Run, database_copy: Path, one_person: Path
) -> None:
    _, subject, name = first_clip(one_person / SHEET)
    wall = cv2.imencode(".jpg", np.full((480, 640, 3), 90, np.uint8))[1].tobytes()
    for path in (database_copy / "CASME2_RAW_selected" / subject / name).iterdir():
        path.unlink()
        path.write_bytes(wall)
    assert mexlab("import", "casme2", database_copy)[0] == 0
    summary = json.loads(mexlab("features", "--json")[1])
    (entry,) = [e for e in summary["left_out"] if name in e["where"] and subject in e["where"]]
    assert "no face" in entry["reason"]


def write_video(path: Path, frames: int) -> None:
    path.parent.mkdir(parents=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (64, 48))
    for value in range(frames):
        writer.write(np.full((48, 64, 3), value, np.uint8))
    writer.release()


def test_a_truncated_video_is_told_of(mexlab: Run, tmp_path: Path) -> None:
    whole, cut = tmp_path / "own" / "ada" / "whole.avi", tmp_path / "own" / "bob" / "cut.avi"
    write_video(whole, 40)
    write_video(cut, 40)
    content = cut.read_bytes()
    cut.write_bytes(content[: len(content) // 3])
    status, out, err = mexlab("import", "folder", tmp_path / "own", "--json")
    assert status == 0, err
    (report,) = json.loads(out)
    assert any("cut" in e["where"] + e["reason"] for e in report["entries"]), report
    clips = {c["name"]: c for c in json.loads(mexlab("clips", "--json")[1])}
    assert clips["whole"]["frames"] == 40
    assert clips["whole"]["fps"] == 30
    assert clips.get("cut", {"frames": 0})["frames"] < 40


def test_an_empty_or_missing_folder(mexlab: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for layout in ("casme2", "ststnet", "folder"):
        for folder in (tmp_path / "empty", tmp_path / "missing"):
            status, out, err = mexlab("import", layout, folder)
            assert (status, out) == (1, ""), (layout, folder)
            assert folder.name in one_line(err)


def test_an_unknown_layout_names_those_there_are(mexlab: Run, one_person: Path) -> None:
    status, _, err = mexlab("import", "casme9", one_person)
    assert status == 1
    assert "casme2" in one_line(err)


def test_a_taken_name_names_the_way_out(mexlab: Run, database_copy: Path, one_person: Path) -> None:
    assert mexlab("import", "casme2", one_person)[0] == 0
    status, _, err = mexlab("import", "casme2", database_copy)
    assert status == 1
    assert "--name" in one_line(err)
    assert mexlab("import", "casme2", database_copy, "--name", "second")[0] == 0
    names = [row["name"] for row in json.loads(mexlab("databases", "--json")[1])]
    assert names == ["casme2", "second"]


def test_a_read_only_workspace(mexlab: Run, tmp_path: Path, one_person: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.chmod(0o555)
    try:
        status, out, err = mexlab("import", "casme2", one_person)
    finally:
        workspace.chmod(0o755)
    assert (status, out) == (1, "")
    assert "read-only" in one_line(err)
    assert "chmod" in one_line(err)
    assert json.loads(mexlab("databases", "--json")[1]) == []


def test_a_workspace_from_a_newer_mexlab(mexlab: Run, tmp_path: Path, one_person: Path) -> None:
    store = tmp_path / "workspace" / "codings.sqlite"
    with sqlite3.connect(store) as raw:
        raw.execute("INSERT INTO schema_migrations VALUES (1000, 'tomorrow', '2099')")
    raw.close()
    status, _, err = mexlab("import", "casme2", one_person)
    assert status == 1
    assert "newer version" in one_line(err)
    assert "update mexlab" in one_line(err)


def test_a_damaged_run_leaves_the_others_alone(mexlab: Run, tmp_path: Path, journey: Any) -> None:
    shutil.copytree(journey.workspace / "runs", tmp_path / "workspace" / "runs")
    good = sorted((tmp_path / "workspace" / "runs").iterdir())[0]
    shutil.copytree(good, good.with_name("laenet-777"))
    (good.with_name("laenet-777") / "run.json").write_text("{")
    runs = {run["id"]: run for run in json.loads(mexlab("runs", "--json")[1])}
    assert runs["laenet-777"]["status"] == "unreadable"
    assert runs[good.name]["status"] == "finished"
    status, _, err = mexlab("show", "laenet-777")
    assert status == 1
    assert "laenet-777" in one_line(err)


def test_a_port_in_use(mexlab: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, _, err = mexlab("serve", "--port", port, "--no-browser")
        assert status == 1
        assert f"port {port}" in one_line(err)


def test_the_demo_looks_at_the_port_before_it_works(
    mexlab: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, _, err = mexlab("demo", "--port", port, "--no-browser", "--workspace", "demo")
    assert status == 1
    assert f"port {port}" in one_line(err)
    assert not (tmp_path / "demo").exists()


def test_settings_that_do_not_hold_make_no_run(mexlab: Run, one_person: Path) -> None:
    assert mexlab("import", "casme2", one_person)[0] == 0
    for options, words in (
        (("--model", "resnet"), "laenet"),
        (("--epochs", "0"), "epochs"),
        (("--seeds", "1,one"), "'1,one'"),
        (("--databases", "samm"), "casme2"),
        (("--coder", "eve"), "database"),
        (("--features", "guessed"), "release"),
        (("--flow", "magic"), "farneback"),
        (("--protocol", "split-half"), "leave-one-database-out"),
        (("--protocol", "k-fold", "--k", "1"), "k: expected a whole number 2"),
        (("--k", "3"), "--protocol k-fold"),
    ):
        status, out, err = mexlab("train", *options)
        assert (status, out) == (1, ""), options
        assert words in one_line(err), options
    assert json.loads(mexlab("runs", "--json")[1]) == []


def test_a_device_that_is_not_there_is_told_before_anything_is_computed(
    mexlab: Run, one_person: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert mexlab("import", "casme2", one_person)[0] == 0
    status, out, err = mexlab("train", "--device", "cuda")
    assert (status, out) == (1, "")
    assert "there is no CUDA device that this torch can use" in err
    assert "Features" not in err
