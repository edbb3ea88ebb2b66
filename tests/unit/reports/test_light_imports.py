"""The pages that only start, watch and show trainings never load what trains."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("page", ["train", "results"])
def test_no_heavy_library_is_loaded(page):
    heavy = {"torch", "sklearn", "scipy", "skimage", "plotly", "dlib"}
    code = f"import sys, mexlab.pages.{page}; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
