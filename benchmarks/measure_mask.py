"""What do the eye mask and the head's compensation do? Ten synthetic databases, six settings.

Each seed draws a database of its own (the persons, clips and emotions of ``mexlab synthesise
--layout casme2``) twice: with blinks and glare on glasses, and without either; all else moves as it
did. Only onset and apex are drawn, recorded and compressed. On each, the plain recipe (no class
weights, no mirror images, no smoothing; 40 epochs, median-scale) is trained leave-one-subject-out
with that seed, the last epoch counts, for the mask off, the bare polygon and a margin of 5 px, the
head as filmed and compensated. Beside them, as runs had it before masked cells were kept apart
(``counted``). Nothing was chosen on these figures: the recipe was fixed before.

Prints mean and standard deviation over the seeds, then the differences from the default, paired by
seed, with their 95 % interval (t). Ends with one JSON line. What is done is kept with --keep.

    python benchmarks/measure_mask.py [--seeds 1-10] [--subjects 16] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scipy.stats import t as students_t

from mexlab.data.clips import ClipKey
from mexlab.data.labels.schemes import label_scheme
from mexlab.evaluation.metrics import METRIC_NAMES
from mexlab.features.feature_set import FeatureSet
from mexlab.features.flow_maps import compute_flow_maps
from mexlab.features.settings import FlowSettings
from mexlab.runs import TrainingSettings
from mexlab.runs.seeds import parse_seeds
from mexlab.synthetic import Order
from mexlab.synthetic.filming.takes import perform
from mexlab.synthetic.layouts.casme2 import plan
from mexlab.synthetic.synthesis import undisturbed
from mexlab.training import cross_validate
from mexlab.training.results import compute_run_metrics
from mexlab.vision.landmarks import landmark_detector

PLAIN: dict[str, Any] = {"class_weighting": 0.0, "mirror": "off", "label_smoothing": 0.0}
HEADS = ("as filmed", "compensated")
#: Margin of the mask in px, None for none; and what masked cells count for.
MASKS = ((None, "apart"), (0.0, "apart"), (5.0, "apart"), (0.0, "counted"), (5.0, "counted"))
DEFAULT = (5.0, "apart", "as filmed")
SHOWN = ("uf1", "uar", "accuracy")


class Pair:
    """Onset and apex as the camera recorded them: frames 0 and 1."""

    numbers = (0, 1)

    def __init__(self, frames: list[Any]) -> None:
        self._frames = frames

    def read(self, number: int) -> Any:
        return self._frames[number]


def filmed(seed: int, disturbed: bool, subjects: int) -> Iterator[tuple[ClipKey, str, Pair]]:
    """Key, class and frames of every clip that is of one of the three classes."""
    scheme = label_scheme("megc2019")
    order = Order(subjects, seed, blinks=disturbed, glare=disturbed)
    for clip in plan(order):
        label = scheme.classify("casme2", clip.emotion, ())
        if label is None:
            continue
        performance = perform(undisturbed(clip, order))
        frames = []
        for index in (clip.script.onset, clip.script.apex):
            recorded = performance.camera.record(performance.picture(index), index)
            data = performance.camera.encode(recorded[..., ::-1], ".jpg")
            frames.append(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1])
        yield ClipKey("casme2", clip.folder, clip.name), label, Pair(frames)


def feature_sets(seed: int, disturbed: bool, subjects: int) -> dict[Any, FeatureSet]:
    """By margin and head, the feature set of one database; landmarks are found once."""
    detector = landmark_detector("dlib")
    keys, labels = [], []
    inputs: dict[Any, list[Any]] = {}
    shares: dict[Any, list[Any]] = {}
    for key, label, pair in filmed(seed, disturbed, subjects):
        points = detector.detect(pair.read(0))
        if points is None:
            points = detector.detect(pair.read(1))
        if points is None:
            print(f"seed {seed}: no face in {key}", flush=True)
            continue
        keys.append(key)
        labels.append(label)
        for head in HEADS:
            settings = FlowSettings(head_motion=head)
            maps = compute_flow_maps(pair, 0, 1, settings, landmarks=points)  # type: ignore[arg-type]
            for margin in (None, 0.0, 5.0):
                own = maps.with_settings(
                    replace(settings, eye_mask=margin is not None, eye_mask_margin=margin or 0.0)
                )
                inputs.setdefault((margin, head), []).append(own.network_input())
                shares.setdefault((margin, head), []).append(own.masked_share())
    classes = label_scheme("megc2019").classes
    indices = np.array([classes.index(label) for label in labels])
    return {
        which: FeatureSet(
            np.stack(maps),
            indices,
            classes,
            keys,
            {"source": "computed"},
            None if which[0] is None else np.stack(shares[which]),
        )
        for which, maps in inputs.items()
    }


def measure(seed: int, disturbed: bool, options: argparse.Namespace) -> dict[str, Any]:
    """Figures of every row for one seed and kind of database, from the folder or computed."""
    identity = json.dumps([seed, disturbed, options.subjects, PLAIN, MASKS, 1])
    name = f"mask-{seed}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}.json"
    path = None if options.keep is None else options.keep / name
    if path is not None and path.exists():
        kept: dict[str, Any] = json.loads(path.read_text())
        return kept
    sets = feature_sets(seed, disturbed, options.subjects)
    found: dict[str, Any] = {}
    for (margin, rule), head in itertools.product(MASKS, HEADS):
        feature_set = sets[margin, head]
        settings = TrainingSettings(seeds=(seed,), masked_cells=rule, **PLAIN)
        result = cross_validate(feature_set, settings)
        figures = compute_run_metrics(feature_set, settings.seeds, result.probabilities)["full"]
        found[row_name(margin, rule, head)] = {
            metric: round(float(figures[metric]), 6) for metric in METRIC_NAMES
        }
    found["clips"] = len(sets[None, HEADS[0]])
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found))
    return found


def row_name(margin: float | None, rule: str, head: str) -> str:
    mask = "mask off" if margin is None else f"margin {margin:g}"
    return f"{mask}, {head}" + (" (counted)" if rule == "counted" else "")


def interval(values: np.ndarray[Any, Any]) -> tuple[float, float, float]:
    """Mean and the 95 % interval of it."""
    mean, n = float(values.mean()), len(values)
    if n < 2:
        return mean, float("nan"), float("nan")
    half = float(students_t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half


def table(title: str, seeds: list[dict[str, Any]]) -> dict[str, Any]:
    rows = [
        row_name(margin, rule, head) for (margin, rule), head in itertools.product(MASKS, HEADS)
    ]
    default = row_name(*DEFAULT)
    print(f"\n{title}: {len(seeds)} seeds, {sum(one['clips'] for one in seeds)} clips in all")
    print(f"{'':36}" + "".join(f"{name:>17}" for name in SHOWN) + "   UF1 less the default's")
    found = {}
    for row in rows:
        values = {name: np.array([one[row][name] for one in seeds]) for name in SHOWN}
        less = interval(values["uf1"] - np.array([one[default]["uf1"] for one in seeds]))
        spread = 1 if len(seeds) > 1 else 0
        found[row] = {
            name: {"mean": round(float(own.mean()), 4), "sd": round(float(own.std(ddof=spread)), 4)}
            for name, own in values.items()
        }
        found[row]["uf1_less_default"] = [round(one, 4) for one in less]
        cells = "".join(
            f"{found[row][name]['mean']:>9.3f} ± {found[row][name]['sd']:.3f}" for name in SHOWN
        )
        print(f"{row:36}{cells}   {less[0]:+.3f} ({less[1]:+.3f} to {less[2]:+.3f})")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="1-10")
    parser.add_argument("--subjects", type=int, default=16)
    parser.add_argument("--keep", type=Path, help="folder of what was measured before")
    options = parser.parse_args()
    seeds = parse_seeds(options.seeds)
    found: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for seed, disturbed in itertools.product(seeds, (True, False)):
        found[disturbed].append(measure(seed, disturbed, options))
        print(f"seed {seed}, blinks and glare {'on' if disturbed else 'off'}: done", flush=True)
    record = {
        "with": table("With blinks and glare", found[True]),
        "without": table("Without", found[False]),
    }
    print(json.dumps({"benchmark": "mask", "seeds": list(seeds), "uf1_uar_accuracy": record}))


if __name__ == "__main__":
    main()
