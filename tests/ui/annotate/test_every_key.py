"""Every key of the key map, pressed on the page, with what is seen of it.

`EFFECTS` is the table: action -> the check that presses its keys, every one of them. An action
without a check fails `test_no_action_is_without_a_check`. Checks of one group share a page, each
begins with what it needs, in the order of the table. Past 400 lines, for it is one table.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from mexlab.widgets.keys.keymap import KEYMAP

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

Press = Callable[[], None]
Check = Callable[[Any, Press], None]
EFFECTS: dict[str, dict[str, Check]] = {}


def effect(group: str, *actions: str) -> Callable[[Check], Check]:
    """The check of some actions, in a group that shares a page."""

    def note(check: Check) -> Check:
        EFFECTS.setdefault(group, {}).update(dict.fromkeys(actions, check))
        return check

    return note


def on_keyboard(key: str) -> str:
    """A key of the map as the browser's driver names it."""
    *held, last = key.split("+") if len(key) > 1 else [key]
    held = ["Control" if name == "Ctrl" else name for name in held]
    if "Shift" in held and len(last) == 1:
        last = last.upper()
    return "+".join((*held, last))


def go(coder: Any, place: int) -> None:
    """The playhead to the n-th frame, seen."""
    coder.press("Home", *["ArrowRight"] * place)
    coder.sees_frame(coder.numbers[place])


# ---- move ---------------------------------------------------------------------------------------


def steps(by: int) -> Check:
    def check(coder: Any, press: Press) -> None:
        go(coder, 12)
        press()
        coder.sees_frame(coder.numbers[12 + by])

    return check


for name, by in {"frame-back": -1, "frame-forward": 1, "ten-back": -10, "ten-forward": 10}.items():
    effect("move", name)(steps(by))


def steps_seconds(seconds: int) -> Check:
    """The demo's clips are shorter than a second or not much longer: to the end they go."""

    def check(coder: Any, press: Press) -> None:
        coder.press("Home" if seconds > 0 else "End")
        start = coder.numbers[0 if seconds > 0 else -1]
        coder.sees_frame(start)
        press()
        there = start + round(seconds * coder.clip.fps)
        coder.sees_frame(min(coder.numbers, key=lambda number: abs(number - there)))

    return check


for name, seconds in {"second": 1, "ten-seconds": 10}.items():
    effect("move", f"{name}-forward")(steps_seconds(seconds))
    effect("move", f"{name}-back")(steps_seconds(-seconds))


@effect("move", "go-to")
def goes_to_a_place(coder: Any, press: Press) -> None:
    go(coder, 2)
    press()
    expect(coder.by("go-to")).to_be_focused()
    coder.page.keyboard.type(str(coder.numbers[9]))
    coder.press("Enter")
    coder.sees_frame(coder.numbers[9])
    expect(coder.by("player")).to_be_focused()


@effect("move", "first-frame")
def first(coder: Any, press: Press) -> None:
    go(coder, 3)
    press()
    coder.sees_frame(coder.numbers[0])


@effect("move", "last-frame")
def last(coder: Any, press: Press) -> None:
    press()
    coder.sees_frame(coder.numbers[-1])


def goes_to(mark: str, key: str, place: int) -> Check:
    def check(coder: Any, press: Press) -> None:
        go(coder, place)
        coder.press(f"Shift+{key.upper()}")
        expect(coder.by("toast")).to_contain_text(f"the {mark} is not marked yet")
        coder.press(key, "Home")
        coder.sees_frame(coder.numbers[0])
        press()
        coder.sees_frame(coder.numbers[place])

    return check


for name, key, place in (("onset", "o", 3), ("apex", "a", 5), ("offset", "f", 7)):
    effect("move", f"go-{name}")(goes_to(name, key, place))


@effect("move", "toggle-play")
def plays(coder: Any, press: Press) -> None:
    press()
    expect(coder.by("play")).to_have_attribute("aria-label", "Pause")
    press()
    expect(coder.by("play")).to_have_attribute("aria-label", "Play")


@effect("move", "slower")
def plays_slower(coder: Any, press: Press) -> None:
    expect(coder.by("speed")).to_have_text("1/8×")
    press()
    expect(coder.by("speed")).to_have_text("1/16×")


@effect("move", "faster")
def plays_faster(coder: Any, press: Press) -> None:
    expect(coder.by("speed")).to_have_text("1/16×")
    press()
    expect(coder.by("speed")).to_have_text("1/8×")


@effect("move", "true-speed")
def true_speed(coder: Any, press: Press) -> None:
    press()
    expect(coder.by("speed")).to_have_text("1×")
    press()
    expect(coder.by("speed")).to_have_text("1/8×")


