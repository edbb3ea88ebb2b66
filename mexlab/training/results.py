"""What a finished cross-validation leaves in its run's folder, and the figures computed from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from mexlab.errors import RunError
from mexlab.features.feature_set import FeatureSet
from mexlab.models.sides import SIDE
from mexlab.runs import files
from mexlab.runs.epoch_predictions import EPOCHS, write_epoch_predictions
from mexlab.runs.files import Prediction
from mexlab.runs.metrics import metrics_of_calls
from mexlab.runs.run import Run
from mexlab.runs.settings import TrainingSettings
from mexlab.runs.summary import side_of_run
from mexlab.training.cross_validation import CrossValidation
from mexlab.training.folds.prediction import load_state
from mexlab.training.folds.weights import load_weights, save_weights


def write_results(
    run: Run, feature_set: FeatureSet, settings: TrainingSettings, result: CrossValidation
) -> dict[str, Any]:
    """Write predictions, curves, epochs and weights; returns the figures for the run's record.

    Raises
    ------
    RunError
        When the disk is full or the folder cannot be written to.
    """
    classes = feature_set.classes
    rows = [
        Prediction(
            key=key,
            true=classes[label],
            predicted=classes[int(shares.argmax())],
            probabilities=dict(zip(classes, shares.tolist(), strict=True)),
            seed=seed,
            fold=fold,
        )
        for seed, probabilities in zip(settings.seeds, result.probabilities, strict=True)
        for key, label, shares, fold in zip(
            feature_set.keys, feature_set.labels, probabilities, result.fold_of, strict=True
        )
    ]
    files.write_predictions(run.folder / files.PREDICTIONS, rows, classes)
    if result.epochs is not None:
        write_epoch_predictions(run.folder / EPOCHS, result.epochs)
    files.write_curves(run.folder / files.CURVES, result.curves)
    for seed, states in zip(settings.seeds, result.states, strict=True):
        save_weights(
            weights_file(run, seed),
            states,
            model=settings.model,
            classes=classes,
            seed=seed,
            side=feature_set.side,
            normalise=settings.normalise,
            masked_cells=settings.masked_cells,
        )
    return compute_run_metrics(feature_set, settings.seeds, result.probabilities)


def compute_run_metrics(
    feature_set: FeatureSet, seeds: tuple[int, ...], probabilities: NDArray[np.float32]
) -> dict[str, Any]:
    """Figures of the seeds' mean probabilities, and of each seed, for Full and each database.

    Parameters
    ----------
    feature_set : FeatureSet
    seeds : tuple of int
    probabilities : ndarray, shape (S, N, C)

    Returns
    -------
    dict
        See :attr:`mexlab.runs.Run.metrics`.
    """
    return metrics_of_calls(
        feature_set.labels,
        probabilities.astype(np.float64).mean(axis=0).argmax(axis=1),
        [own.argmax(axis=1) for own in probabilities],
        seeds,
        [key.database for key in feature_set.keys],
        feature_set.classes,
    )


def load_run_network(run: Run, fold: str, seed: int | None = None) -> nn.Module:
    """The network of one fold of a finished run, in evaluation mode.

    Where the run's settings have ``mirror`` in testing, its probabilities are the mean of what this
    network makes of a clip and of its mirror image.

    Parameters
    ----------
    run : Run
    fold : str
        The held-out person, ``database/subject``.
    seed : int, optional
        The run's first by default.

    Returns
    -------
    torch.nn.Module

    Raises
    ------
    InputError
        Where the run has no such seed or fold, or its file of weights is damaged or another's.
    """
    settings = run.settings
    if run.imported:
        raise RunError("was imported, and its networks are not here", where=run.id)
    if settings is None:
        raise RunError(f"is {run.status}: it has no networks yet", where=run.id)
    seed = settings.seeds[0] if seed is None else seed
    if seed not in settings.seeds:
        raise RunError(f"has no seed {seed}, only {list(settings.seeds)}", where=run.id)
    path = weights_file(run, seed)
    states, about = load_weights(path)
    expected = {
        "model": settings.model,
        "classes": list(run.classes),
        "seed": seed,
        "side": side_of_run(run.record),
    }
    # Files from before there was a choice do not say their side.
    found = {name: {"side": SIDE, **about}.get(name) for name in expected}
    if found != expected:
        raise RunError(
            f"{run.id}: expected the weights of {expected}, got those of {found}",
            where=path.name,
            remedy="The file is another run's: train again",
        )
    if fold not in states:
        raise RunError(f"has no fold {fold!r}", where=run.id)
    return load_state(about["model"], states[fold], len(about["classes"]), found["side"]).eval()


def weights_file(run: Run, seed: int) -> Path:
    """Where a run keeps the networks of one seed."""
    return run.folder / files.WEIGHTS / f"seed-{seed}.safetensors"
