"""How near the machine's apex comes to the true one: strain, motion and D&C-RoIs.

Synthetic databases are made (or given), whose true onset and apex are stored beside them. The
curves are measured against the first frame, as before the coder marks anything, and against the
true onset; each method also within the true onset and offset, as where the coder has marked them.
Pages offer the methods in the order of `mexlab.spotting.apex_methods`; the last line says whether
that is the order measured here. Errors are absolute, in frames; the reference is the largest
motion in the same run.

    python benchmarks/bench_apex.py [--json] [--seeds 1 2] [--every 3] [--given casme2=FOLDER ...]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from mexlab.data.databases.registry import read_database
from mexlab.features.cache import FlowCache
from mexlab.features.curves import motion_curves
from mexlab.features.face_motion import CURVE_SETTINGS
from mexlab.spotting.apex import dc_rois_apex, motion_apex, strain_apex
from mexlab.spotting.apex_methods import APEX_METHODS
from mexlab.synthetic import load_truth, synthesise

LAYOUTS = ("casme2", "samm", "mmew")

#: The column that the declared errors are of.
DECLARED = {"motion": "motion, first frame", "strain": "strain, first frame", "dc_rois": "D&C-RoIs"}


def measure(layout: str, root: Path, cache: FlowCache, every: int) -> list[dict[str, Any]]:
    """One entry for each `every`-th clip: the error of each method, frames, and the frame rate."""
    database = read_database(layout, root)
    coded = {coding.clip for coding in database.codings}
    found = []
    for clip in [clip for clip in database.clips if clip.key in coded][::every]:
        if clip.frames is None:
            continue
        truth = load_truth(root, clip.key.subject, clip.key.name)
        numbers = [int(number) for number in clip.frames.numbers]
        entry: dict[str, Any] = {"layout": layout, "clip": str(clip.key), "fps": clip.fps}
        for name, reference in (("first frame", numbers[0]), ("onset", truth.onset)):
            curves = motion_curves(clip.frames, reference, cache=cache)
            assert curves is not None
            entry[f"motion, {name}"] = abs(motion_apex(curves) - truth.apex)
            entry[f"strain, {name}"] = abs(strain_apex(curves) - truth.apex)
        within = [number for number in numbers if truth.onset <= number <= truth.offset]
        entry["motion, within"] = abs(motion_apex(curves, within) - truth.apex)
        entry["strain, within"] = abs(strain_apex(curves, within) - truth.apex)
        points = cache.landmarks(clip.frames, numbers[0], numbers[0], CURVE_SETTINGS)
        apex = dc_rois_apex(clip.frames, points)
        assert apex is not None
        entry["D&C-RoIs"] = abs(apex - truth.apex)
        apex = dc_rois_apex(clip.frames, points, within=within)
        assert apex is not None
        entry["D&C-RoIs, within"] = abs(apex - truth.apex)
        found.append(entry)
    return found


def table(entries: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """By layout and over all: clips, and the median error of each method in frames."""
    methods = [name for name in entries[0] if name not in ("layout", "clip", "fps")]
    groups = {layout: [e for e in entries if e["layout"] == layout] for layout in LAYOUTS}
    groups = {name: group for name, group in groups.items() if group} | {"all": entries}
    return {
        name: {"clips": len(group)}
        | {method: float(np.median([e[method] for e in group])) for method in methods}
        | {f"{method}, mean": float(np.mean([e[method] for e in group])) for method in methods}
        for name, group in groups.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--subjects", type=int, default=3)
    parser.add_argument("--every", type=int, default=1, help="only every n-th clip")
    parser.add_argument("--given", nargs="*", default=[], metavar="LAYOUT=FOLDER")
    options = parser.parse_args()
    entries: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        roots = [tuple(one.split("=", 1)) for one in options.given]
        for seed in [] if roots else options.seeds:
            for layout in LAYOUTS:
                root = Path(folder) / f"{layout}-{seed}"
                synthesise(layout, root, subjects=options.subjects, seed=seed)
                roots.append((layout, str(root)))
        for layout, root_ in roots:
            entries += measure(
                layout, Path(root_), FlowCache(Path(folder) / "cache"), options.every
            )
    found = table(entries)
    if not options.json:
        for name, row in found.items():
            print(f"{name}: {row['clips']:.0f} clips")
            for method, error in row.items():
                if method != "clips" and not method.endswith("mean"):
                    print(f"  {method:24s} {error:5.1f} frames, mean {row[f'{method}, mean']:.1f}")
    every = found["all"]
    ratio = every["motion, onset"] / max(every["strain, onset"], 0.5)
    means = [every[f"{DECLARED[method.name]}, mean"] for method in APEX_METHODS]
    order = {"order_as_declared": means == sorted(means)}
    print(json.dumps({"motion_error_over_strain_error": ratio, **order, **found}))


if __name__ == "__main__":
    main()
