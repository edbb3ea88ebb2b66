"""The page for those who hear it or see where the focus is: names, spoken frames, focus rings."""

from __future__ import annotations

from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

# Controls in sight that a screen reader would announce without a name.
NAMELESS = """() => [...document.querySelectorAll(
    '.mexlab-page button, .mexlab-page input, .mexlab-page textarea, .mexlab-page select, '
    + '.mexlab-page [tabindex="0"], .mexlab-page [role=listbox], .mexlab-page [role=img]')]
  .filter((each) => each.getBoundingClientRect().width > 0)
  .filter((each) => !(each.getAttribute('aria-label') || each.textContent.trim()
    || each.title || each.closest('label')))
  .map((each) => each.outerHTML.slice(0, 120))"""

RINGED = """() => {
  const at = document.activeElement;
  const shown = [at, ...at.querySelectorAll('.mx-pane-current, rect')];
  return shown.some((each) => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1)
      || (style.stroke !== 'none' && parseFloat(style.strokeWidth) >= 2);
  }) ? '' : at.outerHTML.slice(0, 120);
}"""


def test_every_control_has_a_name(open_clip: Any) -> None:
    coder = open_clip()
    coder.press("o", "u")
    coder.page.keyboard.type("12")
    expect(coder.by("unit-face").locator("[data-unit]")).to_have_count(2)
    assert coder.page.evaluate(NAMELESS) == []


def test_the_frame_is_spoken_where_the_playhead_rests(open_clip: Any) -> None:
    coder = open_clip()
    coder.step(7)
    expect(coder.by("spoken")).to_contain_text(f"frame {coder.numbers[7]}, of")


def test_whatever_tab_reaches_shows_that_it_has_the_focus(open_clip: Any) -> None:
    coder = open_clip()
    coder.press("o")
    coder.sees_marks(coder.numbers[0])
    seen = set()
    for _ in range(45):
        coder.press("Tab")
        assert coder.page.evaluate(RINGED) == ""
        seen.add(coder.page.evaluate("document.activeElement.dataset.testid || ''"))
    assert {"mark-onset", "commit", "action-units", "note"} <= seen
