import numpy as np

from mexlab.vision.colour import DIVERGING, SEQUENTIAL, diverging, flow_picture, sequential


def luminance(rgb):
    return np.asarray(rgb, float) @ (0.2126, 0.7152, 0.0722)


def test_zero_is_white_in_the_middle_and_signs_are_blue_and_red():
    colours = diverging(np.array([-2.0, -1.0, 0.0, 1.0, 9.0]), 2.0)
    assert colours[2].tolist() == [0xF7, 0xF7, 0xF7]
    assert colours[0].tolist() == [0x05, 0x30, 0x61]
    assert colours[1].tolist() == [0x43, 0x93, 0xC3]
    assert colours[4].tolist() == [0x67, 0x00, 0x1F]
    assert colours.dtype == np.uint8


def test_equal_amounts_either_way_are_about_equally_dark():
    for amount in (0.25, 0.5, 1.0):
        left, right = luminance(diverging(np.array([-amount, amount]), 1.0))
        assert abs(left - right) < 32


def test_more_strain_is_always_lighter():
    light = luminance(SEQUENTIAL)
    assert (np.diff(light) >= 0).all()
    assert sequential(np.array([0.0, 0.25, 7.0]), 0.25)[1:].tolist() == [[0xFC, 0xFD, 0xBF]] * 2


def test_tables_have_their_lengths():
    assert DIVERGING.shape == (257, 3)
    assert SEQUENTIAL.shape == (256, 3)


def test_picture_channels_by_hand():
    u = np.array([[0.0, 1.5, -1.5, 0.75]])
    v = np.array([[0.0, 0.0, 3.0, -0.75]])
    strain = np.array([[0.0, 0.25, 0.5, 0.1]])
    picture = flow_picture(u, v, strain, 1.5, 0.25)
    assert picture[0, 0].tolist() == [128, 128, 0]  # still: olive, whatever the scale
    assert picture[0, 1].tolist() == [255, 128, 255]
    assert picture[0, 2].tolist() == [0, 255, 255]
    assert picture[0, 3].tolist() == [191, 64, 102]
