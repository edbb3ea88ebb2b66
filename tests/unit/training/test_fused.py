"""The compiled backend: gradients against autograd in double precision, and where it stands in."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

import mexlab
from mexlab.errors import InputError
from mexlab.features.feature_set import FeatureSet
from mexlab.models import network
from mexlab.training import backends, fused
from mexlab.training.backends import choose_backend
from mexlab.training.folds import cross_validate
from mexlab.training.fused import FoldArrays, lay_out_lanes, why_not_fused
from mexlab.training.fused_kernel import adam_step, compute_gradients, make_work
from mexlab.training.recipe import fold_losses
from mexlab.training.settings import TrainingSettings

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


@pytest.mark.parametrize("ties", [False, True])
def test_gradients_are_autograds_in_double_precision(net, ties):
    batch, classes = 13, 4
    inputs = torch.randn(20, 3, 28, 28)
    if ties:
        # A masked region: all its windows have nine equal values.
        inputs[:, :, 4:20, 4:20] = 0.0
    rows = torch.randint(0, 20, (batch,))
    targets = torch.randint(0, classes, (batch,))
    kept = torch.randint(0, 2, (sum(net.filters), 100, batch), dtype=torch.uint8)
    weights = torch.tensor([0.5, 1.0, 2.0, 1.3])
    fold = FoldArrays(net)
    loss, hits = compute_gradients(
        lay_out_lanes(inputs).numpy(),
        rows.numpy(),
        targets.numpy(),
        kept.numpy(),
        weights.numpy(),
        0.1,
        fold.parts,
        fold.gradients,
        fold.running,
        make_work(sum(net.filters), batch, classes),
    )

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
    values = rng.normal(size=50).astype(np.float32)
    parameter = torch.nn.Parameter(torch.from_numpy(values.copy()))
    optimiser = torch.optim.Adam([parameter], lr=1e-2, weight_decay=decay)
    first, second = np.zeros_like(values), np.zeros_like(values)
    for step in range(1, 8):
        gradient = rng.normal(size=50).astype(np.float32)
        parameter.grad = torch.from_numpy(gradient.copy())
        optimiser.step()
        adam_step(values, gradient, first, second, step, 1e-2, decay)
    assert np.allclose(values, parameter.detach().numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("asked", "model", "numba", "expected", "said"),
    [
        ("auto", "laenet", True, "fused", ""),
        ("fused", "ststnet", True, "fused", ""),
        ("fused", "laenet", False, "stacked", "numba is not installed"),
        ("auto", "laenet", False, "stacked", "numba is not installed"),
        ("stacked", "laenet", True, "stacked", ""),
        ("loop", "laenet", True, "loop", ""),
        ("fused", "foreign", True, "loop", "does not know"),
        ("stacked", "foreign", True, "loop", "does not know"),
    ],
)
def test_chosen_or_stood_in_for(monkeypatch, asked, model, numba, expected, said):
    if not numba:
        real = fused.importlib.util.find_spec
        monkeypatch.setattr(
            fused.importlib.util, "find_spec", lambda n: None if n == "numba" else real(n)
        )
    if model == "foreign":
        for module in (fused, backends):
            monkeypatch.setattr(module, "can_stack", lambda name: False)
    chosen = choose_backend(
        TrainingSettings(backend=asked, model="laenet" if model == "foreign" else model)
    )
    assert chosen.name == expected
    assert said in chosen.note if said else chosen.note == ""


def test_a_numba_that_fails_to_import_is_told_of(monkeypatch):
    monkeypatch.setitem(sys.modules, "mexlab.training.fused_kernel", None)
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


@pytest.mark.parametrize("home", ["writable", "unwritable"])
def test_compiled_code_of_a_tree_that_cannot_be_written_to(tmp_path, home):
    """A file where a folder would be made stands in the way of root, too."""
    package = tmp_path / "site" / "mexlab"
    ignore = shutil.ignore_patterns("__pycache__", "*.png", "*.mjs", "*.css")
    shutil.copytree(Path(mexlab.__file__).parent, package, ignore=ignore)
    (package / "training" / "__pycache__").write_text("in the way")
    cache = tmp_path / "cache"
    if home == "unwritable":
        cache.write_text("in the way")
    code = (
        "import numpy as np\n"
        "from mexlab.training.fused_kernel import adam_step, __file__ as place\n"
        "assert place.startswith(__import__('sys').argv[1]), place\n"
        "a = [np.ones(4, np.float32) for _ in range(4)]\n"
        "adam_step(*a, 1, 0.1, 0.0)\n"
        "print(sum(adam_step.stats.cache_hits.values()))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(package.parent), "XDG_CACHE_HOME": str(cache)}
    env.pop("NUMBA_CACHE_DIR", None)
    hits = [
        subprocess.run(
            [sys.executable, "-c", code, str(package.parent)],
            env=env, cwd=tmp_path, capture_output=True, text=True, check=True,
        ).stdout.strip()
        for _ in range(2)
    ]  # fmt: skip
    assert hits == (["0", "1"] if home == "writable" else ["0", "0"])


_GRADIENTS = """
import hashlib
import numpy as np
import torch
from mexlab.training.backends import choose_backend
from mexlab.training.recipe import FoldJob, Plan, Watch
from mexlab.training.settings import TrainingSettings

settings = TrainingSettings(epochs=3, batch_size=16, backend="fused")
inputs = torch.from_numpy(np.random.default_rng(0).normal(size=(32, 3, 28, 28)).astype("float32"))
backend = choose_backend(settings)
watch = Watch(lambda *args: None, lambda units: None, lambda: False)
job = FoldJob("noise/01", 1, np.arange(32), torch.arange(32) % 3)
plan = Plan.of(settings, [32])
(state,) = backend.train([job], backend.prepare(inputs), 3, settings, plan, watch)
print(hashlib.sha256(b"".join(part.numpy().tobytes() for part in state.values())).hexdigest())
"""


def test_code_just_compiled_and_code_read_from_disk_train_the_same_network(tmp_path):
    # The first training after an installation is resumed, and shared with workers, by later ones.
    def trained() -> str:
        return subprocess.run(
            [sys.executable, "-c", _GRADIENTS],
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    first = trained()
    assert any(tmp_path.rglob("*.nbc")), "nothing was kept on disk"
    assert trained() == first
