"""Training on a CUDA device: what can be known without one, and, where there is one, the rest."""

import numpy as np
import pytest
import torch

from mexlab.errors import InputError
from mexlab.models import network
from mexlab.models.sides import pooled_side
from mexlab.runs.settings import TrainingSettings
from mexlab.training.backends import choice as backends
from mexlab.training.backends import stacked
from mexlab.training.backends.choice import choose_backend
from mexlab.training.backends.devices import bytes_a_fold, folds_that_fit
from mexlab.training.backends.recipe import FoldJob, Plan
from mexlab.training.backends.stacked import FoldStack, StackedTraining, train_stacked
from mexlab.training.cross_validation import cross_validate

CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
MODELS = ("laenet", "ststnet")


@pytest.fixture
def device_there(monkeypatch):
    """A CUDA device of 8 GiB, as far as is asked before anything is put on it."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Made Up 9000")
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (8 << 30, 16 << 30))


@pytest.fixture
def jobs():
    """Four folds of two seeds."""
    rows = np.arange(18)
    labels = torch.arange(20) % 3
    return [FoldJob(f"fold{f}", seed, rows, labels[rows]) for f in range(4) for seed in (1, 2)]


@pytest.fixture
def no_device(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


def test_the_processor_where_nothing_else_is_there(no_device):
    assert choose_backend(TrainingSettings(), 10_000).device == "cpu"
    with pytest.raises(InputError, match=r"no CUDA device.*device auto or cpu"):
        choose_backend(TrainingSettings(device="cuda"))


def test_an_absent_device_stops_a_training_before_it_begins(no_device, feature_set):
    told = []
    with pytest.raises(InputError, match="no CUDA device"):
        cross_validate(feature_set, TrainingSettings(device="cuda"), on_event=told.append)
    assert told == []


def test_a_device_is_taken_for_many_networks_and_as_it_is_set(device_there):
    many = choose_backend(TrainingSettings(threads=2), 340)
    assert (many.name, many.device) == ("stacked", "cuda (Made Up 9000)")
    assert not many.side_by_side
    assert choose_backend(TrainingSettings(threads=2), 5).device == "cpu"
    assert choose_backend(TrainingSettings(threads=2, device="cuda"), 5).device != "cpu"
    for settings in ({"device": "cpu"}, {"backend": "fused"}, {"backend": "loop"}):
        assert choose_backend(TrainingSettings(threads=2, **settings), 340).device == "cpu"


@pytest.mark.parametrize("backend", ["fused", "loop"])
def test_what_cannot_leave_the_processor_says_so(backend):
    with pytest.raises(InputError, match=f"device: the {backend} backend is the processor's"):
        TrainingSettings(device="cuda", backend=backend)


def test_all_folds_of_several_seeds_fit_as_far_as_memory_goes(device_there):
    device = torch.device("cuda")
    # Half of 8 GiB, for 68 folds of 3 seeds of 64 clips; of 256 clips and more filters, fewer.
    assert folds_that_fit(device, 8, 64) == (4 << 30) // bytes_a_fold(8, 64) >= 3 * 68
    assert 1 < folds_that_fit(device, 16, 256) < 68
    assert folds_that_fit(device, 16, 1_000_000) == 1
    # Four times the pixels, a quarter of the folds; of the side that the backend is chosen for.
    assert folds_that_fit(device, 8, 64, 56) == folds_that_fit(device, 8, 64) // 4
    settings = TrainingSettings(device="cuda")
    assert choose_backend(settings, 340, 56).chunk_size(64) == folds_that_fit(device, 8, 64, 56)


@pytest.mark.parametrize("side", [28, 20, 56])
@pytest.mark.parametrize("model", MODELS)
def test_a_fold_takes_no_more_memory_than_was_planned_with(model, side):
    """Counted on the processor: every tensor that autograd keeps."""
    batch, folds = 16, 4
    stack = FoldStack([network(model).build(3, side) for _ in range(folds)], together=True)
    kept = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    images = torch.randn(folds, batch, 3, side, side)
    filters = stack.kernels.shape[1]
    masks = torch.ones(folds, batch, filters, pooled_side(side), pooled_side(side))
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        stack(images, masks)
    # As much again for the gradients on their way back.
    assert 0.2 < sum(kept.values()) / (folds * bytes_a_fold(filters, batch, side)) < 0.6


@pytest.mark.parametrize("side", [28, 20])
@pytest.mark.parametrize("model", MODELS)
def test_every_tensor_of_a_step_is_on_the_device(jobs, model, side):
    """On torch's device without values, which a step may not mix with the processor either."""
    settings = TrainingSettings(model=model, batch_size=8, weight_decay=0.01)
    inputs = torch.empty(40, 3, side, side, device="meta")
    training = StackedTraining(jobs, inputs, 3, settings, Plan(8, 2, 1, mirrored=20))
    for step in range(2):
        training.step(step)
    stack = training.stack
    tensors = [*stack.parameters(), *stack.buffers(), *(p.grad for p in stack.parameters())]
    assert {tensor.device.type for tensor in tensors} == {"meta"}
    # What leaves the device leaves it as states and as the numbers of an epoch, and only then.
    for leave in (lambda: stack.states(2), training.close_epoch):
        with pytest.raises((NotImplementedError, RuntimeError), match="meta"):
            leave()


