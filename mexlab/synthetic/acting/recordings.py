"""Long recordings: several micro- and macro-expressions between blinks and movements of the head.

Memory does not grow with their length: frames are drawn one by one, and of the expressions only
those that show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from mexlab.synthetic.acting.expressions import UnitMove
from mexlab.synthetic.acting.motion import Blink, Nod
from mexlab.synthetic.acting.performance import Expression, Script
from mexlab.synthetic.acting.scripts import draw_units
from mexlab.synthetic.person.faces import PersonParameters

Kind = Literal["micro", "macro"]

#: Seconds from onset to offset.
LENGTHS: dict[Kind, tuple[float, float]] = {"micro": (0.1, 0.5), "macro": (0.6, 3.0)}

#: Frames that an expression needs around itself.
_ROOM = 6

#: Mean seconds between two blinks, and between two movements of the head.
_BLINKS, _NODS = 4.0, 6.0


@dataclass(frozen=True)
class Shown:
    """One expression of a recording; frames are indices from 0."""

    kind: Kind
    emotion: str
    expression: Expression

    @property
    def moves(self) -> tuple[UnitMove, ...]:
        return self.expression.moves


def draw_recording(
    person: PersonParameters,
    wanted: Sequence[tuple[Kind, str]],
    seed: tuple[int, ...],
    fps: float,
    frames: int,
) -> tuple[Script, list[Shown]]:
    """A long recording of one person.

    Parameters
    ----------
    person : PersonParameters
    wanted : sequence of (kind, emotion)
        The expressions in their order; emotions are keys of :data:`expressions.RECIPES`. Where
        the recording is too short for all of them, the first ones that fit are shown.
    seed : tuple of int
    fps : float
    frames : int
        Of the whole recording.

    Returns
    -------
    Script
    list of Shown
        At least one, in the order of onset, none touching another.
    """
    generator = np.random.default_rng(list(seed))
    wanted = wanted[: max(1, frames // _ROOM)]
    ends = np.linspace(1, frames - 1, len(wanted) + 1).astype(int)
    shown = []
    for (kind, emotion), start, stop in zip(wanted, ends[:-1], ends[1:], strict=True):
        room = int(stop - start)
        length = min(max(3, round(fps * generator.uniform(*LENGTHS[kind]))), room - 2)
        onset = int(start) + int(generator.integers(0, room - length - 1))
        rise = min(max(1, round(length * generator.uniform(0.3, 0.7))), length - 1)
        moves = expression_moves(person, kind, emotion, generator)
        shown.append(Shown(kind, emotion, Expression(onset, onset + rise, onset + length, moves)))
    first = shown[0].expression
    script = Script(
        count=frames,
        onset=first.onset,
        apex=first.apex,
        offset=first.offset,
        moves=first.moves,
        blinks=_draw_blinks(frames, fps, generator),
        head_travel=float(np.exp(generator.normal(0.3, 0.5))),
        glare=person.glasses,
        residue=0.0,
        seed=seed,
        more=tuple(one.expression for one in shown[1:]),
        nods=_draw_nods(frames, fps, generator),
    )
    return script, shown


def expression_moves(
    person: PersonParameters, kind: Kind, emotion: str, generator: np.random.Generator
) -> tuple[UnitMove, ...]:
    """The units of one expression: below a few px for a micro-, several for a macro-expression."""
    moves, _ = draw_units(person, emotion, generator)
    if kind == "micro":
        return moves
    # The strongest unit of a macro-expression moves so many px of a 140 px wide face.
    share = float(generator.uniform(3.5, 6.5)) / max(move.amplitude for move in moves)
    return tuple(replace(move, amplitude=share * move.amplitude) for move in moves)


def _draw_blinks(frames: int, fps: float, generator: np.random.Generator) -> tuple[Blink, ...]:
    blinks = []
    at = float(generator.exponential(_BLINKS))
    while at * fps < frames:
        length = max(3, round(fps * float(generator.uniform(0.14, 0.26))))
        blinks.append(Blink(int(at * fps), length, 1.0))
        at += 0.5 + float(generator.exponential(_BLINKS))
    return tuple(blinks)


def _draw_nods(frames: int, fps: float, generator: np.random.Generator) -> tuple[Nod, ...]:
    nods = []
    at = float(generator.exponential(_NODS))
    while at * fps < frames:
        length = max(3, round(fps * float(generator.uniform(0.6, 2.0))))
        across, down = (float(v) for v in generator.normal(0.0, (3.5, 2.5)))
        turn = float(generator.normal(0.0, 0.012))
        nods.append(Nod(int(at * fps), length, (across, down), turn))
        at += 1.0 + float(generator.exponential(_NODS))
    return tuple(nods)
