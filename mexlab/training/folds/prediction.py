"""Networks from saved states, and what they predict."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from mexlab.errors import InputError
from mexlab.models.registry import network
from mexlab.models.sides import SIDE, pixels_as_of
from mexlab.training.backends.recipe import State


def predict(
    model: str, state: State, inputs: torch.Tensor, classes: int, batch: int = 256
) -> NDArray[np.float32]:
    """Class probabilities of already normalised inputs.

    Parameters
    ----------
    model : str
    state : dict of Tensor
        Of a trained network.
    inputs : Tensor, shape (N, channels, side, side)
    classes : int
    batch : int
        Clips of 28 x 28 that are predicted at once; of other sides as many as have their pixels.

    Returns
    -------
    ndarray of float32, shape (N, classes)

    Raises
    ------
    InputError
        Where the state is another network's.
    """
    side = inputs.shape[-1]
    net = load_state(model, state, classes, side).eval()
    with torch.no_grad():
        parts = [
            torch.softmax(net(part), dim=1) for part in inputs.split(pixels_as_of(batch, side))
        ]
    merged: NDArray[np.float32] = torch.cat(parts).numpy()
    return merged


def load_state(model: str, state: State, classes: int, side: int = SIDE) -> nn.Module:
    """A network with a saved state, for inputs of a side.

    Raises
    ------
    InputError
        Where the state is another network's, naming what does not fit.
    """
    # Without first weights, hence without a draw from torch's global random stream.
    with torch.device("meta"):
        net = network(model).build(classes, side)
    own = net.state_dict()
    wrong = sorted(set(own) ^ set(state))
    wrong += sorted(name for name in set(own) & set(state) if own[name].shape != state[name].shape)
    if wrong:
        shown = ", ".join(wrong[:4])
        raise InputError(
            f"the weights are not those of {model} with {classes} classes for inputs of "
            f"{side} x {side} px ({shown} do not fit)",
            where="weights",
            remedy="Choose the network that they were trained with",
        )
    net.load_state_dict(state, assign=True)
    return net
