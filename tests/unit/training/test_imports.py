import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module",
    [
        "mexlab.training",
        "mexlab.training.runs",
        "mexlab.training.settings",
        "mexlab.training.progress",
        "mexlab.evaluation",
        "mexlab.models",
    ],
)
def test_pages_can_list_runs_without_torch(module):
    code = (
        f"import sys, {module}\n"
        "heavy = {'torch', 'numba', 'sklearn', 'scipy', 'skimage', 'pandas'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_numba_is_loaded_only_once_something_trains():
    code = (
        "import sys, mexlab.training.folds, mexlab.training.classifier\n"
        "sys.exit('imported numba' if 'numba' in sys.modules else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
