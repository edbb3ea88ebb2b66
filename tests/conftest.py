"""For all tests: one thread each, and at the end where the time went."""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

# Several workers share the cores: threads of one that wait for each other only hold up the others.
# Set before numpy and torch are loaded, and inherited by the processes that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")

#: Names a file that the runs of one `make test` add to; each tells of all so far, the last of all.
TIMES = "MEXLAB_TEST_TIMES"

_BEGAN = time.monotonic()

#: How many files are named at the end.
SLOWEST = 15


def read_times(reports: dict[str, list[Any]]) -> dict[str, float]:
    """Seconds of each test, with setting up and taking down, from pytest's reports."""
    seconds: dict[str, float] = defaultdict(float)
    for several in reports.values():
        for one in several:
            if isinstance(one, pytest.TestReport):
                seconds[one.nodeid] += one.duration
    return seconds


def slowest_files(seconds: dict[str, float]) -> list[str]:
    """Lines of a table: seconds of a file, its tests, its slowest test with its seconds."""
    files: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for test, spent in seconds.items():
        file, _, name = test.partition("::")
        files[file].append((spent, name))
    order = sorted(files, key=lambda file: -sum(spent for spent, _ in files[file]))
    lines = []
    for file in order[:SLOWEST]:
        spent, name = max(files[file])
        whole = sum(one for one, _ in files[file])
        lines.append(f"{whole:7.1f} s {len(files[file]):4d}  {file}  ({name} {spent:.1f} s)")
    return lines


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The slowest files and the total, over this run and those before it that belong to it."""
    place = os.environ.get(TIMES)
    if not place or hasattr(config, "workerinput"):
        # Nobody asked, or this is a worker of pytest-xdist: the one that it works for tells.
        return
    path = Path(config.rootpath, place)
    path.parent.mkdir(parents=True, exist_ok=True)
    earlier = json.loads(path.read_text("utf-8")) if path.is_file() else []
    wall = time.monotonic() - _BEGAN
    runs = [*earlier, {"wall": wall, "tests": read_times(terminalreporter.stats)}]
    path.write_text(json.dumps(runs), "utf-8")
    tests = {test: spent for run in runs for test, spent in run["tests"].items()}
    walls = [run["wall"] for run in runs]
    terminalreporter.section("the slowest files")
    for line in slowest_files(tests):
        terminalreporter.write_line(line)
    parts = " + ".join(f"{one / 60:.1f}" for one in walls)
    spent = sum(tests.values())
    terminalreporter.write_line(
        f"{len(tests)} tests in {sum(walls) / 60:.1f} min ({parts}), "
        f"{spent / 60:.1f} min of them within tests"
    )
