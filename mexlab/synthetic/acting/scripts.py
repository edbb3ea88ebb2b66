"""What a person does in a clip, drawn from a seed: units, fidgets, blinks, timing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mexlab.synthetic.acting.expressions import RECIPES, UnitMove
from mexlab.synthetic.acting.motion import Blink
from mexlab.synthetic.acting.performance import Script
from mexlab.synthetic.person.faces import FIDGETS, PersonParameters

#: The rate at which the lengths below are given, frames a second.
_RATE = 200.0


def draw_script(
    person: PersonParameters,
    emotion: str,
    seed: tuple[int, ...],
    fps: float,
    *,
    frames: int | None = None,
) -> tuple[Script, tuple[UnitMove, ...]]:
    """A micro-expression of one person: a rise, an apex, a fall, with what disturbs it.

    Parameters
    ----------
    person : PersonParameters
    emotion : str
        A key of :data:`expressions.RECIPES`.
    seed : tuple of int
        Of everything random in the clip.
    fps : float
    frames : int, optional
        At most so many frames; by default as many as are drawn.

    Returns
    -------
    Script
    tuple of UnitMove
        The coded units, without the fidgets.
    """
    generator = np.random.default_rng(list(seed))
    coded, moves = draw_units(person, emotion, generator)
    share = fps / _RATE
    lead, tail = (max(1, round(share * generator.integers(*ends))) for ends in ((4, 14), (3, 12)))
    rise, fall = (max(2, round(share * generator.integers(*ends))) for ends in ((10, 38), (8, 40)))
    onset, apex, offset = lead, lead + rise, lead + rise + fall
    script = Script(
        count=offset + tail,
        onset=onset,
        apex=apex,
        offset=offset,
        moves=moves,
        blinks=(),
        head_travel=float(np.exp(generator.normal(0.3, 0.5))),
        glare=person.glasses,
        residue=float(generator.uniform(0.0, 0.12)),
        seed=seed,
    )
    script = squeeze(script, frames)
    blinks = draw_blinks(script.onset, script.apex, script.count, generator, share)
    return replace(script, blinks=blinks), coded


def squeeze(script: Script, frames: int | None) -> Script:
    """The same in at most `frames` frames: everything happens faster, in the same order."""
    if frames is None or frames >= script.count:
        return script
    share = frames / script.count
    onset = min(max(1, round(share * script.onset)), frames - 4)
    apex = min(max(onset + 1, round(share * script.apex)), frames - 3)
    offset = min(max(apex + 1, round(share * script.offset)), frames - 2)
    if script.apex == script.offset:
        offset = apex
    if script.apex == script.onset:
        apex = onset
    blinks = tuple(
        replace(blink, start=round(share * blink.start), length=max(3, round(share * blink.length)))
        for blink in script.blinks
    )
    return replace(script, count=frames, onset=onset, apex=apex, offset=offset, blinks=blinks)


def trim(script: Script) -> Script:
    """The same from onset to offset alone: clips that are the expression and nothing else."""
    lead = script.onset
    return replace(
        script,
        count=script.offset - lead + 1,
        onset=0,
        apex=script.apex - lead,
        offset=script.offset - lead,
        blinks=tuple(replace(blink, start=blink.start - lead) for blink in script.blinks),
    )


def calm(script: Script) -> Script:
    """The same without any expression: what lies beside the expressions in a release."""
    return replace(script, moves=())


def draw_units(
    person: PersonParameters, emotion: str, generator: np.random.Generator
) -> tuple[tuple[UnitMove, ...], tuple[UnitMove, ...]]:
    """What moves in an expression: the coded units alone, and together with the fidgets."""
    recipes = RECIPES[emotion]
    recipe = recipes[int(generator.integers(len(recipes)))]
    strength = 0.9 * person.expressiveness * float(np.exp(generator.normal(0.0, 0.40)))
    coded = draw_moves(recipe, strength, person, generator)
    return coded, coded + draw_fidgets(recipe, strength, person, generator)


def draw_moves(
    recipe: dict[int, float],
    strength: float,
    person: PersonParameters,
    generator: np.random.Generator,
) -> tuple[UnitMove, ...]:
    """The units of an expression with their sides and amplitudes, by number."""
    one_sided = {12: 0.15, 14: 0.45, 15: 0.15, 2: 0.1, 10: 0.1, 6: 0.0}
    moves = []
    for number, share in recipe.items():
        amplitude = strength * share * float(np.exp(generator.normal(0.0, 0.15)))
        side = ""
        if generator.random() < one_sided.get(number, 0.0):
            side = "L" if generator.random() < 0.5 + person.sidedness else "R"
        moves.append(UnitMove(number, side, float(np.clip(amplitude, 0.35, 3.0))))
    # The strongest unit of a clip never falls below what the release's coders could see.
    strongest = max(moves, key=lambda move: move.amplitude)
    if strongest.amplitude < 0.55:
        moves[moves.index(strongest)] = replace(strongest, amplitude=0.55)
    return tuple(sorted(moves, key=lambda move: move.number))


def draw_fidgets(
    recipe: dict[int, float],
    strength: float,
    person: PersonParameters,
    generator: np.random.Generator,
) -> tuple[UnitMove, ...]:
    """Movement that no coder wrote down: the person's habit, and now and then something else."""
    wanted = {person.habit: float(generator.uniform(0.2, 0.9))}
    if generator.random() < 0.6:
        wanted[int(generator.choice(FIDGETS))] = float(generator.uniform(0.25, 0.95))
    return tuple(
        UnitMove(number, "", float(np.clip(strength * share, 0.1, 1.6)))
        for number, share in sorted(wanted.items())
        if number not in recipe
    )


def draw_blinks(
    onset: int, apex: int, count: int, generator: np.random.Generator, share: float = 1.0
) -> tuple[Blink, ...]:
    """A blink in half of the clips; people blink most where something moves anyway.

    Parameters
    ----------
    onset, apex, count : int
    generator : numpy Generator
    share : float
        Frames a second as a share of 200.
    """
    if generator.random() > 0.5:
        return ()
    length = max(3, round(share * int(generator.integers(28, 52))))
    if generator.random() < 0.5:
        start = int(generator.integers(onset - length // 3, max(apex - 3, onset)))
    else:
        start = int(generator.integers(-length // 2, max(1, count - 8)))
    depth = 1.0 if generator.random() < 0.7 else float(generator.uniform(0.35, 0.8))
    return (Blink(start, length, depth),)


def spell_units(moves: tuple[UnitMove, ...]) -> str:
    """Action units as CASME II has them, ``6+L12``."""
    return "+".join(f"{move.side}{move.number}" for move in moves)
