"""The photograph turned into a neutral face before a laboratory wall: every person's start."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from mexlab.synthetic.person.photograph import (
    FRAME_SIZE,
    FRINGE,
    HEAD_OUTLINE,
    LANDMARKS,
    LOWER_LIP_EDGE,
    ORIGIN,
    SCALE,
    UPPER_LIP_EDGE,
    photograph,
    to_frame,
)
from mexlab.synthetic.person.texture import grain
from mexlab.synthetic.person.warps import (
    Field,
    Frame,
    Points,
    pixel_grid,
    smooth_step,
    thin_plate_map,
)

UPPER_LIP = (49, 50, 51, 52, 53)
LOWER_LIP = (55, 56, 57, 58, 59)
INNER_UPPER = (60, 61, 62, 63, 64)
INNER_LIPS = tuple(range(60, 68))


@dataclass(frozen=True)
class Portrait:
    """A face at rest, in frame coordinates.

    Attributes
    ----------
    picture : (480, 640, 3) float32
        RGB, 0..255; only meaningful where ``matte`` is above zero.
    matte : (480, 640) float32
        1 on head and neck, 0 on the wall, soft along hair.
    hair : (480, 640) float32
        1 on hair, 0 on skin and wall.
    landmarks : (68, 2) float64
        px, iBUG order.
    """

    picture: Field
    matte: Field
    hair: Field
    landmarks: Points


@lru_cache(maxsize=1)
def neutral_portrait() -> Portrait:
    """The photographed face with its smile put away, enlarged to the frame, cut from its wall."""
    picture = _enlarge(photograph())
    matte = _head_matte(picture)
    landmarks = to_frame(LANDMARKS)
    hair = _hair_mask(picture, matte, landmarks)
    picture = _fill_outside(picture, matte)
    neutral = _neutral_landmarks(landmarks)
    picture = _close_mouth(picture, landmarks, neutral)
    return Portrait(_restore_detail(picture), matte, hair, neutral)


def _enlarge(photo: Frame) -> Field:
    x, y = pixel_grid(FRAME_SIZE)
    map_x, map_y = x / SCALE + np.float32(ORIGIN[0]), y / SCALE + np.float32(ORIGIN[1])
    return cv2.remap(photo.astype(np.float32), map_x, map_y, cv2.INTER_LANCZOS4)


def _head_matte(picture: Field) -> Field:
    """1 inside the outline, 0 outside, and by colour in a band along the hair."""
    outline = to_frame(HEAD_OUTLINE)
    filled = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(filled, [np.round(outline).astype(np.int32)], 1)
    inside = cv2.distanceTransform(filled, cv2.DIST_L2, 5)
    outside = cv2.distanceTransform(1 - filled, cv2.DIST_L2, 5)
    signed = inside - outside
    wall = _wall_colour(picture, signed)
    difference = np.linalg.norm(picture - wall, axis=-1)
    by_colour = smooth_step((cv2.GaussianBlur(difference, (0, 0), 1.0) - 22.0) / 30.0)
    by_outline = smooth_step(0.5 + (signed - 1.5) / 4.0)
    # From the ears down only the outline can tell skin from the lit wall and head from suit.
    _, y = pixel_grid(FRAME_SIZE)
    band = smooth_step((292.0 - y) / 12.0)
    near = smooth_step((signed + 11.0) / 4.0)
    sure = np.where(signed > 10.0, 1.0, by_colour * near)
    by_outline = cv2.GaussianBlur(by_outline, (0, 0), 0.9)
    return (band * sure + (1.0 - band) * by_outline).astype(np.float32)


def _wall_colour(picture: Field, signed: Field) -> Field:
    """The wall behind the head, carried inwards from what is seen of it around the head."""
    _, y = pixel_grid(FRAME_SIZE)
    seen = ((signed < -12) & (y < 345)).astype(np.float32)
    mass = cv2.GaussianBlur(seen, (0, 0), 22.0)[..., None]
    colour = cv2.GaussianBlur(picture * seen[..., None], (0, 0), 22.0)
    return (colour / np.maximum(mass, 1e-6)).astype(np.float32)


def _hair_mask(picture: Field, matte: Field, landmarks: Points) -> Field:
    """Everything of the head outside the face oval, by place and by colour."""
    face = np.zeros(matte.shape, np.uint8)
    fringe = to_frame(FRINGE)[::-1] + np.array([0.0, 5.0])
    hull = np.vstack([landmarks[:17], landmarks[16] + np.array([-6.0, -30.0]), fringe])
    cv2.fillPoly(face, [np.round(hull).astype(np.int32)], 1)
    depth = cv2.distanceTransform(face, cv2.DIST_L2, 5) - cv2.distanceTransform(
        1 - face, cv2.DIST_L2, 5
    )
    red, green, blue = (cv2.GaussianBlur(picture[..., i], (0, 0), 2.0) for i in range(3))
    darkness = smooth_step((178.0 - (0.3 * red + 0.6 * green + 0.1 * blue)) / 45.0)
    by_colour = np.maximum(darkness, smooth_step((1.32 - red / np.maximum(green, 1)) / 0.1))
    place = smooth_step(0.5 - depth / 15.0)
    _, y = pixel_grid(FRAME_SIZE)
    below = smooth_step((float(landmarks[2, 1]) - y) / 40.0)
    return (place * by_colour * below * matte).astype(np.float32)


def _fill_outside(picture: Field, matte: Field) -> Field:
    """Carry the head's own colours outwards, so that soft edges mix with no wall or suit."""
    # Pixels at the very edge are already mixed with the wall's light.
    weight = cv2.erode((matte > 0.97).astype(np.float32), np.ones((7, 7), np.uint8))
    colour, mass = picture * weight[..., None], weight
    filled = colour.copy()
    done = weight.copy()
    for sigma in (2.0, 4.0, 9.0, 20.0, 60.0):
        near = cv2.GaussianBlur(colour, (0, 0), sigma)
        amount = cv2.GaussianBlur(mass, (0, 0), sigma)
        use = (done < 0.5) & (amount > 0.02)
        filled[use] = near[use] / amount[use][:, None]
        done[use] = 1.0
    return filled


