"""The long video of the player's benchmark: it says its own numbers; and what is timed in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
from player_setup import FPS

from mexlab.data.clips import ClipKey
from mexlab.workspace.importing import import_into
from mexlab.workspace.workspace import Workspace

SIZE = (320, 240)
BITS = 17

#: Jumps go to these tenths of the video, by a click on the timeline.
PLACES = (5, 1, 8, 3, 9, 2, 7, 4, 6, 0)
#: Single steps forward and back after each jump, then steps of ten across a window.
STEPS, TENS = 40, 60

# Whether the number drawn into the picture is the number that the player says it shows.
RIGHT = f"""() => {{
  const canvas = document.querySelector('[data-testid=canvas-current]');
  const context = canvas.getContext('2d');
  let drawn = 0;
  for (let bit = 0; bit < {BITS}; bit += 1) {{
    const x = Math.floor(((bit + 0.5) * canvas.width) / {BITS});
    const [red] = context.getImageData(x, Math.floor(canvas.height / 24), 1, 1).data;
    if (red > 128) drawn += 2 ** bit;
  }}
  return drawn === Number(canvas.dataset.frame)
    && drawn === Number(document.querySelector('[data-testid=frame-number]').textContent);
}}"""

KERNEL = "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"


def add_video(workspace: Workspace, folder: Path, name: str, frames: int) -> None:
    """One long video (MJPEG): a moving texture, and above it the frame's number in blocks."""
    width, height = SIZE
    rng = np.random.default_rng(2)
    texture = cv2.resize(rng.uniform(60, 200, (60, 400, 3)).astype(np.float32), (1600, height))
    texture = texture.astype(np.uint8)
    place = folder / name / "s1"
    place.mkdir(parents=True)
    writer = cv2.VideoWriter(str(place / "long.avi"), cv2.VideoWriter.fourcc(*"MJPG"), FPS, SIZE)
    for number in range(1, frames + 1):
        at = number % 1280
        picture = np.ascontiguousarray(texture[:, at : at + width])
        picture[: height // 12] = 0
        for bit in range(BITS):
            if number >> bit & 1:
                left, right = width * bit // BITS, width * (bit + 1) // BITS
                picture[: height // 12, left:right] = 255
        writer.write(picture)
    writer.release()
    import_into(workspace, "folder", folder / name, name=name, fps=FPS)


def measure_video(bench: Any, clip: ClipKey, browser_megabytes: Any) -> dict[str, Any]:
    """Jumps to ten places, steps on from each and across windows; every picture is checked."""
    with bench.page("annotate", clip=clip) as page:
        first = float(page.evaluate("bench.first"))
        kernel = kernel_process(page.evaluate(KERNEL))
        memory = {"browser": [browser_megabytes(page)], "kernel": [megabytes(kernel)]}
        track = page.get_by_test_id("timeline").bounding_box()
        found: dict[str, list[float]] = {"jump": [], "step": [], "ten_steps": []}
        wrong = 0

        def press(name: str, key: str, times: int) -> None:
            nonlocal wrong
            for _ in range(times):
                found[name] += bench.press(page, key)
                wrong += not page.evaluate(RIGHT)

        for tenth in PLACES:
            seen = page.evaluate("bench.steps.length")
            page.evaluate("bench.pressed = performance.now()")
            x = track["x"] + 30 + (track["width"] - 60) * tenth / 10
            page.mouse.click(x, track["y"] + track["height"] * 0.45)
            page.wait_for_function(f"bench.steps.length > {seen}", polling=5)
            found["jump"] += page.evaluate(f"bench.steps.slice({seen}, {seen} + 1)")
            wrong += not page.evaluate(RIGHT)
            press("step", "ArrowRight", STEPS)
            press("step", "ArrowLeft", STEPS // 2)
        press("ten_steps", "Shift+ArrowRight", TENS * 4)
        memory["browser"].append(browser_megabytes(page))
        memory["kernel"].append(megabytes(kernel))
    return {"first": first, "wrong": wrong, "memory": memory, **found}


def kernel_process(name: str) -> psutil.Process:
    """The process that runs a kernel."""
    return next(
        process
        for process in psutil.process_iter(["cmdline"])
        if any(name in part for part in process.info["cmdline"] or ())
    )


def megabytes(process: psutil.Process) -> float:
    """Resident memory."""
    return float(process.memory_info().rss) / 2**20
