"""Old names go on working, say once what replaces them, and go when they said they would."""

from __future__ import annotations

import importlib
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from packaging.version import Version

import mexlab
from mexlab.deprecation import OLD_NAMES, deprecated, with_moved_names

#: Names that notebooks from before `mexlab.runs` import from `mexlab.training`.
MOVED_TO_RUNS = (
    "CurvePoint",
    "Prediction",
    "Run",
    "TrainingSettings",
    "create_run",
    "delete_run",
    "list_runs",
    "open_run",
)


def test_the_coder_of_the_ground_truth_has_its_old_name() -> None:
    from mexlab.data import GROUND_TRUTH, codings

    with warnings.catch_warnings(record=True):
        assert codings.DATABASE_CODER is GROUND_TRUTH == "database"  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="has no attribute 'nobody'"):
        codings.nobody  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("name", MOVED_TO_RUNS)
def test_what_moved_to_runs_is_still_found_in_training(name: str) -> None:
    with warnings.catch_warnings(record=True):
        old = getattr(importlib.import_module("mexlab.training"), name)
    assert old is getattr(importlib.import_module("mexlab.runs"), name)


def test_an_old_notebook_is_told_once_at_its_own_line() -> None:
    code = (
        "import warnings\n"
        "with warnings.catch_warnings(record=True) as told:\n"
        "    warnings.simplefilter('always')\n"
        "    from mexlab.training import Run\n"
        "    from mexlab.training import Run\n"
        "print(*((one.category.__name__, one.filename, one.lineno) for one in told))\n"
        "print(told[0].message)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    where, words = done.stdout.splitlines()
    assert where == "('DeprecationWarning', '<string>', 4)"
    assert words == (
        "mexlab.training.Run is deprecated and will be removed in mexlab 0.3. "
        "Use mexlab.runs.Run instead"
    )


def test_other_names_are_asked_of_the_module_itself() -> None:
    def own(name: str) -> str:
        if name != "there":
            raise AttributeError(name)
        return "found"

    find = with_moved_names("some.module", {"gone": "math.pi"}, removal="99", own=own)
    assert find("there") == "found"
    with pytest.raises(AttributeError):
        find("neither")
    with pytest.warns(DeprecationWarning, match=r"some\.module\.gone .* 99\. Use math\.pi"):
        assert find("gone") == importlib.import_module("math").pi
    del OLD_NAMES["some.module.gone"]


def test_a_deprecated_function_works_warns_once_and_keeps_its_face() -> None:
    @deprecated("old_sum", "sum", removal="99")
    def old_sum(*values: int) -> int:
        """Add."""
        return sum(values)

    with pytest.warns(
        DeprecationWarning, match=r"old_sum is deprecated .* Use sum instead"
    ) as told:
        assert old_sum(1, 2) == 3
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert old_sum(3) == 3
    assert (old_sum.__name__, old_sum.__doc__) == ("old_sum", "Add.")
    del OLD_NAMES["old_sum"]


def load_modules_with_old_names() -> list[str]:
    """Every module that names :mod:`mexlab.deprecation`, so that its old names are entered."""
    package = Path(mexlab.__file__).parent
    names = [
        ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted(package.rglob("*.py"))
        if "from mexlab.deprecation import" in path.read_text("utf-8")
    ]
    for name in names:
        importlib.import_module(name)
    return names


def test_no_old_name_outlives_the_version_it_promised() -> None:
    assert load_modules_with_old_names()
    late = [
        f"{old.name}: to be removed in {old.removal}"
        for old in OLD_NAMES.values()
        if Version(mexlab.__version__) >= Version(old.removal)
    ]
    assert OLD_NAMES
    assert late == []