@effect("move", "loop")
def loops(coder: Any, press: Press) -> None:
    press()
    expect(coder.by("loop")).to_have_text(re.compile("no loop"))
    press()
    expect(coder.by("loop")).to_have_text("loop onset–offset")


@effect("move", "select")
def selects(coder: Any, press: Press) -> None:
    go(coder, 2)
    press()
    go(coder, 6)
    press()
    expect(coder.by("loop")).to_have_text("loop selection")
    press()
    expect(coder.by("loop")).to_have_text("loop onset–offset")


# ---- mark ---------------------------------------------------------------------------------------


def marks(name: str, place: int) -> Check:
    def check(coder: Any, press: Press) -> None:
        go(coder, place)
        press()
        expect(coder.by(f"value-{name}")).to_have_text(str(coder.numbers[place]))
        expect(coder.by(f"mark-{name}")).to_have_attribute(
            "aria-valuenow", str(coder.numbers[place])
        )

    return check


for name, place in (("onset", 2), ("apex", 8), ("offset", 14)):
    effect("mark", f"mark-{name}")(marks(name, place))


@effect("mark", "mark-back")
def mark_back(coder: Any, press: Press) -> None:
    go(coder, 8)
    press()
    expect(coder.by("value-apex")).to_have_text(str(coder.numbers[7]))
    coder.sees_frame(coder.numbers[7])


@effect("mark", "mark-forward")
def mark_forward(coder: Any, press: Press) -> None:
    # Through the onset and past it, frame by frame, and never the onset instead.
    coder.press("Shift+O")
    coder.sees_frame(coder.numbers[2])
    coder.press("a")
    for place in (3, 4):
        press()
        coder.sees_marks(coder.numbers[2], coder.numbers[place], coder.numbers[14])
        coder.sees_frame(coder.numbers[place])


@effect("mark", "clear-mark")
def clears(coder: Any, press: Press) -> None:
    go(coder, 8)
    coder.press("a")
    expect(coder.by("value-apex")).to_have_text(str(coder.numbers[8]))
    press()
    expect(coder.by("value-apex")).to_have_text("–")
    expect(coder.by("mark-apex")).to_be_hidden()


@effect("mark", "snap-apex")
def snaps(coder: Any, press: Press) -> None:
    # Before a commit there is none; what it does afterwards: test_clip_contents.py.
    press()
    expect(coder.by("toast")).to_contain_text("shown after a commit")


def event(kind: str, title: str, place: int) -> Check:
    def check(coder: Any, press: Press) -> None:
        go(coder, place)
        press()
        go(coder, place + 2)
        press()
        between = f"{coder.numbers[place]}–{coder.numbers[place + 2]}"
        expect(coder.by("events")).to_contain_text(f"{title} {between}")
        # The clip's last change is taken back, though it is not of what is on the form.
        coder.press("Control+z")
        expect(coder.by("toast")).to_contain_text(f"undo: {title}: offset")
        expect(coder.by("events")).to_contain_text(f"{title} {coder.numbers[place]}–…")
        coder.press("Control+y")
        expect(coder.by("events")).to_contain_text(f"{title} {between}")

    return check


effect("mark", "blink")(event("blink", "blink", 1))
effect("mark", "head")(event("head", "head movement", 20))


@effect("mark", "new-expression")
def further(coder: Any, press: Press) -> None:
    press()
    # Counted among expressions: the blink and the head movement have no number.
    expect(coder.by("event-4")).to_have_text("2 · not marked yet")
    expect(coder.by("event-4")).to_have_attribute("aria-pressed", "true")


@effect("mark", "next-expression")
def next_one(coder: Any, press: Press) -> None:
    press()
    expect(coder.by("event-1")).to_have_attribute("aria-pressed", "true")


@effect("mark", "undo")
def undoes(coder: Any, press: Press) -> None:
    go(coder, 5)
    coder.press("o")
    expect(coder.by("value-onset")).to_have_text(str(coder.numbers[5]))
    press()
    expect(coder.by("value-onset")).to_have_text(str(coder.numbers[2]))


@effect("mark", "redo")
def redoes(coder: Any, press: Press) -> None:
    go(coder, 6)
    coder.press("o", "Control+z")
    expect(coder.by("value-onset")).to_have_text(str(coder.numbers[2]))
    press()
    expect(coder.by("value-onset")).to_have_text(str(coder.numbers[6]))
    coder.press("Control+z")
    expect(coder.by("value-onset")).to_have_text(str(coder.numbers[2]))


# ---- label --------------------------------------------------------------------------------------


def emotion(digit: str) -> Check:
    def check(coder: Any, press: Press) -> None:
        button = coder.page.locator(".mx-emotion").filter(
            has=coder.page.locator("kbd", has_text=re.compile(f"^{digit}$"))
        )
        press()
        if button.count():
            expect(button).to_have_attribute("aria-pressed", "true")
            press()
            expect(button).to_have_attribute("aria-pressed", "false")
        else:
            expect(coder.by("toast")).to_have_text(f"no emotion has the key {digit}")

    return check


