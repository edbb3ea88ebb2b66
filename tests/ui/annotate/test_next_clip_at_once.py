"""Any frame of the next clip is there at once; a wait is said; no mark lands on a frame unseen."""

from __future__ import annotations

from typing import Any

import pytest

from mexlab.data.clips import ClipKey

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

# A lost question is asked again after 5 s (MX_STALL_MS): that must not be what brings a frame.
# No finer here, for two cores may be busy; benchmarks/bench_player.py measures the wait.
BEFORE_THE_WATCHMAN_MS = 3000

#: From the press of a key until a frame is painted, in the browser's own time.
STOPWATCH = """
window.stopwatch = { pressed: null, shown: {} };
document.addEventListener('keydown', (event) => {
  if (event.key === 'j') Object.assign(stopwatch, { pressed: event.timeStamp, shown: {} });
}, true);
new MutationObserver((changes) => {
  for (const { target } of changes) {
    if (target.dataset.testid !== 'canvas-current' || !target.dataset.frame) continue;
    stopwatch.shown[target.dataset.frame] ??= performance.now() - stopwatch.pressed;
  }
}).observe(document.body, { subtree: true, attributes: true, attributeFilter: ['data-frame'] });
"""


def test_the_last_frame_and_one_twenty_on_come_without_the_watchman(between: Any) -> None:
    coder = between
    coder.page.evaluate(STOPWATCH)
    for keys, index in ((("End",), -1), (("Shift+ArrowRight", "Shift+ArrowRight"), 20)):
        coder = coder.neighbour(1)
        coder.press("j", *keys)
        coder.shows_the_file_of(coder.numbers[index])
        took = coder.page.evaluate(f"stopwatch.shown['{coder.numbers[index]}']")
        assert took < BEFORE_THE_WATCHMAN_MS


def test_a_wait_is_said_on_the_picture_and_no_mark_lands_on_the_old_frame(between: Any) -> None:
    coder = between
    beyond = coder.neighbour(1)
    wait = coder.page.locator(".mx-pane-current").get_by_test_id("wait")
    with coder.kernel_stopped():
        coder.press("j")
        beyond.sees_frame(beyond.numbers[0])
        coder.press("End", "a", "b", "s")
        expect(wait).to_be_visible()
        expect(wait).to_have_text(f"frame {beyond.numbers[-1]} is on its way…")
        expect(coder.by("toast")).to_contain_text(f"frame {beyond.numbers[-1]} is not on show yet")
        # The picture has not moved, and the number beside it says the same.
        beyond.sees_frame(beyond.numbers[0])
    beyond.shows_the_file_of(beyond.numbers[-1])
    expect(coder.by("wait")).to_be_hidden()
    beyond.sees_marks()
    expect(coder.by("mx-selection")).to_have_count(0)
    coder.press("a")
    beyond.sees_marks(apex=beyond.numbers[-1])
    beyond.is_saved()
    assert beyond.stored().apex == beyond.numbers[-1]
    assert coder.stored().apex is None


def test_there_and_back_before_the_kernel_knew_of_it(between: Any) -> None:
    coder = between
    coder.press("ArrowRight", "o")
    coder.is_saved()
    coder.neighbour(1)
    with coder.kernel_stopped():
        coder.press("j", "k")
    coder.sees_marks(onset=coder.numbers[1])
    expect(coder.by("mark-onset")).to_have_attribute("aria-valuenow", str(coder.numbers[1]))
    coder.press("End")
    coder.shows_the_file_of(coder.numbers[-1])
    coder.press("f")
    coder.sees_marks(onset=coder.numbers[1], offset=coder.numbers[-1])
    coder.is_saved()
    assert coder.stored().offset == coder.numbers[-1]


def test_keys_pressed_for_a_clip_that_is_not_here_yet_are_kept_for_it(between: Any) -> None:
    coder = between
    rows = coder.by("clip-row")
    keys = rows.evaluate_all("rows => rows.map((row) => row.dataset.key)")
    far = coder.at(ClipKey.parse(keys[keys.index(str(coder.key)) + 3]))
    before = coder.by("frame-number").inner_text()
    with coder.kernel_stopped():
        coder.page.locator(f'[data-testid="clip-row"][data-key="{far.key}"]').click()
        coder.press("End", "ArrowLeft")
        expect(coder.by("wait")).to_have_text(f"opening {far.key.name}…")
        # Not moved in the clip that one has left.
        expect(coder.by("frame-number")).to_have_text(before)
    far.shows_the_file_of(far.numbers[-2])
    expect(coder.by("wait")).to_be_hidden()


def test_a_new_browser_begins_on_the_face(new_page: Any, open_clip: Any) -> None:
    page = new_page()
    # What was on show when the first picture was painted, whatever came after.
    page.add_init_script(
        """new MutationObserver((_, watcher) => {
          const canvas = document.querySelector("[data-testid=canvas-current][data-frame]");
          if (!canvas) return;
          window.begunWith = document.querySelector("[data-testid=player]").dataset.face;
          watcher.disconnect();
        }).observe(document, { subtree: true, childList: true, attributes: true });"""
    )
    coder = open_clip(on=page)
    assert page.evaluate("window.begunWith") in ("guessed", "found")
    expect(coder.by("player")).to_have_attribute("data-face", "found", timeout=60_000)


def test_the_next_clip_opens_on_its_face_and_not_on_the_whole_frame_first(between: Any) -> None:
    coder = between
    beyond = coder.neighbour(1)
    coder.page.wait_for_function(
        "key => (localStorage.getItem('mexlab:faces') || '').includes(key)", arg=str(beyond.key)
    )
    with coder.kernel_stopped():
        coder.press("j")
        beyond.sees_frame(beyond.numbers[0])
        expect(coder.by("player")).to_have_attribute("data-face", "found")
        place = coder.by("canvas-current").get_attribute("style")
        assert "left: 0px" not in place
    beyond.sees_marks()
    expect(coder.by("curve-legend")).to_have_attribute("data-state", "ready", timeout=60_000)
    assert coder.by("canvas-current").get_attribute("style") == place
