"""Which backend trains: the one asked for, or what the network and the machine allow."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from mexlab.errors import RunError
from mexlab.models.registry import network
from mexlab.models.sides import SIDE
from mexlab.runs.settings import TrainingSettings, refuse_fused
from mexlab.training.backends.devices import choose_device, describe_device, folds_that_fit
from mexlab.training.backends.fused import lay_out_clips, train_fused, why_not_fused
from mexlab.training.backends.loop import train_one_by_one
from mexlab.training.backends.recipe import FoldJob, Plan, State, Watch
from mexlab.training.backends.stacked import can_stack, chunk_size, train_stacked

_LOG = logging.getLogger(__name__)

Train = Callable[[Sequence[FoldJob], Tensor, int, TrainingSettings, Plan, Watch], list[State]]


@dataclass(frozen=True, slots=True)
class Backend:
    """One way to train folds; all do the same arithmetic on the same random draws.

    Attributes
    ----------
    name : {"fused", "stacked", "loop"}
    train : callable
        As :func:`mexlab.training.backends.loop.train_one_by_one`, but for the layout of the inputs.
    prepare : callable
        Brings inputs of shape (N, channels, rows, columns) into that layout, once.
    chunk_size : callable
        From the batch size to the folds that one call should get.
    side_by_side : bool
        Whether calls may run on several threads at once.
    note : str
        Why it is not the one that was asked for; else "".
    device : str
        Where it trains, for the run's record.
    """

    name: str
    train: Train
    prepare: Callable[[Tensor], Tensor]
    chunk_size: Callable[[int], int]
    side_by_side: bool
    note: str = ""
    device: str = "cpu"


def choose_backend(settings: TrainingSettings, networks: int = 1, side: int = SIDE) -> Backend:
    """The backend of ``settings.backend``, or what stands in for it, with the reason.

    Parameters
    ----------
    settings : TrainingSettings
    networks : int
        To be trained, folds times seeds: what ``device="auto"`` goes by.
    side : int
        Of the inputs.

    Raises
    ------
    InputError
        Where a device is asked for that is not there, or the fused backend by its name for inputs
        that it is not made for.
    """
    refuse_fused(settings, side)
    device = choose_device(settings, networks, stackable=can_stack(settings.model))
    if device.type != "cpu":
        return _stacked_on(device, settings.model, side)
    note = ""
    if settings.backend in ("auto", "fused"):
        note = why_not_fused(settings.model, side)
        if not note:
            return Backend("fused", train_fused, lay_out_clips, lambda batch: 1, True)
    if settings.backend != "loop":
        if can_stack(settings.model):
            size = partial(chunk_size, side=side)
            return _said(Backend("stacked", train_stacked, _as_it_is, size, True, note))
        note = note or f"the stacked backend does not know {settings.model}"
    return _said(Backend("loop", train_one_by_one, _as_it_is, lambda batch: 1, False, note))


def _stacked_on(device: torch.device, model: str, side: int) -> Backend:
    """All folds and seeds in one batch, as far as the device's memory goes."""
    filters = sum(network(model).filters)
    return Backend(
        "stacked",
        _train_where_memory_may_lack,
        lambda inputs: inputs.to(device),
        partial(folds_that_fit, device, filters, side=side),
        side_by_side=False,
        device=describe_device(device),
    )


def _train_where_memory_may_lack(jobs: Sequence[FoldJob], *rest: Any) -> list[State]:
    try:
        return train_stacked(jobs, *rest)
    except torch.cuda.OutOfMemoryError as error:
        # The run's, not the request's: it can be gone on with as it is.
        raise RunError(
            f"the CUDA device's memory cannot hold {len(jobs)} folds at once; others use it, too",
            where="device",
            remedy="Try again once it is free, or train with device cpu",
        ) from error


def _as_it_is(inputs: Tensor) -> Tensor:
    return inputs


def _said(backend: Backend) -> Backend:
    if backend.note:
        _LOG.warning("training with the %s backend: %s", backend.name, backend.note)
    return backend
