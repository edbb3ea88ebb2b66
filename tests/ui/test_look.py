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


@pytest.fixture(scope="module", params=PAGES)
def opened(request: Any, browser: Any, server: Any) -> Iterator[Any]:
    """One page, opened once for all that is looked at on it."""
    name = request.param
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    query = {"run": "laenet-001"} if name in ("train", "results") else {}
    page.goto(server.address(name, **query), wait_until="commit")
    page.locator(DRAWN[name]).first.wait_for()
    page.mx_name = name
    yield page
    context.close()


def choose_theme(page: Any, theme: str) -> None:
    page.get_by_test_id("theme").select_option(theme)
    expect(page.locator("html")).to_have_attribute("data-mx-theme", theme)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_all_text_has_contrast(opened: Any, theme: str) -> None:
    choose_theme(opened, theme)
    found = opened.evaluate(CONTRAST)
    assert not found, "\n".join(found)


def test_targets_are_large_enough(opened: Any) -> None:
    found = opened.evaluate(TARGETS)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
def test_nothing_leaves_the_window(opened: Any, size: tuple[int, int]) -> None:
    opened.set_viewport_size({"width": size[0], "height": size[1]})
    folded = {1440: 0, 1280: 0, 1024: 1, 720: 1}[size[0]]
    if opened.mx_name not in ("home", "flow"):
        expect(opened.locator('.mx-fold-button[aria-expanded="false"]')).to_have_count(folded)
    settled(opened)
    found = opened.evaluate(OUTSIDE)
    assert not found, "\n".join(found)


def test_results_show_every_matrix_and_train_its_recipe_and_plan(opened: Any) -> None:
    if opened.mx_name == "results":
        opened.set_viewport_size({"width": 1440, "height": 900})
        foot = opened.locator(".mx-foot-bar").bounding_box()["y"]
        for matrix in opened.locator(".mx-matrix").all():
            box = matrix.bounding_box()
            assert box["y"] + box["height"] <= foot
    elif opened.mx_name == "train":
        opened.set_viewport_size({"width": 1280, "height": 720})
        start = opened.get_by_test_id("start-run").bounding_box()
        assert start["y"] + start["height"] <= 720
        for name in ("epochs", "plan-sentence"):
            part = opened.get_by_test_id(name)
            part.scroll_into_view_if_needed()
            inner = part.evaluate("e => e.scrollHeight <= e.clientHeight + 1 || e.matches('input')")
            box = part.bounding_box()
            assert inner
            assert box["y"] >= 44
            assert opened.get_by_test_id("start-run").is_visible()


def settled(page: Any) -> dict[str, Any]:
    """The frame of the page, once two looks in a row are the same."""
    page.evaluate("window.mxFrames = []")
    page.wait_for_function(
        f"() => {{ const now = JSON.stringify(({FRAME})());"
        " const same = window.mxFrames.at(-1) === now; window.mxFrames.push(now); return same; }",
        polling=150,
    )
    return dict(page.evaluate(FRAME))


@pytest.mark.parametrize("size", SIZES[:2], ids=lambda size: "x".join(map(str, size)))
def test_the_page_stays_as_it_is_when_python_dies(opened: Any, size: tuple[int, int]) -> None:
    """Last of all: nothing comes back to life. Jupyter marks every box of a dead kernel."""
    opened.set_viewport_size({"width": size[0], "height": size[1]})
    banner = opened.get_by_test_id("liveness")
    if banner.is_hidden():
        before = settled(opened)
        kill_kernel(opened)
        expect(banner).to_contain_text("Python has stopped", timeout=PATIENCE)
        opened.locator(".jupyter-widgets-disconnected").first.wait_for(state="attached")
        after = settled(opened)
        assert (after["foot"], after["top"]) == (before["foot"], before["top"])
        for name in ("left", "centre", "right"):
            # What was folded, or is not there, stays so; the others begin below the bar.
            left, right, _, bottom = before[name] or (None, None, None, None)
            expected = before[name] and [left, right, after["head"][3], bottom]
            assert after[name] == expected, name
    after = settled(opened)
    assert after["disconnected"] > 0
    assert (after["icons"], after["broken"]) == (0, 0)
    assert after["alarms"] == 1
    assert after["foot"][3] == size[1]
    assert opened.evaluate(OUTSIDE) == []
    if opened.mx_name == "annotate":
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
