"""From parameters to a person: the re-shaped portrait, toned, lit, dressed, before a wall."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mexlab.synthetic.person.faces import PersonParameters
from mexlab.synthetic.person.glasses import Glasses, fit_glasses
from mexlab.synthetic.person.photograph import FRAME_SIZE, FRINGE, HEAD_OUTLINE, to_frame
from mexlab.synthetic.person.portrait import Portrait, neutral_portrait
from mexlab.synthetic.person.texture import grain
from mexlab.synthetic.person.warps import (
    Field,
    Frame,
    Points,
    pixel_grid,
    smooth_step,
    thin_plate_map,
)

#: Where every landmark goes when a picture is turned left to right.
MIRRORED = (
    *range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31,
    45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
    54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65,
)  # fmt: skip

#: Multipliers on the photograph's brown, from black over brown and red to fair and grey.
HAIR_COLOURS = np.array(
    [
        (0.30, 0.29, 0.33), (0.40, 0.36, 0.37), (0.55, 0.46, 0.42), (0.70, 0.58, 0.50),
        (0.86, 0.66, 0.52), (1.00, 1.00, 1.00), (1.10, 1.12, 1.10), (0.92, 1.02, 1.30),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A person at rest, ready to be moved.

    Attributes
    ----------
    parameters : PersonParameters
    picture : (480, 640, 3) uint8
        RGB, without glasses.
    landmarks : (68, 2) float64
        px, iBUG order; 0-16 run from the left of the picture to its right.
    head : (480, 640) float32
        How much a pixel follows the head: 1 on it, falling to 0 on the wall and the shirt.
    glasses : Glasses or None
    """

    parameters: PersonParameters
    picture: Frame
    landmarks: Points
    head: Field
    glasses: Glasses | None

    @property
    def eye_span(self) -> float:
        """Distance of the outer eye corners, px: the unit in which bumps are measured."""
        return float(np.linalg.norm(self.landmarks[45] - self.landmarks[36]))

    @property
    def raw_per_crop(self) -> float:
        """Frame px for one px of the face at 140 px width, with the paper's side margins."""
        width = float(np.ptp(self.landmarks[:, 0]))
        return (width + 10.0) / 140.0


def build_person(parameters: PersonParameters) -> Person:
    """Draw one person.

    Parameters
    ----------
    parameters : PersonParameters

    Returns
    -------
    Person
        The same for the same parameters, bit by bit.
    """
    portrait = neutral_portrait()
    outline = to_frame(np.vstack([HEAD_OUTLINE, FRINGE]))
    if parameters.mirror:
        portrait, outline = _mirror(portrait, outline)
    target, target_outline = _reshape(portrait.landmarks, outline, parameters)
    anchors = _border_points()
    map_x, map_y = thin_plate_map(
        np.vstack([target, target_outline, anchors]),
        np.vstack([portrait.landmarks, outline, anchors]),
        FRAME_SIZE,
        stiffness=0.02,
    )

    def warp(image: Field) -> Field:
        return cv2.remap(image, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)

    face = warp(portrait.picture)
    matte = np.clip(warp(portrait.matte), 0.0, 1.0)
    hair = np.clip(warp(portrait.hair), 0.0, 1.0)
    face = _paint_hair(face, hair, parameters)
    face = _paint_skin(face, hair, target, parameters)
    picture = face * matte[..., None] + _wall(parameters, matte) * (1.0 - matte[..., None])
    picture = _dress(picture, target, parameters)
    picture = _light(picture, target, parameters)
    glasses = fit_glasses(target, FRAME_SIZE, parameters.hair_tone) if parameters.glasses else None
    return Person(
        parameters,
        np.clip(np.rint(picture), 0, 255).astype(np.uint8),
        target,
        _head_weight(matte, target),
        glasses,
    )


def _mirror(portrait: Portrait, outline: Points) -> tuple[Portrait, Points]:
    width = FRAME_SIZE[0]

    def turn(points: Points) -> Points:
        return np.column_stack([width - 1 - points[:, 0], points[:, 1]])

    flipped = Portrait(
        np.ascontiguousarray(portrait.picture[:, ::-1]),
        np.ascontiguousarray(portrait.matte[:, ::-1]),
        np.ascontiguousarray(portrait.hair[:, ::-1]),
        turn(portrait.landmarks)[list(MIRRORED)],
    )
    return flipped, turn(outline)


