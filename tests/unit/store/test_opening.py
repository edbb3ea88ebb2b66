"""Opening: migrations, newer versions, read-only places, damaged files."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData, create_engine

from mexlab.data.clips import ClipKey
from mexlab.data.databases.imported import ImportedDatabase
from mexlab.errors import WorkspaceError
from mexlab.store import Store, tables
from mexlab.store.connection import open_engine, writing
from mexlab.store.migrations import MIGRATIONS, Migration, migrate, recorded_migrations


def shape(metadata: MetaData) -> dict[str, object]:
    """Columns, keys and indexes, as far as they mean something to the data."""
    return {
        table.name: (
            [(c.name, str(c.type), c.nullable, c.primary_key) for c in table.columns],
            sorted(str(f.target_fullname) for f in table.foreign_keys),
            sorted(str(i.name) for i in table.indexes),
        )
        for table in metadata.sorted_tables
    }


def test_migrations_end_at_the_tables_of_today(store_path: Path) -> None:
    Store.open(store_path).close()
    engine = create_engine(f"sqlite:///{store_path}")
    found = MetaData()
    found.reflect(engine)
    engine.dispose()
    reflected = shape(found)
    assert set(reflected) == {*tables.metadata.tables, "schema_migrations"}
    assert {name: reflected[name] for name in tables.metadata.tables} == shape(tables.metadata)


def test_migrations_are_numbered_from_one_and_recorded(store_path: Path) -> None:
    Store.open(store_path).close()
    assert [m.number for m in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))
    with sqlite3.connect(store_path) as raw:
        rows = raw.execute("SELECT number, name FROM schema_migrations ORDER BY number").fetchall()
    raw.close()
    assert rows == [(m.number, m.name) for m in MIGRATIONS]


def test_a_migration_that_fails_leaves_the_store_as_it_was(store_path: Path) -> None:
    Store.open(store_path).close()

    def half(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE half_made (id INTEGER)")
        raise RuntimeError("power gone")

    engine = open_engine(store_path)
    with pytest.raises(RuntimeError), writing(engine) as connection:
        migrate(connection, (*MIGRATIONS, Migration(99, "half", half)))
    with writing(engine) as connection:
        assert recorded_migrations(connection) == [(m.number, m.name) for m in MIGRATIONS]
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all()
        assert "half_made" not in names
    engine.dispose()


def test_an_upgrade_keeps_the_codings_and_a_backup_of_before(
    store: Store,
    store_path: Path,
    key: ClipKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store.change_coding(key, "ada", {"onset": 7}, page="annotate")
    store.close()

    def add_column(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE codings ADD COLUMN colour TEXT")

    later = (*MIGRATIONS, Migration(99, "colour", add_column))
    monkeypatch.setattr("mexlab.store.opening.newest_migration", lambda: 99)
    monkeypatch.setattr("mexlab.store.opening.migrate", lambda c: migrate(c, later))
    upgraded = Store.open(store_path)
    assert upgraded.coding(key, "ada").coding.onset == 7
    upgraded.close()
    before = store_path.with_name(f"codings.schema-{MIGRATIONS[-1].number}.sqlite")
    with sqlite3.connect(before) as raw:
        columns = [row[1] for row in raw.execute("PRAGMA table_info(codings)")]
        assert raw.execute("SELECT onset_frame FROM codings WHERE coder='ada'").fetchone() == (7,)
    raw.close()
    assert "colour" not in columns


def test_a_store_from_a_newer_mexlab_is_left_alone(store: Store, store_path: Path) -> None:
    store.close()
    with sqlite3.connect(store_path) as raw:
        raw.execute("INSERT INTO schema_migrations VALUES (1000, 'tomorrow', '2099')")
    raw.close()
    with pytest.raises(WorkspaceError, match=r"newer version.*schema 1000.*update mexlab"):
        Store.open(store_path)


@pytest.mark.parametrize("part", ["folder", "file"])
def test_a_read_only_place_is_refused_with_its_name(
    store: Store, store_path: Path, part: str
) -> None:
    store.close()
    place = store_path if part == "file" else store_path.parent
    mode = place.stat().st_mode
    place.chmod(0o444 if part == "file" else 0o555)
    try:
        with pytest.raises(WorkspaceError, match="is read-only") as caught:
            Store.open(store_path)
    finally:
        place.chmod(mode)
    assert caught.value.where == str(place)
    assert "chmod" in (caught.value.remedy or "")


def test_a_file_that_is_no_store_is_named_and_left(store_path: Path) -> None:
    store_path.write_bytes(b"This is not SQLite. " * 100)
    before = store_path.read_bytes()
    with pytest.raises(WorkspaceError, match="is damaged"):
        Store.open(store_path)
    assert store_path.read_bytes() == before


def test_a_missing_store_is_not_made_where_one_must_be(store_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no codings store"):
        Store.open(store_path, must_exist=True)
    assert not store_path.exists()


def test_a_store_locked_by_another_process_says_so(
    store: Store,
    store_path: Path,
    key: ClipKey,
    monkeypatch: pytest.MonkeyPatch,
    make_database: Callable[..., ImportedDatabase],
) -> None:
    store.close()
    monkeypatch.setattr("mexlab.store.connection.BUSY_TIMEOUT_S", 0.05)
    impatient = Store.open(store_path)
    blocker = sqlite3.connect(store_path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(WorkspaceError, match="another process"):
        impatient.change_coding(key, "ada", {"onset": 1}, page="annotate")
    assert impatient.coding(key, "ada").revision == 0, "readers are not held up"
    blocker.execute("ROLLBACK")
    blocker.close()
    impatient.close()


def test_a_store_of_the_founding_schema_gains_the_kind_of_an_expression(
    store_path: Path, key: ClipKey
) -> None:
    engine = open_engine(store_path)
    with writing(engine) as connection:
        migrate(connection, MIGRATIONS[:1])
        connection.exec_driver_sql(
            "INSERT INTO databases VALUES "
            "(1, 'tiny', 'Tiny', 'casme2', '/nowhere', 1, '[]', '{}', '2026-01-01T00:00:00+00:00')"
        )
        connection.exec_driver_sql(
            f"INSERT INTO clips VALUES (1, 1, '{key.subject}', '{key.name}', 200, 0, NULL, NULL, "
            "NULL, 'a.png')"
        )
        connection.exec_driver_sql(
            "INSERT INTO codings VALUES (1, 1, 'ada', 1, 5, 9, 12, 'fear', '4', '', '', 'draft', "
            "1, '2026-01-01T00:00:00+00:00')"
        )
    engine.dispose()
    store = Store.open(store_path)
    found = store.coding(key, "ada").coding
    assert (found.onset, found.emotion, found.kind) == (5, "fear", "")
    assert store.change_coding(key, "ada", {"kind": "micro"}, page="x").coding.kind == "micro"
    store.close()
