"""All that can be said of one clip: expressions, events, action units, what the machine found."""

from __future__ import annotations

import re
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect


def test_blinks_and_head_movements_are_events_of_their_own(open_clip: Any) -> None:
    coder = open_clip()
    numbers = coder.numbers
    coder.step(2)
    coder.press("b")
    coder.step(3)
    coder.press("b", "o")
    coder.step(6)
    coder.press("h")
    coder.step(-2)
    coder.press("h")
    expect(coder.by("events")).to_contain_text(f"blink {numbers[2]}–{numbers[5]}")
    # Ended before it began: it is the other way round.
    expect(coder.by("events")).to_contain_text(f"head movement {numbers[9]}–{numbers[11]}")
    expect(coder.by("timeline").locator(".mx-other")).to_have_count(2)
    coder.sees_marks(numbers[5])
    coder.is_saved()
    found = coder.workspace.store.expressions(coder.key, coder.workspace.coder)
    assert {one.kind for one in found} == {"", "blink", "head"}
    number = next(one.expression for one in found if one.kind == "blink")
    coder.by(f"remove-{number}").click()
    expect(coder.by("events")).not_to_contain_text("blink")


def test_several_expressions_a_clip(open_clip: Any) -> None:
    coder = open_clip()
    numbers = coder.numbers
    coder.press("o", "1")
    coder.sees_marks(numbers[0])
    coder.press("Shift+E")
    coder.sees_marks()
    coder.step(8)
    coder.press("o", "2", "i")
    coder.sees_marks(numbers[8])
    expect(coder.by("kind")).to_have_text("micro")
    coder.press("e")
    coder.sees_marks(numbers[0])
    coder.press("e")
    coder.sees_marks(numbers[8])
    # Undo and redo are of the expression on the form.
    coder.press("Control+z", "Control+z", "Control+z")
    coder.sees_marks()
    expect(coder.by("redo")).to_be_enabled()
    coder.press("Control+y", "Control+y")
    coder.sees_marks(numbers[8])
    coder.is_saved()
    coder.press("Control+s")
    expect(coder.page.locator(f'[data-key="{coder.key}"]')).to_have_attribute(
        "data-status", "committed"
    )
    # The list shows it at once, before it is stored.
    coder.press("k")
    coder.sees_marks(numbers[0])
    coder.is_saved()
    found = coder.workspace.store.expressions(coder.key, coder.workspace.coder)
    assert [one.onset for one in found] == [numbers[0], numbers[8]]
    assert {one.status for one in found} == {"committed"}


def test_with_fast_hands_and_no_answer_a_further_expression_leaves_the_first_alone(
    open_clip: Any,
) -> None:
    coder = open_clip()
    numbers = coder.numbers
    coder.press("o", "1")
    coder.is_saved()
    chips = coder.by("events")
    with coder.kernel_stopped():
        coder.step(4)
        coder.press("b")
        coder.step(2)
        coder.press("b", "Shift+E", "o")
        coder.step(2)
        coder.press("a")
        coder.sees_marks(numbers[6], numbers[8])
        # Counted among expressions: the blink is none.
        expect(chips).to_contain_text(f"2 {numbers[6]}–…")
        coder.press("e")
        coder.sees_marks(numbers[0])
        coder.press("e", "e", "Control+z", "Control+z", "Control+z")
        expect(coder.by("toast")).to_contain_text("undo: the further expression")
        coder.sees_marks(numbers[0])
        expect(chips.locator(".mx-chip")).to_have_count(2)
        coder.press("Control+y", "Control+y")
        coder.sees_marks(numbers[6])
    coder.is_saved()
    found = coder.workspace.store.expressions(coder.key, coder.workspace.coder)
    assert [(one.kind, one.onset, one.apex, one.offset) for one in found] == [
        ("", numbers[0], None, None),
        ("blink", numbers[4], None, numbers[6]),
        ("", numbers[6], None, None),
    ]