def _border_points() -> Points:
    width, height = FRAME_SIZE
    return np.array(
        [(x, y) for x in (-60, width / 2, width + 60) for y in (-60, height / 2, height + 60)]
    )[[0, 2, 3, 5, 6, 8]].astype(np.float64)


def _reshape(landmarks: Points, outline: Points, p: PersonParameters) -> tuple[Points, Points]:
    """Move landmarks and the head's outline as the parameters say."""
    face = landmarks.copy()
    centre = np.array([landmarks[27:31, 0].mean(), landmarks[30, 1]])
    eyes_level = landmarks[36:48, 1].mean()
    chin_depth = landmarks[8, 1] - eyes_level

    def widen(points: Points) -> Points:
        depth = np.clip((points[:, 1] - eyes_level) / chin_depth, 0.0, 1.0)
        factor = p.face_width * (1.0 + (p.jaw_width - 1.0) * np.sin(depth * np.pi * 0.75))
        moved = points.copy()
        moved[:, 0] = centre[0] + (points[:, 0] - centre[0]) * factor
        moved[:, 1] += p.chin * np.clip(depth, 0.0, 1.0) ** 2
        return moved

    face = widen(face)
    for brow, outwards in ((range(17, 22), -1.0), (range(26, 21, -1), 1.0)):
        for step, index in enumerate(brow):
            face[index, 1] += p.brow_height - p.brow_tilt * (1.0 - step / 4.0)
        face[list(brow), 0] += outwards * 0.6 * p.eye_distance
    for eye, outwards in ((slice(36, 42), -1.0), (slice(42, 48), 1.0)):
        middle = face[eye].mean(0)
        face[eye] = middle + (face[eye] - middle) * np.array([0.5 + 0.5 * p.eye_size, p.eye_size])
        reach = (face[eye, 0] - middle[0]) * outwards
        face[eye, 1] -= p.eye_tilt * reach / np.abs(reach).max()
        face[eye] += (outwards * p.eye_distance, p.eye_height)
    # The bridge follows by degrees, from the root of the nose (27) to its tip (30) and wings.
    face[27:36, 1] += p.nose_height * np.r_[np.linspace(0.2, 1.0, 4), np.ones(5)]
    face[29:36, 1] += p.nose_length * np.r_[0.5, 1.0, np.ones(5)]
    face[31:36, 0] = face[33, 0] + (face[31:36, 0] - face[33, 0]) * p.nose_width
    mouth = face[48:68]
    middle_x, line = mouth[:, 0].mean(), mouth[[0, 6], 1].mean()
    mouth[:, 0] = middle_x + (mouth[:, 0] - middle_x) * p.mouth_width
    mouth[:, 1] = line + (mouth[:, 1] - line) * p.lip_fullness
    mouth[:, 1] += p.mouth_height + 0.3 * p.chin
    edge = widen(outline)
    # Hair grows and shrinks above the ears only, sideways at the sides and upwards on top.
    amount = np.clip((landmarks[1, 1] - 14.0 - outline[:, 1]) / 36.0, 0.0, 1.0)
    away = outline - np.array([centre[0], eyes_level])
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    growth = away * np.column_stack(
        [np.full(len(away), p.hair_sides), np.where(away[:, 1] < 0, p.hair_top, 0.0)]
    )
    hairline = len(outline) - len(FRINGE)
    edge[:hairline] += (amount[:, None] * growth)[:hairline]
    edge[hairline:, 1] += p.fringe
    pivot = np.array([FRAME_SIZE[0] / 2.0, FRAME_SIZE[1] - 30.0])
    return pivot + (face - pivot) * p.head_size, pivot + (edge - pivot) * p.head_size


