import numpy as np
import pytest

from mexlab.features.flow_maps import FlowMaps
from mexlab.features.region_motion import masked_energy, region_motion
from mexlab.features.settings import FlowSettings
from mexlab.vision.crop import CropBox, to_crop
from mexlab.vision.landmarks import landmark_detector
from mexlab.vision.masks import eye_mask
from mexlab.vision.regions import region_masks


@pytest.fixture(scope="module")
def points():
    data = pytest.importorskip("skimage.data")
    found = landmark_detector("dlib").detect(data.astronaut())
    low, high = found.min(axis=0), found.max(axis=0)
    box = CropBox(int(low[0]) - 5, int(low[1]) - 25, int(high[0]) + 5, int(high[1]) + 1)
    return to_crop(found, box, (140, 170))


def maps_of(points, values, **settings):
    chosen = FlowSettings(**settings)
    mask = eye_mask(points, (170, 140), chosen.eye_mask_margin)
    box = CropBox(0, 0, 140, 170)
    return FlowMaps(values.astype(np.float32), points, box, mask, 1, 2, chosen)


def test_a_moving_lip_corner_by_hand(points):
    values = np.zeros((170, 140, 3))
    region = region_masks(points, (170, 140))["lip corners"]
    ys, xs = np.nonzero(region)
    # A quarter of the pixels goes by (3, -4), length 5; the strongest fifth is among them.
    chosen = np.arange(len(ys)) % 4 == 0
    values[ys[chosen], xs[chosen]] = (3, -4, 0.2)
    motion = {row.name: row for row in region_motion(maps_of(points, values))}
    corner = motion["lip corners"]
    assert corner.magnitude == pytest.approx(5)
    assert (corner.u, corner.v) == pytest.approx((3, -4))
    assert corner.strain == pytest.approx(0.2)
    assert motion["brows"].magnitude == 0
    assert motion["cheeks"].magnitude == 0


def test_lids_under_the_mask_have_no_number(points):
    values = np.ones((170, 140, 3))
    on = {row.name: row for row in region_motion(maps_of(points, values))}
    off = {row.name: row for row in region_motion(maps_of(points, values, eye_mask=False))}
    assert np.isnan(on["lids"].magnitude)
    assert off["lids"].magnitude == pytest.approx(np.sqrt(2))
    assert on["brows"].magnitude == pytest.approx(np.sqrt(2))


def test_energy_under_the_mask(points):
    values = np.zeros((170, 140, 3))
    maps = maps_of(points, values)
    assert masked_energy(maps) == 0
    values[maps.mask, 0] = 1
    outside = np.argwhere(~maps.mask)[: 3 * int(maps.mask.sum())]
    values[outside[:, 0], outside[:, 1], 1] = 1
    assert masked_energy(maps_of(points, values)) == pytest.approx(0.25)
