"""The compiled backend: gradients against autograd in double precision, and where it stands in."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import llvmlite.binding
import numpy as np
import pytest
import torch
from torch.nn import functional

import mexlab
from mexlab.errors import InputError
from mexlab.features.feature_set import FeatureSet
from mexlab.models import network
from mexlab.runs.settings import TrainingSettings
from mexlab.training.backends import choice as backends
from mexlab.training.backends import fused
from mexlab.training.backends import fused_kernel as kernel
from mexlab.training.backends.choice import choose_backend
from mexlab.training.backends.fused import FoldArrays, lay_out_clips, why_not_fused
from mexlab.training.backends.fused_kernel import make_work, train_steps
from mexlab.training.backends.recipe import fold_losses
from mexlab.training.cross_validation import cross_validate

NAMES = ("conv.weight", "conv.bias", "norm.weight", "norm.bias")


@pytest.fixture(params=["laenet", "ststnet"])
def net(request):
    torch.manual_seed(3)
    net = network(request.param).build(4).train()
    for stream in net.streams:
        # Falling lines too: their maximum is at the window's minimum.
        torch.nn.init.uniform_(stream.norm.weight, -1.0, 1.0)
        torch.nn.init.uniform_(stream.norm.bias, -0.5, 0.5)
    return net


def run_steps(
    fold, net, inputs, rows, targets, kept, rate=0.0, weights=(1.0,) * 4, decay=0.0, done=0
):
    """One step of the kernel; with a rate of zero, nothing comes of it but the gradients."""
    streams = np.split(kept, np.cumsum(net.filters)[:-1])
    bits = np.concatenate([np.packbits(own) for own in streams])
    return train_steps(
        lay_out_clips(inputs).numpy(),
        rows.numpy()[None],
        targets.numpy()[None],
        bits[None],
        np.array([count * 100 for count in net.filters]),
        np.array([rate]),
        done,
        np.array(weights, dtype=np.float32),
        0.1,
        decay,
        (fold.parts, fold.gradients, fold.running, fold.flat),
        make_work(sum(net.filters), len(rows), 4),
    )


# A batch that fills its vectors, and two that do not: one of whole bytes of random bits, one not.
@pytest.mark.parametrize("batch", [32, 24, 13])
@pytest.mark.parametrize("ties", [False, True])
def test_gradients_are_autograds_in_double_precision(net, ties, batch):
    inputs = torch.randn(40, 3, 28, 28)
    if ties:
        # A masked region: all its windows have nine equal values.
        inputs[:, :, 4:20, 4:20] = 0.0
    rows = torch.randint(0, 40, (batch,))
    targets = torch.randint(0, 4, (batch,))
    kept = torch.randint(0, 2, (sum(net.filters), 100, batch), dtype=torch.uint8)
    weights = torch.tensor([0.5, 1.0, 2.0, 1.3])
    fold = FoldArrays(net)
    before = fold.values.copy()
    loss, hits = run_steps(fold, net, inputs, rows, targets, kept.numpy(), weights=weights.tolist())
    assert np.array_equal(fold.values, before)

    exact = net.double()
    masks = kept.permute(2, 0, 1).unflatten(-1, (10, 10)).double() * 2
    maps, start = [], 0
    for stream, count in zip(exact.streams, exact.filters, strict=True):
        values = stream.norm(stream.relu(stream.conv(inputs[rows].double())))
        maps.append(stream.max_pool(values) * masks[:, start : start + count])
        start += count
    merged = functional.avg_pool2d(torch.cat(maps, dim=1), 2).flatten(1)
    scores = exact.classifier(merged)
    expected_loss = fold_losses(scores[None], targets[None], weights[None].double(), 0.1).sum()
    expected_loss.backward()

    assert loss == pytest.approx(float(expected_loss.detach()), rel=1e-5)
    assert hits == int((scores.argmax(dim=1) == targets).sum())
    gradients = [
        torch.cat([stream.get_parameter(name).grad for stream in exact.streams]) for name in NAMES
    ]
    gradients += [exact.classifier.weight.grad, exact.classifier.bias.grad]
    for found, expected in zip(fold.gradients, gradients, strict=True):
        scale = float(expected.abs().max())
        assert np.allclose(found, expected.reshape(found.shape), rtol=1e-4, atol=2e-5 * scale)
    state = fold.state(1)
    for name, value in exact.state_dict().items():
        if "running" in name:
            assert torch.allclose(state[name].double(), value, rtol=1e-5, atol=1e-7), name


@pytest.mark.parametrize("decay", [0.0, 0.01])
def test_adam_is_torchs(decay):
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    net = network("laenet").build(4)
    fold = FoldArrays(net)
    parameter = torch.nn.Parameter(torch.from_numpy(fold.values.copy()))
    optimiser = torch.optim.Adam([parameter], lr=1e-2, weight_decay=decay)
    inputs, rows, targets = torch.randn(16, 3, 28, 28), torch.arange(16), torch.arange(16) % 4
    for done in range(7):
        kept = rng.integers(0, 2, (8, 100, 16), dtype=np.uint8)
        run_steps(fold, net, inputs, rows, targets, kept, rate=1e-2, decay=decay, done=done)
        parameter.grad = torch.from_numpy(fold.slopes.copy())
        optimiser.step()
        assert np.allclose(fold.values, parameter.detach().numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.skipif(
    kernel.LANES == 8, reason="this processor has no wider vectors: all tests run with these"
)
def test_processors_with_narrower_vectors_get_the_same_gradients():
    features = llvmlite.binding.get_host_cpu_features()
    narrow = ",".join(
        f"{'+' if on and not name.startswith('avx512') else '-'}{name}"
        for name, on in features.items()
    )
    some = "gradients_are_autograds or narrow_vectors_are_narrow"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__, "-k", some],
        env={
            **os.environ,
            "NUMBA_CPU_NAME": llvmlite.binding.get_host_cpu_name(),
            "NUMBA_CPU_FEATURES": narrow,
            "MEXLAB_TEST_LANES": "8",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "13 passed" in done.stdout


@pytest.mark.skipif("MEXLAB_TEST_LANES" not in os.environ, reason="run by the test above")
def test_narrow_vectors_are_narrow():
    assert int(os.environ["MEXLAB_TEST_LANES"]) == kernel.LANES


@pytest.mark.parametrize(
    ("asked", "model", "side", "numba", "expected", "said"),
    [
        ("auto", "laenet", 28, True, "fused", ""),
        ("fused", "ststnet", 28, True, "fused", ""),
        ("fused", "laenet", 28, False, "stacked", "numba is not installed"),
        ("auto", "laenet", 28, False, "stacked", "numba is not installed"),
        ("stacked", "laenet", 28, True, "stacked", ""),
        ("loop", "laenet", 28, True, "loop", ""),
        ("fused", "foreign", 28, True, "loop", "does not know"),
        ("stacked", "foreign", 28, True, "loop", "does not know"),
        ("auto", "laenet", 20, True, "stacked", "made for inputs of 28 x 28 px, not 20 x 20"),
        ("auto", "ststnet", 29, True, "stacked", "made for inputs of 28 x 28 px, not 29 x 29"),
        ("auto", "laenet", 20, False, "stacked", "made for inputs of 28 x 28 px"),
        ("stacked", "laenet", 20, True, "stacked", ""),
        ("loop", "laenet", 20, True, "loop", ""),
    ],
)
def test_chosen_or_stood_in_for(monkeypatch, asked, model, side, numba, expected, said):
    if not numba:
        real = fused.importlib.util.find_spec
        monkeypatch.setattr(
            fused.importlib.util, "find_spec", lambda n: None if n == "numba" else real(n)
        )
    if model == "foreign":
        for module in (fused, backends):
            monkeypatch.setattr(module, "can_stack", lambda name: False)
    chosen = choose_backend(
        TrainingSettings(backend=asked, model="laenet" if model == "foreign" else model), side=side
    )
    assert chosen.name == expected
    assert said in chosen.note if said else chosen.note == ""


def test_the_kernel_by_its_name_is_refused_for_other_sides():
    """What would take its place is slower by so much that nobody should get it unasked."""
    said = r"--backend fused: the compiled kernel is made for .* not 20 x 20\. Leave --backend out"
    with pytest.raises(InputError, match=said):
        choose_backend(TrainingSettings(backend="fused"), side=20)
    with pytest.raises(InputError, match="not 29 x 29"):
        lay_out_clips(torch.zeros(2, 3, 29, 29))


def test_a_numba_that_fails_to_import_is_told_of(monkeypatch):
    monkeypatch.setitem(sys.modules, "mexlab.training.backends.fused_kernel", None)
    assert "numba cannot be used here" in why_not_fused("laenet")


def test_a_training_that_blows_up_is_told_of(feature_set):
    settings = TrainingSettings(epochs=60, learning_rate=10.0, batch_size=16, backend="fused")
    huge = FeatureSet(
        feature_set.inputs * 5e36, feature_set.labels, feature_set.classes, feature_set.keys
    )
    with pytest.raises(InputError, match=r"not a number at epoch.*learning rate"):
        cross_validate(huge, replace(settings, normalise="none"))


def test_threads_do_not_change_what_is_learnt(feature_set):
    found = [
        cross_validate(
            feature_set, TrainingSettings(epochs=2, batch_size=16, threads=threads)
        ).probabilities
        for threads in (1, 3)
    ]
    assert np.array_equal(found[0], found[1])


_GRADIENTS = """
import hashlib
import numpy as np
import torch
from mexlab.training.backends.choice import choose_backend
from mexlab.training.backends.recipe import FoldJob, Plan, Watch
from mexlab.runs.settings import TrainingSettings

