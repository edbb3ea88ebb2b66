"""A clip in memory: a real face's picture, moved by a known displacement."""

import hashlib

import cv2
import numpy as np
import pytest


class MemoryFrames:
    """Frames from arrays, counting what is read."""

    def __init__(self, frames):
        self.frames = frames
        self.numbers = sorted(frames)
        self.reads = []

    @property
    def size(self):
        height, width = self.frames[self.numbers[0]].shape[:2]
        return (width, height)

    def read(self, number):
        self.reads.append(number)
        return self.frames[number]

    def fingerprint(self, number):
        return hashlib.sha256(self.frames[number].tobytes()).hexdigest()


def move(image, dx, dy):
    return cv2.warpAffine(
        image,
        np.float32([[1, 0, dx], [0, 1, dy]]),
        image.shape[1::-1],
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT,
    )


@pytest.fixture(scope="session")
def portrait():
    data = pytest.importorskip("skimage.data")
    return cv2.resize(np.ascontiguousarray(data.astronaut()[:260, 90:360]), None, fx=1.5, fy=1.5)


@pytest.fixture
def clip(portrait):
    """Frames 10, 11 and 15: still, moved by (1.5, -0.75), moved by (3, 0)."""
    return MemoryFrames(
        {10: portrait, 11: move(portrait, 1.5, -0.75), 15: move(portrait, 3.0, 0.0)}
    )


@pytest.fixture
def memory_frames():
    return MemoryFrames
