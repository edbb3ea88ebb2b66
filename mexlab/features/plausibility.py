"""Flow that cannot be: what makes one doubt that a clip's maps show a face's expression.

A micro-expression moves a few pixels of the crop, the strongest macro-expression some ten. More,
two people, or several faces to choose from, are signs of a wrong onset or apex, of frames of
another clip, or of a face that was found in the wrong place. Such maps are computed like any
others: what to do about them is for people to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mexlab.features.flow_maps import FlowMaps
from mexlab.vision.crop import crop_face
from mexlab.vision.flow import Grey, compute_flow, to_grey
from mexlab.vision.landmarks import count_faces
from mexlab.vision.masks import eye_mask

#: Pixels of the crop; synthetic macro-expressions with the head's own motion reach 9.
LARGEST_MOVEMENT = 20.0

#: Correlation below which two pictures do not show one face, once the apex is carried back by its
#: flow. Of 50 synthetic clips, macro-expressions among them, none is below 0.97. Of 40 pairs of
#: people, 28 are; the others' faces are re-shaped but a little from the same side of one
#: photograph, as no two people's are.
LEAST_LIKENESS = 0.9

#: Pixels; light and shade wider than this tell little of who it is, and change with the lamps.
_WIDE = 6.0


@dataclass(frozen=True, slots=True)
class Plausibility:
    """What was looked at.

    Attributes
    ----------
    movement : float
        Which 99 % of the face outside the eyes do not exceed, pixels of the crop.
    likeness : float
        Correlation of the onset's picture and of the apex's, carried back by its own flow, outside
        the eyes: 1 for the same face.
    faces : int
        In the frame in which the face was found.
    """

    movement: float
    likeness: float
    faces: int

    def doubts(self) -> list[str]:
        """What cannot be, a sentence each."""
        found = []
        if self.movement >= LARGEST_MOVEMENT:
            found.append(
                f"the face moves by {self.movement:.0f} px of its crop from onset to apex, which "
                "no expression does: are onset and apex of this clip?"
            )
        if self.likeness < LEAST_LIKENESS:
            found.append(
                f"onset and apex seem to show two different faces, or one that moved too far to be "
                f"followed (likeness {self.likeness:.2f}): are the frames of one person?"
            )
        if self.faces > 1:
            found.append(f"{self.faces} faces are in the frame, and the largest was taken")
        return found


def look_at(first: NDArray[np.uint8], last: NDArray[np.uint8], maps: FlowMaps) -> Plausibility:
    """Look at a clip's frames and its maps.

    Parameters
    ----------
    first, last : array of uint8, shape (height, width, 3)
        The frames of onset and apex.
    maps : FlowMaps
    """
    size = maps.settings.face_size
    pair = [to_grey(crop_face(image, maps.box, size)) for image in (first, last)]
    # Blinks and glare are no other person.
    seen = ~eye_mask(maps.landmarks, maps.maps.shape, 8.0)
    moved = np.hypot(maps.maps[..., 0], maps.maps[..., 1])[seen]
    return Plausibility(
        movement=float(np.quantile(moved, 0.99)),
        likeness=_likeness(pair[0], pair[1], seen),
        faces=count_faces(first) or count_faces(last),
    )


def _likeness(first: Grey, last: Grey, seen: NDArray[np.bool_]) -> float:
    # A flow of its own: quick, and with the head's motion in it, whatever the settings.
    flow = compute_flow(first, last, "dis")
    rows, columns = np.mgrid[: first.shape[0], : first.shape[1]].astype(np.float32)
    back = cv2.remap(
        last,
        columns + flow[..., 0],
        rows + flow[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    one, other = (_detail(image)[seen] for image in (first, back))
    one, other = one - one.mean(), other - other.mean()
    norm = float(np.sqrt(np.square(one).sum() * np.square(other).sum()))
    # Two pictures without anything to see are alike.
    return float((one * other).sum()) / norm if norm > 0 else 1.0


def _detail(image: NDArray[Any]) -> NDArray[np.float32]:
    grey = image.astype(np.float32)
    return np.asarray(grey - cv2.GaussianBlur(grey, (0, 0), _WIDE), dtype=np.float32)
