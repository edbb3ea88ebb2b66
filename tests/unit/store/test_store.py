"""Codings: changed, undone, found again, and never changed behind someone's back."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mexlab.data.clips import ClipKey
from mexlab.data.databases.imported import ImportedDatabase
from mexlab.errors import InputError, StaleCodingError
from mexlab.store import Store
from mexlab.store.history import replay


def depths(store: Store, key: ClipKey) -> tuple[int, int]:
    """How many changes can be undone and redone."""
    stacks = replay(store.history(key, "ada"))
    return len(stacks.undo), len(stacks.redo)


def test_untouched_coding_of_a_clip_nobody_coded(store: Store, key: ClipKey) -> None:
    state = store.coding(key, "ada")
    assert state.revision == 0
    assert depths(store, key) == (0, 0)
    assert state.coding.status == "untouched"
    assert state.saved_at is None


def test_first_edit_makes_a_draft_and_is_there_for_another_process(
    store: Store, store_path: Path, key: ClipKey
) -> None:
    state = store.change_coding(key, "ada", {"onset": 7}, page="annotate")
    assert (state.coding.onset, state.coding.status, state.revision) == (7, "draft", 1)
    other = Store.open(store_path, must_exist=True)
    assert other.coding(key, "ada") == state
    other.close()


def test_a_change_to_what_is_there_already_is_no_change(store: Store, key: ClipKey) -> None:
    first = store.change_coding(key, "ada", {"onset": 7}, page="annotate")
    assert store.change_coding(key, "ada", {"onset": 7}, page="annotate") == first
    assert len(store.history(key, "ada")) == 1


def test_committing_by_hand_is_not_turned_into_a_draft(store: Store, key: ClipKey) -> None:
    state = store.change_coding(key, "ada", {"status": "committed"}, page="annotate")
    assert state.coding.status == "committed"


def test_undo_and_redo_walk_the_whole_history_over_sessions(
    store: Store, store_path: Path, key: ClipKey
) -> None:
    for changes in ({"onset": 5}, {"apex": 12}, {"onset": 6, "emotion": "happiness"}):
        store.change_coding(key, "ada", changes, page="annotate")
    store.close()
    again = Store.open(store_path)
    state = again.undo(key, "ada", "annotate")
    assert (state.coding.onset, state.coding.apex, state.coding.emotion) == (5, 12, "")
    assert depths(again, key) == (2, 1)
    state = again.undo(key, "ada", "annotate")
    state = again.undo(key, "ada", "annotate")
    assert (state.coding.onset, state.coding.status) == (None, "untouched")
    assert depths(again, key)[0] == 0
    assert again.undo(key, "ada", "annotate") == state, "nothing left: the coding stays"
    for _ in range(3):
        state = again.redo(key, "ada", "annotate")
    assert (state.coding.onset, state.coding.apex, state.coding.emotion) == (6, 12, "happiness")
    assert depths(again, key) == (3, 0)
    again.close()


def test_an_edit_after_an_undo_ends_what_could_be_redone(store: Store, key: ClipKey) -> None:
    store.change_coding(key, "ada", {"onset": 5}, page="annotate")
    store.undo(key, "ada", "annotate")
    store.change_coding(key, "ada", {"onset": 9}, page="annotate")
    assert depths(store, key) == (1, 0)
    assert store.redo(key, "ada", "annotate").coding.onset == 9


def test_undo_stays_with_its_clip_and_its_coder(store: Store, key: ClipKey) -> None:
    other = ClipKey(key.database, key.subject, "EP02_01f")
    store.change_coding(key, "ada", {"onset": 5}, page="annotate")
    store.change_coding(other, "ada", {"onset": 8}, page="annotate")
    store.change_coding(key, "bob", {"onset": 3}, page="annotate")
    store.undo(key, "ada", "annotate")
    assert store.coding(other, "ada").coding.onset == 8
    assert store.coding(key, "bob").coding.onset == 3


def test_history_says_who_when_where_and_what(store: Store, key: ClipKey) -> None:
    store.change_coding(key, "ada", {"onset": 5}, page="annotate")
    store.change_coding(key, "ada", {"onset": 6}, page="flow")
    store.undo(key, "ada", "flow")
    history = store.history(key, "ada")
    assert [(c.kind, c.page, c.revision) for c in history] == [
        ("edit", "annotate", 1),
        ("edit", "flow", 2),
        ("undo", "flow", 3),
    ]
    assert history[0].before == {"onset": None, "status": "untouched"}
    assert history[1].after == {"onset": 6}
    assert history[2].after == {"onset": 5}, "an undo is one more line, nothing is erased"
    assert history[0].made_at <= history[1].made_at <= history[2].made_at


def test_stale_revision_is_refused_and_changes_nothing(store: Store, key: ClipKey) -> None:
    seen = store.change_coding(key, "ada", {"onset": 5}, page="annotate")
    store.change_coding(key, "ada", {"apex": 9}, page="other tab")
    with pytest.raises(StaleCodingError, match="changed elsewhere"):
        store.change_coding(
            key, "ada", {"onset": 1}, page="annotate", expected_revision=seen.revision
        )
    with pytest.raises(StaleCodingError):
        store.undo(key, "ada", "annotate", expected_revision=seen.revision)
    assert store.coding(key, "ada").coding.onset == 5


def test_two_writers_of_one_revision_only_one_wins(store: Store, key: ClipKey) -> None:
    revision = store.change_coding(key, "ada", {"onset": 1}, page="annotate").revision
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def write(value: int) -> None:
        start.wait()
        try:
            store.change_coding(
                key, "ada", {"apex": value}, page="annotate", expected_revision=revision
            )
            outcomes.append("written")
        except StaleCodingError:
            outcomes.append("stale")

    threads = [threading.Thread(target=write, args=(value,)) for value in range(10, 14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["stale"] * 3 + ["written"]
    assert store.coding(key, "ada").revision == revision + 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"onset": "five"}, "onset must be a frame number"),
        ({"onset": True}, "onset must be a frame number"),
        ({"apex": 3.5}, "apex must be a frame number"),
        ({"emotion": 3}, "emotion must be text"),
        ({"status": "done"}, "status must be one of"),
        ({"confidence": "very"}, "confidence must be one of"),
        ({"coder": "eve"}, "'coder' is not a field"),
    ],
)
def test_wrong_changes_are_refused(
    store: Store, key: ClipKey, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        store.change_coding(key, "ada", {"offset": 20, **changes}, page="annotate")
    assert store.coding(key, "ada").revision == 0, "the right part was not kept either"


def test_all_faults_of_a_change_are_named_at_once(store: Store, key: ClipKey) -> None:
    with pytest.raises(InputError, match=r"onset must.*status must"):
        store.change_coding(key, "ada", {"onset": "x", "status": "x"}, page="annotate")


def test_numbers_and_emotions_as_browsers_and_people_write_them(store: Store, key: ClipKey) -> None:
    changes = {"onset": 46.0, "apex": np.int64(50), "emotion": "  Happiness ", "note": None}
    coding = store.change_coding(key, "ada", changes, page="annotate").coding
    assert (coding.onset, coding.apex, coding.emotion, coding.note) == (46, 50, "happiness", "")
    assert type(coding.onset) is int
    assert type(coding.apex) is int


def test_an_unknown_clip_is_an_input_error(store: Store) -> None:
    nowhere = ClipKey("tiny", "sub01", "none")
    for call in (store.clip, lambda key: store.coding(key, "ada")):
        with pytest.raises(InputError, match="no clip tiny/sub01/none"):
            call(nowhere)


def test_clips_are_filtered_by_what_a_coder_sees(store: Store, key: ClipKey) -> None:
    store.change_coding(key, "ada", {"emotion": "disgust", "note": "100% sure_"}, page="annotate")
    assert len(store.clips()) == 4
    assert [row.coding for row in store.clips()] == [None] * 4
    assert len(store.clips(subject="sub02")) == 2
    assert store.clips(database="none") == []
    assert len(store.clips(emotion="Disgust", coder="database")) == 2
    assert [row.key for row in store.clips(emotion="disgust", coder="ada")] == [key]
    assert [row.key for row in store.clips(status="draft", coder="ada")] == [key]
    assert len(store.clips(status="untouched", coder="ada")) == 3
    assert [row.key for row in store.clips(text="SUB01 ep01", coder="ada")] == [key]
    assert [row.key for row in store.clips(text="100% sure_", coder="ada")] == [key]
    assert store.clips(text="100%xsure", coder="ada") == []
    row = store.clips(text="sub01/EP01")[0]
    assert (row.fps, row.n_frames, row.first, row.last, row.features_only) == (
        200.0, 30, 1, 30, False,
    )  # fmt: skip
    with pytest.raises(InputError, match="coder"):
        store.clips(emotion="disgust")
    with pytest.raises(InputError, match="untouched, draft"):
        store.clips(status="finished", coder="ada")


def test_databases_and_coders_are_counted(store: Store, key: ClipKey) -> None:
    store.change_coding(key, "ada", {"onset": 4}, page="annotate")
    (row,) = store.databases()
    assert (row.name, row.clips, row.subjects, row.fps, row.synthetic) == (
        "tiny", 4, 2, 200.0, True,
    )  # fmt: skip
    assert row.emotions == ("happiness", "disgust")
    assert row.report["clips"] == 4
    assert store.coders() == ["database", "ada"]
    assert len(store.codings(coder="database", database="tiny")) == 4
    assert [coding.coder for coding in store.codings(coder="ada")] == ["ada"]


def test_several_expressions_of_one_clip_are_kept_apart(store: Store, key: ClipKey) -> None:
    store.change_coding(key, "ada", {"onset": 4}, page="spot")
    second = store.change_coding(key, "ada", {"onset": 20}, page="spot", expression=2)
    assert second.coding.expression == 2
    store.undo(key, "ada", "spot", expression=2)
    assert store.coding(key, "ada").coding.onset == 4
    assert len(store.clips(coder="ada")) == 4, "a listing shows a clip once"


def test_a_listing_of_expressions_filters_each_and_keeps_clips_without(
    store: Store, key: ClipKey
) -> None:
    store.change_coding(key, "ada", {"emotion": "fear", "kind": "micro"}, page="annotate")
    store.change_coding(
        key, "ada", {"emotion": "sadness", "kind": "macro"}, page="annotate", expression=2
    )

    def listed(**conditions: str) -> list[tuple[str, int | None]]:
        rows = store.clips(coder="ada", every_expression=True, **conditions)
        return [(str(row.key), row.coding.expression if row.coding else None) for row in rows]

    rest = ["tiny/sub01/EP02_01f", "tiny/sub02/EP01_01", "tiny/sub02/EP02_01f"]
    mine = [(str(key), 1), (str(key), 2)]
    assert listed() == mine + [(name, None) for name in rest]
    assert listed(subject="sub01") == [*mine, (rest[0], None)]
    assert listed(emotion="sadness") == [mine[1]]
    assert listed(text="fear") == [mine[0]]
    assert listed(status="draft") == mine
    assert listed(status="untouched") == [(name, None) for name in rest]
    assert len(store.clips(coder="ada")) == 4, "without being asked, one row a clip"


def test_the_file_is_set_to_survive_a_power_cut(store: Store, store_path: Path) -> None:
    from mexlab.store.connection import reading

    with reading(store._engine) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2, "FULL"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() >= 5000
    with sqlite3.connect(store_path) as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    raw.close()


def test_a_database_inside_the_workspace_moves_with_it(
    store_path: Path, make_database: Callable[..., ImportedDatabase]
) -> None:
    inside = store_path.parent / "files"
    store = Store.open(store_path)
    store.put_database(make_database(root=inside))
    assert store.databases()[0].root == inside
    store.close()
    moved = store_path.parent.rename(store_path.parent.with_name("moved"))
    again = Store.open(moved / store_path.name)
    assert again.databases()[0].root == moved / "files"
    again.close()


def test_micro_or_macro_is_kept_listed_and_checked(store: Store, key: ClipKey) -> None:
    assert store.coding(key, "ada").coding.kind == ""
    store.change_coding(key, "ada", {"kind": "macro"}, page="annotate")
    assert store.coding(key, "ada").coding.kind == "macro"
    assert [c.kind for c in store.codings(coder="ada")] == ["macro"]
    assert {r.coding.kind for r in store.clips(coder="ada") if r.coding} == {"macro"}
    assert store.undo(key, "ada", "annotate").coding.kind == ""
    with pytest.raises(InputError, match="kind must be one of '', 'micro', 'macro'"):
        store.change_coding(key, "ada", {"kind": "mikro"}, page="annotate")
