"""A workspace is made, found, and refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from mexlab.errors import InputError, WorkspaceError
from mexlab.workspace import Workspace, WorkspaceSettings
from mexlab.workspace.workspace import find_workspace, name_coder


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEXLAB_WORKSPACE", raising=False)
    monkeypatch.delenv("MEXLAB_CODER", raising=False)


def test_create_and_open(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "a" / "ws", name='Müller\'s "lab"', blind=False)
    made.close()
    opened = Workspace.open(tmp_path / "a" / "ws")
    assert opened.settings == made.settings
    assert opened.name == 'Müller\'s "lab"'
    assert opened.settings.blind is False
    assert opened.settings.duration.name == "total"
    assert (opened.runs_dir.parent, opened.cache_dir.parent) == (opened.path, opened.path)
    opened.close()


def test_a_workspace_is_not_made_twice(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "ws", name="first").close()
    with pytest.raises(WorkspaceError, match="already a workspace"):
        Workspace.create(tmp_path / "ws")
    again = Workspace.create(tmp_path / "ws", name="second", exist_ok=True)
    assert again.name == "first"
    again.close()


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "ws").write_text("a letter")
    with pytest.raises(WorkspaceError, match=str(tmp_path / "ws")):
        Workspace.create(tmp_path / "ws")
    assert (tmp_path / "ws").read_text() == "a letter"


def test_a_read_only_workspace_is_refused(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "ws").close()
    (tmp_path / "ws").chmod(0o555)
    try:
        with pytest.raises(WorkspaceError, match=r"is read-only.*chmod"):
            Workspace.open(tmp_path / "ws")
    finally:
        (tmp_path / "ws").chmod(0o755)


def test_open_looks_at_the_variable_and_then_upwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("here", "named"):
        Workspace.create(tmp_path / name).close()
    deep = tmp_path / "here" / "runs" / "laenet-001"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert find_workspace() == tmp_path / "here"
    monkeypatch.setenv("MEXLAB_WORKSPACE", str(tmp_path / "named"))
    assert find_workspace() == tmp_path / "named"
    assert find_workspace(tmp_path / "here") == tmp_path / "here"


def test_no_workspace_anywhere_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WorkspaceError, match="mexlab init"):
        Workspace.open()
    with pytest.raises(WorkspaceError, match="no workspace here"):
        Workspace.open(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[workspace]\nversion = 7\n", "newer version of mexlab"),
        ("[workspace]\nversion = 'x'\n[coding]\nblind = 3\n", "version must.*blind must"),
        ("[coding]\nduration = 'short'\n", "duration must be"),
        ("this is not TOML", "is not a TOML file"),
        ("workspace = 3\n", "expected the sections"),
    ],
)
def test_settings_that_cannot_be_used(tmp_path: Path, text: str, words: str) -> None:
    Workspace.create(tmp_path / "ws").close()
    file = tmp_path / "ws" / "mexlab.toml"
    file.write_text(text)
    with pytest.raises(WorkspaceError, match=words) as caught:
        Workspace.open(tmp_path / "ws")
    assert caught.value.where == str(file)
    assert file.read_text() == text


def test_a_lost_store_is_not_quietly_replaced_by_an_empty_one(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "ws").close()
    (tmp_path / "ws" / "codings.sqlite").unlink()
    with pytest.raises(WorkspaceError, match="no codings store"):
        Workspace.open(tmp_path / "ws")


def test_settings_round_trip(tmp_path: Path) -> None:
    settings = WorkspaceSettings('a\\b\t"c" ☃', blind=False)
    (tmp_path / "mexlab.toml").write_text(settings.to_toml(), "utf-8")
    assert WorkspaceSettings.read(tmp_path / "mexlab.toml") == settings


def test_the_coder_is_the_variable_or_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ada")
    workspace = Workspace.create(tmp_path / "ws")
    assert workspace.coder == "ada"
    monkeypatch.setenv("MEXLAB_CODER", " Bob ")
    assert Workspace.open(tmp_path / "ws").coder == "Bob"
    monkeypatch.delenv("MEXLAB_CODER")
    monkeypatch.setattr("getpass.getuser", lambda: "database")
    assert Workspace.open(tmp_path / "ws").coder == "database (person)"
    workspace.close()


@pytest.mark.parametrize(
    "name",
    [
        "database",
        " Machine",
        "Consensus",
        "machine:strain",
        "run:laenet-001",
        "RUN ： 1",
        "database:x",
    ],
)
def test_a_reserved_name_codes_in_no_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    workspace = Workspace.create(tmp_path / "ws")
    monkeypatch.setenv("MEXLAB_CODER", name)
    with pytest.raises(InputError, match=r"MEXLAB_CODER: .* is reserved for"):
        _ = workspace.coder
    monkeypatch.delenv("MEXLAB_CODER")
    with pytest.raises(InputError, match="--coder"):
        name_coder(name, where="--coder")
    workspace.close()


@pytest.mark.parametrize("name", ["ada\nbob", "ada\x1b[31m", "ada\u2028bob", "a\tb"])
def test_a_name_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    workspace = Workspace.create(tmp_path / "ws")
    monkeypatch.setenv("MEXLAB_CODER", name)
    with pytest.raises(InputError, match=r"MEXLAB_CODER: .*without control signs"):
        _ = workspace.coder
    monkeypatch.delenv("MEXLAB_CODER")
    monkeypatch.setattr("getpass.getuser", lambda: name)
    with pytest.raises(InputError, match="Give your own name"):
        _ = workspace.coder
    workspace.close()


def test_a_person_may_be_called_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace.create(tmp_path / "ws")
    monkeypatch.setenv("MEXLAB_CODER", "Run")
    assert workspace.coder == "Run"
    workspace.close()


def test_progress_adds_up(tmp_path: Path) -> None:
    from mexlab.workspace.coding_progress import DatabaseProgress

    counts = {"untouched": 3, "draft": 2, "committed": 4, "flagged": 1}
    progress = DatabaseProgress("casme2", 10, counts)
    assert (progress.coded, progress.committed) == (7, 4)


def test_a_vocabulary_of_ones_own_is_read_and_written(tmp_path: Path) -> None:
    settings = WorkspaceSettings("ours", emotions=("joy", "others"))
    file = tmp_path / "mexlab.toml"
    file.write_text(settings.to_toml(), "utf-8")
    assert WorkspaceSettings.read(file) == settings
    file.write_text('[coding]\nemotions = [" Joy ", "very  Sad"]\n', "utf-8")
    assert WorkspaceSettings.read(file).emotions == ("joy", "very sad")
    file.write_text(WorkspaceSettings("ours").to_toml(), "utf-8")
    assert WorkspaceSettings.read(file).emotions == ()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('emotions = "joy"', "expected a list of words"),
        ('emotions = ["joy", 3, ""]', "got 3, '' in it"),
        ('emotions = ["joy", "Joy"]', "'joy' stands in it twice"),
    ],
)
def test_a_vocabulary_that_is_none_is_refused_with_what_to_do(
    tmp_path: Path, line: str, words: str
) -> None:
    (tmp_path / "mexlab.toml").write_text(f"[coding]\n{line}\n", "utf-8")
    with pytest.raises(WorkspaceError, match=f"(?s){words}.*Mend it in an editor"):
        WorkspaceSettings.read(tmp_path / "mexlab.toml")
