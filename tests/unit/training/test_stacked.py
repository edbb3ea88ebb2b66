"""The stacked and the fused backend against the reference: gradients, then whole trainings."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from mexlab.models import network
from mexlab.models.sides import pooled_side
from mexlab.runs.settings import TrainingSettings
from mexlab.training.backends.fused import lay_out_clips, train_fused
from mexlab.training.backends.loop import train_one_by_one
from mexlab.training.backends.recipe import FoldJob, Plan, Watch, build_fold_network
from mexlab.training.backends.stacked import FoldStack, can_stack, chunk_size, train_stacked

SILENT = Watch(lambda *args: None, lambda units: None, lambda: False)
MODELS = ("laenet", "ststnet")


def fused(jobs, inputs, *rest):
    return train_fused(jobs, lay_out_clips(inputs), *rest)


QUICK = (train_stacked, fused)

#: The kernel is made for 28. Of 20 pooling leaves an edge over, of 29 an odd number of pixels.
WAYS = [(train_stacked, 28), (train_stacked, 20), (train_stacked, 29), (fused, 28)]


def jobs_of(labels, folds):
    rows = [np.delete(np.arange(len(labels)), [f, f + 1]) for f in range(folds)]
    return [FoldJob(f"fold{f}", 7, own, labels[own]) for f, own in enumerate(rows)]


@pytest.mark.parametrize("negative_slopes", [False, True])
@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("side", [28, 20, 5])
@pytest.mark.parametrize("model", MODELS)
def test_gradients_are_autograds_in_double_precision(model, side, together, negative_slopes):
    torch.manual_seed(3)
    folds, batch, pooled = 3, 5, pooled_side(side)
    nets = [network(model).build(3, side).double().train() for _ in range(folds)]
    for net in nets:
        for stream in net.streams:
            torch.nn.init.uniform_(stream.norm.weight, -1.0 if negative_slopes else 0.2, 1.0)
            torch.nn.init.uniform_(stream.norm.bias, -0.5, 0.5)
    stack = FoldStack(nets, together=together)
    images = torch.randn(folds, batch, 3, side, side, dtype=torch.float64)
    masks = torch.randint(0, 2, (folds, batch, sum(nets[0].filters), pooled, pooled)).double() * 2
    chosen = torch.randint(0, 3, (folds, batch))

    scores = stack(images, masks)
    functional.cross_entropy(scores.flatten(0, 1), chosen.flatten()).backward()

    reference = torch.stack(
        [masked_forward(net, images[f], masks[f]) for f, net in enumerate(nets)]
    )
    functional.cross_entropy(reference.flatten(0, 1), chosen.flatten()).backward()

    assert torch.allclose(scores, reference, rtol=1e-9, atol=1e-11)
    for f, net in enumerate(nets):
        expected = {
            "kernels": torch.cat([s.conv.weight.grad for s in net.streams]),
            "biases": torch.cat([s.conv.bias.grad for s in net.streams]),
            "slopes": torch.cat([s.norm.weight.grad for s in net.streams]),
            "shifts": torch.cat([s.norm.bias.grad for s in net.streams]),
            "out_weights": net.classifier.weight.grad,
            "out_biases": net.classifier.bias.grad,
        }
        for name, gradient in expected.items():
            found = getattr(stack, name).grad[f]
            assert torch.allclose(found, gradient, rtol=1e-8, atol=1e-11), name
        state, own = stack.states(1)[f], net.state_dict()
        assert set(state) == set(own)
        for name in own:
            assert torch.allclose(state[name].double(), own[name].double(), rtol=1e-9), name


def masked_forward(net, images, masks):
    """The network's own layers, with given dropout masks in place of drawn ones."""
    start, maps = 0, []
    for stream, count in zip(net.streams, net.filters, strict=True):
        kept = stream.max_pool(stream.norm(stream.relu(stream.conv(images))))
        maps.append(kept * masks[:, start : start + count])
        start += count
    return net.classifier(net.average_pool(torch.cat(maps, dim=1)).flatten(1))


