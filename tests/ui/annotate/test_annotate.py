"""Every promise of the annotate page to a coder at work, kept in a real browser."""

from __future__ import annotations

import re
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect


def test_every_step_shows_exactly_the_frame_of_its_file(open_clip: Any) -> None:
    coder = open_clip()
    numbers = coder.numbers
    coder.shows_the_file_of(numbers[0])
    for at in range(1, 13):
        coder.press("ArrowRight" if at % 2 else ".")
        coder.shows_the_file_of(numbers[at])
    for at in range(11, 5, -1):
        coder.press("ArrowLeft" if at % 2 else ",")
        coder.shows_the_file_of(numbers[at])
    coder.press("Shift+ArrowRight")
    coder.shows_the_file_of(numbers[16])
    coder.press("Shift+ArrowLeft")
    coder.shows_the_file_of(numbers[6])
    coder.press("End")
    coder.shows_the_file_of(numbers[-1])
    coder.press("ArrowRight")
    coder.shows_the_file_of(numbers[-1])
    coder.press("Home")
    coder.shows_the_file_of(numbers[0])


def test_fast_steps_are_all_counted(open_clip: Any) -> None:
    coder = open_clip()
    expect(coder.page.locator(".mx-loading")).to_have_text("")
    coder.press(*["ArrowRight"] * 30)
    coder.shows_the_file_of(coder.numbers[30])
    coder.press(*["ArrowLeft"] * 17)
    coder.shows_the_file_of(coder.numbers[13])


def test_a_mark_can_be_dragged(open_clip: Any) -> None:
    coder = open_clip()
    numbers = coder.numbers
    coder.step(4)
    coder.press("o")
    coder.sees_marks(numbers[4])
    box = coder.by("mark-onset").locator("rect").bounding_box()
    track = coder.by("timeline").bounding_box()
    assert box is not None
    assert track is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    per_frame = (track["width"] - 40) / (numbers[-1] - numbers[0])
    coder.page.mouse.move(x, y)
    coder.page.mouse.down()
    coder.page.mouse.move(x + 5 * per_frame, y, steps=8)
    # The face follows while it is dragged; the mark is stored when it is let go.
    coder.sees_frame(numbers[9])
    assert coder.stored().onset in (None, numbers[4])
    coder.page.mouse.up()
    coder.sees_marks(numbers[9])
    expect(coder.by("mark-onset")).to_have_attribute("aria-valuenow", str(numbers[9]))
    coder.is_saved()
    assert coder.stored().onset == numbers[9]
    coder.press("ArrowRight")
    coder.sees_frame(numbers[10])


def test_a_mark_moves_by_key_when_it_is_chosen(open_clip: Any) -> None:
    coder = open_clip()
    numbers = coder.numbers
    coder.step(8)
    coder.press("a")
    coder.sees_marks(apex=numbers[8])
    coder.by("mark-apex").focus()
    coder.press("ArrowRight", "ArrowRight", "ArrowLeft")
    coder.sees_marks(apex=numbers[9])
    coder.sees_frame(numbers[9])
    coder.press("Delete")
    coder.sees_marks()
    coder.press("Escape", "ArrowRight")
    coder.sees_frame(numbers[10])


def test_a_click_on_the_timeline_goes_there(open_clip: Any) -> None:
    coder = open_clip()
    track = coder.by("timeline").bounding_box()
    assert track is not None
    middle = (coder.numbers[0] + coder.numbers[-1]) // 2
    x = 20 + (track["width"] - 40) * (middle - coder.numbers[0]) / (
        coder.numbers[-1] - coder.numbers[0]
    )
    coder.by("timeline").click(position={"x": x, "y": track["height"] / 2})
    coder.shows_the_file_of(middle)


