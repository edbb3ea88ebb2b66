"""Motion and strain of each region of a face between two frames: what the curves are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from mexlab.features.settings import FlowSettings
from mexlab.vision.crop import crop_box, crop_face, to_crop
from mexlab.vision.flow import compute_flow, to_grey
from mexlab.vision.head_motion import remove_head_motion
from mexlab.vision.regions import region_masks, strongest_mean
from mexlab.vision.strain import compute_strain

if TYPE_CHECKING:
    from mexlab.vision.flow import Grey

#: Name of the curve -> the regions whose pixels it reads. The eyes blink, so that they are no
#: part of the whole face.
CURVES: dict[str, tuple[str, ...]] = {
    "face": ("brows", "mouth", "lip corners", "cheeks"),
    "brows": ("brows",),
    "eyes": ("lids",),
    "mouth": ("mouth", "lip corners"),
    "cheeks": ("cheeks",),
}

#: The rows of a measurement.
PARTS = tuple(CURVES)

#: The layers of a measurement: strain magnitude in px/px, displacement in pixels of the crop.
QUANTITIES = ("strain", "motion")

#: DIS is fast enough for every frame of a clip, and the head's own motion would drown the
#: expression's in a curve.
CURVE_SETTINGS = FlowSettings(flow="dis", head_motion="compensated")

# Strain is a derivative: without smoothing the flow it is mostly the sensor's noise. Pixels.
_SMOOTHING = 2.0
# A rim round the lids, in widths of the face, that counts for the eyes alone: the flow smears a
# blink over it. Without it the apex that strain finds was 4.5 frames off in the mean, with it 2.7
# (25 synthetic clips, 14 of them with a blink).
_LID_RIM = 0.05


class FaceMotion:
    """Measures how far a face has moved, and how far its skin is strained, between frames.

    All frames are cut at one box: a box of its own for each would hide or invent motion.

    Parameters
    ----------
    points : array, shape (68, 2)
        Landmarks of the face, in pixels of the frame.
    shape : (height, width, ...)
        Of the frames.
    settings : FlowSettings, optional
        :data:`CURVE_SETTINGS` where left out.
    """

    def __init__(
        self,
        points: NDArray[np.floating],
        shape: tuple[int, ...],
        settings: FlowSettings | None = None,
    ) -> None:
        self.settings = settings or CURVE_SETTINGS
        size = self.settings.face_size
        self.box = crop_box(points, self.settings.margins, shape)
        self.landmarks = to_crop(points, self.box, size)
        masks = region_masks(self.landmarks, (size[1], size[0]))
        side = 2 * round(_LID_RIM * size[0]) + 1
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        near_lids = cv2.dilate(masks["lids"].astype(np.uint8), disc) > 0
        self._regions = {
            name: np.logical_or.reduce([masks[part] for part in parts])
            & (~near_lids if name != "eyes" else True)
            for name, parts in CURVES.items()
        }

    def cut(self, frame: NDArray[np.uint8]) -> Grey:
        """The face in a frame, grey, at the settings' size."""
        return to_grey(crop_face(frame, self.box, self.settings.face_size))

    def measure(self, still: Grey, moved: Grey) -> NDArray[np.float32]:
        """How far ``moved`` is from ``still``, both as :meth:`cut` gives them.

        Returns
        -------
        array of float32, shape (2, 5)
            :data:`QUANTITIES` by :data:`PARTS`: of each region the mean of the strongest 20 %
            of its pixels.
        """
        flow = compute_flow(still, moved, self.settings.flow)
        if self.settings.head_motion == "compensated":
            flow, _ = remove_head_motion(flow, self.landmarks)
        u, v = np.ascontiguousarray(flow[..., 0]), np.ascontiguousarray(flow[..., 1])
        smooth = np.asarray(cv2.GaussianBlur(flow, (0, 0), _SMOOTHING), np.float32)
        values = np.zeros((len(QUANTITIES), len(PARTS)), np.float32)
        for layer, field in enumerate((compute_strain(smooth), cv2.magnitude(u, v))):
            for at, region in enumerate(self._regions.values()):
                values[layer, at] = np.nan_to_num(strongest_mean(field[region]))
        return values
