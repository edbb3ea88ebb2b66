"""Takes the pictures of the docs: the pages of a demo workspace in a real browser.

    python docs/take_pictures.py mexlab-demo

The workspace is what ``mexlab demo`` makes; a copy of it is used, so that what is coded for the
pictures stays out of it. Every face in them is synthetic.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

PICTURES = Path(__file__).parent / "pictures"
SIZE = {"width": 1440, "height": 900}
PATIENCE_MS = 120_000


def mark(page: Any, numbers: list[int], at: int, key: str) -> None:
    """Go to a frame by the keys, as a coder does, and mark it."""
    shown = int(page.get_by_test_id("frame-number").inner_text())
    steps = numbers.index(at) - numbers.index(shown)
    page.keyboard.press("Escape")
    for _ in range(abs(steps)):
        page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")
    page.wait_for_selector(f'[data-testid=canvas-current][data-frame="{at}"]')
    page.keyboard.press(key)


class Photographer:
    """One browser on one served workspace."""

    def __init__(self, page: Any, server: Any) -> None:
        self.page, self.server = page, server

    def open(self, name: str, wait_for: str, **query: Any) -> None:
        self.page.goto(self.server.address(name, **query), wait_until="commit")
        self.page.wait_for_selector(wait_for)

    def take(self, name: str, **options: Any) -> None:
        self.page.mouse.move(0, 0)
        self.page.screenshot(
            path=PICTURES / f"{name}.jpg", type="jpeg", quality=88, animations="disabled", **options
        )
        print(PICTURES / f"{name}.jpg")


def photographer(server: Any, browser: Any) -> Photographer:
    context = browser.new_context(viewport=SIZE, color_scheme="dark")
    context.set_default_timeout(PATIENCE_MS)
    return Photographer(context.new_page(), server)


def smile(workspace: Any) -> tuple[Any, list[int]]:
    """A happy clip that the database has coded whole, and its frames' numbers."""
    row = next(
        row
        for row in workspace.store.clips(coder="database", emotion="happiness")
        if row.coding.apex and row.coding.offset
    )
    return row, [int(number) for number in workspace.store.clip(row.key).frames.numbers]


def take_pictures(workspace: Any, server: Any, browser: Any) -> None:
    """Flow, train, results and annotate."""
    row, numbers = smile(workspace)
    camera = photographer(server, browser)
    page = camera.page

    # Before anything is coded: who codes sees no more of a clip than they have committed.
    camera.open("flow", "[data-testid=flow-curve]", clip=row.key)
    camera.take("flow")

    camera.open("train", "text=Start training")
    page.get_by_text("Start training").click()
    page.get_by_text("Open the results").wait_for()
    camera.take("train")

    camera.open("results", "[data-testid=cell-full-negative-positive]")
    page.locator("[data-testid=cell-full-negative-positive]").click()
    page.get_by_test_id("cell-clip").first.wait_for()
    camera.take("results")

    camera.open("annotate", "[data-testid=curve-legend][data-state=ready]", clip=row.key)
    coding = row.coding
    for at, key in ((coding.onset, "o"), (coding.offset, "f"), (coding.apex, "a")):
        mark(page, numbers, at, key)
    page.keyboard.press("1")
    page.keyboard.press("u")
    page.keyboard.type("6+12")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.get_by_test_id("status").get_by_text("undo step").wait_for()
    page.get_by_text(f"since onset {coding.onset}").wait_for()
    camera.take("annotate")


def in_a_copy(folder: Path, work: Callable[[Any, Any, Any], Any]) -> Any:
    """Serve a copy of a workspace and do ``work(workspace, server, browser)`` on it."""
    from playwright.sync_api import sync_playwright

    from mexlab.serving.server import start_server
    from mexlab.workspace import Workspace

    os.environ["MEXLAB_CODER"] = "anna"
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Workspace.open(shutil.copytree(folder, Path(scratch) / "study"))
        with start_server(workspace, port=0) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            result = work(workspace, server, browser)
            browser.close()
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path, help="A workspace that `mexlab demo` made.")
    in_a_copy(parser.parse_args().workspace, take_pictures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
