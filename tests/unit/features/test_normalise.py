import hashlib

import numpy as np
import pytest

from mexlab.errors import InputError
from mexlab.features.normalise import NORMALISATIONS, normalise


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


def test_the_median_is_of_the_whole_map_not_of_its_rows():
    slope = np.add.outer(np.arange(28.0), 0.1 * np.arange(28.0))[None, None]
    result = normalise(slope, "median-scale")
    assert np.median(result) == pytest.approx(0, abs=1e-6)
    assert np.sqrt(np.mean(result**2)) == pytest.approx(1, abs=1e-6)
    # Each row keeps its place: a median of its own would put all of them on zero.
    assert (np.diff(np.median(result[0, 0], axis=1)) > 0.05).all()


def test_the_normalised_map_is_the_one_that_runs_were_trained_with():
    """Sums of whole numbers, so that it is the same on every machine."""
    maps = np.random.default_rng(7).integers(-20, 21, (1, 3, 28, 28)).astype(np.float32)
    result = np.rint(normalise(maps, "median-scale").astype(np.float64) * 1e4).astype("<i4")
    digest = hashlib.sha256(result.tobytes()).hexdigest()
    assert digest[:16] == "85ebde39f658a3d7"


HOWS = pytest.mark.parametrize("how", NORMALISATIONS)


@HOWS
def test_masked_cells_are_zero_and_count_for_nothing(how):
    rng = np.random.default_rng(3)
    maps = rng.normal(1.0, 1.0, (5, 3, 28, 28)).astype(np.float32)
    share = np.zeros((5, 28, 28), np.float32)
    share[:, 8:12, 5:23] = 1.0
    covered = share == 1
    result = normalise(maps, how, share)
    assert not np.moveaxis(result, 1, 3)[covered].any()
    # Whatever stands under the mask, the rest is the same.
    other = np.where(covered[:, None], 50.0, maps)
    np.testing.assert_array_equal(normalise(other, how, share), result)
    # And is scaled as a map of these cells alone would be.
    seen = maps[2, 1][~covered[2]]
    alone = normalise(seen.reshape(1, 1, 1, -1), how).ravel()
    np.testing.assert_allclose(result[2, 1][~covered[2]], alone, rtol=1e-5)


def test_under_median_scale_the_seen_cells_have_median_0_and_mean_square_1():
    maps = np.random.default_rng(4).gamma(1.0, size=(1, 3, 28, 28)).astype(np.float32)
    share = np.zeros((1, 28, 28), np.float32)
    share[:, :14] = 1.0
    seen = normalise(maps, "median-scale", share)[0, :, 14:].reshape(3, -1)
    np.testing.assert_allclose(np.median(seen, axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(np.mean(seen**2, axis=1), 1, rtol=1e-5)


@HOWS
def test_a_partly_masked_cell_is_the_mean_of_what_is_seen_of_it_or_masked(how):
    # Averages with masked pixels as zero: 3 of what is seen, in cells masked by 0, 0.25, 0.5, 0.75.
    share = np.array([[0.0, 0.25, 0.49], [0.0, 0.5, 0.75]], np.float32)
    values = np.array([[3, 3, 3], [7, 3, 3]]) * (1 - share)
    result = normalise(values[None, None], how, share[None])[0, 0]
    plain = normalise(np.array([[[[3, 3, 3, 7]]]]), how).ravel()
    np.testing.assert_allclose(result[0], plain[:3], atol=1e-6)
    np.testing.assert_allclose(result[1], [plain[3], 0, 0], atol=1e-6)


@HOWS
def test_a_mask_that_covers_nothing_or_all(how):
    maps = np.random.default_rng(5).normal(size=(2, 3, 28, 28)).astype(np.float32)
    none, all_of_it = np.zeros((2, 28, 28)), np.ones((2, 28, 28))
    np.testing.assert_allclose(normalise(maps, how, none), normalise(maps, how), atol=1e-5)
    assert not normalise(maps, how, all_of_it).any()


def test_shares_of_another_shape_are_refused():
    with pytest.raises(InputError, match=r"masked shares of \(2,\) samples"):
        normalise(np.zeros((2, 3, 4, 4)), "none", np.zeros((2, 3, 4, 4)))
