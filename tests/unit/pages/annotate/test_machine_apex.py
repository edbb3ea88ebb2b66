"""What of the machine's apex is offered: by measured error, within what the coder has marked."""

from __future__ import annotations

import numpy as np
import pytest

from mexlab.data.clips import ClipKey
from mexlab.data.codings import Coding
from mexlab.features import curves as curves_module
from mexlab.features.cache import FlowCache
from mexlab.features.curves import MotionCurves
from mexlab.pages.annotate.machine.apex import METHODS, find_apex, inside, machine_ghosts
from mexlab.spotting import apex as apex_module
from mexlab.spotting.apex_methods import APEX_METHODS

KEY = ClipKey("lab", "s1", "clip1")


def test_the_smallest_measured_error_comes_first():
    errors = [method.error for method in APEX_METHODS]
    assert errors == sorted(errors)
    assert list(METHODS) == ["motion", "strain", "dc_rois"]
    ghosts = machine_ghosts({"dc_rois": 90, "strain": 61, "motion": 60})
    assert [ghost["apex"] for ghost in ghosts] == [60, 61, 90]


@pytest.fixture
def late(monkeypatch):
    """All three see most in the clip's last frame: somebody turns the head after the offset."""
    monkeypatch.setattr(FlowCache, "landmarks", lambda *_: np.zeros((68, 2), np.float32))

    def fake(frames, onset, *, cache, should_stop):
        numbers = np.array([int(n) for n in frames.numbers])
        values = (numbers - numbers[0]).astype(np.float32)
        return MotionCurves(numbers, onset, np.tile(values, (2, 5, 1)))

    monkeypatch.setattr(curves_module, "motion_curves", fake)
    monkeypatch.setattr(
        apex_module, "_distances", lambda _frames, numbers, *_: np.arange(len(numbers), dtype=float)
    )


@pytest.mark.parametrize(
    ("onset", "offset", "expected"),
    [
        (None, None, 65),
        (50, None, 65),
        (50, 58, 58),
        (None, 55, 55),
        # Marks that are no frames of the clip, out of order, or side by side bound nothing.
        (9, 999, 65),
        (58, 50, 65),
        (50, 51, 65),
    ],
)
def test_it_is_looked_for_between_onset_and_offset(
    annotated, tmp_path, late, onset, offset, expected
):
    clip = annotated.store.clip(KEY)
    found = find_apex(clip, onset, offset, tmp_path, lambda: False)
    assert found == dict.fromkeys(METHODS, expected)


def test_what_was_found_for_other_marks_is_not_given_again(annotated, tmp_path, late):
    clip = annotated.store.clip(KEY)
    for offset in (None, 58, 55):
        found = find_apex(clip, 50, offset, tmp_path, lambda: False)
        assert found == dict.fromkeys(METHODS, offset or 65)


def test_what_lies_outside_of_the_marks_of_now_is_not_offered():
    found = {"motion": 60, "strain": 52, "dc_rois": 90}
    coding = Coding(KEY, "anna", onset=55, apex=57, offset=80)
    assert inside(found, coding) == {"motion": 60}
    assert inside(found, Coding(KEY, "anna", onset=55)) == {"motion": 60, "dc_rois": 90}
    assert inside(found, Coding(KEY, "anna")) == found
