"""Keep each epoch's networks while a fold trains, and let them call the held-out clips afterwards.

The trainer hands out copies of its network and never sees a held-out clip; what the copies call is
written down for the leak gap (:mod:`mexlab.runs.epoch_predictions`) and goes nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.func import functional_call, vmap

from mexlab.models.registry import network
from mexlab.models.sides import pixels_as_of
from mexlab.runs.epoch_predictions import recorded_epochs
from mexlab.training.backends.recipe import State

#: Networks times clips of 28 x 28 that are predicted at once: their maps then fit the cache.
_CLIPS_A_CALL = 104

#: Copies are used up before they take more memory than this.
_BYTES_KEPT = 64 << 20


class EpochRecorder:
    """What one fold's networks call its held-out clips, epoch by epoch.

    Parameters
    ----------
    model : str
    classes : int
    epochs : int
        Of the whole training; the last is left to the run's own prediction.
    views : sequence of Tensor, shape (n, channels, rows, columns)
        The held-out clips, and their mirror images where these are averaged over.
    """

    def __init__(self, model: str, classes: int, epochs: int, views: Sequence[Tensor]) -> None:
        self._model, self._classes, self._views = model, classes, views
        self._wanted = frozenset(recorded_epochs(epochs).tolist()) - {epochs}
        self._kept: list[State] = []
        self._bytes = 0
        self._called: list[NDArray[np.int8]] = []

    def wants(self, epoch: int) -> bool:
        return epoch in self._wanted

    def keep(self, state: State) -> None:
        """Take the copy of a network whose epoch is over."""
        self._kept.append(state)
        self._bytes += sum(value.nbytes for value in state.values())
        if self._bytes > _BYTES_KEPT:
            self._use_up()

    def finish(self, last: NDArray[np.integer]) -> NDArray[np.int8]:
        """All epochs' calls, shape (E, n), ending with the run's own."""
        self._use_up()
        found: NDArray[np.int8] = np.concatenate([*self._called, last[None].astype(np.int8)])
        return found

    def _use_up(self) -> None:
        if self._kept:
            shares = [
                predict_states(self._model, self._kept, view, self._classes) for view in self._views
            ]
            self._called.append(np.mean(shares, axis=0).argmax(axis=2).astype(np.int8))
        self._kept, self._bytes = [], 0


def predict_states(
    model: str, states: Sequence[State], inputs: Tensor, classes: int
) -> NDArray[np.float32]:
    """Class probabilities by several networks of one kind, of the same clips.

    Parameters
    ----------
    model : str
    states : sequence of dict, length E
    inputs : Tensor, shape (n, channels, rows, columns)
    classes : int

    Returns
    -------
    ndarray of float32, shape (E, n, classes)
        To rounding what :func:`mexlab.training.folds.prediction.predict` gives network by network.
    """
    with torch.device("meta"):
        net = network(model).build(classes, inputs.shape[-1]).eval()

    def scores(state: State) -> Tensor:
        found: Tensor = functional_call(net, state, (inputs,))
        return found

    call = vmap(scores)
    slab = max(1, pixels_as_of(_CLIPS_A_CALL, inputs.shape[-1]) // len(inputs))
    parts = []
    with torch.no_grad():
        for start in range(0, len(states), slab):
            some = states[start : start + slab]
            stacked = {name: torch.stack([state[name] for state in some]) for name in some[0]}
            parts.append(torch.softmax(call(stacked), dim=-1))
    merged: NDArray[np.float32] = torch.cat(parts).numpy()
    return merged
