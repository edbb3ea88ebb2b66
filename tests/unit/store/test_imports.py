"""An import adds, refreshes and reports; a second one changes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from mexlab.data.clips import ClipKey
from mexlab.data.databases.imported import ImportedDatabase
from mexlab.errors import InputError, WorkspaceError
from mexlab.store import Store
from mexlab.store.history import replay

Make = Callable[..., ImportedDatabase]


def dump(path: Path) -> dict[str, list[Any]]:
    """Every row of every table."""
    with sqlite3.connect(path) as raw:
        names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        content = {name: raw.execute(f"SELECT * FROM {name}").fetchall() for name in names}
    raw.close()
    return content


@contextmanager
def statements(word: str = "") -> Iterator[list[str]]:
    """What was sent to the database meanwhile, as far as it begins with a word."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(word or ("INSERT", "UPDATE", "DELETE")):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_second_import_writes_nothing_and_asks_no_more_for_more_clips(
    store_path: Path, make_database: Make
) -> None:
    asked = []
    for subjects in (2, 40):
        store = Store.open(store_path.with_name(f"{subjects}.sqlite"))
        with statements() as first:
            store.put_database(make_database(subjects=subjects, expressions=3))
        assert len(first) == 4, "database, clips, codings and history, each at once"
        with statements() as second, statements("SELECT") as questions:
            store.put_database(make_database(subjects=subjects, expressions=3))
        assert second == []
        asked.append(len(questions))
        store.close()
    assert asked[0] == asked[1]


def test_an_expression_that_the_sheet_dropped_goes_and_its_history_stays(
    store: Store, make_database: Make, key: ClipKey
) -> None:
    mine = store.change_coding(key, "ada", {"apex": 13}, page="annotate", expression=2)
    store.put_database(make_database(expressions=2))
    change = store.put_database(make_database())
    assert change.removed[0] == "tiny/sub01/EP01_01, expression 2"
    assert (len(change.removed), len(change.changed)) == (4, 4)
    left = [(one.coder, one.expression) for one in store.codings() if one.clip == key]
    assert left == [("ada", 2), ("database", 1)]
    assert store.coding(key, "ada", 2) == mine
    added, removed = store.history(key, "database", 2)
    assert (added.after["apex"], removed.before["apex"], removed.after["apex"]) == (12, 12, None)

    store.put_database(make_database(expressions=2, apex=14))
    assert store.coding(key, "database", 2).coding.apex == 14
    assert [one.revision for one in store.history(key, "database", 2)] == [1, 2, 3]
    store.put_database(make_database(expressions=2, apex=15))
    assert store.coding(key, "database", 2).revision == 4, "it can be corrected again"


def test_an_expression_that_the_sheet_gained_is_a_change(store: Store, make_database: Make) -> None:
    change = store.put_database(make_database(expressions=2))
    assert (change.added, len(change.changed), change.removed) == ([], 4, [])


def test_codings_of_a_person_outlive_their_clip(
    store: Store, make_database: Make, key: ClipKey
) -> None:
    gone = ClipKey(key.database, "sub02", "EP01_01")
    store.change_coding(gone, "ada", {"onset": 7, "emotion": "fear"}, page="annotate")
    mine = store.change_coding(gone, "ada", {"apex": 11}, page="annotate", expression=2)
    before = (store.coding(gone, "ada"), store.history(gone, "ada"))
    for _ in range(2):
        assert str(gone) in store.put_database(make_database(subjects=1)).missing
    store.put_database(make_database(apex=20))
    assert (store.coding(gone, "ada"), store.history(gone, "ada")) == before
    assert store.coding(gone, "ada", 2) == mine


def test_a_clip_that_the_reader_gives_twice_is_refused_by_name(
    store: Store, make_database: Make
) -> None:
    twice = make_database(name="double")
    twice.clips.append(twice.clips[0])
    with pytest.raises(InputError, match="double/sub01/EP01_01 twice"):
        store.put_database(twice)


