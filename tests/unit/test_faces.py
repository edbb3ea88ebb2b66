"""What each room offers by its own name: lazily, whole, and as its stub says."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mexlab

PACKAGE = Path(mexlab.__file__).parent

#: Rooms whose names are attached on first use, by the stub beside them.
LAZY = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.pyi"))


def test_the_rooms_that_users_import_from_are_lazy() -> None:
    assert {"data", "features", "runs", "spotting", "training", "vision", "workspace"} <= set(LAZY)


@pytest.mark.parametrize("room", LAZY)
def test_every_name_of_the_stub_is_there(room: str) -> None:
    module = importlib.import_module(f"mexlab.{room}")
    assert module.__all__
    for name in module.__all__:
        assert getattr(module, name) is not None
    assert set(module.__all__) <= set(dir(module))


@pytest.mark.parametrize("room", LAZY)
def test_importing_a_room_loads_none_of_its_libraries(room: str) -> None:
    code = (
        f"import mexlab.{room}, sys\n"
        "print(*sorted({'numpy', 'cv2', 'torch', 'pandas', 'dlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("path", ["data.clips", "vision.flow", "spotting.apex", "runs.run"])
def test_modules_are_reached_from_the_package_without_further_imports(path: str) -> None:
    code = f"import mexlab\nassert mexlab.{path}.__name__ == 'mexlab.{path}'"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("room", LAZY)
def test_the_stub_names_every_module_of_its_room(room: str) -> None:
    folder = PACKAGE / room
    modules = {path.stem for path in folder.glob("[a-z]*.py")}
    modules |= {path.parent.name for path in folder.glob("*/__init__.py")}
    assert modules <= set(importlib.import_module(f"mexlab.{room}").__all__)


def test_types_are_told_to_those_who_use_the_package() -> None:
    assert (PACKAGE / "py.typed").is_file()


#: Code of a program of its own, too, which no linter reads: ``from mexlab.x import y`` in a string.
IMPORT = re.compile(r"^from (mexlab[\w.]*) import ([\w, ]+)$", re.MULTILINE)


def test_every_import_that_is_written_somewhere_finds_its_name() -> None:
    root = PACKAGE.parent
    written = [*root.glob("tests/**/*.py"), *root.glob("benchmarks/*.py"), *root.glob("docs/*.md")]
    missing = []
    for path in [*written, root / "README.md"]:
        for module, names in IMPORT.findall(path.read_text("utf-8")):
            for name in [one.split(" as ")[0].strip() for one in names.split(",")]:
                if not hasattr(importlib.import_module(module), name):
                    try:
                        importlib.import_module(f"{module}.{name}")
                    except ImportError:
                        missing.append(f"{path.relative_to(root)}: {module} has no {name}")
    assert missing == []
