from __future__ import annotations

import cv2
import numpy as np
import pytest

from mexlab.features.warp_field import COARSER, STEPS, FaceWarp, WarpField
from mexlab.vision.crop import CropBox
from mexlab.vision.landmarks import landmark_detector


@pytest.fixture
def points(portrait):
    return landmark_detector("dlib").detect(portrait)


def moved_up(image, centre, amount):
    """The skin around a point, 2 ``amount`` px higher at most, fading out with distance."""
    x, y = centre
    ys, xs = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float32)
    weight = np.exp(-(((xs - x) / 40) ** 2 + ((ys - y) / 25) ** 2))
    return cv2.remap(
        image, xs, ys + amount * weight, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )


def cell(warp, box, point):
    rows, columns = warp.shape[:2]
    x = int((point[0] - box.left) / box.width * columns)
    y = int((point[1] - box.top) / box.height * rows)
    return y, x


def test_the_mouth_moves_as_it_did_and_the_border_stands_still(portrait, points):
    mouth = points[48:60].mean(axis=0)
    found = FaceWarp(portrait, points).to(moved_up(portrait, mouth, 2.0))
    field = found.field
    u, v = field[cell(field, found.box, mouth)]
    assert v == pytest.approx(-2.0, abs=0.5)
    assert abs(u) < 0.4
    brow = points[17:27].mean(axis=0)
    assert np.hypot(*field[cell(field, found.box, brow)]) < 0.3
    edge = np.concatenate([field[[0, -1]].reshape(-1, 2), field[:, [0, -1]].reshape(-1, 2)])
    assert not edge.any()


def test_the_heads_own_motion_is_left_out(portrait, points):
    shifted = cv2.warpAffine(
        portrait, np.float32([[1, 0, 3], [0, 1, 1]]), portrait.shape[1::-1],
        borderMode=cv2.BORDER_REFLECT,
    )  # fmt: skip
    field = FaceWarp(portrait, points).to(shifted).field
    assert np.median(np.hypot(field[..., 0], field[..., 1])) < 0.2


def test_the_field_is_small_and_covers_the_face_in_pixels_of_the_frame(portrait, points):
    large = cv2.resize(portrait, None, fx=3, fy=3)
    small, big = FaceWarp(portrait, points), FaceWarp(large, points * 3)
    field = big.to(large)
    assert field.field.shape[1] == 256 // COARSER
    assert field.to_steps().nbytes < 60_000
    assert field.box.width == pytest.approx(3 * small.box.width, abs=4)
    assert not field.to_steps().any()


def test_steps_are_whole_parts_of_a_pixel_and_do_not_wrap_round():
    field = np.array([[[0.5, -1.25], [9999.0, -9999.0]]], np.float32)
    steps = WarpField(CropBox(0, 0, 2, 1), field).to_steps()
    assert steps.tolist() == [[[STEPS // 2, -80], [32767, -32768]]]
