"""Who plays what: persons, emotions, timing and quirks of a synthetic CASME II, from one seed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from mexlab.data.synthetic.expressions import RECIPES, UnitMove
from mexlab.data.synthetic.faces import COHORT, FIDGETS, PersonParameters, cast_persons
from mexlab.data.synthetic.motion import Blink
from mexlab.data.synthetic.performance import Script
from mexlab.errors import InputError

#: The real release's known quirks, each written unless it is left out.
QUIRKS: dict[str, str] = {
    "missing-apex": "a row whose apex cell is `/` (sub04/EP12_01f, as in the release)",
    "apex-on-boundary": "rows whose apex is the offset frame (sub12/EP09_06 and sub03)",
    "unknown-units": "rows whose action units are `?`",
    "integer-units": "action units of one number stored as a number, not as text",
    "irregular-names": "clips named EP09f, EP01_2 and EP06_02_01",
    "unlabelled-folder": "a folder of frames without a row in the sheet (EP02_02f)",
    "mixed-subjects": "subject cells that are numbers for some subjects and text for others",
}

CLIPS_PER_SUBJECT = 7

#: Dealt out four a person, beside the three that everyone plays; 64 for a cohort of 16. Shares
#: follow CASME II (others 99, disgust 63, happiness 32, repression 27, surprise 25, sadness 7,
#: fear 2), with more of the rarer two of the three classes so that small sets can be learnt.
_DECK = (
    ("others",) * 26
    + ("disgust",) * 14
    + ("repression",) * 8
    + ("happiness",) * 7
    + ("surprise",) * 5
    + ("sadness",) * 3
    + ("fear",)
)

#: Clip names with a meaning in the real release: only the quirks may use them.
_RESERVED = {"EP12_01f", "EP09_06", "EP02_02f", "EP09f", "EP01_2", "EP06_02_01", "EP09_05f"}
_RESERVED |= {"EP02_07", "EP01_08"}


@dataclass(frozen=True)
class PlannedClip:
    """One clip to be written.

    Attributes
    ----------
    subject : int
        From 1.
    name : str
    person : PersonParameters
    script : Script
    first : int
        Native number of the first frame.
    emotion : str
    action_units : str
        As the sheet spells them.
    apex_written : bool
        False writes ``/`` in the sheet.
    units_known : bool
        False writes ``?``.
    in_sheet : bool
        False leaves the clip out of the sheet.
    """

    subject: int
    name: str
    person: PersonParameters
    script: Script
    first: int
    emotion: str
    action_units: str
    apex_written: bool = True
    units_known: bool = True
    in_sheet: bool = True

    @property
    def folder(self) -> str:
        return f"sub{self.subject:02d}"

    @property
    def numbers(self) -> range:
        """Native frame numbers."""
        return range(self.first, self.first + self.script.count)


def check_quirks(quirks: Iterable[str] | None) -> tuple[str, ...]:
    """The quirks to write: all for None.

    Raises
    ------
    InputError
        For a name that is no quirk.
    """
    if quirks is None:
        return tuple(QUIRKS)
    wanted = tuple(quirks)
    unknown = [name for name in wanted if name not in QUIRKS]
    if unknown:
        raise InputError(
            f"expected names of quirks, got {', '.join(map(repr, unknown))}",
            where="quirks",
            remedy=f"Known quirks: {', '.join(QUIRKS)}",
        )
    return wanted


def plan_clips(subjects: int, seed: int, quirks: tuple[str, ...]) -> list[PlannedClip]:
    """Plan a database.

    Parameters
    ----------
    subjects : int
        The first subjects are the same however many there are.
    seed : int
    quirks : tuple of str
        Names out of :data:`QUIRKS`.

    Returns
    -------
    list of PlannedClip
        By subject, then by name.
    """
    persons = cast_persons(subjects, seed)
    plan: list[PlannedClip] = []
    for index, person in enumerate(persons):
        cohort, place = divmod(index, COHORT)
        deck = np.random.default_rng([seed, 202, cohort]).permutation(_DECK)
        emotions = [
            "happiness",
            "surprise",
            "repression" if place % 3 == 2 else "disgust",
            *(str(card) for card in deck[4 * place : 4 * place + 4]),
        ]
        generator = np.random.default_rng([seed, 303, index])
        names = _draw_names(generator, len(emotions))
        for number, (name, emotion) in enumerate(zip(names, emotions, strict=True)):
            plan.append(_plan_clip(index + 1, name, person, emotion, (seed, 404, index, number)))
    plan = _apply_quirks(plan, subjects, seed, quirks)
    return sorted(plan, key=lambda clip: (clip.subject, clip.name))


def _draw_names(generator: np.random.Generator, count: int) -> list[str]:
    """Names as the release has them: episode, take, and an ``f`` for some."""
    names: dict[str, None] = {}
    while len(names) < count:
        episode, take = int(generator.integers(1, 20)), int(generator.integers(1, 12))
        name = f"EP{episode:02d}_{take:02d}{'f' if generator.random() < 0.35 else ''}"
        if name not in _RESERVED:
            names[name] = None
    return list(names)


def _plan_clip(
    subject: int,
    name: str,
    person: PersonParameters,
    emotion: str,
    seed: tuple[int, ...],
) -> PlannedClip:
    generator = np.random.default_rng(list(seed))
    recipes = RECIPES[emotion]
    recipe = recipes[int(generator.integers(len(recipes)))]
    strength = 0.9 * person.expressiveness * float(np.exp(generator.normal(0.0, 0.40)))
    coded = _draw_moves(recipe, strength, person, generator)
    moves = coded + _draw_fidgets(recipe, strength, person, generator)
    lead, tail = int(generator.integers(4, 14)), int(generator.integers(3, 12))
    rise, fall = int(generator.integers(10, 38)), int(generator.integers(8, 40))
    onset = lead
    apex, offset = onset + rise, onset + rise + fall
    count = min(100, offset + tail)
    script = Script(
        count=count,
        onset=onset,
        apex=apex,
        offset=offset,
        moves=moves,
        blinks=_draw_blinks(onset, apex, count, generator),
        head_travel=float(np.exp(generator.normal(0.3, 0.5))),
        glare=person.glasses,
        residue=float(generator.uniform(0.0, 0.12)),
        seed=seed,
    )
    return PlannedClip(
        subject,
        name,
        person,
        script,
        first=int(generator.integers(1, 420)),
        emotion=emotion,
        action_units=spell_units(coded),
    )


def _draw_moves(
    recipe: dict[int, float],
    strength: float,
    person: PersonParameters,
    generator: np.random.Generator,
) -> tuple[UnitMove, ...]:
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


def _draw_fidgets(
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


def _draw_blinks(
    onset: int, apex: int, count: int, generator: np.random.Generator
) -> tuple[Blink, ...]:
    """A blink in half of the clips; people blink most where something moves anyway."""
    if generator.random() > 0.5:
        return ()
    length = int(generator.integers(28, 52))
    if generator.random() < 0.5:
        start = int(generator.integers(onset - length // 3, apex - 3))
    else:
        start = int(generator.integers(-length // 2, max(1, count - 8)))
    depth = 1.0 if generator.random() < 0.7 else float(generator.uniform(0.35, 0.8))
    return (Blink(start, length, depth),)


def spell_units(moves: tuple[UnitMove, ...]) -> str:
    """Action units as the sheet has them, ``6+L12``."""
    return "+".join(f"{move.side}{move.number}" for move in moves)


def _apply_quirks(
    plan: list[PlannedClip], subjects: int, seed: int, quirks: tuple[str, ...]
) -> list[PlannedClip]:
    def nth(subject: int, number: int) -> int | None:
        places = [i for i, clip in enumerate(plan) if clip.subject == subject]
        return places[number] if places else None

    if "irregular-names" in quirks:
        for subject, number, name in ((2, 4, "EP09f"), (1, 5, "EP01_2"), (3, 6, "EP06_02_01")):
            if (at := nth(subject, number)) is not None:
                plan[at] = replace(plan[at], name=name)
    if "missing-apex" in quirks:
        for subject, number, other in ((4, 2, "EP12_01f"), (11, 3, None)):
            if (at := nth(subject, number)) is not None:
                plan[at] = replace(plan[at], name=other or plan[at].name, apex_written=False)
    if "apex-on-boundary" in quirks:
        for subject, number, other in ((12, 3, "EP09_06"), (3, 3, None)):
            if (at := nth(subject, number)) is not None:
                clip = plan[at]
                script = replace(clip.script, offset=clip.script.apex, residue=1.0)
                plan[at] = replace(clip, name=other or clip.name, script=script)
    if "unknown-units" in quirks:
        others = [i for i, clip in enumerate(plan) if clip.emotion == "others"]
        for at in others[::12]:
            plan[at] = replace(plan[at], units_known=False)
    if "unlabelled-folder" in quirks:
        subject = min(9, subjects)
        at = nth(subject, 0)
        assert at is not None
        extra = _plan_clip(subject, "EP02_02f", plan[at].person, "others", (seed, 505, subject))
        plan.append(replace(extra, in_sheet=False))
    return plan
