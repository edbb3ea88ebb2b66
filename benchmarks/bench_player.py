"""The annotate page's player against the naive page, in a real browser on a real Voila.

A step is timed from the key press (the browser's own time stamp) until the picture of the new
frame is there: drawn on the player's canvas, or loaded by the naive page's image. The naive page
is what ipywidgets gives without thought, an ``IntSlider`` and an ``Image`` with a kernel trip a
frame; it is served by the same Voila, and steps through the same frames in the same run. Also
measured: key press to first frame when the next clip is opened on a warm kernel, key press to
"saved", and a cold start of the page, from the GET with an empty browser cache to the first frame.

    python benchmarks/bench_player.py [--json] [--steps 100]

Frames are 640 x 480 JPEGs of a seeded moving texture, about as large as those of CASME II.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mexlab.data.clips import ClipKey
from mexlab.pages.links import dashboards_folder
from mexlab.workspace.importing import import_into
from mexlab.workspace.workspace import Workspace

SIZE = (480, 640)
CLIPS = 6
FPS = 200.0
TOKEN = "benchmark"
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

#: Our server with one page more: the naive one.
LAUNCH = """
import sys
from pathlib import Path
from mexlab.pages import links
links.PAGES["naive"] = "Naive"
links.dashboards_folder = lambda: Path(sys.argv[1])
from mexlab.pages import voila_app
sys.exit(voila_app.main())
"""

NAIVE = """
import os
from pathlib import Path
import ipywidgets as widgets
from IPython.display import display
files = sorted(Path(os.environ["BENCH_FRAMES"]).glob("*.jpg"))
frames = [file.read_bytes() for file in files]
slider = widgets.IntSlider(min=0, max=len(frames) - 1)
image = widgets.Image(value=frames[0], format="jpeg")
def show(change):
    image.value = frames[change["new"]]
slider.observe(show, "value")
display(widgets.VBox([slider, image]))
"""

#: Pairs every key press with the next picture: on our canvas, or in the naive page's image.
RECORDER = """
window.bench = { steps: [], pressed: null, first: null };
document.addEventListener('keydown', (event) => { bench.pressed = event.timeStamp; }, true);
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


