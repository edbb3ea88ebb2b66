"""A small field of the skin's motion between two frames, for magnifying it in the browser."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mexlab.vision.crop import CropBox, crop_face, face_region, to_crop
from mexlab.vision.flow import compute_flow, to_grey
from mexlab.vision.head_motion import remove_head_motion

#: Width of the face at which the flow is computed: finer shows no more of a face, and costs.
WORK_WIDTH = 256
#: The field is sent so many times coarser than it was computed: skin moves smoothly.
COARSER = 4
#: Whole steps of a frame's pixel in the sent field: int16 reaches 512 px.
STEPS = 64

# Sigma of the smoothing, pixels of the working size: what the flow gets wrong in a single place
# would be magnified too, and tear the skin.
_SMOOTHING = 4.0
# Share of the width and height over which the field fades out to its border: outside the face
# the picture stands still, and there must be no edge between.
_FADE = 0.16


@dataclass(frozen=True, slots=True)
class WarpField:
    """How each part of the face moved from one frame to another, without the head's motion.

    Attributes
    ----------
    box : CropBox
        The face in pixels of the frame; the field covers it, zero at its border.
    field : array of float32, shape (rows, columns, 2)
        u (right) and v (down) in pixels of the frame; the cells share the box evenly.
    """

    box: CropBox
    field: NDArray[np.float32]

    def to_steps(self) -> NDArray[np.int16]:
        """The field in whole :data:`STEPS` of a pixel, little-endian."""
        return np.clip(np.rint(self.field * STEPS), -32768, 32767).astype("<i2")


class FaceWarp:
    """Fields of one clip against one frame.

    Parameters
    ----------
    reference : array of uint8, shape (height, width[, 3])
        The frame that will be warped.
    points : array, shape (68, 2)
        Landmarks in it.
    """

    def __init__(self, reference: NDArray[np.uint8], points: NDArray[np.floating]) -> None:
        height, width = reference.shape[:2]
        region = face_region(points, (width, height))
        left, top = region["left"], region["top"]
        self.box = CropBox(left, top, left + region["width"], top + region["height"])
        scale = min(1.0, WORK_WIDTH / self.box.width)
        self._size = tuple(
            COARSER * max(8, round(side * scale / COARSER))
            for side in (self.box.width, self.box.height)
        )
        self._still = self._cut(reference)
        self._landmarks = to_crop(points, self.box, (self._size[0], self._size[1]))
        self._fade = _fade(self._size[0], self._size[1])

    def _cut(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return to_grey(crop_face(frame, self.box, (self._size[0], self._size[1])))

    def to(self, frame: NDArray[np.uint8]) -> WarpField:
        """The field from the reference to another frame of the same clip."""
        width, height = self._size
        flow, _ = remove_head_motion(
            compute_flow(self._still, self._cut(frame), "dis"), self._landmarks
        )
        smooth = cv2.GaussianBlur(flow, (0, 0), _SMOOTHING) * self._fade
        small = cv2.resize(
            smooth, (width // COARSER, height // COARSER), interpolation=cv2.INTER_AREA
        )
        small = small * np.array([self.box.width / width, self.box.height / height], np.float32)
        # Averaging leaves a little at the border itself.
        small[[0, -1]] = 0
        small[:, [0, -1]] = 0
        return WarpField(self.box, np.asarray(small, np.float32))


def _fade(width: int, height: int) -> NDArray[np.float32]:
    """1 inside, smoothly to 0 at the border; shape (height, width, 1)."""

    def ramp(length: int) -> NDArray[np.float64]:
        place = (np.arange(length) + 0.5) / length
        share = np.clip(np.minimum(place, 1 - place) / _FADE, 0, 1)
        return share * share * (3 - 2 * share)

    return (ramp(height)[:, None] * ramp(width))[..., None].astype(np.float32)