def _paint_hair(face: Field, hair: Field, p: PersonParameters) -> Field:
    place = p.hair_tone * (len(HAIR_COLOURS) - 1)
    colour = np.array(
        [np.interp(place, range(len(HAIR_COLOURS)), HAIR_COLOURS[:, c]) for c in range(3)],
        dtype=np.float32,
    )
    lightness = face.mean(-1, keepdims=True)
    # Dyeing keeps the strands: the photograph's lightness carries them, its hue gives way.
    strands = 0.55 * face + 0.45 * lightness * np.array([1.12, 1.0, 0.78], np.float32)
    painted = np.clip(strands * colour, 0.0, 245.0)
    return face * (1.0 - hair[..., None]) + painted * hair[..., None]


def _paint_skin(face: Field, hair: Field, landmarks: Points, p: PersonParameters) -> Field:
    unit = np.clip(_soften_folds(face, landmarks, p) / 255.0, 0.0, 1.0)
    gamma = 1.0 + np.array([0.95, 1.05, 1.12], np.float32) * p.skin
    gain = 1.0 - np.array([0.22, 0.26, 0.29], np.float32) * p.skin
    toned = unit**gamma * gain
    toned *= 1.0 + p.warmth * np.array([0.03, -0.01, -0.035], np.float32)
    # Eyes and lips keep more of their own colour than skin does.
    eyes = np.zeros(face.shape[:2], np.float32)
    for eye in (landmarks[36:42], landmarks[42:48]):
        cv2.fillPoly(eyes, [np.round(eye).astype(np.int32)], 1.0)
    keep = np.clip(hair + cv2.GaussianBlur(eyes, (0, 0), 1.5), 0.0, 1.0)[..., None]
    skin = toned * (1.0 - keep) + unit * keep
    skin = _stubble(skin, landmarks, p)
    skin = _freckles(skin, hair, landmarks, p)
    return (skin * 255.0).astype(np.float32)


def _soften_folds(face: Field, landmarks: Points, p: PersonParameters) -> Field:
    """Take out part of the folds that the photographed smile has drawn beside nose and mouth."""
    place = np.zeros(face.shape[:2], np.float32)
    for wing, corner, side in ((31, 48, -1.0), (35, 54, 1.0)):
        start, end = landmarks[wing], landmarks[corner]
        path = np.array(
            [
                start + np.array([side * 6.0, -4.0]),
                0.5 * (start + end) + np.array([side * 14.0, -2.0]),
                end + np.array([side * 15.0, 0.0]),
                end + np.array([side * 11.0, 12.0]),
            ]
        )
        cv2.polylines(place, [np.round(path).astype(np.int32)], False, 1.0, 16)
    place = np.clip(1.6 * cv2.GaussianBlur(place, (0, 0), 5.0), 0.0, 1.0)
    band = cv2.GaussianBlur(face, (0, 0), 1.4) - cv2.GaussianBlur(face, (0, 0), 13.0)
    return face - (1.0 - p.folds) * place[..., None] * band


def _stubble(skin: Field, landmarks: Points, p: PersonParameters) -> Field:
    if not p.stubble:
        return skin
    jaw = landmarks[2:15].copy()
    jaw[:, 1] += 4.0
    upper = np.array([landmarks[54] + (22, -8), landmarks[35] + (10, 12), landmarks[33] + (0, 9)])
    upper = np.vstack([upper, [landmarks[31] + (-10, 12), landmarks[48] + (-22, -8)]])
    area: Field = np.zeros(skin.shape[:2], np.float32)
    cv2.fillPoly(area, [np.round(np.vstack([jaw, upper])).astype(np.int32)], 1.0)
    lips: Field = np.zeros_like(area)
    cv2.fillPoly(lips, [np.round(landmarks[48:60]).astype(np.int32)], 1.0)
    area = cv2.GaussianBlur(area, (0, 0), 9.0) * (1.0 - cv2.GaussianBlur(lips, (0, 0), 2.5))
    shade = p.stubble * area * (0.26 + 0.07 * grain(area.shape, 0.9, 12))
    return skin * (1.0 - shade[..., None] * np.array([1.0, 0.98, 0.90], np.float32))


