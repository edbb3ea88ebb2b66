"""Images and points of known geometry."""

import cv2
import numpy as np
import pytest


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def texture(rng):
    """A smooth random texture, 120 x 100 px: rich enough for flow everywhere."""
    noise = rng.normal(size=(160, 140)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2.0)
    smooth = (smooth - smooth.min()) / (smooth.max() - smooth.min()) * 255
    return smooth.astype(np.uint8)


@pytest.fixture
def shifted(texture):
    """The texture and its copy moved by (dx, dy) pixels, both cut to 120 x 100."""

    def make(dx, dy):
        matrix = np.float32([[1, 0, dx], [0, 1, dy]])
        moved = cv2.warpAffine(
            texture,
            matrix,
            texture.shape[::-1],
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REFLECT,
        )
        cut = (slice(20, 140), slice(20, 120))
        return np.ascontiguousarray(texture[cut]), np.ascontiguousarray(moved[cut])

    return make


@pytest.fixture
def face_points():
    """68 points of a plain face in 140 x 170 px, symmetric about x = 70."""
    points = np.zeros((68, 2), np.float32)
    angles = np.linspace(np.pi, 0, 17)
    points[:17] = np.stack([70 + 60 * np.cos(angles), 80 + 80 * np.sin(angles)], axis=1)
    points[17:22] = [(22, 48), (30, 44), (38, 43), (46, 44), (54, 47)]
    points[22:27] = [(86, 47), (94, 44), (102, 43), (110, 44), (118, 48)]
    points[27:31] = [(70, 62), (70, 72), (70, 82), (70, 92)]
    points[31:36] = [(60, 98), (65, 100), (70, 101), (75, 100), (80, 98)]
    points[36:42] = [(30, 62), (36, 58), (44, 58), (50, 62), (44, 66), (36, 66)]
    points[42:48] = [(90, 62), (96, 58), (104, 58), (110, 62), (104, 66), (96, 66)]
    angles = np.linspace(np.pi, -np.pi, 12, endpoint=False)
    points[48:60] = np.stack([70 + 22 * np.cos(angles), 122 - 9 * np.sin(angles)], axis=1)
    angles = np.linspace(np.pi, -np.pi, 8, endpoint=False)
    points[60:68] = np.stack([70 + 14 * np.cos(angles), 122 - 4 * np.sin(angles)], axis=1)
    return points
