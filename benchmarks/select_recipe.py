"""Is mexlab's recipe the right one? Nested selection among a small grid, on real features.

On the STSTNet authors' feature release (their zip: pictures of u, v and strain), as the argument
or in the variable MEXLAB_STSTNET_FEATURES. For each held-out person the recipe is chosen on four
inner folds of the other people (mean of UF1 and UAR), and predicts the held-out person with seeds
of its own (:mod:`mexlab.training.selection`). Beside it, strict leave-one-subject-out, last epoch:
the plain recipe (no class weights, no mirror images, no smoothing), the default and the authors'.
The default was chosen on these very clips: the nested figure is the honest one. Ends with one JSON
line.

    python benchmarks/select_recipe.py features.zip [--models laenet] [--seeds 1-5] [--authors]
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from mexlab.features.feature_set import FeatureSet
from mexlab.training import TrainingSettings, cross_validate
from mexlab.training.presets import preset
from mexlab.training.results import compute_run_metrics
from mexlab.training.seeds import parse_seeds
from mexlab.training.selection import select_nested
from mexlab.workspace import Workspace
from mexlab.workspace.feature_sets import build_feature_set
from mexlab.workspace.importing import import_into

#: Every combination is a candidate; the first value of each is the plain recipe's.
GRID: dict[str, tuple[Any, ...]] = {
    "class_weighting": (0.0, 0.5),
    "mirror": ("off", "both"),
    "label_smoothing": (0.0, 0.1),
}
#: With --wide these, too: six times the work.
WIDE: dict[str, tuple[Any, ...]] = {
    "normalise": ("median-scale", "min-max"),
    "epochs": (40, 80),
}
INNER_SEED = 101


def load_release(path: Path) -> FeatureSet:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.create(Path(folder) / "workspace")
        import_into(workspace, "ststnet", path)
        feature_set, _ = build_feature_set(workspace, source="release")
    return feature_set


def figures(feature_set: FeatureSet, seeds: tuple[int, ...], shares: Any) -> dict[str, Any]:
    """Mean and sd of the seeds' figures, and those of their mean, for Full and each database."""
    found = compute_run_metrics(feature_set, seeds, shares)
    return {
        part: {
            name: {
                "mean": round(own["seeds"]["mean"][name], 4),
                "sd": None if len(seeds) < 2 else round(own["seeds"]["sd"][name], 4),
                "seeds_averaged": round(own[name], 4),
            }
            for name in ("accuracy", "f1_score", "uf1", "uar")
        }
        for part, own in found.items()
    }


def row(title: str, found: dict[str, Any]) -> str:
    cells = (
        f"{found['full'][name]['mean']:.3f} ± {found['full'][name]['sd'] or 0:.3f} "
        f"({found['full'][name]['seeds_averaged']:.3f})"
        for name in ("accuracy", "f1_score", "uf1", "uar")
    )
    return f"{title:28}" + "  ".join(cells)


def study(
    feature_set: FeatureSet, model: str, seeds: tuple[int, ...], options: argparse.Namespace
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    begun = time.monotonic()
    plain = TrainingSettings(model=model, seeds=seeds, **{k: own[0] for k, own in GRID.items()})
    result = cross_validate(feature_set, plain)
    found["plain"] = figures(feature_set, seeds, result.probabilities)
    print(row(f"{model}: plain", found["plain"]), flush=True)
    default = cross_validate(feature_set, TrainingSettings(model=model, seeds=seeds))
    found["default"] = figures(feature_set, seeds, default.probabilities)
    print(row(f"{model}: default", found["default"]), flush=True)
    if options.authors:
        authors = TrainingSettings(model=model, seeds=seeds, **preset("authors"))
        result = cross_validate(feature_set, authors)
        found["authors"] = figures(feature_set, seeds, result.probabilities)
        print(row(f"{model}: authors", found["authors"]), flush=True)
    if options.nested:
        grid = {**GRID, **(WIDE if options.wide else {})}
        values = [dict(zip(grid, own, strict=True)) for own in itertools.product(*grid.values())]
        candidates = [TrainingSettings(model=model, seeds=(INNER_SEED,), **own) for own in values]

        def tell(person: str, scores: list[float]) -> None:
            best = int(np.argmax(scores))
            print(
                f"  {time.monotonic() - begun:6.0f} s  {person:20} {scores[best]:.3f} "
                f"{values[best]}  (plain {scores[0]:.3f})",
                flush=True,
            )

        nested = select_nested(feature_set, candidates, seeds=seeds, on_person=tell)
        found["nested"] = figures(feature_set, seeds, nested.probabilities)
        print(row(f"{model}: chosen by nested", found["nested"]), flush=True)
        mean = np.mean(list(nested.scores.values()), axis=0)
        found["inner_scores"] = {
            json.dumps(own): round(float(score), 4)
            for own, score in sorted(zip(values, mean, strict=True), key=lambda pair: -pair[1])
        }
        found["votes"] = {json.dumps(values[i]): n for i, n in nested.votes().most_common()}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("features", nargs="?", default=os.environ.get("MEXLAB_STSTNET_FEATURES"))
    parser.add_argument("--models", default="laenet")
    parser.add_argument("--seeds", default="1-5")
    parser.add_argument("--authors", action="store_true", help="also the authors' recipe (slow)")
    parser.add_argument("--wide", action="store_true", help="also scalings and epochs")
    parser.add_argument("--nested", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args()
    if not options.features:
        parser.error("name the feature release, or set MEXLAB_STSTNET_FEATURES")
    feature_set = load_release(Path(options.features))
    seeds = parse_seeds(options.seeds)
    print(
        f"{len(feature_set)} clips, {len(set(feature_set.groups))} people, "
        f"{dict(Counter(key.database for key in feature_set.keys))}; "
        f"accuracy, F1-score, UF1, UAR: mean ± sd of seeds {options.seeds} (seeds averaged)"
    )
    found = {
        model: study(feature_set, model, seeds, options) for model in options.models.split(",")
    }
    print(json.dumps({"benchmark": "recipe", "seeds": list(seeds), "models": found}))


if __name__ == "__main__":
    main()
