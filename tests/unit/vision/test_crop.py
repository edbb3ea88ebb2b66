import numpy as np
import pytest

from mexlab.errors import InputError
from mexlab.vision.crop import CropBox, crop_box, crop_face, to_crop

POINTS = np.array([(100, 120), (180, 150), (140, 260)], np.float32)
MARGINS = (25, 0, 5, 5)


def test_the_papers_margins_around_the_outermost_points():
    box = crop_box(POINTS, MARGINS, (480, 640, 3))
    # left 100 - 5, top 120 - 25, right one past 180 + 5, bottom one past 260
    assert box == CropBox(95, 95, 186, 261)
    assert (box.width, box.height) == (91, 166)


def test_each_margin_is_its_own_side():
    assert crop_box(POINTS, (1, 2, 3, 4), (480, 640)) == CropBox(97, 119, 185, 263)


def test_clamped_to_the_frame():
    assert crop_box(POINTS, (200, 300, 150, 500), (265, 300)) == CropBox(0, 0, 300, 265)


def test_points_outside_the_frame_are_refused():
    with pytest.raises(InputError, match="outside the frame of 640 x 480"):
        crop_box(POINTS + np.array([2000, 0]), MARGINS, (480, 640, 3))


def test_crop_of_its_own_size_is_a_plain_cut(rng):
    image = rng.integers(0, 255, (50, 60, 3), dtype=np.uint8)
    cut = crop_face(image, CropBox(10, 5, 40, 45), (30, 40))
    np.testing.assert_array_equal(cut, image[5:45, 10:40])


def test_halving_averages_four_pixels():
    image = np.zeros((8, 8, 3), np.uint8)
    image[2:4, 4:6] = np.array([[0, 40], [80, 120]], np.uint8)[..., None]
    half = crop_face(image, CropBox(0, 0, 8, 8), (4, 4))
    assert half[1, 2].tolist() == [60, 60, 60]


def test_points_follow_the_resize():
    box = CropBox(10, 20, 50, 60)
    # Twice the size: the pixel centre 0 of the crop lies between the new pixels 0 and 1.
    moved = to_crop(np.array([(10, 20), (30, 40)], np.float32), box, (80, 80))
    np.testing.assert_allclose(moved, [(0.5, 0.5), (40.5, 40.5)])
    same = to_crop(np.array([(30, 40)], np.float32), box, (40, 40))
    np.testing.assert_allclose(same, [(20, 20)])