@pytest.mark.parametrize(("train", "side"), WAYS)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "recipe",
    [
        {"class_weighting": 0.0, "label_smoothing": 0.0, "mirror": "off"},
        {"class_weighting": 0.5, "label_smoothing": 0.1, "weight_decay": 0.01, "mirror": "train"},
    ],
)
def test_a_training_draws_and_ends_as_the_reference_does(train, side, model, recipe):
    rng = torch.Generator().manual_seed(0)
    inputs = torch.randn(80, 3, side, side, generator=rng)
    labels = torch.randint(0, 3, (40,), generator=rng)
    settings = TrainingSettings(model=model, epochs=3, batch_size=16, **recipe)
    jobs = jobs_of(labels, 3)
    mirrored = 40 if settings.mirrors_training else None
    plan = Plan.of(settings, [len(job.train_idx) for job in jobs], mirrored)
    curves = {"loop": [], "quick": []}

    def watch(name):
        return Watch(
            lambda jobs, epoch, losses, accuracies: curves[name].extend(losses),
            lambda units: None,
            lambda: False,
        )

    reference = train_one_by_one(jobs, inputs, 3, settings, plan, watch("loop"))
    quick = train(jobs, inputs, 3, settings, plan, watch("quick"))
    for ours, theirs in zip(quick, reference, strict=True):
        assert set(ours) == set(theirs)
        for name, value in theirs.items():
            assert ours[name].dtype == value.dtype
            assert torch.allclose(ours[name], value, rtol=1e-3, atol=2e-4), name
    assert sorted(curves["quick"]) == pytest.approx(sorted(curves["loop"]), rel=1e-3)
    # Three epochs of training moved the weights by far more than the two differ.
    start = build_fold_network(settings, jobs[0], 3, side).state_dict()["streams.0.conv.weight"]
    assert (quick[0]["streams.0.conv.weight"] - start).abs().max() > 0.01


@pytest.mark.parametrize("train", QUICK)
def test_a_fold_does_not_depend_on_its_neighbours(train):
    rng = torch.Generator().manual_seed(1)
    inputs = torch.randn(30, 3, 28, 28, generator=rng)
    labels = torch.randint(0, 3, (30,), generator=rng)
    settings = TrainingSettings(epochs=2, batch_size=16)
    jobs = jobs_of(labels, 4)
    plan = Plan.of(settings, [len(job.train_idx) for job in jobs])
    together = train(jobs, inputs, 3, settings, plan, SILENT)
    alone = train(jobs[2:3], inputs, 3, settings, plan, SILENT)
    for name, value in alone[0].items():
        assert torch.allclose(together[2][name], value, rtol=1e-4, atol=1e-5), name


@pytest.mark.parametrize(("train", "side"), [(train_one_by_one, 28), (train_one_by_one, 20), *WAYS])
def test_reads_no_held_out_clip_and_leaves_the_global_random_state(train, side):
    rng = torch.Generator().manual_seed(2)
    inputs = torch.randn(20, 3, side, side, generator=rng)
    labels = torch.randint(0, 3, (20,), generator=rng)
    settings = TrainingSettings(epochs=2, batch_size=8)
    jobs = jobs_of(labels, 1)
    plan = Plan.of(settings, [18])
    clean = train(jobs, inputs, 3, settings, plan, SILENT)
    poisoned = inputs.clone()
    poisoned[[0, 1]] = float("nan")
    before = torch.get_rng_state()
    again = train(jobs, poisoned, 3, settings, plan, SILENT)
    assert torch.equal(torch.get_rng_state(), before)
    for name, value in clean[0].items():
        assert torch.equal(again[0][name], value), name


def test_chunks_hold_about_256_clips():
    assert can_stack("laenet")
    assert chunk_size(64) == 4
    assert chunk_size(1000) == 1
    # As many pixels: of larger maps fewer folds. Of smaller ones no more: each core needs some.
    assert [chunk_size(32, side) for side in (14, 28, 40, 56, 140)] == [8, 8, 3, 2, 1]
