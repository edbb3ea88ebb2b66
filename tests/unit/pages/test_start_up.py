"""What a page may not import: each of these costs its reader a second or more."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = ("torch", "sklearn", "scipy", "skimage", "pandas", "plotly")


@pytest.mark.parametrize("module", ["mexlab.pages.home.page", "mexlab.pages.shell.shell"])
def test_starts_without_what_is_slow(module):
    code = f"import sys, {module}; print([name for name in {SLOW!r} if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
