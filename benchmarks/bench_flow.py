"""TV-L1 with few iterations against OpenCV's defaults: time and error, on known motion.

A small synthetic database is made (faces moved by displacement fields that are stored beside
it), the same pairs are measured with each method in turn, and errors are end-point errors
against the truth in pixels of the 140 x 170 crop, outside the eyes. The reference is
``DualTVL1OpticalFlow`` with OpenCV's defaults, in the same run.

    python benchmarks/bench_flow.py [--json] [--pairs 16]
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mexlab.data.frames.frames import index_images
from mexlab.features.flow_maps import compute_flow_maps
from mexlab.features.settings import FlowSettings
from mexlab.synthetic import load_truth, synthesise
from mexlab.vision.crop import crop_face
from mexlab.vision.flow import FLOW_METHODS, compute_flow, to_grey

MOVING = 0.5  # of the greatest displacement: what counts as the moving part of the face


def gather(root: Path, pairs: int) -> list[dict[str, Any]]:
    """Grey onset and apex crops with their true flow and the part of the face to compare."""
    gathered = []
    folders = sorted(root.glob("CASME2_RAW_selected/*/*"))
    for folder in folders[:: max(1, len(folders) // pairs)][:pairs]:
        frames = index_images(folder)
        truth = load_truth(root, folder.parent.name, folder.name)
        settings = FlowSettings(flow="dis", eye_mask_margin=8.0)
        maps = compute_flow_maps(frames, truth.onset, truth.apex, settings)
        box, size = maps.box, settings.face_size
        crops = [
            to_grey(crop_face(frames.read(number), box, size))
            for number in (truth.onset, truth.apex)
        ]
        cut = truth.flow[box.top : box.bottom, box.left : box.right]
        flow = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
        flow = flow * (size[0] / box.width, size[1] / box.height)
        face = np.zeros(flow.shape[:2], np.uint8)
        cv2.fillConvexPoly(face, cv2.convexHull(maps.landmarks.astype(np.int32)), 1)
        face = face.astype(bool) & ~maps.mask
        motion = np.hypot(flow[..., 0], flow[..., 1])
        gathered.append(
            {
                "pair": crops,
                "flow": flow,
                "face": face,
                "moving": face & (motion > MOVING * motion[face].max()),
            }
        )
    return gathered


def measure(gathered: list[dict[str, Any]], repeats: int) -> dict[str, dict[str, float]]:
    """Median time and mean errors a method; the methods take turns on each pair."""
    times: dict[str, list[float]] = {name: [] for name in FLOW_METHODS}
    errors: dict[str, list[tuple[float, float]]] = {name: [] for name in FLOW_METHODS}
    for name in FLOW_METHODS:
        compute_flow(*gathered[0]["pair"], name)
    for sample in gathered:
        for repeat in range(repeats):
            for name in FLOW_METHODS:
                start = time.perf_counter()
                flow = compute_flow(*sample["pair"], name)
                times[name].append(time.perf_counter() - start)
                if repeat == 0:
                    error = np.hypot(*np.moveaxis(flow - sample["flow"], 2, 0))
                    errors[name].append(
                        (float(error[sample["face"]].mean()), float(error[sample["moving"]].mean()))
                    )
    return {
        name: {
            "ms": 1000 * float(np.median(times[name])),
            "error_px": float(np.mean([face for face, _ in errors[name]])),
            "moving_error_px": float(np.mean([moving for _, moving in errors[name]])),
        }
        for name in FLOW_METHODS
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the JSON line only")
    parser.add_argument("--pairs", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "casme2"
        synthesise("casme2", root, subjects=3, seed=1)
        gathered = gather(root, options.pairs)
        results = measure(gathered, options.repeats)
    if not options.json:
        print(f"{'method':12} {'ms':>8} {'error':>8} {'moving':>8}   px of the 140 x 170 crop")
        for name, row in results.items():
            error, moving = row["error_px"], row["moving_error_px"]
            print(f"{name:12} {row['ms']:8.1f} {error:8.3f} {moving:8.3f}")
    micro, default = results["tvl1-micro"], results["tvl1"]
    line = {
        "benchmark": "flow",
        "pairs": len(gathered),
        "default_over_micro": round(default["ms"] / micro["ms"], 2),
        "micro_error_over_default": round(micro["error_px"] / default["error_px"], 3),
        "micro_moving_error_over_default": round(
            micro["moving_error_px"] / default["moving_error_px"], 3
        ),
        "methods": {
            name: {key: round(value, 4) for key, value in row.items()}
            for name, row in results.items()
        },
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
