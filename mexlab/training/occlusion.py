"""Where a network looked: how much a class loses when a patch of its input is covered.

Zeiler & Fergus (2014), *Visualizing and Understanding Convolutional Networks*: a square is moved
over the input, and each place is marked by what covering it takes from the class's probability. It
asks the network and no gradient of it, so dropout, pooling and saturated outputs do not blur it.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from mexlab.errors import InputError
from mexlab.features.normalise import normalise, unmasked
from mexlab.training.mirror import normalise_mirrored
from mexlab.training.results import load_run_network
from mexlab.training.runs import Run


def occlusion_map(
    run: Run,
    fold: str,
    inputs: NDArray[np.floating],
    target: str,
    patch: int = 7,
    masked: NDArray[np.floating] | None = None,
) -> tuple[NDArray[np.float32], float]:
    """What covering each pixel takes from a class, by the networks that never saw the person.

    Parameters
    ----------
    run : Run
        Finished.
    fold : str
        The held-out person, ``database/subject``.
    inputs : array, shape (3, side, side)
        Of one clip, not normalised.
    target : str
        The class.
    patch : int
        Side of the square in pixels; 7 of 28 is about an eye with its brow, or half a mouth.
        Smaller ones take too little from a network that pools over 3 x 3 and 2 x 2.
    masked : array, shape (side, side), optional
        Shares of the cells under the eye mask; left out where the run counted them.

    Returns
    -------
    loss : ndarray of float32, shape (side, side)
        Probability lost, the mean over every square that covers the pixel, of all seeds; negative
        where covering helps the class.
    probability : float
        Of the class with nothing covered.

    Raises
    ------
    InputError
        For an unknown class, or where the run has no such fold.

    Notes
    -----
    A square is filled with each map's median, which on the scale of `normalise` is a face that
    stands still; masked cells stay as they are, since there is nothing to be covered. Mirror
    images are averaged where the run's own predictions are.
    """
    if run.settings is None or target not in run.classes:
        raise InputError(
            f"expected one of {', '.join(run.classes) or 'no class'}, got {target!r}",
            where="target",
        )
    source = (run.record.get("data") or {}).get("features") or {}
    how = run.settings.normalise
    shares = None
    if masked is not None and run.settings.masked_cells != "counted":
        shares = np.asarray(masked)[None]
    views = [normalise(inputs[None], how, shares)[0]]
    # As recorded: a run from before there were mirror images had none, whatever is usual now.
    if run.record["settings"].get("mirror", "off") in ("test", "both"):
        views.append(normalise_mirrored(inputs[None], how, source, shares)[0])
    side = views[0].shape[-1]
    # Squares reach past the border, so that each pixel is covered equally often.
    windows = [
        (slice(max(row, 0), row + patch), slice(max(column, 0), min(column + patch, side)))
        for row in range(1 - patch, side)
        for column in range(1 - patch, side)
    ]
    seen = unmasked(inputs[None], shares)[0]
    batches = []
    for view, mirrored in zip(views, (False, True), strict=False):
        covered = np.repeat(view[None], len(windows) + 1, axis=0)
        own = seen[:, ::-1] if mirrored else seen
        still = np.median(view[:, own], axis=1)[:, None, None] if own.any() else np.float32(0)
        for number, (rows, columns) in enumerate(windows):
            # The same place of the face, which is on the other side of its mirror image.
            place = slice(side - columns.stop, side - columns.start) if mirrored else columns
            patch_of = covered[number, :, rows, place]
            np.copyto(patch_of, still, where=own[rows, place])
        batches.append(torch.from_numpy(covered))
    index = run.classes.index(target)
    shares = np.zeros(len(windows) + 1)
    with torch.no_grad():
        for seed in run.settings.seeds:
            net = load_run_network(run, fold, seed)
            for batch in batches:
                shares += torch.softmax(net(batch), dim=1)[:, index].double().numpy()
    shares /= len(run.settings.seeds) * len(batches)
    hits = np.zeros((side, side), dtype=np.float32)
    for window in windows:
        hits[window] += 1
    loss = np.zeros((side, side), dtype=np.float32)
    for share, window in zip(shares[:-1], windows, strict=True):
        loss[window] += shares[-1] - share
    return (loss / hits).astype(np.float32), float(shares[-1])