def test_a_tensor_left_behind_is_found(jobs, monkeypatch):
    """The test above can fail: one transfer forgotten, and torch says so."""
    inputs = torch.empty(20, 3, 28, 28, device="meta")
    plan, settings = Plan(8, 2, 1), TrainingSettings(batch_size=8)
    training = StackedTraining(jobs, inputs, 3, settings, plan)
    training.step(0)
    monkeypatch.setattr(FoldStack, "draw_masks", lambda *args: torch.ones(8, 8, 8, 10, 10))
    with pytest.raises(RuntimeError, match="device"):
        training.step(1)


def test_memory_that_is_gone_is_told(device_there, monkeypatch):
    def full(*args):
        raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 MiB")

    monkeypatch.setattr(backends, "train_stacked", full)
    backend = choose_backend(TrainingSettings(device="cuda"))
    with pytest.raises(InputError, match=r"cannot hold 1 folds at once.*device cpu"):
        backend.train([None], None, 3, None, None, None)


def test_all_folds_and_seeds_in_one_batch_end_as_fold_by_fold(feature_set, monkeypatch):
    """The way of a device, on the processor: the whole training, not a step."""
    settings = TrainingSettings(epochs=3, batch_size=16, seeds=(1, 2), backend="stacked")
    apart = cross_validate(feature_set, settings)
    sizes = []

    def together(jobs, *rest):
        sizes.append(len(jobs))
        return train_stacked(jobs, *rest)

    real = FoldStack.__init__
    monkeypatch.setattr(
        stacked.FoldStack,
        "__init__",
        lambda self, nets, device=None: real(self, nets, device, together=True),
    )
    whole = backends.Backend("stacked", together, backends._as_it_is, lambda batch: 99, False)
    monkeypatch.setattr("mexlab.training.cross_validation.choose_backend", lambda *args: whole)
    found = cross_validate(feature_set, settings)
    assert sizes == [2 * 6]
    assert np.allclose(found.probabilities, apart.probabilities, atol=1e-3)
    assert [p.loss for p in found.curves] == pytest.approx([p.loss for p in apart.curves], rel=1e-3)


@CUDA
@pytest.mark.parametrize("model", MODELS)
def test_on_a_real_device_it_ends_as_the_reference_does(feature_set, model):
    settings = {"model": model, "epochs": 3, "batch_size": 16, "seeds": (1, 2)}
    reference = cross_validate(feature_set, TrainingSettings(**settings, backend="loop"))
    found = cross_validate(feature_set, TrainingSettings(**settings, device="cuda"))
    again = cross_validate(feature_set, TrainingSettings(**settings, device="cuda"))
    assert found.device.startswith("cuda (")
    assert np.allclose(found.probabilities, reference.probabilities, atol=1e-3)
    assert np.array_equal(found.probabilities, again.probabilities)
