"""Import, import again and list a large database, against a reader that opens every frame.

A tree in the layout of CASME II is made: a coding sheet, and folders of frames that are hard links
to a few JPEG files of 640 x 480, so that a million of them fit on any disk. mexlab's import lists
folders and opens no frame. The reference, in the same run, is a naive reader that decodes each
frame with OpenCV to count it; it reads a sample of the clips, and its time for all is
extrapolated from that. Making the tree is not in any figure but ``tree_s``.

    python benchmarks/bench_import.py [--json] [--clips 10000] [--frames 100]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import openpyxl

from mexlab.pages.annotate.desk import CodingDesk
from mexlab.store import ImportChange, Store
from mexlab.workspace import Workspace
from mexlab.workspace.importing import import_into

CLIPS_A_SUBJECT = 100
#: File systems allow a file so many names (ext4: 65,000).
LINKS_A_FILE = 50_000
HEADER = (
    *("Subject", "Filename", None, "OnsetFrame", "ApexFrame", "OffsetFrame", None),
    *("Action Units", "Estimated Emotion"),
)
EMOTIONS = ("happiness", "surprise", "disgust", "repression", "others")


def make_tree(root: Path, clips: int, frames: int) -> list[Path]:
    """Write sheet and frames; returns the clips' folders."""
    rng = np.random.default_rng(0)
    grey = cv2.resize(rng.integers(0, 255, (12, 16), np.uint8), (640, 480))
    encoded = cv2.imencode(".jpg", cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))[1].tobytes()
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.append(HEADER)
    root.mkdir(parents=True)
    folders, linked = [], 0
    source = root / "frame0"
    for index in range(clips):
        subject, clip = 1 + index // CLIPS_A_SUBJECT, f"EP{1 + index % CLIPS_A_SUBJECT:02d}_01"
        folder = root / "CASME2_RAW_selected" / f"sub{subject:02d}" / clip
        folder.mkdir(parents=True)
        for number in range(1, frames + 1):
            if linked % LINKS_A_FILE == 0:
                source = root / f"frame{linked // LINKS_A_FILE}"
                source.write_bytes(encoded)
            os.link(source, f"{folder}/img{number}.jpg")
            linked += 1
        emotion = EMOTIONS[index % len(EMOTIONS)]
        marks = (1 + frames // 10, 1 + frames // 3, 1 + frames // 2)
        sheet.append((subject, clip, None, *marks, None, "12+L4", emotion))
        folders.append(folder)
    book.save(root / "CASME2-coding-20140508.xlsx")
    return folders


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds of one call, and what it gave."""
    start = time.perf_counter()
    result = work()
    return 1000 * (time.perf_counter() - start), result


def median_ms(work: Callable[[], Any], repeats: int) -> float:
    work()
    return float(np.median([timed(work)[0] for _ in range(repeats)]))


def import_once(workspace: Workspace, root: Path) -> ImportChange:
    ((_, change),) = import_into(workspace, "casme2", root)
    return change


def naive_ms_per_clip(folders: list[Path]) -> float:
    """A reader that opens each frame, as the reference."""
    took, sizes = timed(
        lambda: [cv2.imread(str(file)).shape for one in folders for file in sorted(one.iterdir())]
    )
    assert sizes
    return took / len(folders)


def filters(store: Store) -> dict[str, Callable[[], Any]]:
    """What a user narrows a list of clips by."""
    return {
        "text": lambda: store.clips(text="sub07 ep1", coder="database"),
        "emotion": lambda: store.clips(emotion="disgust", coder="database"),
        "subject": lambda: store.clips(subject="sub03", coder="database"),
        "status": lambda: store.clips(status="untouched", coder="ada"),
        "database": lambda: store.clips(database="casme2", coder="database"),
    }


def peak_mb() -> float:
    """The most memory that this process has had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_000_000 if sys.platform == "darwin" else 1_000)


def measure(root: Path, workspace: Workspace, options: argparse.Namespace) -> dict[str, Any]:
    clips = options.clips
    tree_ms, folders = timed(lambda: make_tree(root, clips, options.frames))
    before = peak_mb()
    first_ms, first = timed(lambda: import_once(workspace, root))
    again_ms, again = timed(lambda: import_once(workspace, root))
    assert len(first.added) == clips
    assert (len(again.unchanged), again.anything) == (clips, False)
    peak = peak_mb()
    store = workspace.store
    narrowed = {name: median_ms(work, options.repeats) for name, work in filters(store).items()}
    sample = folders[:: max(1, clips // options.sample)][: options.sample]
    naive = naive_ms_per_clip(sample)
    return {
        "clips": clips,
        "frames": clips * options.frames,
        "tree_s": round(tree_ms / 1000, 1),
        "import_ms_per_clip": round(first_ms / clips, 3),
        "reimport_ms_per_clip": round(again_ms / clips, 3),
        "list_ms": round(median_ms(lambda: store.clips(coder="database"), options.repeats), 1),
        "filter_ms": round(max(narrowed.values()), 1),
        "filters": {name: round(took, 1) for name, took in narrowed.items()},
        "annotate_list_ms": round(
            median_ms(lambda: CodingDesk(workspace).list_rows(), options.repeats), 1
        ),
        "peak_mb": round(peak),
        "import_grew_mb": round(peak - before),
        "naive_ms_per_clip": round(naive, 1),
        "naive_sampled_clips": len(sample),
        "naive_extrapolated_s": round(naive * clips / 1000, 1),
        "naive_over_import": round(naive / (first_ms / clips), 1),
        "naive_over_reimport": round(naive / (again_ms / clips), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the JSON line only")
    parser.add_argument("--clips", type=int, default=10_000)
    parser.add_argument("--frames", type=int, default=100, help="of each clip")
    parser.add_argument("--sample", type=int, default=20, help="clips that the naive reader reads")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.create(Path(folder) / "workspace")
        line = {"benchmark": "import", **measure(Path(folder) / "files", workspace, options)}
        workspace.close()
    if not options.json:
        for key, value in line.items():
            print(f"{key:22} {value}")
    print(json.dumps(line))


if __name__ == "__main__":
    main()
