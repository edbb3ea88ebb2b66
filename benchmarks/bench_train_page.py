"""From the click on "Start training" to the first curve, in a real browser on a real Voila.

Timed by the page's own clock, from the click until the first curve is painted, until the matrix
shows its first counts, and until the finished run's matrix is whole. ``warm``: the page has been
open for some seconds, and the process that it started waits for work. ``cold``: no process waits
(``MEXLAB_RUNNER_WAIT=0``), so that one has to start and to import torch. The reference, in the same
run: a fresh ``mexlab train`` of the same training, from its start to the first epoch that it tells.

Also measured: a look at all runs, as the open page takes one every two seconds, with hundreds of
runs in the workspace; the reference is reading them all.

    python benchmarks/bench_train_page.py [--json] [--repeats 10] [--runs 300]

The data are a small synthetic feature release: 72 clips of 12 people, LAENet, the default recipe.
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
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from bench_player import FLAGS, PATIENCE_MS

from mexlab.runs.catalogue import RunCatalogue
from mexlab.runs.run import list_runs
from mexlab.serving.server import Server, start_server
from mexlab.synthetic import synthesise
from mexlab.workspace.importing import import_into
from mexlab.workspace.queue.places import queue_folder
from mexlab.workspace.queue.runner import WAIT_VARIABLE, runner_is_there, stop_runner
from mexlab.workspace.workspace import Workspace

SUBJECTS = 12
MOMENTS = ("first_curve", "first_counts", "finished")

#: Looks at the page at every frame that the browser paints, from the click on.
WATCH = """
window.bench = {};
document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-testid=start-run]')) return;
  const begun = event.timeStamp;
  const counts = () => [...document.querySelectorAll('[data-testid=matrix-full] .mx-cell')]
    .reduce((sum, cell) => sum + Number(cell.dataset.count), 0);
  const seen = {
    first_curve: () => document.querySelector('.mx-plotly .scatterlayer path'),
    first_counts: () => counts() > 0,
    finished: () => counts() === CLIPS
      && document.querySelector('.mx-monitor[data-status=finished]'),
  };
  const look = () => {
    for (const [name, here] of Object.entries(seen)) {
      if (!(name in bench) && here()) bench[name] = (performance.now() - begun) / 1000;
    }
    if (!('finished' in bench)) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}, true);
"""


def wait_until(condition: Callable[[], Any], seconds: float = 120.0) -> None:
    """Look every 20 ms until a condition holds."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            sys.exit("what was waited for did not come")
        time.sleep(0.02)


def wait_warm(workspace: Workspace) -> None:
    """Wait until the workspace's process has come to rest: all is imported."""
    wait_until(lambda: runner_is_there(workspace))
    record = json.loads((queue_folder(workspace) / "process.json").read_text("utf-8"))
    process = psutil.Process(record["pid"])
    used, since = -1.0, time.monotonic()
    while time.monotonic() - since < 2.0:
        now = sum(process.cpu_times()[:2])
        # It looks for work all the time: some hundredths of a second are not an import.
        if now - used > 0.1:
            used, since = now, time.monotonic()
        time.sleep(0.1)


def click_and_watch(browser: Any, server: Server, clips: int, ready: Callable[[], None]) -> Any:
    """One training, started on a page of its own; seconds from the click to each moment."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(WATCH.replace("CLIPS", str(clips)))
    page.goto(server.address("train"), wait_until="commit")
    button = page.locator("[data-testid=start-run]:not([disabled])")
    button.wait_for()
    ready()
    button.click()
    page.wait_for_function("'finished' in window.bench")
    seen = page.evaluate("window.bench")
    page.close()
    return seen


def fresh_process(workspace: Workspace) -> float:
    """Seconds from the start of ``mexlab train`` to the first epoch in its run's folder."""
    before = {run.id for run in list_runs(workspace.runs_dir)}
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "mexlab", "-w", str(workspace.path), "train"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def told() -> bool:
        if not workspace.runs_dir.is_dir():
            return False
        new = [one for one in workspace.runs_dir.iterdir() if one.name not in before]
        return any('"points"' in _read(folder / "progress.jsonl") for folder in new)

    wait_until(told)
    seconds = time.monotonic() - begun
    process.wait()
    return seconds


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def measure_clicks(workspace: Workspace, repeats: int) -> dict[str, Any]:
    """Warm, cold, and the reference, by turns of a server each."""
    from playwright.sync_api import sync_playwright

    results: dict[str, Any] = {}
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for name in ("warm", "cold"):
            results[name] = measure_pages(browser, workspace, repeats, warm=name == "warm")
        browser.close()
    results["fresh_process"] = spread([fresh_process(workspace) for _ in range(repeats)])
    return results


