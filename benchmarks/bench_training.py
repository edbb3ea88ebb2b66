"""Leave-one-subject-out training: each backend against two loops in plain torch.

Random maps in the shape of the MEGC 2019 composite: 442 clips of 68 subjects, 3 x 28 x 28. Both
references are in the same run; both train one fold after the other, ``nn.Dropout`` and all, in
batches of 256 with Adam 5e-5:

``reference``
    The training alone, batches cut from one tensor.
``authors_loop``
    All that an epoch of the STSTNet authors' ``main.py`` does: a ``DataLoader`` that puts batches
    together clip by clip, a border of two pixels around the input of STSTNet, loss and hits taken
    off after each batch, and the held-out clips called and their loss computed, every epoch.

Measured is one epoch of all 68 folds: the rounds take turns, and the best of each way counts, since
other work on the machine slows the references most. Then the whole strict run of mexlab's recipe
(40 epochs, last epoch, predictions) after compilation, beside the references' own 800 epochs,
extrapolated.

    python benchmarks/bench_training.py [--json] [--rounds 3] [--models laenet,ststnet]
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from mexlab.data.clips import ClipKey
from mexlab.evaluation.splits import leave_one_subject_out
from mexlab.features.feature_set import FeatureSet
from mexlab.models import network
from mexlab.runs import TrainingSettings
from mexlab.training import cross_validate
from mexlab.training.backends.choice import choose_backend
from mexlab.training.backends.recipe import FoldJob, Plan, Watch
from mexlab.training.workers.threads import train_chunks

CLIPS, SUBJECTS, REFERENCE_BATCH, REFERENCE_EPOCHS = 442, 68, 256, 800
#: The references' networks are built before the clock starts, ours after; the recipe has 40 epochs.
EPOCHS_A_ROUND = {"fused": 20, "stacked": 3}
SILENT = Watch(lambda *args: None, lambda units: None, lambda: False)


def composite_of_noise() -> FeatureSet:
    """As many clips, subjects and classes as the composite has, and nothing to learn."""
    rng = np.random.default_rng(1)
    labels = np.repeat([0, 1, 2], [250, 109, 83])
    subjects = rng.permutation(np.arange(CLIPS) % SUBJECTS)
    keys = [ClipKey("noise", f"{subject:02d}", str(i)) for i, subject in enumerate(subjects)]
    inputs = rng.normal(size=(CLIPS, 3, 28, 28)).astype(np.float32)
    return FeatureSet(inputs, labels, ("negative", "positive", "surprise"), keys)


def reference_epoch(data: FeatureSet, model: str) -> float:
    """Seconds of one epoch of every fold: the training alone."""
    inputs, labels = torch.from_numpy(data.inputs), torch.from_numpy(data.labels)
    folds = leave_one_subject_out(data.groups)
    nets = [network(model).build(3).train() for _ in folds]
    optimisers = [torch.optim.Adam(net.parameters(), lr=5e-5) for net in nets]
    begun = time.perf_counter()
    for fold, net, optimiser in zip(folds, nets, optimisers, strict=True):
        order = torch.from_numpy(fold.train_idx)[torch.randperm(len(fold.train_idx))]
        for batch in order.split(REFERENCE_BATCH):
            optimiser.zero_grad()
            functional.cross_entropy(net(inputs[batch]), labels[batch]).backward()
            optimiser.step()
    return time.perf_counter() - begun


def authors_epoch(data: FeatureSet, model: str) -> float:
    """Seconds of one epoch of every fold, with all that the authors' program does in it."""
    inputs, labels = torch.from_numpy(data.inputs), torch.from_numpy(data.labels)
    folds = leave_one_subject_out(data.groups)
    nets = [network(model).build(3) for _ in folds]
    if model == "ststnet":
        for conv in (one for net in nets for one in net.modules() if isinstance(one, nn.Conv2d)):
            conv.padding = (2, 2)
    optimisers = [torch.optim.Adam(net.parameters(), lr=5e-5) for net in nets]
    loaders = [
        [
            DataLoader(TensorDataset(inputs[rows], labels[rows]), batch_size=REFERENCE_BATCH)
            for rows in (torch.from_numpy(fold.train_idx), torch.from_numpy(fold.test_idx))
        ]
        for fold in folds
    ]
    begun = time.perf_counter()
    for (training, testing), net, optimiser in zip(loaders, nets, optimisers, strict=True):
        net.train()
        loss_sum, hits = 0.0, 0
        for images, truth in training:
            optimiser.zero_grad()
            scores = net(images)
            loss = functional.cross_entropy(scores, truth)
            loss.backward()
            optimiser.step()
            loss_sum += loss.item() * len(truth)
            hits += int((scores.argmax(dim=1) == truth).sum())
        net.eval()
        for images, truth in testing:
            # With a graph that nobody asks for, as theirs.
            scores = net(images)
            loss_sum += functional.cross_entropy(scores, truth).item() * len(truth)
            hits += int((scores.argmax(dim=1) == truth).sum())
    return time.perf_counter() - begun


