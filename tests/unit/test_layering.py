"""Imports go down only: every import of every module is walked, those inside functions too."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "mexlab"

#: Higher floors may import lower ones; a floor may import itself.
FLOORS = (
    {"cli", "__main__"},
    {"serving"},
    {"pages"},
    {"widgets"},
    {"reports"},
    {"workspace"},
    {"training", "store"},
    {"runs"},
    {"evaluation", "spotting"},
    {"synthetic"},
    {"models"},
    {"features"},
    {"vision"},
    {"data"},
    {"errors", "whole_files", "deprecation"},
)

#: Rooms that never know of each other, though their floors would let them.
STRANGERS = (
    {"store", "training"},
    {"store", "runs"},
    {"evaluation", "spotting"},
    {"cli", "pages"},
)

#: Who may paint databases.
SYNTHESISE = {"synthetic", "cli"}

#: Widgets are drawn from traits: they reach past nothing but these.
WIDGETS_MAY_IMPORT = {"widgets", "data", "errors"}

#: The only rooms that may import torch. What is said of a run, and a run itself, must not wait for
#: it: `runs` and `reports` are none of them.
TORCH_ROOMS = {"models", "training"}

#: Faces of the two: their torch is behind the first use.
FACES = ("mexlab.training", "mexlab.models", "mexlab.models.registry")

#: Pages that label and show must start at once.
LIGHT_PAGES = ("home", "annotate", "flow")

#: Too slow, or too much, for a page to load before its first paint.
HEAVY = ("torch", "sklearn", "scipy", "skimage")


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path) -> Iterator[tuple[str, int]]:
    """Dotted names that a module imports, with the line; ``importlib`` and lazy loading too."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            yield base, node.lineno
            # `from mexlab import store` and `from mexlab.cli import clips` name modules.
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            if called in ("import_module", "__import__", "find_spec", "load"):
                for argument in node.args[:1]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.value, node.lineno


def room(name: str) -> str:
    """The room of a module: the name below ``mexlab``; "" for mexlab itself."""
    return name.split(".")[1] if "." in name else ""


def floor(name: str) -> int:
    return next(index for index, rooms in enumerate(FLOORS) if name in rooms)


def faults(name: str, path: Path) -> Iterator[str]:
    """What is wrong with the imports of one module."""
    own = room(name)
    for target, line in imports(name, path):
        where = f"{name}:{line} imports {target}"
        if target.split(".")[0] == "torch" and own not in TORCH_ROOMS:
            yield f"{where}, but torch is for {sorted(TORCH_ROOMS)}"
        if not target.startswith("mexlab."):
            continue
        other = room(target)
        module = (PACKAGE / other).is_dir() or (PACKAGE / f"{other}.py").is_file()
        if other == own or not module:
            continue
        if own == "widgets" and other not in WIDGETS_MAY_IMPORT:
            yield f"{where}, but widgets know no {other}"
        if other == "synthetic" and own not in SYNTHESISE:
            yield f"{where}, but only {sorted(SYNTHESISE)} paint databases"
        if floor(other) < floor(own):
            yield f"{where}, which goes up"
        elif any({own, other} <= pair for pair in STRANGERS):
            yield f"{where}, but the two never import each other"


def test_every_room_has_a_floor() -> None:
    rooms = {room(name) for name in modules() if name != "mexlab"}
    assert rooms <= set().union(*FLOORS)


@pytest.mark.parametrize("name", [name for name in modules() if name != "mexlab"])
def test_imports_go_down_only(name: str) -> None:
    assert list(faults(name, modules()[name])) == []


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("mexlab.data.x", "def f():\n    from mexlab.store import Store", "goes up"),
        ("mexlab.data.x", "from .. import store", "goes up"),
        ("mexlab.data.x", "from mexlab import store", "goes up"),
        ("mexlab.data.x", "import importlib\nimportlib.import_module('mexlab.cli')", "goes up"),
        ("mexlab.store.x", "import mexlab.training.execute", "never import each other"),
        ("mexlab.store.x", "from mexlab.runs.run import Run", "never import each other"),
        ("mexlab.cli.x", "from mexlab.pages.home.page import HomePage", "never import each other"),
        ("mexlab.reports.x", "from mexlab.widgets.base import StemWidget", "goes up"),
        ("mexlab.reports.x", "from mexlab.pages.shell.links import page_url", "goes up"),
        ("mexlab.runs.x", "from mexlab.training.execute import execute_run", "goes up"),
        ("mexlab.runs.x", "def f():\n    import torch", "torch is for"),
        ("mexlab.workspace.x", "import mexlab.synthetic", "paint databases"),
        ("mexlab.spotting.x", "from mexlab.evaluation import splits", "never import each other"),
        ("mexlab.features.x", "def f():\n    import torch.nn as nn", "torch is for"),
        ("mexlab.widgets.x", "from mexlab.workspace import Workspace", "widgets know no"),
        ("mexlab.data.x", "if True:\n    from ..vision.flow import compute_flow", "goes up"),
    ],
)
def test_the_walk_finds_what_must_not_be(tmp_path: Path, name: str, code: str, words: str) -> None:
    path = tmp_path / "x.py"
    path.write_text(code)
    assert any(words in fault for fault in faults(name, path))


def loaded_after(statement: str) -> set[str]:
    """The top-level names in ``sys.modules`` of a fresh interpreter after a statement."""
    code = f"{statement}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return set(done.stdout.split())


def test_importing_mexlab_loads_no_other_library() -> None:
    bare = loaded_after("pass")
    after = loaded_after("import mexlab")
    assert after - bare - sys.stdlib_module_names == {"mexlab"}


def test_importing_mexlab_reads_nothing_but_its_own_files(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, arguments: seen.append((event, arguments)))\n"
        "import mexlab\n"
        "opened = [str(a[0]) for e, a in seen if e == 'open' and 'mexlab' not in str(a[0])]\n"
        "others = [e for e, _ in seen if e.startswith(('socket.', 'subprocess.', 'os.system'))]\n"
        "outside = [name for name in opened if 'importlib' not in name and 'lib' not in name]\n"
        "print(outside + others)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        timeout=120,
    )
    assert done.stdout.strip() == "[]"


def test_importing_mexlab_leaves_the_seeds_alone() -> None:
    code = (
        "import random\n"
        "random.seed(3)\n"
        "state = random.getstate()\n"
        "import mexlab, mexlab.data, mexlab.store, mexlab.evaluation\n"
        "assert random.getstate() == state\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


@pytest.mark.parametrize("name", FACES)
def test_the_face_of_a_room_with_torch_needs_none(name: str) -> None:
    assert "torch" not in loaded_after(f"import {name}")


@pytest.mark.parametrize("page", LIGHT_PAGES)
def test_light_pages_load_nothing_heavy(page: str) -> None:
    assert loaded_after(f"import mexlab.pages.{page}.page") & set(HEAVY) == set()


def test_the_command_line_starts_without_the_libraries_of_its_commands() -> None:
    heavy = {*HEAVY, "cv2", "numpy", "pandas", "sqlalchemy", "plotly", "voila", "joblib"}
    assert loaded_after("import mexlab.cli") & heavy == set()
