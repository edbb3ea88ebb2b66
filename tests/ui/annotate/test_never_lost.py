"""Marks outlive a reload, a second tab and a dead kernel."""

from __future__ import annotations

from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect


def test_marks_by_key_are_there_after_a_reload(open_clip: Any) -> None:
    coder = open_clip()
    numbers = coder.numbers
    coder.step(5)
    coder.press("o")
    coder.step(9)
    coder.press("a", "Shift+ArrowRight")
    coder.sees_frame(numbers[24])
    coder.press("f", "1")
    coder.sees_marks(numbers[5], numbers[14], numbers[24])
    coder.is_saved()
    stored = coder.stored()
    assert (stored.onset, stored.apex, stored.offset) == (numbers[5], numbers[14], numbers[24])
    assert stored.status == "draft"
    assert stored.emotion
    # The address follows, so that a reload comes back to the clip and the frame.
    coder.address_holds(numbers[24])
    coder.page.reload(wait_until="commit")
    coder.sees_frame(numbers[24])
    coder.sees_marks(numbers[5], numbers[14], numbers[24])
    expect(coder.by(f"emotion-{stored.emotion}")).to_have_attribute("aria-pressed", "true")
    for name, at in {"onset": 5, "apex": 14, "offset": 24}.items():
        expect(coder.by(f"mark-{name}")).to_have_attribute("aria-valuenow", str(numbers[at]))


def test_undo_and_redo_reach_over_a_reload(open_clip: Any) -> None:
    coder = open_clip()
    numbers = coder.numbers
    coder.press("o")
    coder.step(1)
    coder.press("a")
    coder.sees_marks(numbers[0], numbers[1])
    coder.is_saved()
    coder.address_holds(numbers[1])
    coder.page.reload(wait_until="commit")
    coder.sees_frame(numbers[1])
    coder.sees_marks(numbers[0], numbers[1])
    coder.press("Control+z")
    coder.sees_marks(numbers[0])
    expect(coder.by("toast")).to_contain_text("undo: apex")
    coder.press("Control+z")
    coder.sees_marks()
    coder.press("Control+y")
    coder.sees_marks(numbers[0])
    coder.press("Control+Shift+z")
    coder.sees_marks(numbers[0], numbers[1])
    assert coder.stored().apex == numbers[1]


def test_a_second_tab_is_told_and_overwrites_nothing(open_clip: Any, new_page: Any) -> None:
    first = open_clip()
    second = open_clip(first.key, on=new_page())
    first.press("o")
    first.is_saved()
    second.step(7)
    second.press("o")
    expect(second.by("unsaved")).to_contain_text("Changed in another tab")
    second.sees_marks(first.numbers[0])
    assert first.stored().onset == first.numbers[0]
    second.by("apply-mine").click()
    second.sees_marks(first.numbers[7])
    second.is_saved()
    assert first.stored().onset == first.numbers[7]


def test_a_dead_kernel_is_told_and_the_edit_is_sent_by_the_next(open_clip: Any) -> None:
    coder = open_clip()
    coder.press("o")
    coder.is_saved()
    kernel = coder.page.evaluate(
        "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"
    )
    status = coder.page.evaluate(
        """async (id) => {
          const xsrf = document.cookie.match(/_xsrf=([^;]+)/);
          const answer = await fetch(`/api/kernels/${id}`, {
            method: 'DELETE', headers: xsrf ? { 'X-XSRFToken': xsrf[1] } : {},
          });
          return answer.status;
        }""",
        kernel,
    )
    assert status == 204
    coder.step(3)
    coder.press("a")
    coder.sees_marks(coder.numbers[0], coder.numbers[3])
    expect(coder.by("unsaved")).to_contain_text("NOT SAVED")
    expect(coder.by("status")).to_contain_text("NOT SAVED")
    assert coder.stored().apex is None
    # Stepping goes on without a kernel: the clip is in the browser.
    coder.press("ArrowRight")
    coder.shows_the_file_of(coder.numbers[4])
    coder.page.reload(wait_until="commit")
    coder.sees_marks(coder.numbers[0], coder.numbers[3])
    coder.is_saved()
    expect(coder.by("unsaved")).to_be_hidden()
    assert coder.stored().apex == coder.numbers[3]