def _neutral_landmarks(landmarks: Points) -> Points:
    """Where the landmarks of the smiling face would lie at rest: lips closed, corners lower."""
    neutral = landmarks.copy()
    centre = landmarks[[48, 54]].mean(0)[0]
    level = landmarks[62, 1] + 2.5

    def place(index: int, width: float, rise: float) -> None:
        neutral[index] = (centre + (landmarks[index, 0] - centre) * width, level + rise)

    for index in (48, 54):
        place(index, 0.84, 1.2)
    for index in (60, 64):
        place(index, 0.84, 0.9)
    for index, rise in zip((61, 62, 63), (0.3, 0.8, 0.3), strict=True):
        place(index, 0.86, rise)
    for upper, lower in zip((61, 62, 63), (67, 66, 65), strict=True):
        neutral[lower] = neutral[upper]
    for index, rise in zip((49, 50, 51, 52, 53), (-9.0, -14.5, -12.5, -14.5, -9.0), strict=True):
        place(index, 0.86, rise)
    for index, rise in zip((59, 58, 57, 56, 55), (11.0, 16.5, 18.0, 16.5, 11.0), strict=True):
        place(index, 0.86, rise)
    # The jaw hangs a little less open, and the face is that much shorter.
    for index, lift in zip(range(4, 13), (1, 2, 4, 6, 7, 6, 4, 2, 1), strict=True):
        neutral[index, 1] -= lift
    return neutral


def _frame_anchors() -> Points:
    width, height = FRAME_SIZE
    columns, rows = np.linspace(0, width - 1, 5), np.linspace(0, height - 1, 4)
    points = [(x, y) for x in columns for y in rows if x in (0, width - 1) or y in (0, height - 1)]
    return np.array(points, dtype=np.float64)


