from __future__ import annotations

import subprocess
import sys

import pytest

from mexlab.data.databases.registry import reader, readers
from mexlab.errors import InputError


def test_every_reader_says_what_it_needs() -> None:
    for name, one in readers().items():
        record = one.to_record()
        assert record["name"] == name == name.lower()
        assert all(record[field] for field in ("title", "needs", "emotions"))
        assert reader(name.upper()) is one


def test_an_unknown_layout_lists_those_there_are() -> None:
    with pytest.raises(InputError, match=", ".join(readers())) as caught:
        reader("casme9")
    assert "mexlab databases --layouts" in str(caught.value.remedy)


def test_listing_the_readers_loads_neither_pandas_nor_openpyxl() -> None:
    code = (
        "import sys; from mexlab.data.databases.registry import readers; readers(); "
        "print([m for m in ('pandas', 'openpyxl', 'xlrd', 'torch', 'skimage') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
