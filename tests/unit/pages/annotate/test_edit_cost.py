"""What one act of a coder costs the store: one write, two reads at most, the history once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import event

from mexlab.pages.annotate.desk import CodingDesk
from mexlab.workspace.workspace import Workspace


@dataclass
class Work:
    """Transactions by kind, and statements, as the driver sees them."""

    begun: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)

    def clear(self) -> None:
        self.begun.clear()
        self.statements.clear()

    @property
    def writes(self) -> int:
        return self.begun.count("BEGIN IMMEDIATE")

    @property
    def reads(self) -> int:
        return self.begun.count("BEGIN")

    @property
    def histories(self) -> int:
        """How often a history was read, line by line."""
        return sum(
            one.startswith("SELECT") and "coding_changes.before" in one for one in self.statements
        )


@pytest.fixture
def work(annotated: Workspace) -> Iterator[Work]:
    engine, seen = annotated.store._engine, Work()

    def before(_connection, _cursor, statement, _parameters, _context, _many) -> None:
        (seen.begun if statement.startswith("BEGIN") else seen.statements).append(statement)

    event.listen(engine, "before_cursor_execute", before)
    yield seen
    event.remove(engine, "before_cursor_execute", before)


@pytest.fixture
def desk(annotated: Workspace, key, work: Work) -> CodingDesk:
    """A desk at which the clip was opened and edited: what is read once a page is read."""
    made = CodingDesk(annotated)
    made.perform({"kind": "edit", "id": "0", "clip": str(key), "changes": {"onset": 47}})
    work.clear()
    return made


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize(
    "act",
    [
        {"kind": "edit", "changes": {"onset": 50}},
        {"kind": "edit", "changes": {"emotion": "fear", "action_units": "1+2"}},
        {"kind": "edit", "expression": 2, "changes": {"kind": "blink", "onset": 60}},
        {"kind": "commit", "changes": {"apex": 55}},
        {"kind": "undo"},
    ],
    ids=["mark", "words", "another", "commit", "undo"],
)
def test_one_act_is_one_write_and_two_reads_at_most(desk, key, work, committed, act) -> None:
    if committed:
        desk.perform({"kind": "commit", "id": "c", "clip": str(key), "changes": {}})
        work.clear()
    answer = desk.perform({"id": "1", "clip": str(key), **act})
    assert answer["outcome"] == "stored"
    assert work.writes == 1
    assert work.reads <= 2
    # The answer's; an undo looks for what it takes back besides.
    assert work.histories <= (2 if act["kind"] == "undo" else 1)


def test_a_vocabulary_of_ones_own_costs_the_second_read(annotated, key, work) -> None:
    object.__setattr__(annotated.settings, "emotions", ("fear", "joy"))
    desk = CodingDesk(annotated)
    work.clear()
    answer = desk.perform(
        {"id": "1", "clip": str(key), "kind": "edit", "changes": {"emotion": "awe"}}
    )
    assert answer["outcome"] == "declined"
    assert (work.writes, work.reads) == (0, 2)


def test_what_is_answered_is_of_one_moment(annotated, key, work) -> None:
    """Another tab writes while the answer is read: it is of before, whole."""
    store = annotated.store
    store.change_coding(key, "anna", {"onset": 50}, page="test")
    with store.one_view():
        before = store.coding(key, "anna")
        store.change_coding(key, "anna", {"onset": 51}, page="another tab")
        assert store.coding(key, "anna") == before
        assert len(store.history(key, "anna")) == 1
    assert store.coding(key, "anna").coding.onset == 51
    assert len(store.history(key, "anna")) == 2