def backend_epoch(data: FeatureSet, model: str, name: str) -> float:
    """Seconds of one epoch of every fold with one of mexlab's backends."""
    epochs = EPOCHS_A_ROUND[name]
    settings = TrainingSettings(model=model, backend=name, epochs=epochs)
    backend = choose_backend(settings)
    if backend.name != name:
        raise SystemExit(f"the {name} backend cannot be measured: {backend.note}")
    folds = leave_one_subject_out(data.groups)
    plan = Plan.of(settings, [len(fold.train_idx) for fold in folds])
    jobs = [
        FoldJob(f.name, 1, f.train_idx, torch.from_numpy(data.labels[f.train_idx])) for f in folds
    ]
    begun = time.perf_counter()
    inputs = backend.prepare(torch.from_numpy(data.inputs))
    chunks = train_chunks(
        lambda some, watch: backend.train(some, inputs, 3, settings, plan, watch),
        jobs,
        backend.chunk_size(plan.batch_size),
        SILENT,
        threads=None,
        side_by_side=backend.side_by_side,
    )
    if sum(len(states) for _, states in chunks) != SUBJECTS:
        raise SystemExit("not every fold was trained")
    return (time.perf_counter() - begun) / epochs


def measure(data: FeatureSet, model: str, rounds: int) -> dict[str, float]:
    begun = time.perf_counter()
    cross_validate(data, TrainingSettings(model=model, epochs=1, backend="fused"))
    first = time.perf_counter() - begun
    ways: dict[str, Callable[[], float]] = {
        "reference": lambda: reference_epoch(data, model),
        "authors": lambda: authors_epoch(data, model),
        "stacked": lambda: backend_epoch(data, model, "stacked"),
        "fused": lambda: backend_epoch(data, model, "fused"),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            times[name].append(way())
    epoch = {name: min(own) for name, own in times.items()}
    begun = time.perf_counter()
    result = cross_validate(data, TrainingSettings(model=model, backend="fused"))
    strict = time.perf_counter() - begun
    return {
        "reference_ms": round(1000 * epoch["reference"], 1),
        "authors_ms": round(1000 * epoch["authors"], 1),
        "torch_ms": round(1000 * epoch["stacked"], 1),
        "fused_ms": round(1000 * epoch["fused"], 1),
        "torch_over_reference": round(epoch["reference"] / epoch["stacked"], 2),
        "fused_over_reference": round(epoch["reference"] / epoch["fused"], 2),
        "torch_over_authors_loop": round(epoch["authors"] / epoch["stacked"], 2),
        "fused_over_authors_loop": round(epoch["authors"] / epoch["fused"], 2),
        "first_epoch_with_compilation_s": round(first, 2),
        "strict_run_s": round(strict, 2),
        "strict_folds": len(result.folds),
        "reference_run_s": round(REFERENCE_EPOCHS * epoch["reference"], 0),
        "authors_run_s": round(REFERENCE_EPOCHS * epoch["authors"], 0),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the JSON line only")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--models", default="laenet,ststnet")
    options = parser.parse_args()
    data = composite_of_noise()
    models = {name: measure(data, name, options.rounds) for name in options.models.split(",")}
    if not options.json:
        ways = ("reference", "authors", "torch", "fused")
        print(f"{'':10}" + "".join(f"{way:>12}" for way in ways) + "   ms an epoch of 68 folds")
        for name, row in models.items():
            print(f"{name:10}" + "".join(f"{row[f'{way}_ms']:12.0f}" for way in ways))
        for name, row in models.items():
            print(
                f"{name}: 68 folds x 40 epochs in {row['strict_run_s']} s; 800 epochs would take "
                f"the reference {row['reference_run_s'] / 60:.0f} min, the authors' loop "
                f"{row['authors_run_s'] / 60:.0f} min"
            )
    first = next(iter(models.values()))
    line = {
        "benchmark": "training",
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "fused_over_reference": first["fused_over_reference"],
        "torch_over_reference": first["torch_over_reference"],
        "fused_over_authors_loop": first["fused_over_authors_loop"],
        "torch_over_authors_loop": first["torch_over_authors_loop"],
        "strict_run_s": first["strict_run_s"],
        "models": models,
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
