"""Fingers in place of keys."""

from __future__ import annotations

from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect


def test_buttons_step_and_flicker_for_as_long_as_they_are_held(open_clip: Any) -> None:
    coder = open_clip()
    page = coder.page
    coder.by("hold-frame-forward").click()
    coder.sees_frame(coder.numbers[1])
    coder.by("hold-frame-back").click()
    coder.sees_frame(coder.numbers[0])
    coder.by("hold-frame-forward").hover()
    page.mouse.down()
    # On and on, and no further than the finger wants.
    page.wait_for_function(
        "least => +document.querySelector('[data-testid=canvas-current]').dataset.frame >= least",
        arg=coder.numbers[4],
    )
    page.mouse.up()
    at = int(coder.by("frame-number").inner_text())
    coder.press("ArrowLeft")
    coder.sees_frame(coder.numbers[coder.numbers.index(at) - 1])
    canvas = coder.by("canvas-current")
    coder.by("hold-flicker").dispatch_event("pointerdown", {"pointerId": 1, "pointerType": "touch"})
    expect(canvas).to_have_attribute("data-mode", "flicker")
    coder.by("hold-flicker").dispatch_event("pointerup", {"pointerId": 1, "pointerType": "touch"})
    expect(canvas).to_have_attribute("data-mode", "picture")
