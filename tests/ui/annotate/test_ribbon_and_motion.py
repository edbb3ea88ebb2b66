"""The ribbon, magnified motion, the closer timeline, live checks; blind until a commit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from mexlab.pages.annotate.coder_choices import ChoicesFile
from mexlab.pages.annotate.machine.apex import find_apex

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect


@pytest.fixture(autouse=True)
def choices_as_before(demo_workspace: Any) -> Iterator[None]:
    """What a coder chooses is kept for the next test's pages too."""
    path = ChoicesFile(demo_workspace.path, demo_workspace.coder).path
    before = path.read_bytes() if path.exists() else None
    yield
    if before is not None:
        path.write_bytes(before)
    else:
        path.unlink(missing_ok=True)


def test_the_ribbon_shows_strain_motion_or_nothing_and_remembers_it(
    open_clip: Any, new_page: Any
) -> None:
    coder = open_clip()
    legend, top = coder.by("curve-legend"), coder.by("curve-top")
    expect(legend).to_have_attribute("data-state", "ready", timeout=60_000)
    expect(legend).to_have_attribute("data-quantity", "strain")
    expect(top).to_have_text(re.compile(r"\d %$"))
    strain = coder.by("curve-face").get_attribute("d")
    coder.press("Shift+S")
    expect(top).to_have_text(re.compile(r"\d px$"))
    assert coder.by("curve-face").get_attribute("d") != strain
    coder.by("ribbon-hidden").click()
    expect(coder.by("curve-face")).to_have_count(0)
    # The player keeps the keys, and another page of the same coder the choice.
    coder.step(1)
    again = open_clip(coder.key, on=new_page())
    expect(again.by("curve-legend")).to_have_attribute("data-quantity", "hidden")
    again.press("Shift+S")
    expect(again.by("curve-face")).to_have_count(1, timeout=60_000)


def test_motion_is_magnified_by_moving_the_skin_and_never_holds_up_a_step(open_clip: Any) -> None:
    coder = open_clip()
    canvas, caption = coder.by("canvas-current"), coder.page.locator(".mx-pane-current .mx-cap")
    numbers = coder.numbers
    coder.step(3)
    coder.press("o")
    coder.step(4)
    page = coder.page
    page.keyboard.down("m")
    expect(canvas).to_have_attribute("data-magnified", "brightness")
    coder.press("Shift+W")
    # Until the field has come, the brightness stands in, with a word.
    expect(caption).to_have_text(
        re.compile(rf"motion on its way|moved as to {numbers[7]} ×8"), timeout=60_000
    )
    expect(canvas).to_have_attribute("data-magnified", "motion", timeout=60_000)
    expect(caption).to_have_text(f"onset {numbers[3]}, moved as to {numbers[7]} ×8")
    # The gain changes in the browser; neighbours were computed ahead.
    page.keyboard.down("m")
    coder.step(1)
    expect(caption).to_have_text(f"onset {numbers[3]}, moved as to {numbers[8]} ×8")
    at_eight = pixels(coder)
    page.keyboard.up("m")
    coder.press("Shift+M")
    page.keyboard.down("m")
    expect(caption).to_have_text(f"onset {numbers[3]}, moved as to {numbers[8]} ×12")
    assert pixels(coder) != at_eight
    page.keyboard.up("m")
    coder.shows_the_file_of(numbers[8])
    page.reload(wait_until="commit")
    coder.sees_frame(numbers[8])
    page.keyboard.down("m")
    expect(canvas).to_have_attribute("data-magnified", "motion", timeout=60_000)
    page.keyboard.up("m")


def pixels(coder: Any) -> str:
    return str(coder.by("canvas-current").evaluate("canvas => canvas.toDataURL()"))


def test_a_closer_look_at_the_timeline_goes_along_with_the_playhead(open_clip: Any) -> None:
    coder = open_clip()
    place, mark = coder.by("timeline-place"), coder.by("mark-onset")
    box = coder.by("timeline").bounding_box()
    coder.press("o")
    # Close to the first frames: the wheel looks closer at what is under the pointer.
    coder.page.mouse.move(box["x"] + 22, box["y"] + box["height"] / 2)
    coder.page.mouse.wheel(0, -400)
    if len(coder.numbers) > 61:
        expect(place).to_have_count(1)
        expect(mark).to_be_visible()
        coder.press("End")
        coder.sees_frame(coder.numbers[-1])
        expect(coder.by("playhead")).to_have_attribute("data-frame", str(coder.numbers[-1]))
        if coder.numbers[-1] - coder.numbers[0] > 2 * 60:
            expect(mark).to_be_hidden()
    coder.press("Shift+T", "Shift+T", "Shift+T")
    while place.count():
        coder.press("Shift+T")
    expect(mark).to_be_visible()


def test_each_check_warns_as_soon_as_it_holds_and_goes_when_it_is_mended(open_clip: Any) -> None:
    coder = open_clip()
    told = coder.by("findings")
    expect(told).to_have_text("")
    coder.step(2)
    coder.press("o", "a")
    expect(told).to_contain_text("apex is the onset frame itself")
    expect(told).to_contain_text("no offset yet")
    expect(told).to_contain_text("no emotion yet")
    expect(told).to_contain_text("no action units yet")
    coder.step(-1)
    coder.press("a")
    expect(told).to_contain_text(f"onset {coder.numbers[2]} comes after apex {coder.numbers[1]}")
    coder.step(4)
    coder.press("a")
    coder.step(4)
    coder.press("f", "1", "u")
    coder.page.keyboard.type("12")
    coder.press("Enter")
    expect(told).to_have_text(re.compile(r"^✓\s*\d+ ms: within 500 ms \(total\)$"))
    coder.press("Control+s", "k")
    expect(coder.page.locator(f'[data-key="{coder.key}"]')).to_have_attribute(
        "data-status", "committed"
    )


def test_nothing_of_the_machines_apex_leaves_the_kernel_before_the_commit(
    open_clip: Any, page: Any, fresh_key: Any, demo_workspace: Any
) -> None:
    key = fresh_key()
    clip = demo_workspace.store.clip(key)
    # Found beforehand, and kept: the page's kernel has it as soon as the ribbon is there.
    found = find_apex(clip, None, None, demo_workspace.cache_dir, lambda: False)
    received: list[str] = []

    def heard(payload: Any) -> None:
        received.append(payload if isinstance(payload, str) else payload.decode("latin-1"))

    page.on("websocket", lambda socket: socket.on("framereceived", heard))
    coder = open_clip(key)
    expect(coder.by("curve-legend")).to_have_attribute("data-state", "ready", timeout=60_000)
    coder.step(1)
    coder.press("n")
    page.keyboard.type("looked")
    coder.press("Escape")
    coder.is_saved()

    def told() -> list[str]:
        return [
            text
            for text in received
            if re.search(r'"coder": ?"[^"]*(D&C-RoIs|largest motion|largest strain|database)', text)
        ]

    assert received
    assert told() == []
    assert 'data-testid="ghost' not in coder.by("timeline").inner_html()
    assert "RoIs" not in page.locator("body").inner_text()
    coder.press("Control+s")
    page.wait_for_url(lambda address: f"clip={key}" not in address)
    coder.press("k")
    # Methods that see it in one frame are named together.
    ghost = coder.by("timeline").locator('[data-testid=ghost-apex][data-coder*="D&C-RoIs"]')
    expect(ghost).to_have_attribute("data-frame", str(found["dc_rois"]), timeout=60_000)
    assert told()
