"""Ten clips coded wholly by one who has read the README's help: keyboard alone, no mouse at all.

Everything that the help promises is used once: a further expression, a blink, a correction by
undo, a mark moved by key, a flag, a clip found by typing, an entry of the history restored.
What was coded is read back from the store by another process.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

READ_BACK = """
import json, sys
from mexlab.workspace.workspace import Workspace
workspace = Workspace.open(sys.argv[1])
fields = "onset apex offset emotion action_units confidence note status kind expression".split()
print(json.dumps([
    {"clip": str(one.clip), **{name: getattr(one, name) for name in fields}}
    for one in workspace.store.codings(coder=sys.argv[2])
]))
"""


class Session:
    """A coder's hands: keys only, and eyes on what the page says."""

    def __init__(self, page: Any, workspace: Any, coder_at: Callable[..., Any]) -> None:
        self.page = page
        self.coder_at = coder_at
        self.rows = {str(row.key): row.key for row in workspace.store.clips()}
        self.expected: list[dict[str, Any]] = []
        self.coder: Any = None
        self.committed = 0

    def on(self, key: str | None = None, not_key: str | None = None) -> Any:
        """The clip that is open now, its first picture painted and the keys with the player."""
        row = self.page.locator("[data-testid=clip-row][aria-selected=true]")
        if key:
            expect(row).to_have_attribute("data-key", key)
        if not_key:
            expect(row).not_to_have_attribute("data-key", not_key)
        self.coder = self.coder_at(self.page, self.rows[row.get_attribute("data-key")])
        self.coder.sees_frame(self.coder.numbers[0])
        expect(self.coder.by("player")).to_be_focused()
        return self.coder

    def marks(self, onset: int, apex: int, offset: int, start: int = 0) -> dict[str, int]:
        """Three marks, as places in the clip; ``start`` is where the playhead is."""
        frames = {}
        at = start
        for name, key, place in (
            ("onset", "o", onset),
            ("apex", "a", apex),
            ("offset", "f", offset),
        ):
            self.coder.step(place - at)
            self.coder.press(key)
            frames[name] = self.coder.numbers[place]
            at = place
        self.coder.sees_marks(**frames)
        return frames

    def names(self, digit: str, units: str, confidence: int, note: str) -> dict[str, str]:
        """Emotion, action units, confidence and note, each by its key."""
        coder = self.coder
        coder.press(digit, "u")
        self.page.keyboard.type(units)
        coder.press("Enter", *["c"] * confidence, "n")
        self.page.keyboard.type(note)
        pressed = self.page.locator(".mx-emotion[aria-pressed=true] span").first
        return {
            "emotion": pressed.inner_text(),
            "action_units": units,
            "confidence": ["", "unsure", "fairly", "sure"][confidence],
            "note": note,
        }

    def done(self, **fields: Any) -> None:
        """What the store should hold of the open clip."""
        blank = {"note": "", "confidence": "", "action_units": "", "emotion": "", "kind": ""}
        known = {"expression": 1, "status": "committed", "apex": None, **blank}
        self.expected.append({"clip": str(self.coder.key), **known, **fields})

    def commit(self) -> str:
        self.committed += 1
        self.coder.press("Control+s")
        expect(self.coder.by("progress")).to_contain_text(f"{self.committed} of ")
        return str(self.coder.key)


