"""kill -9 of the kernel at random moments of a coder's work: what was called saved is there.

Three times in every run of the tests; `MEXLAB_KILLS=200` for a long one.
"""

from __future__ import annotations

import os
import random
import signal
import time
from typing import Any

import psutil
import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

KILLS = int(os.environ.get("MEXLAB_KILLS", "3"))

# Notes which onset the form showed at every moment at which it said that all was saved.
WATCH = """() => {
  window.acknowledged = [];
  const saved = document.querySelector('[data-testid=saved]');
  const onset = document.querySelector('[data-testid=value-onset]');
  let before = '';
  new MutationObserver(() => {
    const now = saved.textContent;
    if (now.startsWith('saved') && before.startsWith('saving')) {
      window.acknowledged.push(onset.textContent);
    }
    before = now;
  }).observe(saved, { childList: true, subtree: true });
}"""
KERNEL = "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"


def kill_kernel(name: str) -> None:
    """SIGKILL for the process that runs this very kernel."""
    for process in psutil.process_iter(["cmdline"]):
        if any(name in part for part in process.info["cmdline"] or ()):
            process.send_signal(signal.SIGKILL)
            process.wait(20)
            return
    pytest.fail(f"no process runs kernel {name}")


def test_no_acknowledged_change_is_lost(open_clip: Any) -> None:
    coder = open_clip()
    dice = random.Random(4)
    acknowledged: list[int] = []
    for _ in range(KILLS):
        coder.page.evaluate(WATCH)
        kernel = coder.page.evaluate(KERNEL)
        until = time.monotonic() + dice.uniform(0.05, 1.5)
        at = coder.numbers.index(int(coder.by("frame-number").inner_text()))
        while time.monotonic() < until:
            at += 1 if at < 10 else -9
            coder.press("Home", *["ArrowRight"] * at, "o")
            coder.page.wait_for_timeout(dice.randrange(0, 120))
        kill_kernel(kernel)
        # The coder works on before the page has noticed.
        coder.press("ArrowRight", "o")
        acknowledged += [int(text) for text in coder.page.evaluate("acknowledged")]
        last = int(coder.by("value-onset").inner_text())
        expect(coder.by("status")).to_contain_text("NOT SAVED")
        coder.page.reload(wait_until="commit")
        # What had not been saved was kept in the browser and is sent by the new page.
        expect(coder.by("value-onset")).to_have_text(str(last), timeout=60_000)
        coder.is_saved()
        assert coder.stored().onset == last
    stored = [
        change.after.get("onset")
        for change in coder.workspace.store.history(coder.key, coder.workspace.coder)
    ]
    lost = [number for number in acknowledged if number not in stored]
    assert not lost, f"{len(lost)} of {len(acknowledged)} acknowledged changes are lost"
    assert acknowledged
