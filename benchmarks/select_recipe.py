"""Is mexlab's recipe the right one? Nested selection among a small grid, on real features.

On the STSTNet authors' feature release (their zip: pictures of u, v and strain), as the argument
or in the variable MEXLAB_STSTNET_FEATURES. For each held-out person the recipe is chosen on four
inner folds of the other people (mean of UF1 and UAR), and predicts the held-out person with seeds
of its own (:mod:`mexlab.training.selection`). Beside it, strict leave-one-subject-out, last epoch:
the plain recipe (no class weights, no mirror images, no smoothing), the default and the authors'.
The default was chosen on these very clips: the nested figure is the honest one. Below each row of
these, marked invalid, what keeping each person's best epoch would have claimed of UF1 and UAR. Ends
with one JSON line.

800 epochs take a while: with --keep FOLDER each seed is kept once it is trained, and is not trained
again by a later call.

    python benchmarks/select_recipe.py features.zip [--models laenet] [--seeds 1-5] [--authors]
        [--no-nested] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import os
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mexlab.evaluation.leak import EACH_FOLD, leak_gap
from mexlab.evaluation.metrics import METRIC_NAMES
from mexlab.features.feature_set import FeatureSet
from mexlab.runs import TrainingSettings
from mexlab.runs.presets import preset
from mexlab.runs.seeds import parse_seeds
from mexlab.training import cross_validate
from mexlab.training.results import compute_run_metrics
from mexlab.training.selection import select_nested
from mexlab.workspace import Workspace
from mexlab.workspace.feature_sets.build import build_feature_set
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
        feature_set = build_feature_set(workspace, source="release").feature_set
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
            for name in METRIC_NAMES
        }
        for part, own in found.items()
    }


def rows(title: str, found: dict[str, Any]) -> str:
    """A line of Full and of each database, and what a leak would have claimed of each."""
    lines = []
    for part, own in found["parts"].items():
        cells = (
            f"{own[name]['mean']:.3f} ± {own[name]['sd'] or 0:.3f} "
            f"({own[name]['seeds_averaged']:.3f})"
            for name in METRIC_NAMES
        )
        lines.append(f"{title:24}{part:10}" + "  ".join(cells))
        if "invalid" in found:
            claimed = found["invalid"][part]
            lines.append(
                f"{'':24}{'':10}INVALID, best epoch of each person: UF1 {claimed['uf1']:.3f}, "
                f"UAR {claimed['uar']:.3f}"
            )
    return "\n".join(lines)


def strict(
    feature_set: FeatureSet, settings: TrainingSettings, keep: Path | None
) -> dict[str, Any]:
    """Strict figures of some settings, seed by seed, and what choosing epochs would claim."""
    probabilities, called = [], []
    for seed in settings.seeds:
        alone = replace(settings, seeds=(seed,))
        identity = json.dumps([alone.to_record(), feature_set.content_digest()], sort_keys=True)
        name = f"{settings.model}-{hashlib.sha256(identity.encode()).hexdigest()[:16]}.npz"
        path = None if keep is None else keep / name
        if path is not None and path.exists():
            with np.load(path) as kept:
                found = {one: kept[one] for one in kept.files}
        else:
            result = cross_validate(feature_set, alone, record_epochs=True)
            found = {
                "probabilities": result.probabilities[0],
                "epochs": result.epochs.epochs,
                "called": result.epochs.predicted[0],
                "fold_of": np.array(result.fold_of),
            }
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                np.savez_compressed(path, **found)
        probabilities.append(found["probabilities"])
        called.append(found["called"])
    gap = leak_gap(
        feature_set.labels,
        np.array(called),
        found["fold_of"].tolist(),
        [key.database for key in feature_set.keys],
        feature_set.classes,
        seeds=settings.seeds,
        epochs=found["epochs"],
    )
    return {
        "parts": figures(feature_set, settings.seeds, np.array(probabilities)),
        "invalid": {
            part: {name: round(own[EACH_FOLD]["mean"][name], 4) for name in METRIC_NAMES}
            for part, own in gap.parts.items()
        },
    }


def study(
    feature_set: FeatureSet, model: str, seeds: tuple[int, ...], options: argparse.Namespace
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    begun = time.monotonic()
    recipes = {"plain": {name: own[0] for name, own in GRID.items()}, "default": {}}
    if options.authors:
        recipes["authors"] = preset("authors")
    for name, recipe in recipes.items():
        settings = TrainingSettings(model=model, seeds=seeds, **recipe)
        found[name] = strict(feature_set, settings, options.keep)
        print(rows(f"{model}: {name}", found[name]), flush=True)
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
        found["nested"] = {"parts": figures(feature_set, seeds, nested.probabilities)}
        print(rows(f"{model}: nested", found["nested"]), flush=True)
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
    parser.add_argument("--keep", type=Path, help="folder of what was trained before")
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
