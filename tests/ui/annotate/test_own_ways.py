"""Each coder's own ways: keys, order, queue."""

from __future__ import annotations

from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect


def kept_by_the_kernel(coder: Any, word: str) -> None:
    """Wait until the choices on disk hold a word."""
    folder = coder.workspace.path / "coders"
    for _ in range(200):
        if any(word in file.read_text("utf-8") for file in folder.glob("*.json")):
            return
        coder.page.wait_for_timeout(50)
    pytest.fail(f"{word} was not kept")


def test_keys_change_conflicts_are_refused_and_both_outlive_a_reload(
    open_clip: Any, shipped_choices: Any
) -> None:
    coder = open_clip()
    coder.press("?")
    coder.by("set-key-mark-onset").click()
    coder.press("a")
    expect(coder.by("key-said")).to_contain_text("is taken: “apex is this frame”")
    coder.by("set-key-mark-onset").click()
    coder.press("F5")
    expect(coder.by("key-said")).to_contain_text("F5 is the browser's: it reloads the page")
    coder.by("set-key-mark-onset").click()
    coder.press("Shift+X")
    expect(coder.by("key-said")).to_contain_text("kept for you")
    # A ready-made set does not cost one's own keys.
    coder.by("choose-keys-ELAN").click()
    expect(coder.by("choose-keys-ELAN")).to_have_attribute("aria-pressed", "true")
    coder.by("set-key-mark-apex").click()
    coder.press("Shift+Q")
    expect(coder.by("key-said")).to_contain_text("in place of those kept as “yours”")
    coder.press("Escape")
    expect(coder.by("choose-keys-ELAN")).to_have_attribute("aria-pressed", "true")
    # Another set drops the question: Esc closes the list at once.
    coder.by("set-key-mark-apex").click()
    coder.press("Shift+Q")
    expect(coder.by("key-said")).to_contain_text("in place of those kept as “yours”")
    coder.by("choose-keys-yours").click()
    expect(coder.by("choose-keys-yours")).to_have_attribute("aria-pressed", "true")
    coder.press("Escape", "o")
    coder.sees_marks()
    coder.press("Shift+X")
    coder.sees_marks(coder.numbers[0])
    expect(coder.by("when-onset").locator("kbd")).to_have_text("⇧X")
    coder.is_saved()
    coder.page.reload(wait_until="commit")
    coder.sees_frame(coder.numbers[0])
    expect(coder.by("when-onset").locator("kbd")).to_have_text("⇧X")
    coder.step(2)
    coder.press("Shift+X")
    coder.sees_marks(coder.numbers[2])


def test_ready_made_sets(open_clip: Any, shipped_choices: Any) -> None:
    coder = open_clip()
    coder.press("?")
    coder.by("choose-keys-CVAT").click()
    expect(coder.by("choose-keys-CVAT")).to_have_attribute("aria-pressed", "true")
    coder.press("Escape", "f", "f", "d")
    coder.sees_frame(coder.numbers[1])
    coder.sees_marks()
    coder.press("?")
    coder.by("choose-keys-ELAN").focus()
    coder.press("Enter")
    expect(coder.by("choose-keys-ELAN")).to_have_attribute("aria-pressed", "true")
    coder.press("Escape", "Control+ArrowRight", "Control+ArrowRight", "Control+ArrowLeft")
    coder.sees_frame(coder.numbers[2])
    coder.press("Control+e")
    coder.sees_frame(coder.numbers[-1])
    coder.press("Control+b", "+", "+", "Control+Shift+ArrowRight", "f")
    coder.sees_marks(offset=coder.numbers[0])
    assert "translate(0px, 0px)" not in coder.by("canvas-current").get_attribute("style")
    coder.is_saved()
    coder.address_holds(coder.numbers[0])
    coder.page.reload(wait_until="commit")
    coder.sees_marks(offset=coder.numbers[0])
    coder.press("Control+ArrowRight")
    coder.sees_frame(coder.numbers[1])


def test_random_order_is_the_coders_own_and_stays(open_clip: Any, shipped_choices: Any) -> None:
    coder = open_clip()
    rows = coder.page.get_by_test_id("clip-row")
    expect(rows.nth(5)).to_be_visible()

    def shown() -> list[str]:
        return rows.evaluate_all("rows => rows.map(row => row.dataset.key)")

    listed = shown()
    coder.press("Shift+R")
    expect(coder.by("order")).to_contain_text("random order")
    kept_by_the_kernel(coder, "random")
    shuffled = shown()
    assert shuffled != listed
    assert shuffled != sorted(shuffled)
    coder.page.reload(wait_until="commit")
    coder.sees_frame(coder.numbers[0])
    expect(coder.by("order")).to_contain_text("random order")
    expect(rows.first).to_have_attribute("data-key", shuffled[0])
    assert shown() == shuffled


def test_a_queue_of_ones_own_and_the_next_flagged(open_clip: Any, shipped_choices: Any) -> None:
    coder = open_clip()
    page = coder.page
    selected = page.locator("[data-testid=clip-row][aria-selected=true]")
    coder.press("q", "j")
    expect(selected).not_to_have_attribute("data-key", str(coder.key))
    other = selected.get_attribute("data-key")
    # A coding that is long on its way refuses keys; that is tested elsewhere.
    expect(coder.by("commit")).to_be_visible()
    coder.press("g", "k")
    expect(selected).to_have_attribute("data-key", str(coder.key))
    expect(page.locator(f'[data-key="{other}"]')).to_have_attribute("data-status", "flagged")
    coder.press("Shift+G")
    expect(selected).to_have_attribute("data-status", "flagged")
    coder.by("status-queue").click()
    expect(page.locator(f'[data-key="{coder.key}"]')).to_contain_text("in your queue")
    kept_by_the_kernel(coder, str(coder.key))
    page.reload(wait_until="commit")
    expect(coder.by("status-queue")).to_have_text("queue 1")
