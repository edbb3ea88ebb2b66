from __future__ import annotations

import pytest

from mexlab.data.clips import ClipKey
from mexlab.data.codings import Coding, check_coding
from mexlab.data.time_text import time_text


@pytest.mark.parametrize(
    ("milliseconds", "told"),
    [
        (0, "0 ms"),
        (179.6, "180 ms"),
        (9_999, "9999 ms"),
        (10_000, "0:10"),
        (90_395, "1:30.395"),
        (-90_395, "−1:30.395"),
        (3_723_004, "1:02:03.004"),
        (59_999.6, "1:00"),
    ],
)
def test_short_in_ms_and_long_in_minutes(milliseconds, told):
    assert time_text(milliseconds) == told


def test_a_finding_tells_a_long_duration_in_minutes():
    coding = Coding(ClipKey("lab", "s1", "long"), "anna", onset=1, apex=2, offset=18_080)
    found = check_coding(coding, fps=200.0)
    assert "1:30.395: longer than 500 ms (total), not a micro-expression" in [
        one.message for one in found
    ]
