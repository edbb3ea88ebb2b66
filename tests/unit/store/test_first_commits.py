"""A clip is committed as a whole, in one transaction; what was committed first is kept as such."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection

from mexlab.data.clips import ClipKey
from mexlab.data.codings import Coding
from mexlab.errors import InputError, StaleCodingError
from mexlab.store import Store, edits
from mexlab.store.codings import to_json
from mexlab.store.connection import open_engine, writing
from mexlab.store.migrations import MIGRATIONS, migrate


def statuses(store: Store, key: ClipKey) -> dict[int, str]:
    return {one.expression: one.status for one in store.expressions(key, "ada")}


@pytest.fixture
def coded(store: Store, key: ClipKey) -> Store:
    """Two expressions and a blink of ada's, and one that was begun and left empty."""
    store.change_coding(key, "ada", {"onset": 7, "emotion": "fear"}, page="annotate")
    store.change_coding(key, "ada", {"onset": 20}, page="annotate", expression=2)
    store.change_coding(key, "ada", {"kind": "blink", "onset": 3}, page="annotate", expression=3)
    store.change_coding(key, "ada", {"status": "draft"}, page="annotate", expression=4)
    return store


class TestCommit:
    def test_all_that_says_something_is_committed_and_the_rest_is_no_event(
        self, coded: Store, key: ClipKey
    ) -> None:
        state = coded.commit_clip(key, "ada", 2, {"apex": 22}, 1, page="annotate")
        assert (state.coding.expression, state.coding.apex) == (2, 22)
        assert statuses(coded, key) == {
            1: "committed", 2: "committed", 3: "committed", 4: "untouched",
        }  # fmt: skip

    def test_it_is_whole_or_not_at_all(
        self, coded: Store, key: ClipKey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = statuses(coded, key)

        def power_cut(connection: Connection, clip: int, coder: str) -> None:
            raise RuntimeError("power gone")

        monkeypatch.setattr(edits, "keep_first_commit", power_cut)
        with pytest.raises(RuntimeError):
            coded.commit_clip(key, "ada", page="annotate")
        assert statuses(coded, key) == before
        assert not coded.has_committed(key, "ada")

    def test_a_stale_one_changes_nothing(self, coded: Store, key: ClipKey) -> None:
        before = statuses(coded, key)
        with pytest.raises(StaleCodingError):
            coded.commit_clip(key, "ada", 1, expected_revision=7)
        assert statuses(coded, key) == before

    def test_one_undo_takes_all_of_it_back_and_one_redo_does_it_again(
        self, coded: Store, key: ClipKey
    ) -> None:
        before = statuses(coded, key)
        coded.commit_clip(key, "ada", 1, page="annotate")
        after = statuses(coded, key)
        assert coded.undo_clip(key, "ada") == [1, 2, 3, 4]
        assert statuses(coded, key) == before
        assert coded.redo_clip(key, "ada") == [1, 2, 3, 4]
        assert statuses(coded, key) == after
        coded.undo_clip(key, "ada")
        # The act before it: the fourth expression was begun.
        assert coded.undo_clip(key, "ada") == [4]
        assert coded.undo_clip(key, "ada") == [3]

    def test_an_undo_of_a_clip_that_moved_on_is_refused(self, coded: Store, key: ClipKey) -> None:
        newest = coded.history(key, "ada", None)[-1].number
        coded.change_coding(key, "ada", {"apex": 9}, page="other tab")
        with pytest.raises(StaleCodingError):
            coded.undo_clip(key, "ada", expected_change=newest)
        assert coded.coding(key, "ada").coding.apex == 9

    def test_a_clip_in_which_nothing_is_coded_is_not_committed(
        self, store: Store, key: ClipKey
    ) -> None:
        with pytest.raises(InputError, match=r"nothing is coded.*write 0"):
            store.commit_clip(key, "ada")
        store.change_coding(key, "ada", {"confidence": "sure", "status": "flagged"}, page="x")
        with pytest.raises(InputError, match="nothing is coded"):
            store.commit_clip(key, "ada")
        assert not store.has_committed(key, "ada")
        state = store.commit_clip(key, "ada", changes={"action_units": "0"})
        assert state.coding.status == "committed"

    def test_nor_is_a_further_expression_that_says_nothing(
        self, coded: Store, key: ClipKey
    ) -> None:
        with pytest.raises(InputError, match="says nothing: it is no event"):
            coded.change_coding(key, "ada", {"status": "committed"}, page="x", expression=4)
        assert statuses(coded, key)[4] == "draft"


class TestAnEmptyFirstExpression:
    """`Shift+E` at once, and only the second is marked."""

    @pytest.fixture
    def second(self, store: Store, key: ClipKey) -> Store:
        store.change_coding(key, "ada", {"status": "draft"}, page="x", expression=2)
        store.change_coding(key, "ada", {"onset": 9, "emotion": "fear"}, page="x", expression=2)
        return store

    @pytest.mark.parametrize("pressed_on", [1, 2])
    def test_the_one_that_says_something_is_then_the_first(
        self, second: Store, key: ClipKey, pressed_on: int
    ) -> None:
        state = second.commit_clip(key, "ada", pressed_on, {"note": "x"} if pressed_on == 2 else {})
        assert (state.coding.expression, state.coding.onset) == (1, 9)
        assert state.coding.note == ("x" if pressed_on == 2 else "")
        assert statuses(second, key) == {1: "committed", 2: "untouched"}
        assert [(one.expression, one.onset) for one in second.first_commit(key, "ada")] == [(1, 9)]
        rows = [row for row in second.clips(coder="ada", every_expression=True) if row.coding]
        assert [(row.coding.expression, row.coding.emotion) for row in rows if row.coding] == [
            (1, "fear")
        ]
        assert not rows[0].changed_after_reveal
        assert [row.key for row in second.clips(coder="ada", status="committed")] == [key]

    def test_one_undo_puts_it_back_and_the_next_commit_does_it_again(
        self, second: Store, key: ClipKey
    ) -> None:
        second.commit_clip(key, "ada", 2)
        second.undo_clip(key, "ada")
        assert statuses(second, key) == {1: "untouched", 2: "draft"}
        assert second.coding(key, "ada", 2).coding.onset == 9
        second.commit_clip(key, "ada", 2, {"onset": 8})
        assert second.coding(key, "ada").coding.onset == 8
        assert [row.changed_after_reveal for row in second.clips(coder="ada") if row.coding] == [
            True
        ]

    def test_beside_a_blink_it_is_committed_for_its_clip_and_is_no_finding(
        self, store: Store, key: ClipKey
    ) -> None:
        store.change_coding(key, "ada", {"kind": "blink", "onset": 3}, page="x", expression=2)
        store.commit_clip(key, "ada")
        assert statuses(store, key) == {1: "committed", 2: "committed"}
        assert [one.expression for one in store.first_commit(key, "ada")] == [2]
        assert [one.expression for one in store.codings("ada")] == [2]
        rows = store.clips(coder="ada", every_expression=True, status="committed")
        assert [row.coding.expression for row in rows if row.coding] == [2]
        assert [row.key for row in store.clips(coder="ada", status="committed")] == [key]

    def test_what_was_first_committed_keeps_its_number(self, coded: Store, key: ClipKey) -> None:
        coded.commit_clip(key, "ada")
        coded.change_coding(key, "ada", {"onset": None, "emotion": ""}, page="x")
        coded.commit_clip(key, "ada")
        assert coded.coding(key, "ada", 2).coding.onset == 20
        rows = coded.clips(coder="ada", every_expression=True)
        changed = {r.coding.expression: r.changed_after_reveal for r in rows if r.coding}
        assert changed == {1: True, 2: False, 3: False}


class TestFirstCommit:
    def test_it_stays_what_it_was(self, coded: Store, key: ClipKey) -> None:
        assert coded.first_commit(key, "ada") == []
        coded.commit_clip(key, "ada", page="annotate")
        first = coded.first_commit(key, "ada")
        assert [(one.expression, one.onset, one.status) for one in first] == [
            (1, 7, "committed"), (2, 20, "committed"), (3, 3, "committed"),
        ]  # fmt: skip
        coded.change_coding(key, "ada", {"onset": 5, "emotion": "happiness"}, page="annotate")
        coded.commit_clip(key, "ada", page="annotate")
        coded.undo_clip(key, "ada")
        assert coded.first_commit(key, "ada") == first
        assert coded.first_codings("ada") == first
        assert coded.first_codings("bob") == []

    def test_an_undone_commit_was_seen_nevertheless(self, coded: Store, key: ClipKey) -> None:
        coded.commit_clip(key, "ada", page="annotate")
        coded.undo_clip(key, "ada")
        assert coded.has_committed(key, "ada")
        assert not coded.has_committed(key, "bob")

    def test_a_listing_has_both_states_and_says_what_was_changed(
        self, coded: Store, key: ClipKey
    ) -> None:
        def listed() -> dict[int, bool]:
            rows = coded.clips(coder="ada", every_expression=True)
            return {r.coding.expression: r.changed_after_reveal for r in rows if r.coding}

        assert not any(listed().values())
        coded.commit_clip(key, "ada", page="annotate")
        coded.change_coding(key, "ada", {"note": "a note is no finding"}, page="annotate")
        assert not any(listed().values())
        coded.change_coding(key, "ada", {"onset": 5}, page="annotate")
        blank = Coding(key, "ada").editable()
        coded.change_coding(key, "ada", blank, page="annotate", expression=2)
        coded.change_coding(key, "ada", {"onset": 9}, page="annotate", expression=5)
        # The fourth was begun and never said anything; the second did when it was committed.
        assert listed() == {1: True, 2: True, 3: False, 5: True}
        assert [one.expression for one in coded.codings("ada")] == [1, 3, 5]
        row = coded.clips(coder="ada", text=str(key))[0]
        assert row.first_commit is not None
        assert row.first_commit.coding is not None
        assert row.first_commit.coding.onset == 7

    def test_an_old_store_derives_it_from_the_history(self, store_path: Path, key: ClipKey) -> None:
        engine = open_engine(store_path)
        with writing(engine) as connection:
            migrate(connection, MIGRATIONS[:2])
            connection.exec_driver_sql(
                "INSERT INTO databases VALUES (1, 'tiny', 'Tiny', 'casme2', '/nowhere', 1, '[]', "
                "'{}', '2026-01-01T00:00:00+00:00')"
            )
            connection.exec_driver_sql(
                f"INSERT INTO clips VALUES (1, 1, '{key.subject}', '{key.name}', 200, 0, NULL, "
                "NULL, NULL, 'a.png')"
            )
            done = {"status": "committed"}
            old = [
                ("ada", 1, {"onset": 7, "status": "draft"}),
                ("ada", 2, {"kind": "blink", "onset": 3, "status": "draft"}),
                ("ada", 1, {"emotion": "fear"}),
                # As the page of old committed a clip: one transaction each.
                ("ada", 2, done),
                ("bob", 1, {"onset": 1, "status": "draft"}),
                ("ada", 1, done),
                ("ada", 1, {"onset": 5}),
                ("ada", 1, done),
                ("database", 1, {"onset": 6, **done}),
            ]
            for at, (coder, expression, after) in enumerate(old):
                connection.exec_driver_sql(
                    "INSERT INTO coding_changes (clip_id, coder, expression, revision, kind, page, "
                    "made_at, before, after) VALUES (1, ?, ?, 1, 'edit', 'annotate', ?, '{}', ?)",
                    (coder, expression, f"2026-01-01T00:00:0{at}+00:00", to_json(after)),
                )
        engine.dispose()
        store = Store.open(store_path)
        first = store.first_commit(key, "ada")
        assert [(one.expression, one.onset, one.emotion, one.kind) for one in first] == [
            (1, 7, "fear", ""), (2, 3, "", "blink"),
        ]  # fmt: skip
        assert not store.has_committed(key, "bob")
        assert store.first_commit(key, "database") == []
        store.close()


class TestReservedNames:
    @pytest.mark.parametrize(
        "name",
        [
            *("database", "Database", "consensus", "machine", "MACHINE: strain", "data base"),
            # With a zero-width space and a soft hyphen within, and of wide letters.
            *("data\u200bbase", "mach\u00adine:strain", "\uff44atabase"),
        ],
    )
    def test_nothing_is_written_under_them(self, store: Store, key: ClipKey, name: str) -> None:
        before = store.history(key, "database", None)
        for write in (
            lambda: store.change_coding(key, name, {"onset": 1}, page="x"),
            lambda: store.commit_clip(key, name, changes={"onset": 1}),
            lambda: store.undo(key, name),
            lambda: store.redo(key, name),
            lambda: store.undo_clip(key, name),
            lambda: store.redo_clip(key, name),
        ):
            with pytest.raises(InputError, match="is reserved for"):
                write()
        assert store.history(key, "database", None) == before
        assert store.coders() == ["database"]

    def test_an_import_and_what_adjudicates_may(self, store: Store, key: ClipKey) -> None:
        store.change_coding(key, "consensus", {"onset": 6}, page="agreement", reserved=True)
        assert store.coders() == ["database", "consensus"]
