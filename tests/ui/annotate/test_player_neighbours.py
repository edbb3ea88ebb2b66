"""The next clip's picture is there before the kernel knows; its coding is never another's."""

from __future__ import annotations

from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect


def test_the_next_clip_is_seen_and_stepped_while_the_kernel_stands_still(between: Any) -> None:
    coder = between
    coder.press("o", "1")
    coder.is_saved()
    beyond = coder.neighbour(1)
    with coder.kernel_stopped():
        coder.press("j")
        beyond.shows_the_file_of(beyond.numbers[0])
        # Nothing of the clip before beside it, and no mark on its timeline.
        expect(coder.by("commit")).to_be_hidden()
        expect(coder.by("value-onset")).to_be_hidden()
        expect(coder.by("mark-onset")).to_be_hidden()
        expect(coder.by("form-wait")).to_be_visible()
        coder.press("ArrowRight", "ArrowRight", "ArrowRight")
        beyond.shows_the_file_of(beyond.numbers[3])
        assert coder.differing_pixels(coder.numbers[0], "current") != 0
    expect(coder.by("commit")).to_be_visible()
    beyond.sees_marks()
    beyond.sees_frame(beyond.numbers[3])
    # What had been fetched went on under the same name: all of the clip comes.
    coder.press("End")
    beyond.shows_the_file_of(beyond.numbers[-1])
    assert coder.stored().onset == coder.numbers[0]
    assert beyond.stored().onset is None


def test_a_mark_pressed_before_the_coding_came_is_of_the_frame_seen(between: Any) -> None:
    coder = between
    beyond = coder.neighbour(1)
    with coder.kernel_stopped():
        coder.press("j")
        beyond.sees_frame(beyond.numbers[0])
        coder.press("ArrowRight", "ArrowRight")
        beyond.sees_frame(beyond.numbers[2])
        coder.press("o", "3", "ArrowRight")
        beyond.sees_frame(beyond.numbers[3])
    beyond.sees_marks(beyond.numbers[2])
    beyond.is_saved()
    assert beyond.stored().onset == beyond.numbers[2]
    assert beyond.stored().emotion
    assert coder.stored().onset is None
    assert coder.stored().emotion == ""


def test_a_clip_coded_elsewhere_meanwhile_opens_with_its_coding_of_now(between: Any) -> None:
    coder = between
    before = coder.neighbour(-1)
    store, name = coder.workspace.store, coder.workspace.coder
    store.change_coding(before.key, name, {"onset": before.numbers[9], "apex": None}, page="test")
    coder.press("k")
    before.sees_frame(before.numbers[9])
    before.sees_marks(before.numbers[9])
    expect(coder.by("canvas-onset")).to_have_attribute("data-frame", str(before.numbers[9]))


def test_the_neighbours_are_those_of_the_coders_own_order(between: Any) -> None:
    coder = between
    coder.neighbour(1)
    coder.press("Shift+R")
    expect(coder.by("order")).to_contain_text("random")
    try:
        rows = coder.by("clip-row").evaluate_all("rows => rows.map((row) => row.dataset.key)")
        at = rows.index(str(coder.key))
        step = 1 if at + 1 < len(rows) else -1
        shuffled = coder.neighbour(step)
        held = coder.by("hud").get_attribute("data-ahead").split()
        assert len(held) <= 3
        assert 0 < int(coder.by("hud").get_attribute("data-ahead-bytes")) < 64 * 2**20
        with coder.kernel_stopped():
            coder.press("j" if step > 0 else "k")
            shuffled.shows_the_file_of(shuffled.numbers[0])
        shuffled.sees_marks()
    finally:
        coder.press("Shift+R")
        expect(coder.by("order")).to_contain_text("in order")
