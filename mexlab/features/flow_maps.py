"""Flow maps: u, v and strain of a face on its way from onset to apex."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from mexlab.errors import FaceNotFoundError, InputError
from mexlab.features.settings import FlowSettings
from mexlab.vision.crop import CropBox, crop_box, crop_face, to_crop
from mexlab.vision.flow import compute_flow, to_grey
from mexlab.vision.head_motion import remove_head_motion
from mexlab.vision.landmarks import LandmarkDetector, landmark_detector
from mexlab.vision.masks import eye_mask
from mexlab.vision.strain import compute_strain

if TYPE_CHECKING:
    from mexlab.data.frames.frames import FrameSource


@dataclass(frozen=True, slots=True)
class FlowMaps:
    """What :func:`compute_flow_maps` gives.

    Attributes
    ----------
    maps : array of float32, shape (height, width, 3)
        u (right) and v (down) in pixels of the resized crop, strain magnitude in px/px.
        Unmasked: the mask is applied on use.
    landmarks : array of float32, shape (68, 2)
        In pixels of the resized crop.
    box : CropBox
        The crop in pixels of the frame.
    mask : array of bool, shape (height, width)
        The eye regions, whether or not ``settings.eye_mask`` applies them.
    onset, apex : int
        Native frame numbers.
    settings : FlowSettings
    doubts : tuple of str
        Why they may show no expression, where that was looked at
        (:mod:`mexlab.features.plausibility`).
    """

    maps: NDArray[np.float32]
    landmarks: NDArray[np.float32]
    box: CropBox
    mask: NDArray[np.bool_]
    onset: int
    apex: int
    settings: FlowSettings
    doubts: tuple[str, ...] = ()

    def masked(self) -> NDArray[np.float32]:
        """The maps with zero motion in the eye regions, if the settings ask for it."""
        if not self.settings.eye_mask:
            return self.maps
        return np.where(self.mask[..., None], np.float32(0), self.maps)

    def network_input(self) -> NDArray[np.float32]:
        """What a network sees: shape (3, input_size, input_size), u, v in px, strain in px/px.

        Area-averaged after masking, as in the paper (2.2.4, 2.2.5); not normalised. What masked
        pixels take from a cell, :meth:`masked_share` tells.
        """
        small = self._shrink(self.masked())
        return np.ascontiguousarray(np.moveaxis(small, 2, 0), dtype=np.float32)

    def masked_share(self) -> NDArray[np.float32]:
        """The share of each input cell's area that is masked, shape (input_size, input_size).

        Weighed as the maps are: a cell's value over (1 - share) is the mean of its pixels outside
        the mask. Zeros while the settings ask for no mask.
        """
        on = self.mask if self.settings.eye_mask else np.zeros_like(self.mask)
        share = np.clip(self._shrink(on.astype(np.float32)), 0.0, 1.0)
        return np.ascontiguousarray(share, dtype=np.float32)

    def _shrink(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        side = self.settings.input_size
        return np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA))

    def with_settings(self, settings: FlowSettings) -> FlowMaps:
        """The same maps under settings that differ in mask or input size only.

        Raises
        ------
        InputError
            Where the settings would need another flow.
        """
        if settings.maps_key() != self.settings.maps_key():
            raise InputError("these settings need the flow computed anew", where="flow settings")
        mask = eye_mask(self.landmarks, self.maps.shape, settings.eye_mask_margin)
        return replace(self, settings=settings, mask=mask)


def find_landmarks(
    frames: FrameSource,
    onset: int,
    apex: int,
    settings: FlowSettings,
    detector: LandmarkDetector | None = None,
) -> NDArray[np.float32]:
    """Points of the face in pixels of the frame: of the onset, or else of the apex.

    A blink or a hand may hide the face from the detector in one of the two frames; they are
    a fraction of a second apart. ``detector`` stands in for the one that the settings name.

    Raises
    ------
    FaceNotFoundError
        Where neither frame shows a face.
    """
    detector = detector or landmark_detector(settings.landmarks)
    for number in dict.fromkeys((onset, apex)):
        points = detector.detect(frames.read(number))
        if points is not None:
            return points
    raise FaceNotFoundError(
        f"no face found in frame {onset} (onset) or {apex} (apex)",
        where="landmarks",
        remedy=(
            "Look at the clip: the face must be upright, nearly frontal and at least 80 px wide; "
            "another landmark back end can be chosen in the settings"
        ),
    )


def compute_flow_maps(
    frames: FrameSource,
    onset: int,
    apex: int,
    settings: FlowSettings | None = None,
    *,
    landmarks: NDArray[np.floating] | None = None,
) -> FlowMaps:
    """Flow maps of a clip: landmarks, crop, flow, strain, mask (LAENet, 2.1 and 2.2).

    Parameters
    ----------
    frames : FrameSource
    onset, apex : int
        Native frame numbers.
    settings : FlowSettings, optional
        The defaults where left out.
    landmarks : array, shape (68, 2), optional
        Points in pixels of the frame, where they are known already.

    Raises
    ------
    FaceNotFoundError
        Where no face is found in either frame.
    InputError
        Where a frame is missing or cannot be read.
    """
    settings = settings or FlowSettings()
    check_frames(frames, onset=onset, apex=apex)
    if landmarks is None:
        landmarks = find_landmarks(frames, onset, apex, settings)
    first, last = frames.read(onset), frames.read(apex)
    if first.shape != last.shape:
        raise InputError(
            f"onset frame {onset} is {first.shape[1]} x {first.shape[0]} px and "
            f"apex frame {apex} {last.shape[1]} x {last.shape[0]} px",
            where="frames",
        )
    box = crop_box(landmarks, settings.margins, first.shape)
    # One box for both frames: a box of its own for each would hide or invent motion.
    pair = [to_grey(crop_face(image, box, settings.face_size)) for image in (first, last)]
    points = to_crop(landmarks, box, settings.face_size)
    flow = compute_flow(pair[0], pair[1], settings.flow)
    if settings.head_motion == "compensated":
        flow, _ = remove_head_motion(flow, points)
    maps = np.concatenate([flow, compute_strain(flow)[..., None]], axis=2)
    mask = eye_mask(points, maps.shape, settings.eye_mask_margin)
    return FlowMaps(maps.astype(np.float32), points, box, mask, onset, apex, settings)


def check_frames(frames: FrameSource, **wanted: int) -> None:
    """Raise InputError where a frame that is asked for by name is not among the clip's."""
    numbers = frames.numbers
    for name, number in wanted.items():
        if number not in numbers:
            span = f"{numbers[0]}–{numbers[-1]}" if len(numbers) else "no frames"
            raise InputError(
                f"{name} frame {number} is not among the clip's frames ({span})",
                where=name,
                remedy="Correct the coding, or add the missing frame file",
            )
