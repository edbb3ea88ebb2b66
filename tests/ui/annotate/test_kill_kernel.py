"""kill -9 of the kernel at random moments of a coder's work: what was called saved is there.

Twice in every run of the tests; `MEXLAB_KILLS=200` for a long one, `MEXLAB_KILLS_SEED`
for other moments, and `-s` to see what was counted.
"""

from __future__ import annotations

import os
import random
import time
from typing import Any

import pytest

from mexlab.data.codings import EDITABLE, Coding

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

KILLS = int(os.environ.get("MEXLAB_KILLS", "2"))
SEED = int(os.environ.get("MEXLAB_KILLS_SEED", "4"))

# What the form shows, as the store would have it.
SHOWN = """() => {
  const by = (name) => document.querySelector(`[data-testid=${name}]`);
  const mark = (name) => {
    const text = by(`value-${name}`).textContent;
    return text === '–' ? null : Number(text);
  };
  const pressed = (start) => {
    const found = document.querySelector(`[data-testid^=${start}][aria-pressed=true]`);
    return found ? found.dataset.testid.slice(start.length) : '';
  };
  const confidence = document.querySelector('[aria-label=Confidence] [aria-pressed=true]');
  return {
    onset: mark('onset'), apex: mark('apex'), offset: mark('offset'),
    emotion: pressed('emotion-'), note: by('note').value,
    confidence: confidence ? confidence.textContent : '',
  };
}"""
# Notes what the form showed at every moment at which it began to say that all is saved.
WATCH = f"""() => {{
  const shown = {SHOWN};
  window.acknowledged = [];
  const saved = document.querySelector('[data-testid=saved]');
  let before = saved.textContent;
  new MutationObserver(() => {{
    const now = saved.textContent;
    if (now.startsWith('saved') && !before.startsWith('saved')) window.acknowledged.push(shown());
    before = now;
  }}).observe(saved, {{ childList: true, subtree: true, characterData: true }});
}}"""


def codes_on(coder: Any, dice: random.Random) -> str:
    """One thing that a coder does, any of them; says which."""
    what = dice.choice(["mark", "mark", "mark", "emotion", "confidence", "note", "undo", "redo"])
    if what == "mark":
        coder.press("Home", *["ArrowRight"] * dice.randrange(12), dice.choice("oaf"))
    elif what == "emotion":
        coder.press(str(dice.randrange(1, 5)))
    elif what == "confidence":
        coder.press("c")
    elif what == "note":
        coder.press("n")
        coder.page.keyboard.type(f"{dice.randrange(10_000)} ")
        coder.press(dice.choice(["Enter", "Escape"]))
    else:
        coder.press("Control+z" if what == "undo" else "Control+y")
    return what


def states_of(coder: Any) -> list[dict[str, Any]]:
    """The coding after each change in the store, the oldest first."""
    fields = Coding(coder.key, coder.workspace.coder).editable()
    states = []
    for change in coder.workspace.store.history(coder.key, coder.workspace.coder):
        fields = {**fields, **{n: v for n, v in change.after.items() if n in EDITABLE}}
        states.append(fields)
    return states


def lost_of(acknowledged: list[dict[str, Any]], states: list[dict[str, Any]]) -> list[Any]:
    """Those that the store never held, each looked for no earlier than the one before it."""
    lost, at = [], 0
    for shown in acknowledged:
        found = next(
            (
                i
                for i in range(at, len(states))
                if all(states[i][name] == value for name, value in shown.items())
            ),
            None,
        )
        if found is None:
            lost.append(shown)
        else:
            at = found
    return lost


def test_no_acknowledged_change_is_lost(open_clip: Any) -> None:
    coder = open_clip()
    dice = random.Random(SEED)
    acknowledged: list[dict[str, Any]] = []
    began = time.monotonic()
    for kill in range(KILLS):
        coder.page.evaluate(WATCH)
        if kill == 0:
            # Never one that an undo could empty again: then there would be nothing to wait for.
            # And one is acknowledged before anything is killed, on however busy a machine.
            coder.press("i")
            coder.is_saved()
        kernel = coder.kernel()
        until = time.monotonic() + dice.uniform(0.05, 1.5)
        done = []
        while time.monotonic() < until:
            done.append(codes_on(coder, dice))
            coder.page.wait_for_timeout(dice.randrange(0, 120))
        kernel.kill()
        kernel.wait(20)
        # The coder works on before the page has noticed.
        there = coder.by("value-onset").inner_text() == str(coder.numbers[12])
        coder.press("Home", *["ArrowRight"] * (13 if there else 12), "o")
        acknowledged += coder.page.evaluate("acknowledged")
        expect(coder.by("status")).to_contain_text("NOT SAVED")
        last = coder.page.evaluate(SHOWN)
        coder.page.reload(wait_until="commit")
        # What had not been saved was kept in the browser and is sent by the new page.
        expect(coder.by("value-onset")).to_have_text(str(last["onset"]), timeout=60_000)
        coder.is_saved()
        stored = coder.stored().editable()
        if {"undo", "redo"} & set(done):
            # One that was on its way is done by now: what it gave was not yet in sight.
            last = {"onset": last["onset"]}
        assert {name: stored[name] for name in last} == last
    states = states_of(coder)
    lost = lost_of(acknowledged, states)
    seconds = time.monotonic() - began
    print(
        f"\n{KILLS} kills (seed {SEED}), {len(states)} changes stored, "
        f"{len(acknowledged)} times saved, {len(lost)} lost, {seconds:.0f} s"
    )
    assert not lost, f"{len(lost)} of {len(acknowledged)} acknowledged changes are lost: {lost}"
    assert acknowledged
