"""What a finished run's networks say of an input of a person that they never saw."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from mexlab.errors import RunError
from mexlab.features.normalise import normalise
from mexlab.runs.run import Run
from mexlab.training.folds.mirror import normalise_mirrored
from mexlab.training.results import load_run_network


def held_out_call(
    run: Run, fold: str, inputs: NDArray[np.floating], masked: NDArray[np.floating] | None = None
) -> dict[str, float]:
    """Class probabilities of one input, as the run itself would have predicted it.

    Parameters
    ----------
    run : Run
        Finished.
    fold : str
        That held the person out, as :attr:`mexlab.runs.files.Prediction.fold` names it.
    inputs : array, shape (3, side, side)
        Not normalised; computed with the run's own flow settings.
    masked : array, shape (side, side), optional
        Shares of the cells under the eye mask; left out where the run counted them.

    Returns
    -------
    dict of str to float
        By class, the mean over the run's seeds, and over the mirror image where the run's own
        predictions are.

    Raises
    ------
    RunError
        Where the run has no networks yet, or none of that fold.
    InputError
        Where its file of weights is damaged or another's, or for an input of another side than
        those that it was trained on.
    """
    if run.settings is None:
        raise RunError(f"is {run.status}: it has no networks yet", where=run.id)
    source = (run.record.get("data") or {}).get("features") or {}
    how, shares = run.settings.normalise, None
    if masked is not None and run.settings.masked_cells != "counted":
        shares = np.asarray(masked)[None]
    views = [normalise(inputs[None], how, shares)]
    # As recorded: a run from before there were mirror images had none, whatever is usual now.
    if run.record["settings"].get("mirror", "off") in ("test", "both"):
        views.append(normalise_mirrored(inputs[None], how, source, shares))
    batch = torch.from_numpy(np.concatenate(views))
    total = np.zeros(len(run.classes))
    with torch.no_grad():
        for seed in run.settings.seeds:
            net = load_run_network(run, fold, seed)
            total += torch.softmax(net(batch), dim=1).double().mean(dim=0).numpy()
    total /= len(run.settings.seeds)
    return {name: float(share) for name, share in zip(run.classes, total, strict=True)}