def measure_pages(
    browser: Any, workspace: Workspace, repeats: int, *, warm: bool
) -> dict[str, dict[str, float]]:
    """The moments of some trainings, with a process that waits for them, or without."""
    os.environ[WAIT_VARIABLE] = "300" if warm else "0"
    clips = sum(row.clips for row in workspace.store.databases())

    def ready() -> None:
        if warm:
            wait_warm(workspace)
        else:
            wait_until(lambda: not runner_is_there(workspace))

    with start_server(workspace, port=0) as server:
        seen = [click_and_watch(browser, server, clips, ready) for _ in range(repeats)]
    stop_runner(workspace)
    wait_until(lambda: not runner_is_there(workspace))
    return {moment: spread([one[moment] for one in seen]) for moment in MOMENTS}


def measure_looks(workspace: Workspace, runs: int) -> dict[str, float]:
    """Milliseconds of a look at many runs, and of reading them all."""
    source = list_runs(workspace.runs_dir)[0].folder
    folder = workspace.path / "many"
    for number in range(runs):
        shutil.copytree(source, folder / f"laenet-{number:03d}", ignore=_heavy)
    catalogue = RunCatalogue(folder)
    catalogue.runs()
    looks, reads = [], []
    for _ in range(20):
        looks.append(_milliseconds(catalogue.runs))
        reads.append(_milliseconds(lambda: list_runs(folder)))
    return {"look_ms": statistics.median(looks), "read_ms": statistics.median(reads)}


def _heavy(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name not in ("run.json", "labels.json")}


def _milliseconds(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - begun)


def spread(values: list[float]) -> dict[str, float]:
    return {"p50": round(statistics.median(values), 3), "max": round(max(values), 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the JSON line only")
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--runs", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        synthesise("ststnet", folder / "release", subjects=SUBJECTS, seed=1)
        workspace = Workspace.create(folder / "workspace", name="bench")
        import_into(workspace, "ststnet", folder / "release")
        # Compiles the kernel where that was never done on this machine.
        fresh_process(workspace)
        results = measure_clicks(workspace, options.repeats)
        looks = measure_looks(workspace, options.runs)
        workspace.close()
    if not options.json:
        for part in ("warm", "cold"):
            for moment in MOMENTS:
                p50, most = results[part][moment].values()
                print(f"{part:6} click to {moment:14} p50 {p50:7.2f} s   max {most:7.2f} s")
        fresh = results["fresh_process"]
        print(
            f"fresh process to first epoch  p50 {fresh['p50']:7.2f} s   max {fresh['max']:7.2f} s"
        )
        print(
            f"a look at {options.runs} runs {looks['look_ms']:.1f} ms, "
            f"reading them {looks['read_ms']:.1f} ms"
        )
    warm, cold = results["warm"]["first_curve"]["p50"], results["cold"]["first_curve"]["p50"]
    line = {
        "benchmark": "train_page",
        "repeats": options.repeats,
        "fresh_over_warm": round(results["fresh_process"]["p50"] / warm, 2),
        "cold_over_warm": round(cold / warm, 2),
        "read_over_look": round(looks["read_ms"] / looks["look_ms"], 1),
        "runs": options.runs,
        **results,
        **{key: round(value, 2) for key, value in looks.items()},
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