def test_delete_clears_the_mark_at_the_playhead_only(open_clip: Any) -> None:
    coder = open_clip()
    numbers = coder.numbers
    coder.press("o")
    coder.step(12)
    coder.press("a")
    coder.sees_marks(numbers[0], numbers[12])
    coder.press("Backspace")
    coder.sees_marks(numbers[0])
    coder.step(-6)
    coder.press("Delete")
    expect(coder.by("toast")).to_contain_text("no mark at frame")
    coder.sees_marks(numbers[0])


def test_the_form_takes_action_units_note_and_confidence(open_clip: Any) -> None:
    coder = open_clip()
    coder.press("u")
    coder.page.keyboard.type("L12B+6")
    expect(coder.by("units")).to_contain_text("cheek")
    coder.page.keyboard.type("+foo")
    expect(coder.by("units")).to_contain_text("no action unit")
    # Letters went into the field, not to the player.
    coder.sees_marks()
    coder.press("Enter", "n")
    coder.page.keyboard.type("glare at 61")
    coder.press("Escape", "c", "c")
    coder.is_saved()
    expect(coder.by("choose-fairly")).to_have_attribute("aria-pressed", "true")
    # Typing that rests is stored: on a slow machine that is one step more.
    expect(coder.by("status")).to_contain_text(re.compile(r"[45] undo steps"))
    stored = coder.stored()
    assert stored.action_units == "L12B+6+foo"
    assert stored.note == "glare at 61"
    assert stored.confidence == "fairly"


def test_checks_warn_and_never_block(open_clip: Any) -> None:
    coder = open_clip()
    coder.step(10)
    coder.press("o")
    coder.step(-5)
    coder.press("a")
    expect(coder.by("findings")).to_contain_text("comes after")
    coder.is_saved()
    assert coder.stored().apex == coder.numbers[5]


def test_commit_goes_to_the_next_clip_and_the_list_follows(
    open_clip: Any, demo_workspace: Any
) -> None:
    coder = open_clip()
    page = coder.page
    row = page.locator(f'[data-testid=clip-row][data-key="{coder.key}"]')
    coder.press("o", "1")
    expect(row).to_have_attribute("data-status", "draft")
    coder.press("Control+s")
    expect(row).to_have_attribute("data-status", "committed")
    expect(row).to_have_attribute("aria-selected", "false")
    expect(page.locator("[data-testid=clip-row][aria-selected=true]")).to_have_count(1)
    expect(coder.by("progress")).to_contain_text("committed")
    coder.press("k")
    expect(row).to_have_attribute("aria-selected", "true")
    coder.sees_frame(coder.numbers[0])
    # Blind until the commit; the database's own coding afterwards.
    expect(coder.by("reference")).to_contain_text("Database:")
    assert coder.stored().status == "committed"


def test_filters_and_search(open_clip: Any, demo_workspace: Any) -> None:
    coder = open_clip()
    page = coder.page
    rows = page.get_by_test_id("clip-row")
    coder.press("g")
    coder.by("status-flagged").click()
    expect(rows.filter(has_text=coder.key.name).first).to_be_visible()
    expect(page.locator("[data-testid=clip-row]:not([data-status=flagged])")).to_have_count(0)
    coder.by("status-all").click()
    other = next(
        row.key
        for row in demo_workspace.store.clips()
        if row.key.subject != coder.key.subject and not row.features_only
    )
    coder.press("/")
    page.keyboard.type(f"{other.subject} {other.name}")
    expect(rows).to_have_count(1)
    coder.press("Enter")
    there = coder.at(other)
    expect(page.locator(f'[data-testid=clip-row][data-key="{other}"]')).to_have_attribute(
        "aria-selected", "true"
    )
    there.shows_the_file_of(there.stored().onset or there.numbers[0])
    coder.press("/", "Escape", "ArrowRight")
    expect(rows.nth(1)).to_be_visible()


