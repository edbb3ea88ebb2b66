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

# Kinds of things that a person can act on, in the accessibility tree.
ACTIONABLE = {
    "button", "textbox", "searchbox", "combobox", "slider", "link", "checkbox", "radio", "option",
    "listbox", "dialog", "group",
}  # fmt: skip

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
    tree = coder.page.context.new_cdp_session(coder.page)
    for keys in ((), ("Enter", "w"), ("Escape", "?")):
        coder.press(*keys)
        if "w" in keys:
            expect(coder.by("history").locator("li")).to_have_count(2)
        nodes = tree.send("Accessibility.getFullAXTree")["nodes"]
        things = [
            node
            for node in nodes
            if not node.get("ignored") and node["role"]["value"] in ACTIONABLE
        ]
        roles = {node["role"]["value"] for node in things}
        assert {"button", "slider", "listbox", "option"} <= roles or "dialog" in roles
        nameless = [node for node in things if not node.get("name", {}).get("value")]
        assert [(node["role"]["value"], node.get("description")) for node in nameless] == []


def test_nothing_is_told_by_colour_alone(open_clip: Any) -> None:
    coder = open_clip()
    coder.press("o")
    coder.step(3)
    coder.press("a")
    coder.step(3)
    coder.press("f", "1", "g")
    shapes = set()
    for name in ("onset", "apex", "offset"):
        mark = coder.by(f"mark-{name}")
        expect(mark.locator("text")).to_contain_text(name)
        shapes.add(mark.locator(".mx-mark-grip").get_attribute("d"))
    assert len(shapes) == 3
    row = coder.page.locator(f'[data-testid=clip-row][data-key="{coder.key}"]')
    expect(row.locator(".mx-tag")).to_have_text("happiness")
    dot = row.locator(".mx-dot")
    expect(dot).to_have_attribute("aria-label", "flagged")
    form = "(dot) => [getComputedStyle(dot).clipPath, getComputedStyle(dot).backgroundImage].join()"
    flagged = dot.evaluate(form)
    coder.press("g")
    expect(dot).to_have_attribute("aria-label", "draft")
    draft = dot.evaluate(form)
    coder.press("Control+s")
    expect(dot).to_have_attribute("aria-label", "committed")
    assert len({flagged, draft, dot.evaluate(form)}) == 3


def test_light_and_the_full_frame_are_within_reach_of_tab(open_clip: Any) -> None:
    coder = open_clip()
    coder.press("Shift+Tab", "Enter")
    expect(coder.by("choose-full")).to_have_attribute("aria-pressed", "true")
    coder.press("Shift+Tab", "Enter")
    expect(coder.by("choose-face")).to_have_attribute("aria-pressed", "true")
    coder.press("Shift+Tab", "Enter", "Tab", "ArrowRight", "ArrowRight", "Tab", "ArrowRight")
    filtered = coder.by("canvas-current").evaluate(
        "canvas => { let seen = ''; for (let at = canvas; at; at = at.parentElement)"
        " seen += ' ' + getComputedStyle(at).filter; return seen; }"
    )
    assert "brightness(1.1) contrast(1.05)" in filtered
    coder.press("Tab", "Enter", "Escape", "ArrowRight")
    coder.sees_frame(coder.numbers[1])


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