def test_an_expression_that_says_nothing_is_no_event_and_undo_is_of_the_last_act(
    open_clip: Any,
) -> None:
    coder = open_clip()
    row = coder.page.locator(f'[data-key="{coder.key}"]')
    coder.press("Control+s")
    expect(coder.by("toast")).to_contain_text("nothing is coded in this clip")
    coder.sees_frame(coder.numbers[0])
    coder.press("o", "1", "Shift+E", "Control+s")
    expect(row).to_have_attribute("data-status", "committed")
    coder.press("k")
    coder.sees_marks(coder.numbers[0])
    coder.is_saved()
    found = coder.workspace.store.expressions(coder.key, coder.workspace.coder)
    assert [one.status for one in found] == ["committed", "untouched"]
    # Begun anew, and thought better of: the commit stays.
    coder.press("Shift+E")
    coder.sees_marks()
    coder.press("Control+z")
    coder.sees_marks(coder.numbers[0])
    expect(row).to_have_attribute("data-status", "committed")
    # The act before it was the commit, of both at once.
    coder.press("Control+z")
    expect(coder.by("toast")).to_contain_text("undo: the commit of this clip")
    expect(row).to_have_attribute("data-status", "draft")
    coder.is_saved()
    found = coder.workspace.store.expressions(coder.key, coder.workspace.coder)
    assert [one.status for one in found] == ["draft", "draft", "untouched"]
    # What was coded before the reveal is kept as such.
    assert coder.workspace.store.has_committed(coder.key, coder.workspace.coder)


def test_the_machines_apex_is_shown_after_the_first_commit_and_snaps(open_clip: Any) -> None:
    coder = open_clip()
    legend = coder.by("curve-legend")
    expect(legend).to_have_attribute("data-state", "ready", timeout=60_000)
    ghosts = coder.by("timeline").locator("[data-testid=ghost-apex]")
    machine = coder.by("timeline").locator('[data-testid=ghost-apex][data-coder="largest motion"]')
    coder.step(1)
    coder.press("a", "y")
    expect(coder.by("toast")).to_contain_text("shown after a commit")
    expect(ghosts).to_have_count(0)
    expect(coder.by("reference")).to_contain_text("machine: shown after commit")
    coder.press("Control+s", "k")
    coder.sees_marks(apex=coder.numbers[1])
    expect(machine).to_have_count(1, timeout=60_000)
    frame = int(machine.get_attribute("data-frame"))
    expect(coder.by("reference")).to_contain_text(
        re.compile(r"\(largest motion\), .*frames? \(\d+ ms\)")
    )
    coder.press("y")
    coder.sees_marks(apex=frame)
    coder.sees_frame(frame)
    expect(coder.by("reference")).to_contain_text("the same frame as yours")


def test_the_action_unit_line_completes_and_lights_up(open_clip: Any) -> None:
    coder = open_clip()
    page = coder.page
    coder.press("u")
    page.keyboard.type("l1")
    expect(coder.by("complete")).to_contain_text("lip corner up")
    # Lines of earlier clips may stand before the units.
    twelve = coder.by("complete").locator("[role=option]").filter(has_text="lip corner up")
    for _ in range(6):
        if twelve.get_attribute("aria-selected") == "true":
            break
        coder.press("ArrowDown")
    coder.press("Enter")
    expect(coder.by("action-units")).to_have_value("L12")
    # By a word in place of the number.
    page.keyboard.type("+chin")
    coder.press("Tab")
    expect(coder.by("action-units")).to_have_value("L12+17")
    face = coder.by("unit-face")
    expect(face.locator("[data-unit='12L']")).to_have_count(1)
    expect(face.locator("[data-unit='12R']")).to_have_count(0)
    expect(face.locator("[data-unit='17R']")).to_have_count(1)
    # Side and intensity of the unit at the caret.
    coder.press("Alt+ArrowUp", "Alt+ArrowUp", "Alt+PageUp")
    expect(coder.by("action-units")).to_have_value("L12+L17B")
    coder.by("intensity-12").dispatch_event("click")
    expect(coder.by("action-units")).to_have_value("L12A+L17B")
    coder.press("Enter", "ArrowRight")
    coder.sees_frame(coder.numbers[1])
    coder.is_saved()
    assert coder.stored().action_units == "L12A+L17B"
    expect(face).to_have_attribute("aria-label", "Action units L12A, L17B on a face")


def test_the_history_says_what_was_done_and_restores(open_clip: Any) -> None:
    coder = open_clip()
    numbers = coder.numbers
    coder.press("o")
    coder.step(4)
    coder.press("o", "1", "w")
    history = coder.by("history")
    expect(history.locator("li")).to_have_count(3)
    expect(history.locator("li").nth(1)).to_contain_text(f"onset {numbers[0]} → {numbers[4]}")
    expect(history.locator("li").nth(1)).to_contain_text(f"{coder.workspace.coder} · annotate")
    history.locator("li").nth(2).get_by_test_id("restore").click()
    expect(history.locator("li")).to_have_count(4)
    coder.press("Escape")
    expect(history).to_be_hidden()
    coder.sees_marks(numbers[0])
    assert coder.stored().emotion == ""
    coder.press("Control+z")
    coder.sees_marks(numbers[4])
