"""Where a network looked: how much a class loses when a patch of its input is covered.

Zeiler & Fergus (2014), *Visualizing and Understanding Convolutional Networks*: a square is moved
over the input, and each place is marked by what covering it takes from the class's probability. It
asks the network and no gradient of it, so dropout, pooling and saturated outputs do not blur it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from mexlab.errors import InputError
from mexlab.features.normalise import normalise, unmasked
from mexlab.models.sides import SIDE, pixels_as_of
from mexlab.runs.run import Run
from mexlab.training.folds.mirror import normalise_mirrored
from mexlab.training.results import load_run_network

#: Covered inputs of 28 x 28 that a network sees at once: all that there are of one view.
_SQUARES_AT_ONCE = 1200


def occlusion_map(
    run: Run,
    fold: str,
    inputs: NDArray[np.floating],
    target: str,
    patch: int | None = None,
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
    patch : int, optional
        Side of the square in pixels; by default a quarter of the input's. 7 of 28 is about an eye
        with its brow, or half a mouth. Smaller ones take too little from a network that pools over
        3 x 3 and 2 x 2.
    masked : array, shape (side, side), optional
        Shares of the cells under the eye mask; left out where the run counted them.

    Returns
    -------
    loss : ndarray of float32, shape (side, side)
        Probability lost, the mean over every square that covers the pixel, of all seeds; negative
        where covering helps the class. On inputs of 56 px and more the square moves by as many
        pixels as 28 goes into the side, so that there are no more squares than there are for 28.
    probability : float
        Of the class with nothing covered.

    Raises
    ------
    InputError
        For an unknown class or inputs of another side than the run's, or where the run has no such
        fold.

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
    stride, patch = square_of(side, patch)
    # Squares reach past the border, so that each pixel is covered equally often.
    places = range(stride - patch, side, stride)
    windows = [
        (slice(max(row, 0), row + patch), slice(max(column, 0), min(column + patch, side)))
        for row in places
        for column in places
    ]
    seen = unmasked(inputs[None], shares)[0]
    index = run.classes.index(target)
    # Of each square, then with nothing covered.
    shares = np.zeros(len(windows) + 1)
    at_once = pixels_as_of(_SQUARES_AT_ONCE, side)
    with torch.no_grad():
        for seed in run.settings.seeds:
            net = load_run_network(run, fold, seed)
            for view, mirrored in zip(views, (False, True), strict=False):
                for start in range(0, len(shares), at_once):
                    some = slice(start, start + at_once)
                    covered = _cover(view, seen, [*windows, None][some], mirrored=mirrored)
                    found = torch.softmax(net(torch.from_numpy(covered)), dim=1)[:, index]
                    shares[some] += found.double().numpy()
    shares /= len(run.settings.seeds) * len(views)
    hits = np.zeros((side, side), dtype=np.float32)
    for window in windows:
        hits[window] += 1
    loss = np.zeros((side, side), dtype=np.float32)
    for share, window in zip(shares[:-1], windows, strict=True):
        loss[window] += shares[-1] - share
    return (loss / hits).astype(np.float32), float(shares[-1])


def square_of(side: int, patch: int | None = None) -> tuple[int, int]:
    """How far the square moves at a time, and its own side, in pixels of an input.

    Examples
    --------
    >>> [square_of(side) for side in (20, 28, 56, 140)]
    [(1, 5), (1, 7), (2, 14), (5, 35)]
    """
    stride = max(1, side // SIDE)
    if patch is None:
        return stride, stride * max(1, round(side / (4 * stride)))
    # Else some pixels would be covered more often than others.
    return (stride if patch % stride == 0 else 1), patch


def _cover(
    view: NDArray[np.float32],
    seen: NDArray[np.bool_],
    windows: Sequence[tuple[slice, slice] | None],
    *,
    mirrored: bool,
) -> NDArray[np.float32]:
    """One input with each of some squares filled with a still face; None covers nothing.

    Parameters
    ----------
    view : array of float32, shape (3, side, side)
        Normalised.
    seen : array of bool, shape (side, side)
        What is not masked, of the input that is not mirrored.
    windows : sequence
        Rows and columns of the input that is not mirrored.
    mirrored : bool
        Whether the view is.

    Returns
    -------
    array of float32, shape (len(windows), 3, side, side)
    """
    side = view.shape[-1]
    covered = np.repeat(view[None], len(windows), axis=0)
    own = seen[:, ::-1] if mirrored else seen
    still = np.median(view[:, own], axis=1)[:, None, None] if own.any() else np.float32(0)
    for number, window in enumerate(windows):
        if window is None:
            continue
        rows, columns = window
        # The same place of the face, which is on the other side of its mirror image.
        place = slice(side - columns.stop, side - columns.start) if mirrored else columns
        np.copyto(covered[number, :, rows, place], still, where=own[rows, place])
    return covered