def _freckles(skin: Field, hair: Field, landmarks: Points, p: PersonParameters) -> Field:
    if not p.freckles:
        return skin
    generator = np.random.default_rng(int(p.freckles * 1e6))
    spots: Field = np.zeros(skin.shape[:2], np.float32)
    middle = landmarks[29]
    for _ in range(int(90 * p.freckles)):
        x, y = middle + generator.normal(0.0, 1.0, 2) * (62.0, 26.0)
        radius = generator.uniform(0.8, 1.9)
        centre = (round(x * 16), round(y * 16))
        cv2.circle(
            spots, centre, round(radius * 16), float(generator.uniform(0.3, 1)), -1,
            cv2.LINE_AA, 4,
        )  # fmt: skip
    spots = cv2.GaussianBlur(spots, (0, 0), 0.9) * (1.0 - hair)
    return skin * (1.0 - 0.34 * spots[..., None] * np.array([0.75, 1.0, 1.1], np.float32))


def _wall(p: PersonParameters, matte: Field) -> Field:
    """A plain painted wall: a slow gradient, faint mottling, the head's soft shadow."""
    width, height = FRAME_SIZE
    x, y = pixel_grid(FRAME_SIZE)
    u, v = x / width - 0.5, y / height - 0.5
    mottle = cv2.resize(
        grain((height // 8, width // 8), 5.0, 7), (width, height), interpolation=cv2.INTER_CUBIC
    )
    shade = 1.0 - 0.10 * (u * u + v * v) - 0.10 * v + 0.008 * mottle
    offset = 18 * np.sign(p.light)
    shadow = cv2.GaussianBlur(np.roll(matte, (10, int(-offset)), (0, 1)), (0, 0), 26.0)
    return (shade * (1.0 - 0.10 * shadow))[..., None] * np.array(p.wall, np.float32)


def _dress(picture: Field, landmarks: Points, p: PersonParameters) -> Field:
    """A plain pullover: what the frame shows of it is the collar and the slope of the shoulders."""
    x, y = pixel_grid(FRAME_SIZE)
    middle = float(landmarks[8, 0])
    half_neck = 0.42 * float(landmarks[13, 0] - landmarks[3, 0])
    across = np.abs(x - middle) / half_neck
    chin = float(landmarks[8, 1])
    hollow = chin + 22.0 + 10.0 * np.sqrt(np.clip(1.0 - across**2, 0.0, 1.0))
    shoulder = chin + 22.0 - 6.0 + 17.0 * np.clip(across - 0.9, 0.0, None) ** 1.15
    edge = np.where(
        across < 1.0, np.minimum(hollow, 474.0), np.minimum(shoulder, hollow.max() + 500)
    )
    edge = cv2.GaussianBlur(edge, (0, 0), 3.0)
    cover = smooth_step(0.5 + (y - edge) / 2.5)
    knit = 1.0 + 0.035 * grain(y.shape, 1.1, 3)
    seam = 1.0 - 0.22 * np.exp(-(((y - edge - 7.0) / 1.6) ** 2))
    falloff = 1.0 - 0.25 * smooth_step((np.abs(x - middle) - 60.0) / 200.0)
    shirt = (knit * seam * falloff)[..., None] * np.array(p.shirt, np.float32)
    shadow = 1.0 - 0.30 * np.exp(-np.clip(edge - y, 0.0, None) / 7.0) * (y < edge)
    return picture * shadow[..., None] * (1.0 - cover[..., None]) + shirt * cover[..., None]


def _light(picture: Field, landmarks: Points, p: PersonParameters) -> Field:
    x, y = pixel_grid(FRAME_SIZE)
    u = (x - float(landmarks[30, 0])) / 160.0
    v = (y - float(landmarks[30, 1])) / 200.0
    gain = 1.0 + 0.13 * p.light * np.tanh(u) - 0.04 * np.tanh(v)
    lit = picture * gain[..., None]
    return 118.0 + (lit - 118.0) * p.contrast


def _head_weight(matte: Field, landmarks: Points) -> Field:
    solid = cv2.dilate(matte, np.ones((9, 9), np.uint8))
    weight = cv2.GaussianBlur(solid, (0, 0), 12.0)
    weight = np.clip(weight * 1.25, 0.0, 1.0)
    _, y = pixel_grid(FRAME_SIZE)
    chin = float(landmarks[8, 1])
    return (weight * (1.0 - smooth_step((y - chin) / max(40.0, 478.0 - chin)))).astype(np.float32)