for digit in "1234567890":
    effect("label", f"emotion-{digit}")(emotion(digit))


def writes(testid: str) -> Check:
    def check(coder: Any, press: Press) -> None:
        press()
        expect(coder.by(testid)).to_be_focused()
        coder.press("Escape")
        expect(coder.by("player")).to_be_focused()

    return check


effect("label", "focus-action-units")(writes("action-units"))
effect("label", "focus-note")(writes("note"))


@effect("label", "confidence")
def is_sure(coder: Any, press: Press) -> None:
    for name in ("unsure", "fairly", "sure"):
        press()
        expect(coder.by(f"choose-{name}")).to_have_attribute("aria-pressed", "true")
    press()
    expect(coder.by("choose-sure")).to_have_attribute("aria-pressed", "false")


@effect("label", "expression-kind")
def kinds(coder: Any, press: Press) -> None:
    for title in ("micro", "macro", "blink", "head movement", "kind I"):
        press()
        expect(coder.by("kind")).to_have_text(title)


@effect("label", "history")
def tells(coder: Any, press: Press) -> None:
    press()
    expect(coder.by("history")).to_contain_text("kind head → –")
    expect(coder.by("restore").first).to_be_focused()
    coder.press("ArrowDown")
    expect(coder.by("restore").nth(1)).to_be_focused()
    press()
    expect(coder.by("history")).to_be_hidden()
    expect(coder.by("player")).to_be_focused()


# ---- look closer --------------------------------------------------------------------------------


def held(mode: str) -> Check:
    def check(coder: Any, press: Press) -> None:
        key = next(binding.keys[0] for binding in KEYMAP if binding.action == mode)
        go(coder, 5)
        coder.page.keyboard.down(key)
        expect(coder.by("canvas-current")).to_have_attribute("data-mode", mode)
        coder.page.keyboard.up(key)
        expect(coder.by("canvas-current")).to_have_attribute("data-mode", "picture")

    return check


for name in ("flicker", "difference", "amplify"):
    effect("look", name)(held(name))


@effect("look", "gain")
def gains(coder: Any, press: Press) -> None:
    said = set()
    for _ in range(4):
        press()
        expect(coder.by("toast")).to_have_text(re.compile(r"amplified ×\d+"))
        said.add(coder.by("toast").inner_text())
    assert said == {f"amplified ×{times}" for times in (5, 8, 12, 20)}


def turns(said: str, times: int) -> Check:
    """Goes round: each press says something else."""

    def check(coder: Any, press: Press) -> None:
        before = ""
        for _ in range(times):
            press()
            expect(coder.by("toast")).to_contain_text(said)
            expect(coder.by("toast")).not_to_have_text(before or "–")
            before = coder.by("toast").inner_text()

    return check


effect("look", "magnify-kind")(turns("magnified: ", 2))
effect("look", "timeline-zoom")(turns("timeline: ", 2))


@effect("look", "ribbon")
def ribbons(coder: Any, press: Press) -> None:
    legend = coder.by("curve-legend")
    for quantity in ("motion", "hidden", "strain"):
        press()
        expect(legend).to_have_attribute("data-quantity", quantity)


@effect("look", "landmarks")
def landmarks(coder: Any, press: Press) -> None:
    press()
    expect(coder.by("landmarks")).to_be_visible(timeout=60_000)
    press()
    expect(coder.by("landmarks")).to_be_hidden()


@effect("look", "views")
def views(coder: Any, press: Press) -> None:
    for view, onset, apex in (
        ("both", True, True),
        ("single", False, False),
        ("onset", True, False),
    ):
        press()
        expect(coder.by(f"choose-{view}")).to_have_attribute("aria-pressed", "true")
        expect(coder.by("canvas-onset")).to_be_visible(visible=onset)
        expect(coder.by("canvas-apex")).to_be_visible(visible=apex)


@effect("look", "zoom-in")
def zooms_in(coder: Any, press: Press) -> None:
    before = coder.by("zoom").inner_text()
    press()
    expect(coder.by("zoom")).not_to_have_text(before)


def pans(coder: Any, press: Press) -> None:
    canvas = coder.by("canvas-current")
    before = canvas.get_attribute("style")
    press()
    expect(canvas).not_to_have_attribute("style", before)


for side in ("right", "left", "down", "up"):
    effect("look", f"pan-{side}")(pans)


def folds(side: str) -> Check:
    def check(coder: Any, press: Press) -> None:
        column = coder.page.locator(f".mx-column-{side}")
        expect(column).to_be_visible()
        press()
        expect(column).to_be_hidden()
        expect(coder.by(f"fold-{side}")).to_have_attribute("aria-expanded", "false")
        press()
        expect(column).to_be_visible()

    return check


