import numpy as np
import pytest

from mexlab.vision.strain import compute_strain, compute_strain_components

YS, XS = np.mgrid[:20, :30].astype(np.float32)


def field(u, v):
    return np.stack([u + 0 * XS, v + 0 * XS], axis=-1)


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        (field(3.0, -2.0), 0.0),  # a shift stretches nothing
        (field(0.1 * XS, 0), 0.1),  # u = a x
        (field(0.03 * XS, 0.04 * YS), 0.05),  # sqrt(a^2 + b^2), a 3-4-5 triangle
        (field(0.2 * YS, 0), 0.2 / np.sqrt(2)),  # shear: sqrt(1/2 c^2), eq. (6)
        (field(-0.1 * YS, 0.1 * XS), 0.0),  # a small turn shears nothing
    ],
    ids=["shift", "stretch", "two-way stretch", "shear", "turn"],
)
def test_strain_of_a_linear_field_is_exact_everywhere(flow, expected):
    strain = compute_strain(flow)
    assert strain.shape == XS.shape
    assert strain.dtype == np.float32
    np.testing.assert_allclose(strain, expected, atol=1e-5)


def test_components():
    strain = compute_strain_components(field(0.1 * XS + 0.3 * YS, -0.2 * YS))
    np.testing.assert_allclose(strain.xx, 0.1, atol=1e-5)
    np.testing.assert_allclose(strain.yy, -0.2, atol=1e-5)
    np.testing.assert_allclose(strain.xy, 0.15, atol=1e-5)
    np.testing.assert_allclose(
        compute_strain(field(0.1 * XS + 0.3 * YS, -0.2 * YS)),
        np.sqrt(0.01 + 0.04 + 0.5 * 0.09),
        atol=1e-5,
    )
