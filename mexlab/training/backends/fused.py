"""The fused backend: whole training steps as compiled code, for the LAENet and STSTNet family.

The same arithmetic as the reference loop, on the same random draws. This file prepares one fold
after the other and hands its batches to :mod:`mexlab.training.backends.fused_kernel`; the two are
apart because the kernel needs numba on import, and a page that only shows runs must not wait for
it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from mexlab.errors import InputError
from mexlab.models.sides import SIDE, pooled_side
from mexlab.models.streams import StreamNetwork
from mexlab.runs.settings import TrainingSettings, fault_of_kernel
from mexlab.training.backends.draws import FoldDraws
from mexlab.training.backends.recipe import (
    FoldJob,
    Plan,
    State,
    Watch,
    build_fold_network,
    class_weights,
)
from mexlab.training.backends.stacked import FoldStack, can_stack

#: What Python does between two calls holds up the other threads; and there it is asked to stop.
_STEPS_A_CALL = 32

#: ``B^T`` of F(4, 3): from six neighbouring pixels to the six points of a tile.
_INPUT_TRANSFORM = torch.tensor(
    [
        [4.0, 0.0, -5.0, 0.0, 1.0, 0.0],
        [0.0, -4.0, -4.0, 1.0, 1.0, 0.0],
        [0.0, 4.0, -4.0, -1.0, 1.0, 0.0],
        [0.0, -2.0, -1.0, 2.0, 1.0, 0.0],
        [0.0, 2.0, -1.0, -2.0, 1.0, 0.0],
        [0.0, 4.0, 0.0, -5.0, 0.0, 1.0],
    ]
)


def why_not_fused(model: str, side: int = SIDE) -> str:
    """Why this backend cannot train a network on inputs of a side here; "" where it can."""
    if not can_stack(model):
        return f"the compiled kernel does not know {model}"
    if fault := fault_of_kernel(side):
        return fault
    if importlib.util.find_spec("numba") is None:
        return "numba is not installed"
    try:
        importlib.import_module("mexlab.training.backends.fused_kernel")
    except (ImportError, RuntimeError) as error:
        # Such as a numba that does not take this numpy.
        return f"numba cannot be used here ({error})"
    return ""


def lay_out_clips(inputs: Tensor) -> Tensor:
    """Inputs (N, 3, 28, 28) as the kernel reads them: shape (N, 28 * 128).

    All folds have them in common, and so has every step: Winograd's transform of the inputs,
    ``B^T d`` (Lavin & Gray 2016), is taken once. Of each row, six points of each channel and tile
    of four columns, point by point, and two zeros up to whole vectors.

    Raises
    ------
    InputError
        For inputs of another side: the kernel would read past their rows.
    """
    if fault := fault_of_kernel(inputs.shape[-1]):
        raise InputError(fault, where="backend")
    reach = functional.pad(inputs, (1, 1)).unfold(3, 6, 4)
    points = (reach @ _INPUT_TRANSFORM.T).permute(0, 2, 4, 1, 3)
    return functional.pad(points.flatten(2), (0, 2)).flatten(1).contiguous()


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
    inputs : Tensor, shape (N, 3584)
        Of :func:`lay_out_clips`.
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
    from mexlab.training.backends.fused_kernel import make_work, train_steps

    net = cast(StreamNetwork, build_fold_network(settings, job, classes))
    layers = np.array([count * pooled_side(SIDE) ** 2 for count in net.filters])
    fold = FoldArrays(net)
    work = make_work(sum(net.filters), plan.batch_size, classes)
    weights = class_weights(job.targets, classes, settings.class_weighting).numpy()
    draws = FoldDraws(job, plan)
    steps = plan.steps_an_epoch
    for epoch in range(1, plan.epochs + 1):
        loss, hits, end = 0.0, 0, epoch * steps
        for done in range(end - steps, end, _STEPS_A_CALL):
            some = min(_STEPS_A_CALL, end - done)
            rows, targets = draws.next_batches(some)
            lost, correct = train_steps(
                inputs,
                rows,
                targets,
                draws.next_bits(layers.tolist(), some),
                layers,
                np.array([plan.learning_rate(settings, step) for step in range(done, done + some)]),
                done,
                weights,
                settings.label_smoothing,
                settings.weight_decay,
                (fold.parts, fold.gradients, fold.running, fold.flat),
                work,
            )
            loss += lost
            hits += correct
            watch.step(some)
        watch.on_epoch([job], epoch, [loss / steps], [hits / (steps * plan.batch_size)])
        watch.networks([job], epoch, lambda: [fold.state(end)])  # noqa: B023 - called at once
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
    flat : tuple of ndarray
        These four.
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
        self.flat = (self.values, self.slopes, self.first, self.second)
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
