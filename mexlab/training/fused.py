"""The fused backend: whole training steps as compiled code, for the LAENet and STSTNet family.

The same arithmetic as the reference loop, on the same random draws. This file prepares one fold
after the other and hands its batches to :mod:`mexlab.training.fused_kernel`; the two are apart
because the kernel needs numba on import, and a page that only shows runs must not wait for it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mexlab.models.streams import StreamNetwork
from mexlab.training.draws import FoldDraws
from mexlab.training.recipe import (
    FoldJob,
    Plan,
    State,
    Watch,
    build_fold_network,
    class_weights,
)
from mexlab.training.settings import TrainingSettings
from mexlab.training.stacked import FoldStack, can_stack, draw_kept


def why_not_fused(model: str) -> str:
    """Why this backend cannot train a network here; "" where it can."""
    if not can_stack(model):
        return f"the compiled kernel does not know {model}"
    if importlib.util.find_spec("numba") is None:
        return "numba is not installed"
    try:
        importlib.import_module("mexlab.training.fused_kernel")
    except (ImportError, RuntimeError) as error:
        # Such as a numba that does not take this numpy.
        return f"numba cannot be used here ({error})"
    return ""


def lay_out_lanes(inputs: Tensor) -> Tensor:
    """Inputs (N, 3, 28, 28) with the clips innermost: shape (3, 28, 28, N)."""
    return inputs.permute(1, 2, 3, 0).contiguous()


def train_fused(
    jobs: Sequence[FoldJob],
    inputs: Tensor,
    classes: int,
    settings: TrainingSettings,
    plan: Plan,
    watch: Watch,
) -> list[State]:
    """Train each job's network; as :func:`.loop.train_one_by_one`, but for the inputs' layout.

    Parameters
    ----------
    inputs : Tensor, shape (3, 28, 28, N)
        Of :func:`lay_out_lanes`.
    jobs, classes, settings, plan, watch

    Returns
    -------
    list of dict
        One state dict a job. May run on several threads at once.
    """
    return [_train(job, inputs.numpy(), classes, settings, plan, watch) for job in jobs]


def _train(
    job: FoldJob,
    inputs: NDArray[np.float32],
    classes: int,
    settings: TrainingSettings,
    plan: Plan,
    watch: Watch,
) -> State:
    from mexlab.training.fused_kernel import adam_step, compute_gradients, make_work

    net = cast(StreamNetwork, build_fold_network(settings, job, classes))
    fold = FoldArrays(net)
    work = make_work(sum(net.filters), plan.batch_size, classes)
    weights = class_weights(job.targets, classes, settings.class_weighting).numpy()
    draws = FoldDraws(job, plan)
    step = 0
    for epoch in range(1, plan.epochs + 1):
        loss_sum, hits = 0.0, 0
        for _ in range(plan.steps_an_epoch):
            rows, targets = draws.next_batch()
            loss, correct = compute_gradients(
                inputs,
                rows,
                targets,
                draw_kept(draws, net.filters),
                weights,
                settings.label_smoothing,
                fold.parts,
                fold.gradients,
                fold.running,
                work,
            )
            rate = plan.learning_rate(settings, step)
            step += 1
            adam_step(
                fold.values,
                fold.slopes,
                fold.first,
                fold.second,
                step,
                rate,
                settings.weight_decay,
            )
            loss_sum += loss
            hits += correct
            watch.step(1)
        seen = plan.steps_an_epoch * plan.batch_size
        watch.on_epoch([job], epoch, [loss_sum / plan.steps_an_epoch], [hits / seen])
        watch.networks([job], epoch, lambda: [fold.state(step)])  # noqa: B023 - called at once
    return fold.state(plan.steps)


class FoldArrays:
    """A network's parameters in one flat array, its parts seen by shape, and Adam's moments.

    Parameters
    ----------
    net : StreamNetwork
        Its parameters and running statistics are copied.

    Attributes
    ----------
    values, slopes, first, second : ndarray of float32, shape (P,)
        Parameters, their gradient, and Adam's two moments.
    parts, gradients : tuple of ndarray
        Views of ``values`` and ``slopes``, in the kernel's order.
    running : tuple of ndarray, shape (C,)
        Batch norm's running mean and variance.
    """

    def __init__(self, net: StreamNetwork) -> None:
        # A stack of one: it knows how the streams' parameters lie together.
        self._stack = FoldStack([net])
        stack = self._stack
        self._sources = (
            stack.kernels,
            stack.biases,
            stack.slopes,
            stack.shifts,
            stack.out_weights,
            stack.out_biases,
        )
        tensors = [source.detach()[0] for source in self._sources]
        tensors[0] = tensors[0].flatten(1)
        self.values = torch.cat([tensor.flatten() for tensor in tensors]).numpy()
        self.slopes = np.zeros_like(self.values)
        self.first, self.second = np.zeros_like(self.values), np.zeros_like(self.values)
        shapes = [tuple(tensor.shape) for tensor in tensors]
        self.parts = _views(self.values, shapes)
        self.gradients = _views(self.slopes, shapes)
        self.running = (stack.running_mean[0].numpy(), stack.running_var[0].numpy())

    def state(self, steps: int) -> State:
        """The network's state dict, after so many steps."""
        with torch.no_grad():
            for source, part in zip(self._sources, self.parts, strict=True):
                source.copy_(torch.from_numpy(part).reshape(source.shape))
        return self._stack.states(steps)[0]


def _views(flat: NDArray[np.float32], shapes: Sequence[tuple[int, ...]]) -> tuple[Any, ...]:
    views, start = [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        views.append(flat[start : start + size].reshape(shape))
        start += size
    return tuple(views)
