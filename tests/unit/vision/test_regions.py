import numpy as np
import pytest

from mexlab.vision.regions import REGIONS, region_masks, strongest_mean


def test_every_region_holds_its_own_landmarks(face_points):
    masks = region_masks(face_points, (170, 140))
    assert tuple(masks) == REGIONS
    assert masks["brows"][43, 38]
    assert masks["lids"][62, 40]
    assert masks["lip corners"][122, 48]
    assert masks["lip corners"][122, 92]
    assert masks["mouth"][122, 70]
    assert masks["chin"][148, 70]
    assert masks["cheeks"][90, 40]
    assert masks["nose"][85, 70]


def test_cheeks_hold_neither_lids_nor_mouth(face_points):
    masks = region_masks(face_points, (170, 140))
    assert not (masks["cheeks"] & (masks["lids"] | masks["mouth"])).any()


def test_regions_scale_with_the_face(face_points):
    small = region_masks(face_points, (170, 140))
    large = region_masks(face_points * 2, (340, 280))
    for name in REGIONS:
        assert large[name].sum() == pytest.approx(4 * small[name].sum(), rel=0.12), name


def test_strongest_fifth():
    values = np.arange(1.0, 11.0)  # the strongest 2 of 10 are 9 and 10
    assert strongest_mean(values) == 9.5
    assert strongest_mean(values, 1.0) == 5.5
    assert strongest_mean(np.array([4.0])) == 4.0
    assert np.isnan(strongest_mean(np.array([])))
