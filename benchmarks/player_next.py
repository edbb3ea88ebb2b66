"""The whole act of going on to the next clip: from the press of J to a frame far inside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mexlab.data.clips import ClipKey

#: What is pressed after J, and where that leads from the clip's first frame (index).
ACTS: tuple[tuple[tuple[str, ...], int], ...] = (
    (("End",), -1),
    (("Shift+ArrowRight", "Shift+ArrowRight"), 20),
)

#: The browser's own time from the press of J or K to each frame that is painted after it.
STOPWATCH = """
bench.act = null;
document.addEventListener('keydown', (event) => {
  if (event.key === 'j' || event.key === 'k') bench.act = { pressed: event.timeStamp, shown: {} };
}, true);
new MutationObserver((changes) => {
  for (const { target } of changes) {
    if (!bench.act || target.dataset.testid !== 'canvas-current' || !target.dataset.frame) continue;
    bench.act.shown[target.dataset.frame] ??= performance.now() - bench.act.pressed;
  }
}).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-frame'] });
"""


def wait_ahead(page: Any, step: int = 1) -> None:
    """Wait until the first frames of the clip that many rows on are in the browser too."""
    page.wait_for_function(
        f"""() => {{
          const rows = [...document.querySelectorAll('[data-testid=clip-row]')];
          const next = rows[rows.findIndex((row) => row.ariaSelected === 'true') + {step}];
          const {{ ahead }} = document.querySelector('[data-testid=hud]').dataset;
          return (ahead || '').split(' ').includes(next.dataset.key);
        }}""",
        polling=50,
    )


def measure_next(
    bench: Any,
    clip: ClipKey,
    *,
    clips: int,
    numbers: list[int],
    rounds: int,
    settle: Callable[[Any], None],
) -> list[float]:
    """Rest on a clip, go to the next and on to a frame far inside it; milliseconds of each act.

    Parameters
    ----------
    bench : Bench
    clip : ClipKey
        The first of the list.
    clips : int
        As many as follow each other in the list, this one among them.
    numbers : list of int
        Native frame numbers; the same for all of these clips.
    rounds : int
        To the end of the list and back so many times.
    settle : callable
        Waits until a clip is at rest.
    """
    found: list[float] = []
    with bench.page("annotate", clip=clip) as page:
        page.evaluate(STOPWATCH)
        for turn in range(2 * rounds * (clips - 1)):
            settle(page)
            forward = (turn // (clips - 1)) % 2 == 0
            wait_ahead(page, 1 if forward else -1)
            keys, index = ACTS[turn % len(ACTS)]
            page.keyboard.press("j" if forward else "k")
            for key in keys:
                page.keyboard.press(key)
            frame = f"bench.act.shown['{numbers[index]}']"
            page.wait_for_function(f"{frame} !== undefined", polling=20)
            found.append(float(page.evaluate(frame)))
    return found
