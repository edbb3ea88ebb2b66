"""The stacked backend: several folds side by side, for the LAENet and STSTNet family.

The same arithmetic as the reference loop, on the same random draws, on the device that the inputs
are on. On a processor it is arranged so:

- The streams of a network differ only in their number of filters, so that all of them are one
  convolution with the sum of the filters; so are batch norm, pooling and dropout.
- Convolution, ReLU, pooling and batch norm's statistics are one step with a gradient of its own.
  Batch norm is a rising or falling line a channel, hence its maximum over a window is the line's
  value at the window's maximum (or minimum): only the pooled values need normalising, a ninth of
  the work, and its gradient into the convolution is ``c0 + c1 a`` a channel.
- Maps are laid out with the channels innermost, where pooling is eight times as fast.
- What is small (normalising, dropout, the classifier, Adam) is done for all folds of a chunk at
  once; what is large goes fold by fold and stays in the cache.

There, chunks run on threads of their own, one core each (:mod:`mexlab.training.cross_validation`).
On any other device nothing goes fold by fold: convolution and pooling are one call for all folds of
a chunk, too, which are as many as its memory holds (:mod:`mexlab.training.backends.devices`). Tests
hold gradients and whole trainings of both ways against the reference loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from mexlab.models.registry import network
from mexlab.models.sides import SIDE, averaged_side, pixels_as_of, pooled_side
from mexlab.models.streams import DROPOUT, StreamNetwork
from mexlab.runs.settings import TrainingSettings
from mexlab.training.backends.draws import FoldDraws
from mexlab.training.backends.recipe import (
    FoldJob,
    Plan,
    State,
    Watch,
    build_fold_network,
    build_optimiser,
    class_weights,
    fold_losses,
)

#: Batch norm's, as torch has them.
_MOMENTUM, _EPSILON = 0.1, 1e-5

#: Clips of 28 x 28 of all folds of a chunk in one step: their maps of one layer then fit the cache.
_CLIPS_A_STEP = 256


def can_stack(model: str) -> bool:
    """Whether this backend knows the network's layers."""
    return isinstance(network(model).build(2), StreamNetwork)


