from __future__ import annotations

import numpy as np
import pytest

from mexlab.features.curves import MotionCurves
from mexlab.spotting.apex import (
    divide_and_conquer,
    histogram_distance,
    local_binary_pattern,
    strain_apex,
)


@pytest.mark.parametrize(
    ("distances", "apex"),
    [
        ([0, 1, 3, 1, 0], 2),
        # The right half holds more, though the highest single peak is on the left.
        ([0, 5, 0, 0, 0, 4, 0, 4, 0, 3, 0], 5),
        ([0, 0, 0, 0], 0),
        ([0, 1, 2, 3], 3),
        ([0, 2, 2, 0], 1),
    ],
)
def test_the_half_with_the_higher_peaks_is_kept(distances, apex):
    assert divide_and_conquer(np.array(distances, float)) == apex


def test_local_binary_pattern_by_hand():
    flat = np.full((3, 3), 9, np.uint8)
    assert local_binary_pattern(flat).tolist() == [[255]]
    peak = flat.copy()
    peak[1, 1] = 200
    assert local_binary_pattern(peak).tolist() == [[0]]
    right = peak.copy()
    right[1, 2] = 200
    # The neighbour on the right is bit 0; the interpolated diagonals stay below the centre.
    assert local_binary_pattern(right).tolist() == [[1]]


def test_local_binary_pattern_is_that_of_scikit_image():
    feature = pytest.importorskip("skimage.feature")
    grey = np.random.default_rng(2).integers(0, 256, (40, 50), dtype=np.uint8)
    theirs = feature.local_binary_pattern(grey, 8, 1)[1:-1, 1:-1].astype(np.uint8)
    ours = local_binary_pattern(grey)
    assert (ours != theirs).mean() < 0.01


def test_histogram_distance():
    a, b = np.array([2.0, 0.0]), np.array([0.0, 3.0])
    assert histogram_distance(a, 5 * a) == pytest.approx(0)
    assert histogram_distance(a, b) == 1
    assert histogram_distance(a, 0 * a) == 0


def test_the_apex_of_synthetic_clips(synthetic_apexes):
    """Both methods come near the known apex, at 200 fps and half a pixel to a few of motion."""
    errors = {name: [] for name in ("dc_rois", "strain")}
    for spots, truth in synthetic_apexes:
        for name in errors:
            errors[name].append(abs(spots[name] - truth))
    assert np.median(errors["strain"]) <= 5
    assert np.median(errors["dc_rois"]) <= 15


def test_the_apex_of_strain_is_the_highest_point_of_its_line_not_of_the_motion():
    values = np.zeros((2, 5, 3), np.float32)
    values[0, 0] = [0, 0.02, 0.05]
    values[0, 2] = [0, 0.9, 0]  # a blink
    values[1, 0] = [0, 3, 1]
    assert strain_apex(MotionCurves(np.array([7, 8, 9]), 7, values)) == 9
