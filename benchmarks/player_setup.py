"""Clips and the server for the benchmark of the player: our page and a naive one beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from mexlab.pages.shell.links import dashboards_folder
from mexlab.workspace.importing import import_into
from mexlab.workspace.workspace import Workspace

FPS = 200.0
TOKEN = "benchmark"

#: Our server with one page more: the naive one.
LAUNCH = """
import sys
from pathlib import Path
from mexlab.pages.shell import links
links.PAGES["naive"] = "Naive"
links.dashboards_folder = lambda: Path(sys.argv[1])
from mexlab.serving import voila_app
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


def make_workspace(folder: Path) -> Workspace:
    """An empty workspace."""
    return Workspace.create(folder / "workspace", name="bench")


def add_clips(
    workspace: Workspace, folder: Path, name: str, size: tuple[int, int], frames: int, clips: int
) -> None:
    """Clips of a moving texture, imported as any folder of frames is.

    Parameters
    ----------
    workspace : Workspace
    folder : path
    name : str
        Of the database.
    size : (height, width)
    frames, clips : int
    """
    rng = np.random.default_rng(1)
    height, width = size
    coarse = rng.uniform(60, 200, (height // 4, (width + 2 * frames) // 4, 3)).astype(np.float32)
    texture = cv2.resize(coarse, (width + 2 * frames, height), interpolation=cv2.INTER_CUBIC)
    noise = rng.normal(0, 3, (height, width, 3)).astype(np.float32)
    root = folder / name
    for clip in range(clips):
        place = root / "s1" / f"clip{clip}"
        place.mkdir(parents=True)
        for at in range(frames):
            picture = texture[:, at : at + width] + np.roll(noise, 37 * at, axis=1)
            bytes_ = cv2.imencode(
                ".jpg", np.clip(picture, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 90]
            )[1]
            (place / f"img{at + 1:04d}.jpg").write_bytes(bytes_.tobytes())
    import_into(workspace, "folder", root, name=name, fps=FPS)


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
    first = workspace.store.clips(database="small")[0].key
    frames = folder / first.database / first.subject / first.name
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