def chunk_size(batch_size: int, side: int = SIDE) -> int:
    """Folds that are best trained side by side, on inputs of a side."""
    # Of smaller inputs no more than of 28: each core needs a chunk, and a chunk done is kept.
    return max(1, pixels_as_of(_CLIPS_A_STEP, max(side, SIDE)) // batch_size)


def train_stacked(
    jobs: Sequence[FoldJob],
    inputs: Tensor,
    classes: int,
    settings: TrainingSettings,
    plan: Plan,
    watch: Watch,
) -> list[State]:
    """Train the jobs' networks side by side; as :func:`.loop.train_one_by_one`.

    Leaves torch's global random state alone, and may run on several threads at once. The inputs
    say on which device; the states come back to the processor.
    """
    training = StackedTraining(jobs, inputs, classes, settings, plan)
    for epoch in range(1, plan.epochs + 1):
        for step in range((epoch - 1) * plan.steps_an_epoch, epoch * plan.steps_an_epoch):
            training.step(step)
            watch.step(len(jobs))
        watch.on_epoch(jobs, epoch, *training.close_epoch())
        done = epoch * plan.steps_an_epoch
        watch.networks(jobs, epoch, lambda: training.stack.states(done))  # noqa: B023 - at once
    return training.stack.states(plan.steps)


class StackedTraining:
    """The training of some folds side by side, step by step.

    Parameters
    ----------
    jobs, inputs, classes, settings, plan
        As for :func:`train_stacked`.
    """

    def __init__(
        self,
        jobs: Sequence[FoldJob],
        inputs: Tensor,
        classes: int,
        settings: TrainingSettings,
        plan: Plan,
    ) -> None:
        self._settings, self._plan, self._device = settings, plan, inputs.device
        nets = [
            cast(StreamNetwork, build_fold_network(settings, job, classes, inputs.shape[-1]))
            for job in jobs
        ]
        self.stack = FoldStack(nets, self._device)
        self._optimiser = build_optimiser(settings, list(self.stack.parameters()))
        self._weights = torch.stack(
            [class_weights(job.targets, classes, settings.class_weighting) for job in jobs]
        ).to(self._device)
        self._draws = [FoldDraws(job, plan) for job in jobs]
        self._channels_last = inputs.permute(0, 2, 3, 1).contiguous()
        self._open_epoch()

    def step(self, number: int) -> None:
        """One batch of every fold; steps are counted from 0 over the whole training."""
        settings = self._settings
        batches = [own.next_batch() for own in self._draws]
        targets = self._bring([labels for _, labels in batches])
        picked = self._bring([rows for rows, _ in batches])
        images = self._channels_last[picked].permute(0, 1, 4, 2, 3)
        self._optimiser.param_groups[0]["lr"] = self._plan.learning_rate(settings, number)
        self._optimiser.zero_grad()
        scores = self.stack(images, self.stack.draw_masks(self._draws))
        losses = fold_losses(scores, targets, self._weights, settings.label_smoothing)
        # The folds share no parameter: the sum's gradient is each fold's own.
        losses.sum().backward()
        self._optimiser.step()
        # Added up where they are: to ask for a number would wait for the device at every step.
        self._losses += losses.detach()
        self._hits += (scores.detach().argmax(dim=-1) == targets).sum(dim=-1)

    def close_epoch(self) -> tuple[list[float], list[float]]:
        """Mean loss and share of right calls of each fold since the last epoch's end."""
        steps = self._plan.steps_an_epoch
        losses = (self._losses / steps).tolist()
        accuracies = (self._hits / (steps * self._plan.batch_size)).tolist()
        self._open_epoch()
        return losses, accuracies

    def _open_epoch(self) -> None:
        folds = len(self._draws)
        self._losses = torch.zeros(folds, device=self._device)
        self._hits = torch.zeros(folds, dtype=torch.int64, device=self._device)

    def _bring(self, arrays: Sequence[NDArray[np.int64]]) -> Tensor:
        return torch.from_numpy(np.stack(arrays)).to(self._device)


class FoldStack(nn.Module):
    """F networks of one kind side by side, in training mode.

    Parameters
    ----------
    nets : sequence of StreamNetwork
        For inputs of one side. Their parameters and running statistics are copied.
    device : torch.device, optional
        The processor by default.
    together : bool, optional
        Convolve and pool all folds in one call; by default on every device but the processor.
    """

    def __init__(
        self,
        nets: Sequence[StreamNetwork],
        device: torch.device | None = None,
        *,
        together: bool | None = None,
    ) -> None:
        super().__init__()
        device = device or torch.device("cpu")
        self._together = device.type != "cpu" if together is None else together
        states = [net.state_dict() for net in nets]
        self.filters, self.side = nets[0].filters, nets[0].side

        def gather(name: str) -> Tensor:
            """Of all streams along the channels, and of all folds: shape (F, C, ...)."""
            return torch.stack(
                [
                    torch.cat([state[f"streams.{i}.{name}"] for i in range(len(self.filters))])
                    for state in states
                ]
            ).to(device)

        self.running_mean: Tensor
        self.running_var: Tensor
        self.kernels = nn.Parameter(gather("conv.weight"))
        self.biases = nn.Parameter(gather("conv.bias"))
        self.slopes = nn.Parameter(gather("norm.weight"))
        self.shifts = nn.Parameter(gather("norm.bias"))
        weights, biases = (
            torch.stack([state[f"classifier.{name}"] for state in states]).to(device)
            for name in ("weight", "bias")
        )
        self.out_weights, self.out_biases = nn.Parameter(weights), nn.Parameter(biases)
        self.register_buffer("running_mean", gather("norm.running_mean"))
        self.register_buffer("running_var", gather("norm.running_var"))

    def draw_masks(self, draws: Sequence[FoldDraws]) -> Tensor:
        """Dropout masks, scaled, shape (F, B, C, pooled, pooled)."""
        pooled = pooled_side(self.side)
        kept = torch.from_numpy(np.stack([draw_kept(own, self.filters, pooled) for own in draws]))
        kept = kept.to(self.kernels.device)
        masks = kept.permute(0, 3, 1, 2).unflatten(-1, (pooled, pooled))
        return masks.to(self.kernels.dtype) / (1.0 - DROPOUT)

    def forward(self, images: Tensor, masks: Tensor) -> Tensor:
        """Scores of each fold's own batch.

        Parameters
        ----------
        images : Tensor, shape (F, B, 3, side, side), channels innermost in memory
        masks : Tensor, shape (F, B, C, pooled, pooled)

        Returns
        -------
        Tensor, shape (F, B, classes)
        """
        folds, batch, channels = images.shape[0], images.shape[1], self.kernels.shape[1]
        # A falling line turns the window's maximum into its minimum.
        ones = torch.ones_like(self.slopes)
        signs = torch.where(self.slopes.detach() < 0, -ones, ones).detach()
        pool = conv_relu_pool_together if self._together else _ConvReluPool.apply
        pooled, mean, square = pool(images, self.kernels, self.biases, signs)
        variance = (square - mean * mean).clamp(min=0.0)
        self._track(mean.detach(), variance.detach(), batch * self.side**2)
        slope = self.slopes * torch.rsqrt(variance + _EPSILON)
        shift = self.shifts - slope * mean
        lines = (folds, 1, channels, 1, 1)
        normed = torch.addcmul(shift.view(lines), pooled, (slope * signs).view(lines)) * masks
        averaged = functional.avg_pool2d(normed.flatten(0, 1), 2)
        flat = averaged.reshape(folds, batch, channels * averaged_side(self.side) ** 2)
        scores: Tensor = torch.baddbmm(
            self.out_biases.unsqueeze(1), flat, self.out_weights.transpose(1, 2)
        )
        return scores

    def _track(self, mean: Tensor, variance: Tensor, count: int) -> None:
        self.running_mean.lerp_(mean, _MOMENTUM)
        self.running_var.lerp_(variance * (count / (count - 1)), _MOMENTUM)

    def states(self, steps: int) -> list[State]:
        """Each fold's state dict, as its own network would have it after so many steps."""
        # Back to the processor as a whole: a transfer costs as much for a fold as for all.
        parts = {name: value.detach().cpu() for name, value in self._parts().items()}
        return [self._state(parts, fold, steps) for fold in range(len(self.kernels))]

    def _parts(self) -> dict[str, Tensor]:
        return {
            "conv.weight": self.kernels,
            "conv.bias": self.biases,
            "norm.weight": self.slopes,
            "norm.bias": self.shifts,
            "norm.running_mean": self.running_mean,
            "norm.running_var": self.running_var,
            "classifier.weight": self.out_weights,
            "classifier.bias": self.out_biases,
        }

    def _state(self, parts: Mapping[str, Tensor], fold: int, steps: int) -> State:
        state: State = {}
        start = 0
        for i, count in enumerate(self.filters):
            own = slice(start, start + count)
            start += count
            for name, value in parts.items():
                if not name.startswith("classifier."):
                    state[f"streams.{i}.{name}"] = value[fold, own].clone()
            state[f"streams.{i}.norm.num_batches_tracked"] = torch.tensor(steps)
        for name in ("classifier.weight", "classifier.bias"):
            state[name] = parts[name][fold].clone()
        return state


def draw_kept(draws: FoldDraws, filters: Sequence[int], pooled: int) -> NDArray[np.uint8]:
    """Dropout of one step, stream by stream as the modules draw it, shape (C, pooled², B)."""
    units = pooled * pooled
    kept = [draws.next_kept(count * units, 1.0 - DROPOUT) for count in filters]
    merged: NDArray[np.uint8] = np.concatenate(kept).reshape(sum(filters), units, -1)
    return merged


def conv_relu_pool_together(
    images: Tensor, kernels: Tensor, biases: Tensor, signs: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """What :class:`_ConvReluPool` gives, for all folds in a few large calls.

    The convolution is a product of matrices, in full single precision on a GPU, too, where torch
    lets convolutions round to ten bits; and its sums are taken in the same order each time.

    Parameters
    ----------
    images : Tensor, shape (F, B, 3, side, side)
    kernels : Tensor, shape (F, C, 3, 3, 3)
    biases, signs : Tensor, shape (F, C)

    Returns
    -------
    pooled : Tensor, shape (F, B, C, pooled, pooled)
    mean, square : Tensor, shape (F, C)
    """
    folds, batch = images.shape[:2]
    channels = kernels.shape[1]
    patches = functional.unfold(images.flatten(0, 1).contiguous(), 3, padding=1)
    maps = kernels.flatten(2).unsqueeze(1) @ patches.unflatten(0, (folds, batch))
    maps = functional.relu(maps + biases.view(folds, 1, channels, 1))
    signed = (maps * signs.view(folds, 1, channels, 1)).unflatten(-1, images.shape[-2:])
    pooled = functional.max_pool2d(signed.flatten(0, 1), 3, 3, padding=1)
    mean, square = maps.mean(dim=(1, 3)), (maps * maps).mean(dim=(1, 3))
    return pooled.unflatten(0, (folds, batch)), mean, square


class _ConvReluPool(torch.autograd.Function):
    """Convolution, ReLU, the statistics batch norm needs, and the maximum of ``sign * a``.

    With ``a = relu(conv(x))``, returns a window's maximum of ``sign * a`` and, a channel, the mean
    of ``a`` and of ``a`` squared over the batch and all pixels.
    """

    @staticmethod
    def forward(
        ctx: Any, images: Tensor, kernels: Tensor, biases: Tensor, signs: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        folds, channels = kernels.shape[:2]
        batch, size = images.shape[1], pooled_side(images.shape[-1])
        pooled = images.new_empty(folds, batch, size, size, channels).permute(0, 1, 4, 2, 3)
        mean, square = images.new_empty(folds, channels), images.new_empty(folds, channels)
        ctx.maps, ctx.places = [], []
        ctx.flipped = [bool((own < 0).any()) for own in signs]
        for f in range(folds):
            maps = functional.conv2d(images[f], kernels[f], biases[f], padding=1)
            maps = maps.contiguous(memory_format=torch.channels_last).relu_()
            rows = maps.permute(0, 2, 3, 1).view(batch, -1)
            mean[f] = rows.mean(dim=0).view(-1, channels).mean(dim=0)
            square[f] = (rows * rows).mean(dim=0).view(-1, channels).mean(dim=0)
            signed = maps * signs[f].view(1, -1, 1, 1) if ctx.flipped[f] else maps
            own, places = functional.max_pool2d(signed, 3, 3, padding=1, return_indices=True)
            pooled[f] = own
            ctx.maps.append(maps)
            ctx.places.append(places)
        ctx.save_for_backward(images, kernels, signs)
        return pooled, mean, square

    @staticmethod
    def backward(  # type: ignore[override]
        ctx: Any, d_pooled: Tensor, d_mean: Tensor, d_square: Tensor
    ) -> tuple[None, Tensor, Tensor, None]:
        images, kernels, signs = ctx.saved_tensors
        folds, channels = kernels.shape[:2]
        batch, pixels = images.shape[1], images.shape[-1] ** 2
        count = batch * pixels
        d_kernels, d_biases = torch.empty_like(kernels), torch.empty_like(d_mean)
        # Repeated over the pixels, so that the inner loop is a whole map and not eight channels.
        constant = (d_mean / count).repeat(1, pixels)
        factor = (d_square * (2.0 / count)).repeat(1, pixels)
        for f in range(folds):
            maps = ctx.maps[f]
            gradient = torch.ops.aten.max_pool2d_with_indices_backward(
                d_pooled[f].contiguous(memory_format=torch.channels_last),
                maps,
                [3, 3],
                [3, 3],
                [1, 1],
                [1, 1],
                False,
                ctx.places[f],
            )
            if ctx.flipped[f]:
                gradient *= signs[f].view(1, -1, 1, 1)
            rows = gradient.permute(0, 2, 3, 1).view(batch, -1)
            rows.addcmul_(maps.permute(0, 2, 3, 1).view(batch, -1), factor[f]).add_(constant[f])
            gradient = torch.ops.aten.threshold_backward(gradient, maps, 0)
            _, d_kernels[f], d_biases[f] = torch.ops.aten.convolution_backward(
                gradient,
                images[f],
                kernels[f],
                [channels],
                [1, 1],
                [1, 1],
                [1, 1],
                False,
                [0, 0],
                1,
                [False, True, True],
            )
        ctx.maps, ctx.places = [], []
        return None, d_kernels, d_biases, None
