"""Takes the film strip of docs/annotate.md: one clip coded in four moments, keys only.

    python docs/take_film_strip.py mexlab-demo

As with take_pictures.py, a copy of the workspace is used and every face is synthetic.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from take_pictures import PICTURES, in_a_copy, mark, photographer, smile

#: Of one moment in the strip.
SMALL = (960, 600)


def moment(page: Any) -> np.ndarray:
    page.mouse.move(0, 0)
    data = page.screenshot(animations="disabled")
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return cv2.resize(picture, SMALL, interpolation=cv2.INTER_AREA)


def film(workspace: Any, server: Any, browser: Any) -> list[np.ndarray]:
    """Marked; the difference to the onset; named; committed, with what others found."""
    row, numbers = smile(workspace)
    camera = photographer(server, browser)
    page = camera.page
    camera.open("annotate", "[data-testid=curve-legend][data-state=ready]", clip=row.key)
    coding = row.coding
    for at, key in ((coding.onset, "o"), (coding.offset, "f"), (coding.apex, "a")):
        mark(page, numbers, at, key)
    page.get_by_text(f"since onset {coding.onset}").wait_for()
    moments = [moment(page)]
    page.keyboard.down("x")
    page.wait_for_selector("[data-testid=canvas-current][data-mode=difference]")
    moments.append(moment(page))
    page.keyboard.up("x")
    page.keyboard.press("1")
    page.keyboard.press("u")
    page.keyboard.type("6+chee")
    page.wait_for_selector("[data-testid=complete] .mx-complete-row")
    moments.append(moment(page))
    for _ in range(4):
        page.keyboard.press("Backspace")
    page.keyboard.type("12B")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    page.wait_for_selector(f'[data-key="{row.key}"][data-status=committed]')
    page.keyboard.press("k")
    page.locator("[data-testid=ghost-apex][data-coder='D&C-RoIs']").wait_for(state="attached")
    page.wait_for_selector("[data-testid=curve-legend][data-state=ready]")
    moments.append(moment(page))
    return moments


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path, help="A workspace that `mexlab demo` made.")
    one, two, three, four = in_a_copy(parser.parse_args().workspace, film)
    gap = np.full((SMALL[1], 8, 3), 24, np.uint8)
    rows = [np.hstack([one, gap, two]), np.hstack([three, gap, four])]
    bar = np.full((8, rows[0].shape[1], 3), 24, np.uint8)
    target = PICTURES / "annotate_steps.jpg"
    cv2.imwrite(str(target), np.vstack([rows[0], bar, rows[1]]), [cv2.IMWRITE_JPEG_QUALITY, 85])
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
