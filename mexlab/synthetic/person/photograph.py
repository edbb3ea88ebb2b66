"""The one photograph that all synthetic persons come from, and what is known of it.

``skimage.data.astronaut()`` is NASA's portrait of Eileen Collins, in the public domain. Only
numbers about it are kept here: where its 68 landmarks lie (found once with dlib's model and
checked by eye), and the outline of head and neck. The picture itself comes from scikit-image
when frames are synthesised.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

#: Width and height of the frames, px, as CASME II films them.
FRAME_SIZE = (640, 480)

#: Enlargement of the photograph: the face becomes about 280 x 340 px with its crop margins.
SCALE = 2.65

#: Photograph coordinates of the frame's upper left corner.
ORIGIN = np.array([104.5, 8.5])

#: The 68 landmarks (iBUG order) in photograph coordinates, px.
LANDMARKS: npt.NDArray[np.float64] = np.array(
    [
        (179.7, 104.6), (179.9, 116.3), (181.1, 127.4), (182.1, 138.9), (185.2, 150.4),
        (191.6, 160.4), (200, 168.7), (209.2, 176.1), (220.3, 178.6), (232.1, 177.2),
        (243, 171.6), (253.1, 164.1), (260.4, 154.5), (265.2, 143.5), (268, 131.9),
        (270.6, 120.6), (272.1, 108.4), (186.6, 94.5), (192.4, 88.6), (200.8, 87.4),
        (209.2, 89.1), (216.8, 92.8), (235.9, 94), (243.8, 91.1), (252.1, 90.6),
        (260.2, 92.6), (265.5, 98.7), (226, 102.6), (225.6, 110.8), (225.5, 119),
        (225.4, 127.5), (214.5, 131.4), (219.5, 132.8), (224.4, 134.6), (229.8, 133.4),
        (234.6, 132.1), (195.2, 101.4), (200.6, 98.1), (207.1, 98.6), (212.6, 104.1),
        (206.4, 104.5), (199.9, 104.1), (237.6, 105.4), (243.8, 100.6), (250.2, 100.6),
        (255.6, 104.4), (250.4, 106.6), (244, 106.4), (200.8, 139.4), (209.3, 139.6),
        (217.7, 139.7), (223.7, 141.2), (229.6, 140.2), (237.4, 140.4), (245.6, 141.1),
        (237.6, 151.6), (229.1, 155.7), (222.6, 156.2), (216.1, 155.1), (208, 150.1),
        (203.6, 140.6), (217.5, 143.4), (223.4, 144.4), (229.4, 143.6), (242.6, 142.2),
        (229.2, 150.2), (222.9, 150.7), (216.7, 149.7),
    ]
)  # fmt: skip

#: Outline of head and neck in photograph coordinates, clockwise from the left of the neck.
HEAD_OUTLINE: npt.NDArray[np.float64] = np.array(
    [
        (185.7, 197), (186.0, 175), (186.2, 159.4), (184.4, 150.6), (182.2, 139.3),
        (181.2, 132.0), (177.4, 130.5), (173.5, 126.9), (170.9, 121.8), (169.8, 117.0),
        (161, 107), (155, 92), (153.2, 73), (155, 63), (161, 52),
        (172.5, 41), (187.5, 35.5), (195, 28), (215, 18.5), (232.5, 15), (250, 18.5), (265, 23.5),
        (283, 32), (294, 49), (299.5, 70), (301.5, 90), (296, 109), (283, 127), (277.5, 133.5),
        (270, 136.5), (267.5, 139), (263, 152), (257.5, 163), (256, 172), (255.5, 197),
    ]
)  # fmt: skip

#: Edges of the parted lips from corner to corner, photograph coordinates, read off the enlarged
#: picture: dlib's eight inner points follow them too loosely for the lips to be closed.
UPPER_LIP_EDGE: npt.NDArray[np.float64] = np.array(
    [
        (203.2, 139.9), (205.4, 140.3), (208.3, 141.0), (211.4, 141.6), (214.6, 142.2),
        (217.7, 142.7), (221.5, 142.8), (225.3, 142.7), (229.0, 142.2), (232.8, 141.5),
        (236.6, 141.0), (240.3, 140.4), (243.6, 140.6),
    ]
)  # fmt: skip
LOWER_LIP_EDGE: npt.NDArray[np.float64] = np.array(
    [
        (203.2, 139.9), (205.1, 142.2), (206.6, 143.7), (209.5, 146.0), (213.3, 148.2),
        (217.1, 149.5), (221.5, 149.8), (225.3, 149.5), (229.0, 148.8), (232.8, 147.6),
        (235.9, 146.2), (239.3, 144.1), (241.9, 142.2), (243.6, 140.6),
    ]
)  # fmt: skip

#: Lower edge of the fringe, photograph coordinates.
FRINGE: npt.NDArray[np.float64] = np.array(
    [(188.5, 75), (200, 76), (212, 78.5), (225, 81), (238, 82.5), (250, 83.5), (261, 88)]
)


def photograph() -> npt.NDArray[np.uint8]:
    """The astronaut, 512 x 512 RGB, read from the installed scikit-image."""
    # Imported here: scikit-image takes long to load and nothing else in mexlab.data needs it.
    from skimage.data import astronaut

    return astronaut()


def to_frame(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Photograph coordinates to frame coordinates, px."""
    return (points - ORIGIN) * SCALE
