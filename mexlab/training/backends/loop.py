"""The reference backend: one fold after the other, as anyone would write it in torch.

Works for every network of the registry; what the other backends do is held against it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

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


def train_one_by_one(
    jobs: Sequence[FoldJob],
    inputs: Tensor,
    classes: int,
    settings: TrainingSettings,
    plan: Plan,
    watch: Watch,
) -> list[State]:
    """Train each job's network and return the state after its last epoch.

    Parameters
    ----------
    jobs : sequence of FoldJob
    inputs : Tensor, shape (N, channels, rows, columns)
        Of all clips; each job reads its own training rows only.
    classes : int
    settings, plan, watch

    Returns
    -------
    list of dict
        One state dict a job.
    """
    return [_train(job, inputs, classes, settings, plan, watch) for job in jobs]


def _train(
    job: FoldJob,
    inputs: Tensor,
    classes: int,
    settings: TrainingSettings,
    plan: Plan,
    watch: Watch,
) -> State:
    draws = FoldDraws(job, plan)
    net = build_fold_network(settings, job, classes, inputs.shape[-1]).train()
    _draw_dropout_from(draws, net)
    optimiser = build_optimiser(settings, list(net.parameters()))
    weights = class_weights(job.targets, classes, settings.class_weighting).unsqueeze(0)
    for epoch in range(1, plan.epochs + 1):
        loss_sum, hits = 0.0, 0
        for step in range((epoch - 1) * plan.steps_an_epoch, epoch * plan.steps_an_epoch):
            rows, labels = map(torch.from_numpy, draws.next_batch())
            optimiser.param_groups[0]["lr"] = plan.learning_rate(settings, step)
            optimiser.zero_grad()
            scores = net(inputs[rows])
            loss = fold_losses(
                scores.unsqueeze(0), labels.unsqueeze(0), weights, settings.label_smoothing
            ).sum()
            loss.backward()
            optimiser.step()
            loss_sum += float(loss.detach())
            hits += int((scores.detach().argmax(dim=1) == labels).sum())
            watch.step(1)
        seen = plan.steps_an_epoch * plan.batch_size
        watch.on_epoch([job], epoch, [loss_sum / plan.steps_an_epoch], [hits / seen])
        watch.networks([job], epoch, lambda: [_copy_state(net)])
    return _copy_state(net)


def _copy_state(net: nn.Module) -> State:
    return {name: value.detach().clone() for name, value in net.state_dict().items()}


def _draw_dropout_from(draws: FoldDraws, net: nn.Module) -> None:
    """Let a network's dropout layers draw from the fold's own stream."""
    for module in list(net.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.Dropout):
                setattr(module, name, _DrawnDropout(draws, 1.0 - child.p))


class _DrawnDropout(nn.Module):
    """Dropout with given draws; it has no state, so that a network's own stays as it is."""

    def __init__(self, draws: FoldDraws, share: float) -> None:
        super().__init__()
        self._draws, self._share = draws, share

    def forward(self, values: Tensor) -> Tensor:
        """Of a batch of the plan's size, shape (B, ...)."""
        kept = torch.from_numpy(self._draws.next_kept(values[0].numel(), self._share))
        return values * kept.t().reshape(values.shape) / self._share
