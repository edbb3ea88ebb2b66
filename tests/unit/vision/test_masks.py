import numpy as np
import pytest

from mexlab.vision.masks import eye_mask, polygon_mask

SQUARE = np.array([(9.5, 9.5), (29.5, 9.5), (29.5, 29.5), (9.5, 29.5)])


def test_bare_polygon_covers_its_area():
    assert polygon_mask([SQUARE], (50, 50)).sum() == 20 * 20


def test_margin_grows_by_perimeter_and_disc():
    mask = polygon_mask([SQUARE], (60, 60), 6.0)
    assert mask.sum() == pytest.approx(400 + 80 * 6 + np.pi * 36, rel=0.02)
    # 6 px beyond the edge at y = 9.5: rows from 4 (3.5 up) are in, corners are rounded
    assert mask[4, 20]
    assert not mask[3, 20]
    assert not mask[4, 4]


def test_a_closed_eye_still_has_its_margin():
    line = np.array([(10, 20), (20, 20), (30, 20)])
    mask = polygon_mask([line], (40, 40), 2.0)
    assert mask[18:23, 20].all()
    assert not mask[17, 20]
    assert not mask[23, 20]


def test_polygon_outside_the_image_masks_nothing():
    assert not polygon_mask([SQUARE + 100], (50, 50), 3).any()


def test_eye_mask_takes_points_37_to_42_and_43_to_48(face_points):
    mask = eye_mask(face_points, (170, 140))
    assert mask.dtype == bool
    # Each hexagon is two trapezia of height 4 with parallel sides 20 and 8: area 112, with 24
    # whole-numbered points on its outline. Pick: 112 + 24 / 2 + 1 pixels in and on it.
    assert mask.sum() == 2 * 125
    assert mask[62, 40]
    assert mask[62, 100]
    assert not mask[62, 70]
    moved = face_points.copy()
    moved[:36] += 30
    moved[48:] += 30
    np.testing.assert_array_equal(eye_mask(moved, (170, 140)), mask)


def test_eye_mask_margin_reaches_the_lids(face_points):
    bare, wide = (eye_mask(face_points, (170, 140), margin) for margin in (0, 5))
    assert not bare[54, 40]
    assert wide[54, 40]
    assert (wide | bare).sum() == wide.sum() > 2 * bare.sum()