for side in ("left", "right"):
    effect("look", f"fold-{side}")(folds(side))


@effect("look", "zoom-out")
def zooms_out(coder: Any, press: Press) -> None:
    before = coder.by("zoom").inner_text()
    press()
    expect(coder.by("zoom")).not_to_have_text(before)


@effect("look", "zoom-reset")
def unzooms(coder: Any, press: Press) -> None:
    coder.press("+", "+")
    expect(coder.by("zoom")).to_contain_text("fit")
    press()
    expect(coder.by("zoom")).to_have_text("wheel zooms")


@effect("look", "escape")
def leaves(coder: Any, press: Press) -> None:
    coder.press("n")
    expect(coder.by("note")).to_be_focused()
    press()
    expect(coder.by("player")).to_be_focused()


@effect("look", "help")
def helps(coder: Any, press: Press) -> None:
    press()
    expect(coder.by("key-help")).to_be_visible()
    coder.press("Escape")
    expect(coder.by("key-help")).to_be_hidden()


# ---- clips --------------------------------------------------------------------------------------


def selected(coder: Any) -> Any:
    return coder.page.locator("[data-testid=clip-row][aria-selected=true]")


def moved(coder: Any, press: Press) -> str:
    """Press and wait for another clip; which it is."""
    before = selected(coder).get_attribute("data-key")
    press()
    expect(selected(coder)).not_to_have_attribute("data-key", before)
    return str(selected(coder).get_attribute("data-key"))


@effect("clips", "next-clip", "next-untouched")
def next_clip(coder: Any, press: Press) -> None:
    moved(coder, press)


@effect("clips", "previous-clip")
def previous_clip(coder: Any, press: Press) -> None:
    after = moved(coder, lambda: coder.press("j"))
    assert moved(coder, press) != after


@effect("clips", "queue")
def queues(coder: Any, press: Press) -> None:
    press()
    expect(coder.by("status-queue")).to_have_text("queue 1")
    press()
    expect(coder.by("status-queue")).to_have_count(0)


@effect("clips", "order")
def shuffles(coder: Any, press: Press) -> None:
    press()
    expect(coder.by("order")).to_contain_text("random order")
    press()
    expect(coder.by("order")).to_contain_text("in order")


@effect("clips", "flag")
def flags(coder: Any, press: Press) -> None:
    press()
    expect(selected(coder)).to_have_attribute("data-status", "flagged")
    press()
    expect(selected(coder)).to_have_attribute("data-status", "draft")


@effect("clips", "next-flagged")
def next_flagged(coder: Any, press: Press) -> None:
    flagged = selected(coder).get_attribute("data-key")
    coder.press("g")
    moved(coder, lambda: coder.press("j"))
    assert moved(coder, press) == flagged


@effect("clips", "focus-search")
def searches(coder: Any, press: Press) -> None:
    press()
    expect(coder.by("search")).to_be_focused()
    # On to the filters with Tab; they take Enter, and Esc goes back to the picture.
    coder.press("Tab", "Tab", "Tab", "Tab", "Enter")
    expect(coder.by("status-flagged")).to_have_attribute("aria-pressed", "true")
    expect(coder.page.locator("[data-testid=clip-row]:not([data-status=flagged])")).to_have_count(0)
    coder.press("/", "Tab", "Enter", "Escape")
    expect(coder.by("status-all")).to_have_attribute("aria-pressed", "true")
    expect(coder.by("player")).to_be_focused()


@effect("clips", "commit")
def commits(coder: Any, press: Press) -> None:
    here = selected(coder).get_attribute("data-key")
    # A clip in which nothing is coded is not committed.
    press()
    expect(coder.by("toast")).to_contain_text("nothing is coded in this clip")
    coder.press("1")
    expect(coder.by("undo")).to_be_enabled()
    moved(coder, press)
    row = coder.page.locator(f'[data-testid=clip-row][data-key="{here}"]')
    expect(row).to_have_attribute("data-status", "committed")


# -------------------------------------------------------------------------------------------------


def test_no_action_is_without_a_check() -> None:
    checked = {action for group in EFFECTS.values() for action in group}
    assert checked == {binding.action for binding in KEYMAP}


@pytest.mark.parametrize("group", EFFECTS)
def test_every_key_has_its_effect(open_clip: Any, shipped_choices: Any, group: str) -> None:
    coder = open_clip()
    coder.by("player").focus()
    bindings = {binding.action: binding for binding in KEYMAP}
    for action, check in EFFECTS[group].items():
        for key in bindings[action].keys:
            check(coder, lambda key=key: coder.press(on_keyboard(key)))
