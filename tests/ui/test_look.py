"""Every page at every size, in both themes, and after Python has gone: readable, in its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import expect

CONTRAST, TARGETS, OUTSIDE, FRAME = (
    (Path(__file__).parent / "measures" / f"{name}.js").read_text("utf-8")
    for name in ("contrast", "targets", "outside", "frame")
)
PATIENCE = 60_000
PAGES = ("home", "annotate", "flow", "train", "results")
#: The last is a window of 1440 x 900 magnified twice.
SIZES = ((1440, 900), (1280, 720), (1024, 768), (720, 450))

# What tells that a page is drawn to its last part.
DRAWN = {
    "home": '[data-testid="run-laenet-001"]',
    "annotate": '[data-testid="canvas-current"][data-frame]',
    "flow": ".mx-flow-probe .mx-regions",
    "train": '[data-testid="plan-sentence"]',
    "results": '[data-testid="matrix-full"]',
}


@pytest.fixture(scope="module")
def pages(browser: Any, server: Any) -> Iterator[dict[str, Any]]:
    """All pages, opened at once and one time for all that is looked at on them."""
    found = {}
    for name in PAGES:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
        context.set_default_timeout(PATIENCE)
        page = found[name] = context.new_page()
        query = {"run": "laenet-001"} if name in ("train", "results") else {}
        page.goto(server.address(name, **query), wait_until="commit")
    for name, page in found.items():
        page.locator(DRAWN[name]).first.wait_for()
    yield found
    for page in found.values():
        page.context.close()


@pytest.fixture(scope="module")
def dead(pages: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The frame of each page just before its kernel was killed."""
    before = {}
    for name, page in pages.items():
        page.set_viewport_size({"width": 1440, "height": 900})
        before[name] = settled(page)
        kill_kernel(page)
    return before


def choose_theme(page: Any, theme: str) -> None:
    page.get_by_test_id("theme").select_option(theme)
    expect(page.locator("html")).to_have_attribute("data-mx-theme", theme)
    # The browser's own controls, too, though the system's theme is the dark one.
    expect(page.locator("html")).to_have_css("color-scheme", theme)


@pytest.mark.parametrize("name", PAGES)
def test_all_text_has_contrast_and_targets_are_large_enough(
    pages: dict[str, Any], name: str
) -> None:
    opened, found = pages[name], {}
    for theme in ("dark", "light"):
        choose_theme(opened, theme)
        found[theme] = opened.evaluate(CONTRAST)
    found["targets"] = opened.evaluate(TARGETS)
    assert not any(found.values()), found


@pytest.mark.parametrize("name", PAGES)
def test_nothing_leaves_the_window_and_the_plan_not_the_sight(
    pages: dict[str, Any], name: str
) -> None:
    opened, found = pages[name], {}
    for width, height in SIZES:
        opened.set_viewport_size({"width": width, "height": height})
        if name not in ("home", "flow"):
            folded = {1440: 0, 1280: 0, 1024: 1, 720: 1}[width]
            buttons = opened.locator('.mx-fold-button[aria-expanded="false"]')
            expect(buttons).to_have_count(folded)
        settled(opened)
        found[f"{width}x{height}"] = opened.evaluate(OUTSIDE)
        if name == "train" and height >= 720:
            plan_in_sight(opened, height)
    assert not any(found.values()), found


def plan_in_sight(page: Any, height: int) -> None:
    """What will be trained, the button, or why it cannot, whatever of the form is on show."""
    database, sentence = (
        page.get_by_test_id("database-casme2"),
        page.get_by_test_id("plan-sentence"),
    )
    start, notes = page.get_by_test_id("start-run"), page.get_by_test_id("plan-notes")
    expect(sentence).to_contain_text("folds")
    expect(notes).to_contain_text("negative")
    for part in (sentence, start):
        expect(part).to_be_in_viewport(ratio=1)
    if height == 900:
        # All of the form and of the plan at once.
        for part in (database, page.get_by_test_id("epochs"), notes):
            expect(part).to_be_in_viewport(ratio=1)
    database.uncheck()
    expect(sentence).to_have_text("Choose at least one database.")
    expect(sentence).to_be_in_viewport(ratio=1)
    database.check()
    expect(start).to_be_enabled()
    notes.scroll_into_view_if_needed()
    for part in (sentence, start, notes):
        expect(part).to_be_in_viewport(ratio=1)


def settled(page: Any) -> dict[str, Any]:
    """The frame of the page, once two looks in a row are the same."""
    page.evaluate("window.mxFrames = []")
    page.wait_for_function(
        f"() => {{ const now = JSON.stringify(({FRAME})());"
        " const same = window.mxFrames.at(-1) === now; window.mxFrames.push(now); return same; }",
        polling=150,
    )
    return dict(page.evaluate(FRAME))


@pytest.mark.parametrize("name", PAGES)
def test_the_page_stays_as_it_is_when_python_dies(
    pages: dict[str, Any], dead: dict[str, dict[str, Any]], name: str
) -> None:
    """Last of all: nothing comes back to life. Jupyter marks every box of a dead kernel."""
    opened, before = pages[name], dead[name]
    expect(opened.get_by_test_id("liveness")).to_contain_text(
        "Python has stopped", timeout=PATIENCE
    )
    opened.locator(".jupyter-widgets-disconnected").first.wait_for(state="attached")
    after = settled(opened)
    assert (after["foot"], after["top"]) == (before["foot"], before["top"])
    for part in ("left", "centre", "right"):
        # What was folded, or is not there, stays so; the others begin below the bar.
        left, right, _, bottom = before[part] or (None, None, None, None)
        expected = before[part] and [left, right, after["head"][3], bottom]
        assert after[part] == expected, part
    for width, height in SIZES[:2]:
        opened.set_viewport_size({"width": width, "height": height})
        after = settled(opened)
        assert after["disconnected"] > 0
        assert (after["icons"], after["broken"]) == (0, 0)
        assert after["alarms"] == 1
        assert after["foot"][3] == height
        assert opened.evaluate(OUTSIDE) == []
        if name == "annotate":
            expect(opened.get_by_test_id("search")).to_be_visible()
            top = opened.get_by_test_id("search").bounding_box()["y"]
            assert top >= after["head"][3]


def kill_kernel(page: Any) -> None:
    config = "JSON.parse(document.getElementById('jupyter-config-data').textContent)"
    name = page.evaluate(f"{config}.kernelId")
    kernel = next(
        process
        for process in psutil.process_iter(["cmdline"])
        if any(name in part for part in process.info["cmdline"] or ())
    )
    kernel.kill()