settings = TrainingSettings(epochs=3, batch_size=16, backend="fused")
inputs = torch.from_numpy(np.random.default_rng(0).normal(size=(32, 3, 28, 28)).astype("float32"))
backend = choose_backend(settings)
watch = Watch(lambda *args: None, lambda units: None, lambda: False)
job = FoldJob("noise/01", 1, np.arange(32), torch.arange(32) % 3)
plan = Plan.of(settings, [32])
(state,) = backend.train([job], backend.prepare(inputs), 3, settings, plan, watch)
print(hashlib.sha256(b"".join(part.numpy().tobytes() for part in state.values())).hexdigest())
"""


@pytest.mark.parametrize("home", ["writable", "unwritable"])
def test_compiled_code_of_a_tree_that_cannot_be_written_to(tmp_path, home):
    """A file where a folder would be made stands in the way of root, too."""
    package = tmp_path / "site" / "mexlab"
    ignore = shutil.ignore_patterns("__pycache__", "*.png", "*.mjs", "*.css")
    shutil.copytree(Path(mexlab.__file__).parent, package, ignore=ignore)
    beside = package / Path(kernel.__file__).relative_to(Path(mexlab.__file__).parent).parent
    (beside / "__pycache__").write_text("in the way")
    cache = tmp_path / "cache"
    if home == "unwritable":
        cache.write_text("in the way")
    code = _GRADIENTS + (
        "from mexlab.training.backends.fused_kernel import train_steps, __file__ as place\n"
        "assert place.startswith(__import__('sys').argv[1]), place\n"
        "print(sum(train_steps.stats.cache_hits.values()))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(package.parent), "XDG_CACHE_HOME": str(cache)}
    env.pop("NUMBA_CACHE_DIR", None)
    said = [
        subprocess.run(
            [sys.executable, "-c", code, str(package.parent)],
            env=env, cwd=tmp_path, capture_output=True, text=True, check=True,
        ).stdout.split()
        for _ in range(2 if home == "writable" else 1)
    ]  # fmt: skip
    digests, hits = zip(*said, strict=True)
    assert hits == (("0", "1") if home == "writable" else ("0",))
    # The first training after an installation is resumed, and shared with workers, by later ones.
    assert len(set(digests)) == 1
