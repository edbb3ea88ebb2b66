"""What the list of clips says of a clip beyond its status: in words, and only what is true."""

from __future__ import annotations

from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect


def test_a_commit_with_warnings_is_seen_counted_and_found_again(
    open_clip: Any, nothing_coded: None
) -> None:
    coder = open_clip()
    row = coder.page.locator(f'[data-testid="clip-row"][data-key="{coder.key}"]')
    expect(coder.by("status-warned")).to_have_count(0)
    coder.press("o", "1", "Control+s")
    # Nothing is committed late or lost: the answer comes while the next clip is open already.
    expect(row.get_by_test_id("row-warned")).to_have_text("! 2 warnings · ")
    expect(row).to_have_attribute(
        "title",
        f"{coder.key}\n! no apex, no offset yet: it will be kept as incomplete\n"
        "! no action units yet",
    )
    expect(coder.by("warned-count")).to_have_text("1 with a warning")
    chip = coder.by("status-warned")
    expect(chip).to_have_text("warnings 1")
    chip.click()
    # The open clip stays in sight.
    expect(coder.by("clip-row")).to_have_count(2)
    coder.page.reload(wait_until="commit")
    expect(row.get_by_test_id("row-warned")).to_have_text("! 2 warnings · ")
    row.click()
    coder.sees_marks(coder.numbers[0])
    coder.press("u")
    expect(coder.page.locator(".mx-complete-holder input")).to_be_focused()
    coder.page.keyboard.type("12")
    coder.press("Enter")
    expect(row.get_by_test_id("row-warned")).to_have_text("! 1 warning · ")