def test_second_import_changes_nothing_not_even_a_time(
    store: Store, store_path: Path, make_database: Make, key: ClipKey
) -> None:
    store.change_coding(key, "ada", {"onset": 7}, page="annotate")
    before = dump(store_path)
    change = store.put_database(make_database())
    assert dump(store_path) == before
    assert (change.added, change.changed, len(change.unchanged)) == ([], [], 4)
    assert not change.anything


def test_a_corrected_sheet_refreshes_the_database_and_leaves_the_person_alone(
    store: Store, make_database: Make, key: ClipKey
) -> None:
    mine = store.change_coding(key, "ada", {"apex": 13}, page="annotate")
    first_time = store.databases()[0].imported_at
    change = store.put_database(make_database(apex=14))
    assert len(change.changed) == 4
    assert store.coding(key, "database").coding.apex == 14
    assert store.coding(key, "ada") == mine
    assert store.databases()[0].imported_at >= first_time
    last = store.history(key, "database")[-1]
    assert (last.kind, last.page) == ("import", "import")
    assert (last.before, last.after) == ({"apex": 12}, {"apex": 14})


def test_clips_gone_from_disk_are_reported_and_kept(store: Store, make_database: Make) -> None:
    change = store.put_database(make_database(subjects=1))
    assert change.missing == ["tiny/sub02/EP01_01", "tiny/sub02/EP02_01f"]
    assert len(store.clips()) == 4


def test_new_clips_are_added_to_a_known_database(store: Store, make_database: Make) -> None:
    change = store.put_database(make_database(subjects=3))
    assert change.added == ["tiny/sub03/EP01_01", "tiny/sub03/EP02_01f"]
    assert store.databases()[0].subjects == 3


def test_a_taken_name_is_refused_with_the_way_out(
    store: Store, make_database: Make, tmp_path: Path
) -> None:
    with pytest.raises(WorkspaceError, match=r"'tiny' is taken.*--name tiny-2"):
        store.put_database(make_database(root=tmp_path / "others"))
    with pytest.raises(WorkspaceError, match="casme2 at"):
        store.put_database(make_database(layout="folder"))
    store.put_database(make_database(root=tmp_path / "others", name="tiny-2"))
    assert [row.name for row in store.databases()] == ["tiny", "tiny-2"]


def test_a_database_whose_files_have_moved_is_found_at_the_new_place(
    store: Store, make_database: Make, tmp_path: Path
) -> None:
    (tmp_path / "files").rename(tmp_path / "moved")
    change = store.put_database(make_database(root=tmp_path / "moved"))
    assert (change.added, change.changed) == ([], [])
    assert store.databases()[0].root == tmp_path / "moved"


def test_an_import_that_fails_half_way_leaves_nothing(
    store_path: Path, make_database: Make
) -> None:
    store = Store.open(store_path)
    broken = make_database()
    broken.codings.append(broken.codings[0].with_changes(coder="ada"))
    with pytest.raises(Exception, match="only give codings of coder 'database'"):
        store.put_database(broken)
    assert store.databases() == []
    assert store.clips() == []
    store.close()


def test_what_an_import_replaced_cannot_be_undone(
    store: Store, key: ClipKey, make_database: Callable[..., ImportedDatabase]
) -> None:
    by_hand: dict[str, Any] = {"page": "test", "reserved": True}
    store.change_coding(key, "database", {"apex": 13}, **by_hand)
    store.change_coding(key, "database", {"emotion": "fear"}, **by_hand)
    store.put_database(make_database(apex=14))
    stacks = replay(store.history(key, "database"))
    assert (stacks.undo, stacks.redo) == ([], [])
    # The clip's other expressions can be undone still.
    store.change_coding(key, "database", {"onset": 2}, expression=2, **by_hand)
    store.put_database(make_database(apex=15, expressions=2))
    assert replay(store.history(key, "database", None)).undo == []