def test_ten_clips_with_the_help_of_the_readme(
    new_page: Any, server: Any, demo_workspace: Any, nothing_coded: None, coder_at: Any
) -> None:
    page = new_page(1280, 800)
    page.goto(server.address("home"), wait_until="commit")
    page.locator(".mexlab-page .mx-foot-bar").wait_for(state="attached")
    expect(page.get_by_test_id("page-home")).to_have_attribute("aria-current", "page")
    page.keyboard.press("a")
    page.locator("canvas[data-frame]").first.wait_for()
    hands = Session(page, demo_workspace, coder_at)

    # One: an action unit found by a word, its intensity by key.
    coder = hands.on()
    marks = hands.marks(3, 6, 10)
    coder.press("1", "u")
    page.keyboard.type("corner")
    coder.press("ArrowDown", "Enter", "Alt+ArrowUp", "Alt+ArrowUp")
    page.keyboard.type("+6")
    expect(coder.by("units")).to_contain_text("cheek up")
    units = coder.by("action-units").input_value()
    assert re.fullmatch(r"\d+B\+6", units)
    coder.press("Enter", "c", "n")
    page.keyboard.type("first of ten")
    emotion = page.locator(".mx-emotion[aria-pressed=true] span").first.inner_text()
    # Ctrl+S within the note: the next clip has the keys, not its note.
    hands.done(
        **marks, emotion=emotion, action_units=units, confidence="unsure", note="first of ten"
    )
    before = hands.commit()

    # Two: a second expression.
    coder = hands.on(not_key=before)
    marks = hands.marks(1, 2, 4)
    hands.done(**marks, **hands.names("2", "1+2", 2, "two in this one"))
    coder.press("Escape", "Shift+E")
    expect(coder.by("events")).to_contain_text("2 · not marked yet")
    marks = hands.marks(7, 9, 12, start=4)
    coder.press("3", "i")
    expect(coder.by("kind")).to_have_text("micro")
    third = page.locator(".mx-emotion[aria-pressed=true] span").first.inner_text()
    hands.done(**marks, expression=2, emotion=third, kind="micro")
    before = hands.commit()

    # Three: a blink before the expression.
    coder = hands.on(not_key=before)
    coder.press("b")
    coder.step(2)
    coder.press("b")
    blink = {"onset": coder.numbers[0], "offset": coder.numbers[2], "kind": "blink"}
    expect(coder.by("events")).to_contain_text(f"blink {blink['onset']}–{blink['offset']}")
    marks = hands.marks(5, 8, 11, start=2)
    hands.done(**marks, **hands.names("4", "L14", 3, ""))
    hands.done(**blink, expression=2)
    before = hands.commit()

    # Four: the wrong digit, taken back; an apex a frame too early, moved by key.
    coder = hands.on(not_key=before)
    marks = hands.marks(2, 5, 9)
    coder.press("5", "Control+z")
    expect(coder.by("toast")).to_contain_text("undo: emotion")
    coder.press("Shift+A")
    coder.sees_frame(marks["apex"])
    coder.press(">")
    marks["apex"] = coder.numbers[6]
    coder.sees_marks(**marks)
    coder.sees_frame(marks["apex"])
    hands.done(**marks, **hands.names("1", "12", 1, "moved"))
    before = hands.commit()

    # Five: hard to say, flagged and left; it is the last to be done.
    coder = hands.on(not_key=before)
    flagged = str(coder.key)
    coder.press("g")
    expect(coder.by("toast")).to_contain_text("flagged")
    coder.press("j")

    # Six to nine: one of them found by typing, one set right from its history.
    coder = hands.on(not_key=flagged)
    hands.done(**hands.marks(4, 7, 8), **hands.names("3", "4+7", 2, "plain"))
    before = hands.commit()
    coder = hands.on(not_key=before)
    wanted = list(hands.rows.values())[-2]
    coder.press("/")
    page.keyboard.type(f"{wanted.subject} {wanted.name}")
    expect(page.get_by_test_id("clip-row")).to_have_count(1)
    coder.press("Enter")
    coder = hands.on(key=str(wanted))
    hands.done(**hands.marks(2, 4, 6), **hands.names("0", "17", 3, "found by typing"))
    before = hands.commit()
    coder.press("/", "Escape", "Shift+J")
    coder = hands.on(not_key=before)
    marks = hands.marks(3, 5, 9)
    coder.press("1")
    coder.step(-2)
    coder.press("f", "2", "w")
    history = coder.by("history")
    expect(history.locator("li")).to_have_count(6)
    expect(history.get_by_test_id("restore").first).to_be_focused()
    # Past the wrong emotion, to before the wrong offset.
    coder.press("ArrowDown", "Enter")
    expect(history.locator("li")).to_have_count(7)
    coder.press("Escape")
    coder.sees_marks(**marks)
    first = page.locator(".mx-emotion[aria-pressed=true] span").first.inner_text()
    hands.done(**marks, emotion=first)
    before = hands.commit()
    coder = hands.on(not_key=before)
    hands.done(**hands.marks(1, 3, 5), **hands.names("2", "5", 1, "eighth"))
    before = hands.commit()
    coder = hands.on(not_key=before)
    hands.done(**hands.marks(2, 5, 7), **hands.names("5", "R12", 2, "ninth"))
    before = hands.commit()
    hands.on(not_key=before).press("Shift+G")
    coder = hands.on(key=flagged)
    hands.done(**hands.marks(6, 9, 13), **hands.names("4", "14", 2, "now clear"))
    hands.commit()
    expect(coder.by("progress")).to_contain_text("10 of ")
    expect(coder.by("status")).to_contain_text(re.compile("^(saved|nothing to save)"))

    answer = subprocess.run(
        [sys.executable, "-c", READ_BACK, str(demo_workspace.path), demo_workspace.coder],
        capture_output=True,
        text=True,
        check=True,
    )
    stored = {(one["clip"], one["expression"]): one for one in json.loads(answer.stdout)}
    assert len({clip for clip, _ in stored}) == 10
    for one in hands.expected:
        assert stored.pop((one["clip"], one["expression"])) == one
    assert not stored
