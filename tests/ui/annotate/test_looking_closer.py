"""Loops, true speed, landmarks, zoom by key."""

from __future__ import annotations

import re
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect


def test_a_selection_is_looped_and_left_again(open_clip: Any) -> None:
    coder = open_clip()
    numbers = coder.numbers
    coder.step(3)
    coder.press("s")
    coder.step(5)
    coder.press("s")
    expect(coder.by("loop")).to_have_text("loop selection")
    expect(coder.by("mx-selection")).to_have_count(1)
    coder.press("Space")
    seen = coder.page.evaluate(
        """() => new Promise((resolve) => {
          const canvas = document.querySelector('[data-testid=canvas-current]');
          const seen = [];
          new MutationObserver(() => {
            seen.push(Number(canvas.dataset.frame));
            if (seen.length === 20) resolve(seen);
          }).observe(canvas, { attributes: true, attributeFilter: ['data-frame'] });
        })"""
    )
    assert set(seen) <= set(numbers[3:9])
    coder.press("Space", "s")
    expect(coder.by("loop")).to_have_text("loop clip")


def test_true_speed_says_that_frames_are_dropped(open_clip: Any) -> None:
    coder = open_clip()
    coder.press("t")
    expect(coder.by("speed")).to_have_text("1×")
    expect(coder.by("toast")).to_contain_text(re.compile(r"1 frame in \d\.\d: 200 a second"))
    coder.press("t")
    expect(coder.by("speed")).to_have_text("1/8×")


def test_landmarks_lie_over_the_frame_on_show(open_clip: Any) -> None:
    coder = open_clip()
    layer = coder.by("landmarks")
    expect(layer).to_be_hidden()
    coder.press("p")
    expect(layer).to_have_attribute("data-frame", str(coder.numbers[0]), timeout=60_000)
    expect(layer.locator("polyline, polygon")).to_have_count(9)
    coder.step(2)
    expect(layer).to_have_attribute("data-frame", str(coder.numbers[2]), timeout=60_000)
    inside = coder.page.evaluate(
        """() => {
          const pane = document.querySelector('[data-testid=canvas-current]');
          const face = document.querySelector('[data-testid=landmarks] polyline');
          const [outer, inner] = [pane, face].map((each) => each.getBoundingClientRect());
          return inner.width > 20 && inner.left >= outer.left && inner.right <= outer.right
            && inner.top >= outer.top && inner.bottom <= outer.bottom;
        }"""
    )
    assert inside
    coder.press("p")
    expect(layer).to_be_hidden()


def test_zoom_and_pan_by_key_stay_put_between_frames(open_clip: Any) -> None:
    coder = open_clip()
    canvas = coder.by("canvas-current")
    coder.press("+", "+", "+", "+", "Control+ArrowRight")
    zoomed = canvas.evaluate("canvas => canvas.style.transform")
    assert re.search(r"scale\(2\.4", zoomed)
    assert not zoomed.startswith("translate(0px, 0px)")
    coder.step(2)
    assert canvas.evaluate("canvas => canvas.style.transform") == zoomed
    coder.press("r")
    expect(coder.by("zoom")).to_have_text("wheel zooms")
