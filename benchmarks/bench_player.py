"""The annotate page's player against the naive page, in a real browser on a real Voila.

A step is timed from the key press (the browser's own time stamp) until the picture of the new
frame is there: drawn on the player's canvas, or loaded by the naive page's image. The naive page
is what ipywidgets gives without thought, an ``IntSlider`` and an ``Image`` with a kernel trip a
frame; it is served by the same Voila, and steps through the same frames in the same run. Also
measured: steps at 2040 x 1088 (SAMM's size), key press to marker and to "saved", opening the next
clip on a warm kernel (``next_clip``: its first frames were fetched ahead, as they are a moment
after a clip is here; ``other_clip``: one that is no neighbour; each until its picture and until
its coding is on the form; ``next_clip_any_frame``: from J on to the last frame, or twenty on,
until that is painted), memory of the browser while many clips are opened, a cold start, and
with ``--long`` a video of 5 minutes at 200 fps: jumps in it, steps across its windows, memory of
the browser and of the kernel, and whether each picture carries the number that is told.

    python benchmarks/bench_player.py [--json] [--steps 1000] [--long | --video-frames 12000]

Frames are JPEGs of a seeded moving texture, those of 640 x 480 about as large as CASME II's.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from player_long import add_video, measure_video
from player_next import measure_next, wait_ahead
from player_setup import TOKEN, add_clips, make_workspace, serve

from mexlab.data.clips import ClipKey

SIZES = {"small": (480, 640), "large": (1088, 2040)}
FRAMES = 101
CLIPS = 6
PATIENCE_MS = 120_000
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

#: Pairs every key press with the next picture: on our canvas, or in the naive page's image.
RECORDER = """
window.bench = { steps: [], pressed: null, first: null };
document.addEventListener('keydown', (event) => {
  bench.pressed = event.timeStamp;
  bench.marking = event.key === 'a' ? event.timeStamp : null;
}, true);
bench.done = () => {
  const now = performance.now();
  if (bench.first === null) bench.first = now;
  if (bench.pressed === null) return;
  bench.steps.push(now - bench.pressed);
  bench.pressed = null;
};
bench.canvas = new MutationObserver((changes) => {
  for (const { target } of changes) {
    if (target.dataset && target.dataset.testid === 'canvas-current' && target.dataset.frame) {
      bench.done();
    }
  }
});
bench.canvas.observe(document, {
  subtree: true, attributes: true, attributeFilter: ['data-frame'],
});
bench.marks = [];
new MutationObserver((changes) => {
  for (const { target } of changes) {
    if (target.dataset && target.dataset.testid === 'mark-apex' && bench.marking) {
      bench.marks.push(performance.now() - bench.marking);
      bench.marking = null;
    }
  }
}).observe(document, { subtree: true, attributes: true, attributeFilter: ['aria-valuenow'] });
document.addEventListener('load', (event) => {
  if (event.target.tagName === 'IMG') bench.done();
}, true);
"""

#: Key press to the moment at which the form says that the change is stored.
SAVED = """
bench.saves = [];
new MutationObserver(() => {
  const text = document.querySelector('[data-testid=saved]').textContent;
  if (bench.marked && /^saved/.test(text) && bench.waiting) {
    bench.saves.push(performance.now() - bench.marked);
    bench.marked = null;
  }
  bench.waiting = /^saving/.test(text);
}).observe(document.querySelector('[data-testid=saved]'), { childList: true, subtree: true });
document.addEventListener('keydown', (event) => {
  bench.marked = event.key === 'a' ? event.timeStamp : null;
}, true);
"""


#: Press or click to the moment at which the form has the coding of the clip that was chosen.
CODED = """
bench.codings = [];
bench.coded = null;
for (const [type, wanted] of [['keydown', (e) => e.key === 'j'], ['click', () => true]]) {
  document.addEventListener(type, (event) => {
    if (!wanted(event)) return;
    bench.coded = null;
    bench.chosen = event.timeStamp;
    if (type === 'click') bench.pressed = event.timeStamp;
  }, true);
}
new MutationObserver(() => {
  const form = document.querySelector('.mx-coding-form');
  if (form.dataset.clip === bench.form || form.classList.contains('mx-waiting')) return;
  bench.form = form.dataset.clip;
  bench.coded = performance.now() - bench.chosen;
  bench.codings.push(bench.coded);
}).observe(document.querySelector('.mx-coding-form'), {
  attributes: true, attributeFilter: ['data-clip', 'class'],
});
bench.form = document.querySelector('.mx-coding-form').dataset.clip;
"""


class Bench:
    """One browser and the address of the server."""

    def __init__(self, browser: Any, address: str, steps: int) -> None:
        self.browser = browser
        self.address = address
        self.steps = steps

    @contextmanager
    def page(self, name: str, **query: Any) -> Iterator[Any]:
        """A page in a context of its own, with an empty cache."""
        context = self.browser.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(RECORDER)
        page = context.new_page()
        text = "&".join(f"{key}={value}" for key, value in {**query, "token": TOKEN}.items())
        page.goto(f"{self.address}/{name}?{text}", wait_until="commit")
        page.wait_for_function("bench.first !== null", polling=20)
        yield page
        page.close(run_before_unload=True)
        context.close()

    def press(self, page: Any, key: str, times: int = 1) -> list[float]:
        """Press a key, wait for its picture, and again; milliseconds of each."""
        before = page.evaluate("bench.steps.length")
        for count in range(1, times + 1):
            page.keyboard.press(key)
            page.wait_for_function(f"bench.steps.length >= {before + count}", polling=5)
        return list(page.evaluate(f"bench.steps.slice({before})"))

    def forward_and_back(self, page: Any, steps: int) -> list[float]:
        """Single steps to the end of the clip and back, until there are enough."""
        found: list[float] = []
        while len(found) < steps:
            length = min(FRAMES - 1, (steps - len(found) + 1) // 2)
            found += self.press(page, "ArrowRight", length)
            found += self.press(page, "ArrowLeft", length)
        return found

    def cold_start(self, clip: ClipKey) -> float:
        with self.page("annotate", clip=clip) as page:
            return float(page.evaluate("bench.first"))

    def steps_of(self, clip: ClipKey) -> list[float]:
        with self.page("annotate", clip=clip) as page:
            settle(page)
            return self.forward_and_back(page, self.steps)

    def work(self, clip: ClipKey) -> dict[str, list[float]]:
        """Marks, saves and the opening of further clips, on one warm page."""
        with self.page("annotate", clip=clip) as page:
            settle(page)
            page.evaluate(SAVED)
            for count in range(1, 21):
                self.press(page, "ArrowRight")
                page.keyboard.press("a")
                page.wait_for_function(f"bench.saves.length >= {count}", polling=10)
            marks, saves = page.evaluate("[bench.marks, bench.saves]")
            found: dict[str, list[float]] = {"next": [], "other": []}
            page.evaluate(CODED)
            for _ in range(CLIPS - 1):
                settle(page)
                wait_ahead(page)
                found["next"] += self.press(page, "j")
                page.wait_for_function("bench.coded !== null", polling=5)
            for turn in range(CLIPS - 1):
                settle(page)
                # From one end of the list to the other: what lies between is not fetched ahead.
                row = page.get_by_test_id("clip-row").nth(0 if turn % 2 == 0 else CLIPS - 1)
                row.hover()
                seen = page.evaluate("bench.steps.length")
                row.click()
                page.wait_for_function(f"bench.steps.length > {seen}", polling=5)
                found["other"] += page.evaluate(f"bench.steps.slice({seen}, {seen} + 1)")
                page.wait_for_function("bench.coded !== null", polling=5)
            coded = page.evaluate("bench.codings")
            return {
                "marks": list(marks),
                "saves": list(saves),
                "coded_next": coded[: CLIPS - 1],
                "coded_other": coded[CLIPS - 1 :],
                **found,
            }

    def memory(self, clip: ClipKey, openings: int) -> dict[str, float]:
        """Megabytes of the browser's processes early on and after many openings of clips."""
        with self.page("annotate", clip=clip) as page:
            early = 0.0
            for count in range(openings):
                self.press(page, "j" if (count // (CLIPS - 1)) % 2 == 0 else "k")
                if count == openings // 5:
                    early = browser_megabytes(page)
            return {"early": early, "late": browser_megabytes(page)}

    def naive(self, steps: int) -> list[float]:
        with self.page("naive") as page:
            page.get_by_role("slider").focus()
            self.press(page, "ArrowRight")
            self.press(page, "ArrowLeft")
            return self.forward_and_back(page, steps)


def browser_megabytes(page: Any) -> float:
    """Resident memory of all of the browser's processes, after a collection of garbage."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.detach()
    total = 0
    for process in psutil.Process().children(recursive=True):
        try:
            if "chrom" in process.name():
                total += process.memory_info().rss
        except psutil.Error:
            continue
    return total / 2**20


def settle(page: Any) -> None:
    """Wait until all frames are in the browser and the motion curve no longer uses a core."""
    page.wait_for_function("document.querySelector('.mx-loading').textContent === ''", polling=50)
    page.wait_for_function(
        "['ready', 'failed'].includes("
        "document.querySelector('[data-testid=curve-legend]').dataset.state)",
        polling=100,
    )


def p95(values: list[float]) -> float:
    return float(np.percentile(values, 95))


def summary(name: str, values: list[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": round(statistics.median(values), 2),
        f"{name}_p95_ms": round(p95(values), 2),
        f"{name}_max_ms": round(max(values), 2),
    }


def measure(options: argparse.Namespace, chromium: str) -> dict[str, Any]:
    """Everything, in one browser and on one server."""
    from playwright.sync_api import sync_playwright

    line: dict[str, Any] = {"benchmark": "player", "steps": options.steps}
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        workspace = make_workspace(folder)
        for size, shape in SIZES.items():
            add_clips(workspace, folder, size, shape, FRAMES, CLIPS if size == "small" else 1)
        if options.video_frames:
            add_video(workspace, folder, "video", options.video_frames)
        first = {
            row.key.database: row.key for row in reversed(workspace.store.clips(coder="bench"))
        }
        with serve(folder, workspace) as address:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
            bench = Bench(browser, address, options.steps)
            cold = [bench.cold_start(first["small"]) for _ in range(options.cold_starts)]
            steps = bench.steps_of(first["small"])
            naive = bench.naive(min(options.steps, 200))
            line |= summary("step", steps) | summary("naive", naive)
            line["naive_over_mexlab"] = round(p95(naive) / p95(steps), 1)
            line |= summary("large_step", bench.steps_of(first["large"]))
            work = bench.work(first["small"])
            line |= summary("mark", work["marks"]) | summary("saved", work["saves"])
            line |= summary("next_clip", work["next"]) | summary("other_clip", work["other"])
            line |= summary("next_coding", work["coded_next"])
            line |= summary("other_coding", work["coded_other"]) | summary("cold_start", cold)
            line |= summary(
                "next_clip_any_frame",
                measure_next(
                    bench,
                    first["small"],
                    clips=CLIPS,
                    numbers=list(range(1, FRAMES + 1)),
                    rounds=options.rounds,
                    settle=settle,
                ),
            )
            memory = bench.memory(first["small"], options.openings)
            line["openings"] = options.openings
            line |= {f"memory_{when}_mb": round(size) for when, size in memory.items()}
            if options.video_frames:
                video = measure_video(bench, first["video"], browser_megabytes)
                line |= {
                    "video_frames": options.video_frames,
                    "video_first_ms": round(video["first"]),
                    "video_wrong_frames": video["wrong"],
                }
                for where, sizes in video["memory"].items():
                    line[f"video_{where}_mb"] = [round(size) for size in sizes]
                for name in ("jump", "step", "ten_steps"):
                    line |= summary(f"video_{name}", video[name])
            browser.close()
    return line


def report(line: dict[str, Any]) -> None:
    """The figures beside what they aim at."""
    rows = [
        ("step", "step at 640x480", "p95 16.7 ms"),
        ("large_step", "step at 2040x1088", "p95 16.7 ms"),
        ("naive", "naive page, step at 640x480", ""),
        ("mark", "key to marker visible", ""),
        ("saved", "key to saved", "p95 150 ms"),
        ("next_clip", "first frame of the next clip", "300 ms"),
        ("next_clip_any_frame", "any frame of the next clip", "p95 500 ms"),
        ("next_coding", "coding of the next clip", ""),
        ("other_clip", "first frame of another clip", "300 ms"),
        ("other_coding", "coding of another clip", ""),
        ("cold_start", "cold start, GET to first frame", "3000 ms"),
        ("video_jump", "jump in a long video", ""),
        ("video_step", "step in a long video", "p95 16.7 ms"),
        ("video_ten_steps", "ten frames at once, across its windows", ""),
    ]
    for name, title, aim in rows:
        if f"{name}_p50_ms" in line:
            p50, most = line[f"{name}_p50_ms"], line[f"{name}_max_ms"]
            text = f"{title}: p50 {p50} ms, p95 {line[f'{name}_p95_ms']} ms, max {most} ms"
            print(text + (f"   (aim: {aim})" if aim else ""))
    print(f"naive / mexlab, p95: {line['naive_over_mexlab']}")
    print(
        f"browser after {line['openings'] // 5} and {line['openings']} openings of clips: "
        f"{line['memory_early_mb']} and {line['memory_late_mb']} MB   (aim: no growth)"
    )
    if "video_frames" in line:
        print(
            f"video of {line['video_frames']} frames: wrong pictures {line['video_wrong_frames']}, "
            f"browser {line['video_browser_mb']} MB, kernel {line['video_kernel_mb']} MB"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the JSON line only")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--cold-starts", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=4, help="through the clips and back")
    parser.add_argument("--openings", type=int, default=200)
    parser.add_argument("--video-frames", type=int, default=0, help="with a video of that length")
    parser.add_argument("--long", action="store_true", help="with one of 5 minutes at 200 fps")
    options = parser.parse_args()
    if options.long:
        options.video_frames = 60_000
    chromium = next(
        (
            found
            for name in ("chromium", "chromium-browser", "google-chrome")
            if (found := shutil.which(name))
        ),
        None,
    )
    if chromium is None:
        sys.exit("no chromium on this machine: the player is measured in a real browser")
    line = measure(options, chromium)
    if not options.json:
        report(line)
    print(json.dumps(line))


if __name__ == "__main__":
    main()
