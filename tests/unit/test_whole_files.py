"""A file is written whole or not at all, whatever comes between."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from mexlab.whole_files import whole_file, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def flushed(monkeypatch) -> list[str]:
    """What was flushed to the disk, in order: the name that the system knows it by at the time."""
    seen: list[str] = []
    real = os.fsync

    def flush(number: int) -> None:
        seen.append(Path(f"/proc/self/fd/{number}").readlink().name)
        real(number)

    monkeypatch.setattr(os, "fsync", flush)
    return seen


def test_text_and_bytes_arrive_as_they_are(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.txt", "Grüße\r\nä\n")
    write_whole(tmp_path / "b.bin", b"\x00\xff")
    assert (tmp_path / "a.txt").read_bytes() == "Grüße\r\nä\n".encode()
    assert (tmp_path / "b.bin").read_bytes() == b"\x00\xff"
    assert names(tmp_path) == ["a.txt", "b.bin"]


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("there", [True, False])
def test_an_error_leaves_what_was_there_and_no_draft(tmp_path, there, fault) -> None:
    path = tmp_path / "kept.json"
    if there:
        path.write_text("before")
    with pytest.raises(type(fault)), whole_file(path) as draft:  # noqa: PT012
        draft.write_text("half of")
        raise fault
    assert names(tmp_path) == (["kept.json"] if there else [])
    assert not there or path.read_text() == "before"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_fails_at_the_end_leaves_no_draft(tmp_path, monkeypatch, step) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "kept.json"
    path.write_text("before")
    monkeypatch.setattr(*((os, "fsync", full) if step == "fsync" else (Path, "replace", full)))
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "after")
    assert names(tmp_path) == ["kept.json"]
    assert path.read_text() == "before"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="asks Linux for names")
def test_the_file_is_on_the_disk_before_it_is_named_and_the_name_after(tmp_path, flushed) -> None:
    path = tmp_path / "run.json"
    write_whole(path, "{}")
    draft, folder = flushed
    assert draft.startswith(".run.json.")
    assert draft.endswith(".part")
    assert folder == tmp_path.name
    write_whole(path, "{}", durable=False)
    assert len(flushed) == 2


def test_a_folder_that_cannot_be_flushed_is_no_error(tmp_path, monkeypatch) -> None:
    real = os.fsync

    def only_files(number: int) -> None:
        if stat.S_ISDIR(os.fstat(number).st_mode):
            raise OSError(22, "Invalid argument")
        real(number)

    monkeypatch.setattr(os, "fsync", only_files)
    write_whole(tmp_path / "a", "whole")
    assert (tmp_path / "a").read_text() == "whole"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_permissions_are_kept_and_a_new_file_has_the_usual_ones(tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.write_text("")
    write_whole(tmp_path / "new", "")
    assert mode(tmp_path / "new") == mode(usual)
    for permissions in (0o600, 0o664):
        path = tmp_path / f"{permissions:o}"
        path.write_text("before")
        path.chmod(permissions)
        with whole_file(path) as draft:
            assert mode(draft) == permissions, "nobody else reads the draft"
            draft.write_text("after")
        assert (mode(path), path.read_text()) == (permissions, "after")


def test_a_name_as_long_as_can_be_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("ä" * 127)
    write_whole(path, "whole")
    assert path.read_text() == "whole"


def test_writers_of_one_file_never_mix(tmp_path: Path) -> None:
    path = tmp_path / "shared"
    contents = [letter * 50_000 for letter in "abcd"]
    seen: set[str] = set()

    def write(content: str) -> None:
        for _ in range(10):
            write_whole(path, content, durable=False)
            seen.add(path.read_text())

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen <= set(contents)
    assert names(tmp_path) == ["shared"]


def test_no_other_module_has_a_way_of_its_own() -> None:
    package = Path(__file__).parents[2] / "mexlab"
    signs = ('.part"', "mkstemp", "os.replace(", "os.rename(", "fsync", '.tmp"')
    found = {
        f"{path.relative_to(package)}: {sign}"
        for path in package.rglob("*.py")
        for sign in signs
        if path.name != "whole_files.py" and sign in path.read_text("utf-8")
    }
    assert found == set()
