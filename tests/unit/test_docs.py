"""Every example in a docstring or in the documentation runs, and gives what it says."""

from __future__ import annotations

import doctest
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mexlab.workspace import Workspace, import_into

ROOT = Path(__file__).parents[2]

#: Rooms whose examples train.
TORCH_ROOMS = ("models", "training")


def with_examples() -> list[str]:
    """Modules with an example, by their text: what has none is not imported for it."""
    found = []
    for path in sorted((ROOT / "mexlab").rglob("*.py")):
        if re.search(r"^\s*>>> ", path.read_text("utf-8"), re.MULTILINE):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def blocks() -> Iterator[tuple[str, int, str]]:
    """File, line and text of each block of Python in the documentation."""
    for path in sorted((ROOT / "docs").glob("*.md")):
        text = path.read_text("utf-8")
        for match in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            yield path.name, text[: match.start()].count("\n") + 2, match[1]


def lab_workspace(folder: Path, release: Path) -> None:
    """A workspace with a small CASME II in it, as the examples take one for granted."""
    made = Workspace.create(folder)
    import_into(made, "casme2", release)
    made.close()


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Layers this small only wait for each other on more, the longer the busier the machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", with_examples())
def test_the_examples_of_a_module_hold(name: str, request: pytest.FixtureRequest) -> None:
    if name.split(".")[1] in TORCH_ROOMS:
        request.getfixturevalue("one_thread")
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("file", "line", "text"), [pytest.param(*one, id=f"{one[0]}:{one[1]}") for one in blocks()]
)
def test_an_example_of_the_documentation_runs(
    file: str,
    line: int,
    text: str,
    one_thread: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    synthetic: Any,
) -> None:
    # What the examples take for granted, by the names that they use.
    rng = np.random.default_rng(0)
    truth = np.arange(12) % 3
    given = {
        "inputs": rng.normal(size=(12, 3, 28, 28)),
        "new_inputs": rng.normal(size=(2, 3, 28, 28)),
        "emotions": np.array(["negative", "positive", "surprise"])[truth],
        "truth": truth,
        "first": rng.permutation(truth),
        "second": rng.permutation(truth),
        "subjects": [("casme2", f"sub{i // 3:02d}") for i in range(12)],
        "folds": [f"casme2/sub{i // 3:02d}" for i in range(12)],
        "databases": ["casme2"] * 12,
        "classes": ("negative", "positive", "surprise"),
        "predicted": rng.integers(0, 3, (1, 40, 12)),
    }
    monkeypatch.chdir(tmp_path)
    if "Workspace.open" in text:
        lab_workspace(tmp_path / "my-workspace", synthetic.write("casme2"))
    # An error names the line of the document.
    exec(compile("\n" * (line - 1) + text, file, "exec"), given)
