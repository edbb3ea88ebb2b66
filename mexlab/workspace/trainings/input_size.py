"""The side of a training's inputs: what it is, and whether there can be such a training."""

from __future__ import annotations

import psutil

from mexlab.errors import InputError
from mexlab.features.flow_choices import FLOW_KNOBS
from mexlab.features.settings import FlowSettings
from mexlab.models.registry import network
from mexlab.models.sides import SIDE
from mexlab.runs.settings import refuse_fused
from mexlab.workspace.feature_sets.samples import Source
from mexlab.workspace.trainings.request import TrainRequest

#: Of each pixel of each clip's input: three maps, the mask and the mirror image, as they are made,
#: normalised and laid out for training; and the maps of a batch on their way through the network.
#: Measured: 126 with 400 clips of 112 x 112 px and two threads.
_BYTES_A_PIXEL = 130


def input_side(source: Source, flow: FlowSettings) -> int:
    """Side of the inputs; of a feature release 28, whatever the settings of computed ones."""
    return SIDE if source == "release" else flow.input_size


def check_input_size(request: TrainRequest, source: Source, clips: int) -> None:
    """Refuse inputs that the network, the backend or this machine's memory cannot take.

    Parameters
    ----------
    request : TrainRequest
    source : {"computed", "release"}
    clips : int

    Raises
    ------
    InputError
        With the smallest side that the network takes, or the memory that is needed and there is.
    """
    side, option = input_side(source, request.flow), FLOW_KNOBS["input_size"].on
    if fault := network(request.training.model).fault_of_side(side):
        raise InputError(fault, where=option)
    refuse_fused(request.training, side)
    if side == SIDE:
        return
    needed, free = clips * side * side * _BYTES_A_PIXEL, psutil.virtual_memory().available
    if needed > free:
        raise InputError(
            f"{clips} inputs of {side} x {side} px take about {_gigabytes(needed)} of memory, and "
            f"{_gigabytes(free)} are free",
            where=option,
            remedy="Choose smaller inputs, or fewer clips",
        )


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:,.0f} GB" if count >= 1e11 else f"{count / 1e9:.1f} GB"
