"""The reference backend: one fold after the other, as anyone would write it in torch.

Works for every network of the registry; what the other backends do is held against it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from mexlab.training.recipe import (
    BatchOrder,
    FoldJob,
    Plan,
    State,
    Watch,
    build_fold_network,
    build_optimiser,
    class_weights,
    fold_losses,
    stream_seed,
)
from mexlab.training.settings import TrainingSettings


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
    net = build_fold_network(settings, job, classes).train()
    optimiser = build_optimiser(settings, list(net.parameters()))
    weights = class_weights(job.targets, classes, settings.class_weighting).unsqueeze(0)
    order = BatchOrder(job, plan.batch_size)
    rows = torch.from_numpy(job.train_idx)
    with torch.random.fork_rng(devices=[]):
        # Dropout draws from torch's global stream.
        torch.manual_seed(stream_seed(job.seed, job.name, "dropout"))
        for epoch in range(1, plan.epochs + 1):
            loss_sum, hits = 0.0, 0
            for step in range((epoch - 1) * plan.steps_an_epoch, epoch * plan.steps_an_epoch):
                batch = torch.from_numpy(order.next())
                targets = job.targets[batch]
                optimiser.param_groups[0]["lr"] = plan.learning_rate(settings, step)
                optimiser.zero_grad()
                scores = net(inputs[rows[batch]])
                loss = fold_losses(
                    scores.unsqueeze(0), targets.unsqueeze(0), weights, settings.label_smoothing
                ).sum()
                loss.backward()
                optimiser.step()
                loss_sum += float(loss.detach())
                hits += int((scores.detach().argmax(dim=1) == targets).sum())
                watch.step(1)
            seen = plan.steps_an_epoch * plan.batch_size
            watch.on_epoch([job], epoch, [loss_sum / plan.steps_an_epoch], [hits / seen])
    return {name: value.detach().clone() for name, value in net.state_dict().items()}