def make_workspace(folder: Path, frames: int) -> Workspace:
    """Clips of a moving texture, imported as any folder of frames is."""
    rng = np.random.default_rng(1)
    height, width = SIZE
    coarse = rng.uniform(60, 200, (height // 4, (width + 2 * frames) // 4, 3)).astype(np.float32)
    texture = cv2.resize(coarse, (width + 2 * frames, height), interpolation=cv2.INTER_CUBIC)
    root = folder / "frames"
    for clip in range(CLIPS):
        place = root / "s1" / f"clip{clip}"
        place.mkdir(parents=True)
        for at in range(frames):
            picture = texture[:, at : at + width] + rng.normal(0, 3, (height, width, 3))
            bytes_ = cv2.imencode(
                ".jpg", np.clip(picture, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 90]
            )[1]
            (place / f"img{at + 1:04d}.jpg").write_bytes(bytes_.tobytes())
    workspace = Workspace.create(folder / "workspace", name="bench")
    import_into(workspace, "folder", root, name="bench", fps=FPS)
    return workspace


@contextmanager
def serve(folder: Path, workspace: Workspace) -> Iterator[str]:
    """Our Voila with the naive page beside annotate; yields its address."""
    pages = folder / "pages"
    pages.mkdir()
    source = dashboards_folder() / "annotate.ipynb"
    shutil.copy(source, pages)
    notebook = json.loads(source.read_text("utf-8"))
    notebook["cells"] = [{**notebook["cells"][0], "source": NAIVE.splitlines(keepends=True)}]
    (pages / "naive.ipynb").write_text(json.dumps(notebook), "utf-8")
    first = workspace.store.clips()[0].key
    frames = folder / "frames" / first.subject / first.name
    log = folder / "server.log"
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCH, str(pages)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log.open("w"),
        text=True,
        env={**os.environ, "BENCH_FRAMES": str(frames), "MEXLAB_CODER": "bench"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    request = {"workspace": str(workspace.path), "host": "127.0.0.1", "port": 0, "token": TOKEN}
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    try:
        line = process.stdout.readline()
        if not line:
            sys.exit(f"the server did not start:\n{log.read_text('utf-8')}")
        yield f"http://127.0.0.1:{json.loads(line)['port']}"
    finally:
        process.stdin.close()
        process.wait(30)


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

    def forward_and_back(self, page: Any) -> list[float]:
        return [
            *self.press(page, "ArrowRight", self.steps),
            *self.press(page, "ArrowLeft", self.steps),
        ]

    def cold_start(self, clip: ClipKey) -> float:
        with self.page("annotate", clip=clip) as page:
            page.wait_for_function("bench.first !== null", polling=20)
            return float(page.evaluate("bench.first"))

    def player(self, clip: ClipKey) -> dict[str, list[float]]:
        """Steps, saves and the opening of further clips, on one warm page."""
        with self.page("annotate", clip=clip) as page:
            page.wait_for_function("bench.first !== null", polling=20)
            settle(page)
            steps = self.forward_and_back(page)
            page.evaluate(SAVED)
            for count in range(1, 21):
                page.keyboard.press("ArrowRight")
                page.keyboard.press("a")
                page.wait_for_function(f"bench.saves.length >= {count}", polling=10)
            saves = list(page.evaluate("bench.saves"))
            opened = []
            for _ in range(CLIPS - 1):
                opened += self.press(page, "j")
                settle(page)
            return {"steps": steps, "saves": saves, "opened": opened}

    def naive(self) -> list[float]:
        with self.page("naive") as page:
            page.wait_for_function("bench.first !== null", polling=20)
            page.get_by_role("slider").focus()
            self.press(page, "ArrowRight")
            self.press(page, "ArrowLeft")
            return self.forward_and_back(page)


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the JSON line only")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--cold-starts", type=int, default=5)
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

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
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        workspace = make_workspace(folder, options.steps + 5)
        clip = workspace.store.clips()[0].key
        with serve(folder, workspace) as address:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
            bench = Bench(browser, address, options.steps)
            cold = [bench.cold_start(clip) for _ in range(options.cold_starts)]
            ours = bench.player(clip)
            naive = bench.naive()
            browser.close()
    line = {
        "benchmark": "player",
        "size": f"{SIZE[1]}x{SIZE[0]}",
        "steps": len(ours["steps"]),
        "step_p50_ms": round(statistics.median(ours["steps"]), 2),
        "step_p95_ms": round(p95(ours["steps"]), 2),
        "step_max_ms": round(max(ours["steps"]), 2),
        "naive_p50_ms": round(statistics.median(naive), 2),
        "naive_p95_ms": round(p95(naive), 2),
        "naive_over_mexlab": round(p95(naive) / p95(ours["steps"]), 1),
        "first_frame_ms": round(statistics.median(ours["opened"]), 1),
        "first_frame_max_ms": round(max(ours["opened"]), 1),
        "saved_p95_ms": round(p95(ours["saves"]), 1),
        "cold_start_ms": round(statistics.median(cold), 1),
        "cold_start_max_ms": round(max(cold), 1),
    }
    if not options.json:
        print(f"step, {line['steps']} forward and back at {line['size']}:")
        print(
            f"  mexlab   p50 {line['step_p50_ms']} ms, p95 {line['step_p95_ms']} ms, "
            f"max {line['step_max_ms']} ms   (aim: p95 16.7 ms)"
        )
        print(f"  naive    p50 {line['naive_p50_ms']} ms, p95 {line['naive_p95_ms']} ms")
        print(f"  naive / mexlab, p95: {line['naive_over_mexlab']}")
        print(f"first frame of the next clip: {line['first_frame_ms']} ms   (aim: 500 ms)")
        print(f"key to saved: p95 {line['saved_p95_ms']} ms   (aim: 150 ms)")
        print(f"cold start, GET to first frame: {line['cold_start_ms']} ms   (aim: 3000 ms)")
    print(json.dumps(line))


if __name__ == "__main__":
    main()
