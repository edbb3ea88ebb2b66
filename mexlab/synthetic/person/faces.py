"""What sets synthetic persons apart, and how a cohort of clearly different ones is drawn."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

#: Parameters are spread evenly over groups of this many persons, so that no two are alike.
COHORT = 16


@dataclass(frozen=True)
class PersonParameters:
    """What sets one synthetic person apart; lengths in frame px, scales as factors.

    Attributes
    ----------
    mirror : bool
        The photograph is turned left to right.
    head_size, face_width, jaw_width : float
        Scale of the whole head, of the face's width, and of the jaw's width on top of it.
    chin, brow_height, eye_height, nose_height, mouth_height : float
        Downward shift, px.
    brow_tilt : float
        How much further the outer end of the brow lies up than the inner, px.
    eye_distance, eye_size, eye_tilt : float
        Shift of each eye outwards (px), scale of its opening, rise of its outer corner (px).
    nose_width, nose_length, mouth_width, lip_fullness : float
    hair_sides, hair_top, fringe : float
        Shift of the hair's outline outwards, at the sides and on top, and of the fringe
        downwards, px.
    skin : float
        0 is the photograph's light skin, 1 dark brown.
    warmth : float
        -1 cool and pale to 1 ruddy.
    hair_tone : float
        Position on the list of hair colours.
    folds : float
        Depth of the nose-to-mouth folds, 0 smooth (young) to 1 as photographed.
    stubble, freckles : float
        0 to 1.
    light : float
        -1 lit from the left of the picture to 1 from the right.
    contrast : float
    glasses : bool
    shirt, wall : tuple of 3 float
        RGB, 0..255.
    expressiveness : float
        This person's factor on every action unit's amplitude.
    habit : int
        Action unit that this person adds a little of to every expression.
    sidedness : float
        -1 (all in the right half of the face) to 1 (left): how uneven this person moves.
    """

    mirror: bool
    head_size: float
    face_width: float
    jaw_width: float
    chin: float
    brow_height: float
    brow_tilt: float
    eye_height: float
    eye_distance: float
    eye_size: float
    eye_tilt: float
    nose_height: float
    nose_width: float
    nose_length: float
    mouth_height: float
    mouth_width: float
    lip_fullness: float
    hair_sides: float
    hair_top: float
    fringe: float
    skin: float
    warmth: float
    hair_tone: float
    folds: float
    stubble: float
    freckles: float
    light: float
    contrast: float
    glasses: bool
    shirt: tuple[float, float, float]
    wall: tuple[float, float, float]
    expressiveness: float
    habit: int
    sidedness: float

    def to_record(self) -> dict[str, Any]:
        return asdict(self)


#: Range of every continuous parameter.
RANGES: dict[str, tuple[float, float]] = {
    "head_size": (0.93, 1.0),
    "face_width": (0.91, 1.08),
    "jaw_width": (0.92, 1.11),
    "chin": (-9.0, 10.0),
    "brow_height": (-7.0, 8.0),
    "brow_tilt": (-6.0, 6.0),
    "eye_height": (-3.0, 3.0),
    "eye_distance": (-4.5, 4.5),
    "eye_size": (0.86, 1.18),
    "eye_tilt": (-3.0, 3.5),
    "nose_height": (-4.0, 5.0),
    "nose_width": (0.84, 1.24),
    "nose_length": (-5.0, 5.0),
    "mouth_height": (-4.0, 5.0),
    "mouth_width": (0.88, 1.12),
    "lip_fullness": (0.75, 1.35),
    "hair_sides": (-34.0, 9.0),
    "hair_top": (-30.0, 6.0),
    "fringe": (-16.0, 5.0),
    "skin": (0.0, 0.8),
    "warmth": (-1.0, 1.0),
    "hair_tone": (0.0, 1.0),
    "folds": (0.1, 0.95),
    "light": (-1.0, 1.0),
    "contrast": (0.9, 1.1),
    "sidedness": (-0.45, 0.45),
}

SHIRTS: tuple[tuple[float, float, float], ...] = (
    (58, 66, 84), (122, 58, 62), (70, 92, 78), (150, 146, 138), (44, 46, 50), (96, 112, 142),
    (168, 150, 120), (84, 70, 98), (52, 84, 96), (136, 96, 70), (180, 182, 186), (74, 76, 66),
)  # fmt: skip


#: Action units that people move without meaning an emotion by it.
FIDGETS = (1, 2, 4, 7, 10, 12, 14, 15, 17, 20, 24)


def cast_persons(count: int, seed: int) -> list[PersonParameters]:
    """Draw persons whose parameters fill their ranges evenly (a Latin hypercube a cohort).

    Parameters
    ----------
    count : int
        How many. The first persons are the same however many are drawn.
    seed : int

    Returns
    -------
    list of PersonParameters
    """
    persons: list[PersonParameters] = []
    for cohort in range(-(-count // COHORT)):
        generator = np.random.default_rng([seed, 101, cohort])
        persons.extend(_draw_cohort(generator))
    return persons[:count]


def _draw_cohort(generator: np.random.Generator) -> list[PersonParameters]:
    drawn: dict[str, np.ndarray] = {}
    for name, (low, high) in RANGES.items():
        strata = (generator.permutation(COHORT) + generator.uniform(0.2, 0.8, COHORT)) / COHORT
        drawn[name] = low + (high - low) * strata
    glasses = generator.permutation(np.arange(COHORT) < COHORT // 4)
    mirrored = generator.permutation(np.arange(COHORT) % 2 == 1)
    stubbled = generator.permutation(np.arange(COHORT) < 4)
    freckled = generator.permutation(np.arange(COHORT) < 4)
    habits = generator.permutation(FIDGETS)
    shirts = generator.permutation(len(SHIRTS))
    persons = []
    for index in range(COHORT):
        values: dict[str, Any] = {name: float(column[index]) for name, column in drawn.items()}
        grey = float(generator.uniform(150.0, 196.0))
        tint = [float(v) for v in generator.uniform(-6.0, 6.0, 3)]
        # Most skins light to medium as drawn, few dark: squaring keeps the strata apart.
        values["skin"] = values["skin"] ** 1.5
        stubble = float(generator.uniform(0.25, 0.55)) if stubbled[index] else 0.0
        if stubble:
            # Short dark hair goes with stubble, so that both read as one person's.
            values["hair_sides"] = -34.0 + 0.3 * (values["hair_sides"] + 34.0)
            values["hair_tone"] *= 0.55
        persons.append(
            PersonParameters(
                **values,
                mirror=bool(mirrored[index]),
                glasses=bool(glasses[index]),
                stubble=stubble,
                freckles=float(generator.uniform(0.4, 1.0)) if freckled[index] else 0.0,
                shirt=SHIRTS[int(shirts[index % len(SHIRTS)])],
                wall=(grey + tint[0], grey + tint[1], grey + tint[2]),
                habit=int(habits[index % len(habits)]),
                expressiveness=float(np.exp(generator.normal(0.0, 0.22))),
            )
        )
    return persons
