from __future__ import annotations

import pytest

from mexlab.errors import InputError
from mexlab.runs.seeds import parse_seeds


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("1", (1,)),
        ("1, 2,5", (1, 2, 5)),
        ("1-4", (1, 2, 3, 4)),
        ("3 – 5; 9", (3, 4, 5, 9)),
        ("2,2", (2,)),
    ],
)
def test_seeds_are_read_as_people_write_them(text, seeds):
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "a", "5-1", "1-5000", "1.5", "-3"])
def test_other_seeds_are_refused(text):
    with pytest.raises(InputError, match="expected"):
        parse_seeds(text)
