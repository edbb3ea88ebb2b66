"""The next clip's picture is there before the kernel knows; its coding is never another's."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mexlab.data.clips import ClipKey

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect


def neighbour(coder: Any, step: int) -> Any:
    """The coder at the clip that many rows on in the list as it stands, once it was fetched."""
    rows = coder.by("clip-row")
    keys = rows.evaluate_all("rows => rows.map((row) => row.dataset.key)")
    key = keys[keys.index(str(coder.key)) + step]
    expect(coder.by("hud")).to_have_attribute("data-ahead", re.compile(re.escape(key)))
    return coder.at(ClipKey.parse(key))


@pytest.fixture
def between(demo_workspace: Any, open_clip: Any, wipe_coding: Any) -> Any:
    """A clip that stands between two others in the list; nobody has coded any of them."""
    keys = [row.key for row in demo_workspace.store.clips() if not row.features_only]
    for key in keys[:5]:
        wipe_coding(key)
    return open_clip(keys[2])


def test_the_next_clip_is_seen_and_stepped_while_the_kernel_stands_still(between: Any) -> None:
    coder = between
    coder.press("o", "1")
    coder.is_saved()
    beyond = neighbour(coder, 1)
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
    beyond = neighbour(coder, 1)
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
    before = neighbour(coder, -1)
    store, name = coder.workspace.store, coder.workspace.coder
    store.change_coding(before.key, name, {"onset": before.numbers[9], "apex": None}, page="test")
    coder.press("k")
    before.sees_frame(before.numbers[9])
    before.sees_marks(before.numbers[9])
    expect(coder.by("canvas-onset")).to_have_attribute("data-frame", str(before.numbers[9]))


def test_the_neighbours_are_those_of_the_coders_own_order(between: Any) -> None:
    coder = between
    neighbour(coder, 1)
    coder.press("Shift+R")
    expect(coder.by("order")).to_contain_text("random")
    try:
        rows = coder.by("clip-row").evaluate_all("rows => rows.map((row) => row.dataset.key)")
        at = rows.index(str(coder.key))
        step = 1 if at + 1 < len(rows) else -1
        shuffled = neighbour(coder, step)
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
