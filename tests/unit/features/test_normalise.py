import numpy as np
import pytest

from mexlab.errors import InputError
from mexlab.features.normalise import normalise


def one(values):
    return np.array(values, np.float32).reshape(1, 1, 2, 3)


def test_median_scale_by_hand():
    # median 1; deviations 0 0 0 0 3 -1, mean square 10/6
    result = normalise(one([1, 1, 1, 1, 4, 0]), "median-scale")
    scale = np.sqrt(10 / 6)
    np.testing.assert_allclose(result.ravel(), np.array([0, 0, 0, 0, 3, -1]) / scale, rtol=1e-6)
    assert result.dtype == np.float32


def test_min_max_by_hand():
    result = normalise(one([-1, 0, 1, 3, 3, -1]), "min-max")
    np.testing.assert_allclose(result.ravel(), [0, 0.25, 0.5, 1, 1, 0])


def test_none_copies():
    maps = one([1, 2, 3, 4, 5, 6])
    result = normalise(maps, "none")
    np.testing.assert_array_equal(result, maps)
    result[...] = 0
    assert maps.max() == 6


@pytest.mark.parametrize("how", ["median-scale", "min-max"])
def test_each_map_by_itself(how):
    rng = np.random.default_rng(0)
    maps = rng.normal(size=(4, 3, 28, 28)).astype(np.float32)
    whole = normalise(maps, how)
    np.testing.assert_allclose(whole[2:3, 1:2], normalise(maps[2:3, 1:2], how), rtol=1e-6)


def test_median_scale_undoes_any_stretch():
    """The release stretches each map to 0..255; nothing of such a stretch is left."""
    rng = np.random.default_rng(0)
    maps = rng.normal(size=(2, 3, 28, 28)).astype(np.float32)
    np.testing.assert_allclose(
        normalise(maps * 40 + 100, "median-scale"), normalise(maps, "median-scale"), atol=1e-3
    )


@pytest.mark.parametrize("how", ["median-scale", "min-max"])
def test_a_constant_map_is_zero(how):
    assert not normalise(one([5] * 6), how).any()


def test_unknown_way_is_named():
    with pytest.raises(InputError, match="expected one of none, median-scale, min-max, got 'z'"):
        normalise(one([0] * 6), "z")
