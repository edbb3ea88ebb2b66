"""Where a training runs: on the processor, or on a CUDA device where there is one."""

from __future__ import annotations

import torch

from mexlab.errors import InputError
from mexlab.models.sides import SIDE
from mexlab.runs.settings import TrainingSettings

CPU = torch.device("cpu")

#: Networks a core from which on a CUDA device is taken unasked. Estimated, not measured: a step on
#: the device takes about as long for one network as for hundreds, while the random draws, which
#: stay numpy's, cost this process some tenth of what the fused kernel takes on one core.
_NETWORKS_A_CORE = 16

#: Share of the memory that is free to be planned with; the rest is for what others ask for.
_SHARE = 0.5


def choose_device(settings: TrainingSettings, networks: int, *, stackable: bool) -> torch.device:
    """The device of ``settings.device``.

    Parameters
    ----------
    settings : TrainingSettings
    networks : int
        To be trained: folds times seeds.
    stackable : bool
        Whether the network can be trained by the stacked backend, the only one that leaves the
        processor.

    Raises
    ------
    InputError
        Where a CUDA device is asked for and there is none, or the network cannot use it.
    """
    if settings.device == "cpu" or (settings.device == "auto" and not stackable):
        return CPU
    there = torch.cuda.is_available()
    if settings.device == "cuda":
        if not stackable:
            raise InputError(f"{settings.model} is trained on the processor only", where="device")
        if not there:
            raise InputError(
                "there is no CUDA device that this torch can use",
                where="device",
                remedy="Train with device auto or cpu; or install a torch built for CUDA",
            )
        return torch.device("cuda")
    cores = settings.threads or torch.get_num_threads()
    free = settings.backend in ("auto", "stacked")
    return torch.device("cuda") if there and free and networks >= _NETWORKS_A_CORE * cores else CPU


def describe_device(device: torch.device) -> str:
    """For the run's record: ``cpu``, or ``cuda (`` and the device's make ``)``."""
    if device.type != "cuda":
        return device.type
    return f"cuda ({torch.cuda.get_device_name(device)})"


def folds_that_fit(device: torch.device, filters: int, batch_size: int, side: int = SIDE) -> int:
    """How many folds a CUDA device holds at once, by the memory that is free now.

    Parameters
    ----------
    device : torch.device
    filters : int
        Of all streams.
    batch_size : int
    side : int
        Of the inputs.
    """
    free, _ = torch.cuda.mem_get_info(device)
    return max(1, int(_SHARE * free) // bytes_a_fold(filters, batch_size, side))


def bytes_a_fold(filters: int, batch_size: int, side: int = SIDE) -> int:
    """Bytes that one fold's step takes at most: 27 values a pixel of its patches, and eight maps.

    Parameters
    ----------
    filters : int
        Of all streams of the network together.
    batch_size : int
        Clips a step.
    side : int
        Of the input maps, in pixels.
    """
    return 4 * batch_size * side * side * (27 + 8 * filters)
