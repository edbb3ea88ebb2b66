"""The scripts' own tests, in tests/js, pass."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

TESTS = sorted((Path(__file__).parents[2] / "js").glob("*.test.mjs"))


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_scripts_own_tests_pass():
    done = subprocess.run(["node", "--test", *map(str, TESTS)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
    ran = re.search(r"^(?:#|ℹ) pass (\d+)", done.stdout, re.MULTILINE)
    assert ran
    assert int(ran[1]) >= 30
