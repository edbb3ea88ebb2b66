import numpy as np
import pytest

from mexlab.errors import InputError
from mexlab.vision.flow import FLOW_METHODS, compute_flow, to_grey

INNER = (slice(15, -15), slice(15, -15))


@pytest.mark.parametrize("method", FLOW_METHODS)
@pytest.mark.parametrize(("dx", "dy"), [(2, -1), (0.5, 0.25), (-1.3, 1.7)])
def test_flow_of_a_shift_is_the_shift(shifted, method, dx, dy):
    first, second = shifted(dx, dy)
    flow = compute_flow(first, second, method)
    assert flow.shape == (*first.shape, 2)
    assert flow.dtype == np.float32
    u, v = flow[INNER][..., 0], flow[INNER][..., 1]
    assert np.median(u) == pytest.approx(dx, abs=0.08)
    assert np.median(v) == pytest.approx(dy, abs=0.08)
    error = np.hypot(u - dx, v - dy)
    assert error.mean() < 0.15


@pytest.mark.parametrize("method", FLOW_METHODS)
def test_two_equal_frames_do_not_move(shifted, method):
    first, _ = shifted(0, 0)
    assert np.abs(compute_flow(first, first, method)[INNER]).max() < 1e-3


def test_micro_preset_is_as_exact_as_the_defaults_on_small_motion(shifted):
    first, second = shifted(0.8, -0.4)

    def error(method):
        u, v = np.moveaxis(compute_flow(first, second, method)[INNER], 2, 0)
        return np.hypot(u - 0.8, v + 0.4).mean()

    assert error("tvl1-micro") < error("tvl1") + 0.03


def test_faults_are_named(texture):
    with pytest.raises(InputError, match=r"flow: expected one of .* got 'horn'"):
        compute_flow(texture, texture, "horn")
    with pytest.raises(InputError, match="one shape"):
        compute_flow(texture, texture[:-1])
    with pytest.raises(InputError, match="apex: expected a grey uint8 image"):
        compute_flow(texture, texture.astype(np.float32))


def test_grey_passes_and_colour_is_weighted():
    red = np.zeros((2, 2, 3), np.uint8)
    red[..., 0] = 255
    assert to_grey(red)[0, 0] == 76  # 0.299 x 255
    assert to_grey(red[..., 0]).max() == 255
