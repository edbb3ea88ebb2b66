"""The house's own promises: pinned versions, reasons, no trace of a machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def requirements() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    texts = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    return [Requirement(text) for text in texts]


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    assert all(len(pair) == 2 for pair in pairs), "constraints.txt holds exact versions only"
    return {canonicalize_name(name): version for name, version in pairs}


def tracked_files() -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name]


@pytest.mark.parametrize("requirement", requirements(), ids=lambda one: one.name)
def test_every_dependency_is_pinned_within_its_range(requirement: Requirement) -> None:
    assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)])


@pytest.mark.parametrize("requirement", requirements(), ids=lambda one: one.name)
def test_every_dependency_has_its_reason(requirement: Requirement) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert re.search(rf"^\| {re.escape(requirement.name)}( \(dev\))? \| \S", text, re.MULTILINE)


def test_no_address_of_a_package_index_and_no_path_of_a_machine() -> None:
    # Spelled in parts, so that this file does not find itself.
    traces = ["index" + "-url", "find" + "-links", "/" + "work/main", "/" + "work/shared"]
    found = []
    for path in tracked_files():
        if path.is_file() and path.suffix not in (".png", ".jpg", ".npz"):
            text = path.read_text("utf-8", errors="replace")
            found += [f"{path.relative_to(ROOT)}: {trace}" for trace in traces if trace in text]
    assert found == []


def test_no_file_is_past_400_lines_without_saying_why() -> None:
    found = []
    for path in tracked_files():
        if path.suffix in (".py", ".mjs", ".css") and path.is_file():
            lines = path.read_text("utf-8").splitlines()
            if len(lines) > 400 and "400 lines" not in "\n".join(lines[:12]):
                found.append(f"{path.relative_to(ROOT)}: {len(lines)} lines")
    assert found == []


def test_the_makefile_offers_what_the_readme_promises() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"install", "demo", "test", "lint", "clean"} <= targets


def test_every_place_that_the_guide_names_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`((?:mexlab|dashboards|tests|benchmarks|docs)/[\w./]*)`", text)
    assert len(named) > 20
    assert [place for place in named if not (ROOT / place).exists()] == []


def test_ci_never_passes_without_a_browser() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    text = script.read_text("utf-8")
    assert "set -euo pipefail" in text
    assert "export MEXLAB_REQUIRE_BROWSER=1" in text
    subprocess.run(["bash", "-n", str(script)], check=True)