def _close_mouth(picture: Field, landmarks: Points, neutral: Points) -> Field:
    """Bring the lips together: the face above the lip line from one plate, below from another."""
    anchors = _frame_anchors()
    line_y, beside = lip_line(neutral)

    def plate(dropped: tuple[int, ...], edge: Points) -> Field:
        kept = [i for i in range(68) if i not in (*dropped, *INNER_LIPS)]
        closed_edge = edge.copy()
        centre = landmarks[[48, 54], 0].mean()
        closed_edge[:, 0] = centre + (edge[:, 0] - centre) * 0.85
        closed_edge[:, 1] = np.interp(closed_edge[:, 0], np.arange(line_y.size), line_y)
        target = np.vstack([neutral[kept], closed_edge, anchors])
        source = np.vstack([landmarks[kept], edge, anchors])
        map_x, map_y = thin_plate_map(target, source, FRAME_SIZE)
        return cv2.remap(picture, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)

    upper = plate(LOWER_LIP, to_frame(UPPER_LIP_EDGE))
    lower = plate(UPPER_LIP, to_frame(LOWER_LIP_EDGE))
    _, y = pixel_grid(FRAME_SIZE)
    depth = y - line_y[None, :]
    # Between the corners the lips meet sharply; beside them the two plates melt into one.
    softness = (1.0 + 0.9 * beside)[None, :]
    below = smooth_step(0.5 + depth / (2.0 * softness))[..., None]
    closed = upper * (1.0 - below) + lower * below
    taper = smooth_step(1.0 - beside / 4.0)[None, :]
    line = 0.62 * np.exp(-((depth / 1.6) ** 2)) * taper
    shade = 0.22 * np.exp(-((depth / 4.0) ** 2)) * smooth_step(1.0 - beside / 9.0)[None, :]
    dark = np.array([86.0, 44.0, 42.0], np.float32)
    shaded = closed * (1.0 - shade[..., None])
    drawn = shaded * (1.0 - line[..., None]) + dark * line[..., None]
    return _colour_lips(drawn, neutral)


def _colour_lips(picture: Field, neutral: Points) -> Field:
    """Give the closed lips the colour that the stretched smile had lost, and their soft shadow."""
    lips: Field = np.zeros(picture.shape[:2], np.float32)
    cv2.fillPoly(lips, [np.round(neutral[48:60]).astype(np.int32)], 1.0)
    lips = cv2.GaussianBlur(lips, (0, 0), 2.2)[..., None]
    x, y = pixel_grid(FRAME_SIZE)
    middle, below = neutral[57] + np.array([0.0, 9.0])
    half = float(np.ptp(neutral[[48, 54], 0])) * 0.30
    shadow = np.exp(-(((x - middle) / half) ** 2) - ((y - below) / 5.5) ** 2)[..., None]
    lip_colour = np.array([0.98, 0.89, 0.90], np.float32)
    return (picture * (1.0 - lips * (1.0 - lip_colour)) * (1.0 - 0.10 * shadow)).astype(np.float32)


def lip_line(landmarks: Points) -> tuple[Field, Field]:
    """Height of the closed lips at every column, and how far each column lies beside the mouth.

    Returns
    -------
    line_y : (640,) float32
    beside : (640,) float32
        0 between the mouth's corners, px beyond them.
    """
    x = np.arange(FRAME_SIZE[0], dtype=np.float64)
    knots = landmarks[list(INNER_UPPER)]
    line = np.polyfit(knots[:, 0], knots[:, 1], 2)
    inside = np.clip(x, knots[0, 0], knots[-1, 0])
    beside = np.maximum(0.0, np.maximum(landmarks[48, 0] - x, x - landmarks[54, 0]))
    across = (inside - knots[2, 0]) / (0.5 * (knots[-1, 0] - knots[0, 0]))
    # The upper lip's tubercle dips into the line, and the line rises on either side of it.
    bow = 1.5 * np.exp(-((across / 0.2) ** 2)) - 0.7 * np.exp(
        -(((np.abs(across) - 0.45) / 0.2) ** 2)
    )
    return (np.polyval(line, inside) + bow).astype(np.float32), beside.astype(np.float32)


def _restore_detail(picture: Field) -> Field:
    """Sharpen what enlargement has softened and give skin its grain, which also feeds the flow."""
    sharp = picture + 0.9 * (picture - cv2.GaussianBlur(picture, (0, 0), 2.2))
    pores = sum(
        amount * grain(picture.shape[:2], sigma, 68 + step)
        for step, (sigma, amount) in enumerate(((0.8, 1.1), (1.6, 1.5), (3.2, 1.2)))
    )
    return np.clip(sharp + np.asarray(pores)[..., None], 0.0, 255.0).astype(np.float32)
