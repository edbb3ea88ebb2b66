import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module",
    [
        "mexlab.training",
        "mexlab.runs.run",
        "mexlab.runs.settings",
        "mexlab.runs.progress",
        "mexlab.runs.resume",
        "mexlab.training.workers.choice",
        "mexlab.evaluation",
        "mexlab.models",
    ],
)
def test_pages_can_list_runs_without_torch(module):
    code = (
        f"import sys, {module}\n"
        "heavy = {'torch', 'numba', 'sklearn', 'scipy', 'skimage', 'pandas', 'distributed'}\n"
        "heavy &= set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_numba_and_dask_are_loaded_only_once_something_trains_on_them():
    code = (
        "import sys, mexlab.training.cross_validation, mexlab.training.classifier\n"
        "early = {'numba', 'dask', 'distributed'} & set(sys.modules)\n"
        "sys.exit(f'imported {early}' if early else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