def test_playing_loops_between_onset_and_offset(open_clip: Any) -> None:
    coder = open_clip()
    numbers = coder.numbers
    coder.step(6)
    coder.press("o")
    coder.step(4)
    coder.press("f", "[")
    expect(coder.by("speed")).to_have_text("1/16×")
    expect(coder.by("loop")).to_have_text("loop onset–offset")
    seen = coder.page.evaluate(
        """() => new Promise((resolve) => {
          const canvas = document.querySelector('[data-testid=canvas-current]');
          const seen = [];
          const observer = new MutationObserver(() => {
            seen.push(Number(canvas.dataset.frame));
            if (seen.length === 25) { observer.disconnect(); resolve(seen); }
          });
          observer.observe(canvas, { attributes: true, attributeFilter: ['data-frame'] });
          document.querySelector('[data-testid=play]').click();
        })"""
    )
    assert set(seen[5:]) == set(numbers[6:11])
    coder.press("Space")
    expect(coder.by("play")).to_have_attribute("aria-label", "Play")


def test_held_keys_compare_with_the_onset(open_clip: Any) -> None:
    coder = open_clip()
    number = coder.numbers[10]
    coder.press("o")
    coder.step(10)
    coder.shows_the_file_of(number)
    canvas = coder.by("canvas-current")
    for key, mode in {"x": "difference", "m": "amplify", "z": "flicker"}.items():
        coder.page.keyboard.down(key)
        expect(canvas).to_have_attribute("data-mode", mode)
        assert coder.differing_pixels(number) > 1000
        coder.page.keyboard.up(key)
        expect(canvas).to_have_attribute("data-mode", "picture")
        coder.shows_the_file_of(number)
    coder.by("choose-both").click()
    coder.press("a")
    for name, at in {"onset": coder.numbers[0], "apex": number}.items():
        expect(coder.by(f"canvas-{name}")).to_have_attribute("data-frame", str(at))
        assert coder.differing_pixels(at, name) == 0


def test_the_motion_curve_comes_by_itself(open_clip: Any) -> None:
    coder = open_clip()
    legend = coder.by("curve-legend")
    expect(legend).to_have_attribute("data-state", "ready", timeout=60_000)
    expect(legend).to_contain_text(f"since frame {coder.numbers[0]}")
    coder.step(3)
    coder.press("o")
    expect(legend).to_contain_text(f"since onset {coder.numbers[3]}", timeout=60_000)
    expect(coder.by("curve-face")).to_have_attribute("d", re.compile(r"^M.*L"))


def test_every_key_is_listed_behind_the_question_mark(open_clip: Any) -> None:
    from mexlab.widgets.keys.keymap import KEYMAP

    coder = open_clip()
    coder.press("?")
    help_ = coder.by("key-help")
    expect(help_).to_be_visible()
    for binding in KEYMAP:
        if not binding.action.startswith("emotion-"):
            expect(help_).to_contain_text(binding.title)
    coder.press("o")
    coder.press("Escape")
    expect(help_).to_be_hidden()
    coder.sees_marks()
    coder.press("ArrowRight")
    coder.sees_frame(coder.numbers[1])


def test_a_link_to_a_clip_that_is_not_here_says_so(
    page: Any, goto_page: Any, demo_workspace: Any
) -> None:
    goto_page(page, "annotate", clip="casme2/sub99/nothing")
    expect(page.get_by_test_id("notice")).to_contain_text("sub99")
    expect(page.get_by_test_id("canvas-current")).to_have_attribute(
        "data-frame", re.compile(r"\d+")
    )


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720)])
def test_everything_fits_the_window(new_page: Any, open_clip: Any, width: int, height: int) -> None:
    coder = open_clip(on=new_page(width, height))
    page = coder.page
    assert page.evaluate(
        "document.documentElement.scrollWidth <= innerWidth"
        " && document.documentElement.scrollHeight <= innerHeight"
    )
    for testid in ("commit", "flag", "choose-full", "loop", "timeline", "action-units", "note"):
        box = coder.by(testid).bounding_box()
        assert box is not None, testid
        assert box["x"] >= 0, testid
        assert box["y"] >= 0, testid
        assert box["x"] + box["width"] <= width + 0.5, testid
        assert box["y"] + box["height"] <= height + 0.5, testid
