import numpy as np
import pytest
import torch
from torch.nn import functional

from mexlab.runs.settings import TrainingSettings
from mexlab.training.backends.recipe import (
    BatchOrder,
    FoldJob,
    Plan,
    class_weights,
    fold_losses,
    stream_seed,
)


def job(n, name="a/01", seed=1):
    return FoldJob(name, seed, np.arange(n), torch.zeros(n, dtype=torch.int64))


def test_every_clip_is_seen_equally_often_give_or_take_one():
    order = BatchOrder(job(10), 4)
    batches = [order.next() for _ in range(13)]
    assert {len(batch) for batch in batches} == {4}
    counts = np.bincount(np.concatenate(batches), minlength=10)
    assert counts.max() - counts.min() <= 1


def test_a_batch_larger_than_the_set_is_filled_from_the_next_pass():
    assert sorted(BatchOrder(job(3), 6).next()) == [0, 0, 1, 1, 2, 2]


def test_order_is_the_folds_own():
    def draw(**kwargs):
        return BatchOrder(job(50, **kwargs), 50).next().tolist()

    assert draw() == draw()
    assert draw() != draw(name="a/02")
    assert draw() != draw(seed=2)


def test_streams_are_apart():
    seeds = {
        stream_seed(seed, fold, purpose)
        for seed in range(20)
        for fold in ("a/1", "a/11", "b/1")
        for purpose in ("weights", "batches", "dropout")
    }
    assert len(seeds) == 180


def test_plan_makes_a_whole_pass_over_the_largest_fold():
    plan = Plan.of(TrainingSettings(batch_size=64, epochs=3), [290, 308])
    assert (plan.batch_size, plan.steps_an_epoch, plan.steps) == (64, 5, 15)
    assert Plan.of(TrainingSettings(batch_size=64), [10, 12]).batch_size == 10


def test_cosine_ends_near_zero_and_constant_stays():
    settings = TrainingSettings(epochs=4, learning_rate=0.5)
    plan = Plan(8, 10, 4)
    rates = [plan.learning_rate(settings, step) for step in range(40)]
    assert rates[0] == 0.5
    assert rates[20] == pytest.approx(0.25)
    assert rates[-1] < 0.001
    assert rates == sorted(rates, reverse=True)
    constant = TrainingSettings(epochs=4, learning_rate=0.5, schedule="constant")
    assert {plan.learning_rate(constant, step) for step in range(40)} == {0.5}


def test_weights_by_hand():
    targets = torch.tensor([0, 0, 0, 1])
    assert class_weights(targets, 2, 0.0).tolist() == [1.0, 1.0]
    assert class_weights(targets, 2, 1.0).tolist() == pytest.approx([4 / 6, 2.0])
    assert class_weights(targets, 2, 0.5).tolist() == pytest.approx([(4 / 6) ** 0.5, 2**0.5])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_loss_is_torchs_own(weighted, smoothing):
    rng = torch.Generator().manual_seed(0)
    scores = torch.randn(2, 6, 3, generator=rng)
    targets = torch.randint(0, 3, (2, 6), generator=rng)
    weights = torch.tensor([[0.5, 1.0, 2.0], [1.5, 1.0, 0.3]]) if weighted else torch.ones(2, 3)
    found = fold_losses(scores, targets, weights, smoothing)
    for f in range(2):
        if weighted and smoothing:
            # torch spreads the smoothed share by class weight; here the clip's own weight holds
            # for all of its loss, so that a weight means the same with and without smoothing.
            plain = functional.cross_entropy(
                scores[f], targets[f], label_smoothing=smoothing, reduction="none"
            )
            own = weights[f][targets[f]]
            expected = (plain * own).sum() / own.sum()
        else:
            expected = functional.cross_entropy(
                scores[f], targets[f], weight=weights[f], label_smoothing=smoothing
            )
        assert found[f] == pytest.approx(float(expected), rel=1e-5)
