"""Who plays what: persons, emotions, timing and quirks of a synthetic CASME II, from one seed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mexlab.synthetic.acting.performance import Script
from mexlab.synthetic.acting.scripts import draw_blinks, draw_units, spell_units
from mexlab.synthetic.filming.takes import Outside, View
from mexlab.synthetic.layouts.census import deal, emotion_counts
from mexlab.synthetic.person.faces import COHORT, PersonParameters, cast_persons
from mexlab.synthetic.person.photograph import FRAME_SIZE
from mexlab.synthetic.writer import Quirk

#: The real release's known quirks, each written unless it is left out.
QUIRKS: tuple[Quirk, ...] = (
    Quirk("missing-apex", "a row whose apex cell is `/` (sub04/EP12_01f, as in the release)"),
    Quirk("apex-on-boundary", "rows whose apex is the offset frame (sub12/EP09_06 and sub03)"),
    Quirk("apex-on-onset", "a row whose apex is the onset frame (sub05/EP09_05f)", default=False),
    Quirk("unknown-units", "rows whose action units are `?`"),
    Quirk("integer-units", "action units of one number stored as a number, not as text"),
    Quirk("irregular-names", "clips named EP09f, EP01_2 and EP06_02_01"),
    Quirk(
        "unlabelled-folder",
        "folders of frames without a row in the sheet (EP02_02f, sub24/EP02_07)",
    ),
    Quirk("mixed-subjects", "subject cells that are numbers for some subjects and text for others"),
    Quirk("cropped", "the tree Cropped beside that of the raw frames", default=False),
    Quirk(
        "cropped-lacks-frames",
        "the tree Cropped, in which sub16/EP01_08 lacks frames",
        default=False,
    ),
    Quirk(
        "full-clips",
        "the tree CASME2-RAW, whose clips begin before the selected frames and end after them",
        default=False,
    ),
    Quirk("sheet-2019", "the sheet is CASME2-coding-20190701.xlsx", default=False),
    Quirk("sheet-ver-2", "the sheet is CASME2_label_Ver_2.xls, an old workbook", default=False),
)

FRAMES_FOLDER, CROPPED_FOLDER, FULL_FOLDER = "CASME2_RAW_selected", "Cropped", "CASME2-RAW"
FPS = 200.0

CLIPS_PER_SUBJECT = 7

#: Of the whole release.
PEOPLE = 26

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
    size : (int, int)
        Of the pictures, px.
    cropped_size : (int, int), optional
        Of the cropped pictures, px; without it there are none.
    cropped_gap : bool
        True leaves frames out of the cropped tree.
    selected : Outside, optional
        What the selected frames lack of the full clip; without it there is no full clip.
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
    size: tuple[int, int] = FRAME_SIZE
    cropped_size: tuple[int, int] | None = None
    cropped_gap: bool = False
    selected: Outside | None = None

    @property
    def folder(self) -> str:
        return f"sub{self.subject:02d}"

    @property
    def fps(self) -> float:
        return FPS

    @property
    def views(self) -> tuple[View, ...]:
        """The raw selected frames, and the other trees where they are wanted."""
        inside = f"{self.folder}/{self.name}"
        span = self.selected or Outside(self.numbers[0], self.numbers[-1])
        views = [View(f"{FRAMES_FOLDER}/{inside}/img{{}}.jpg", self.size, lacking=span)]
        if self.cropped_size is not None:
            dropped = frozenset((span.first + 2, span.first + 3) if self.cropped_gap else ())
            views.append(
                View(
                    f"{CROPPED_FOLDER}/{inside}/reg_img{{}}.jpg",
                    self.cropped_size,
                    crop=True,
                    lacking=replace(span, dropped=dropped),
                )
            )
        if self.selected is not None:
            views.append(View(f"{FULL_FOLDER}/{inside}/img{{}}.jpg", self.size))
        return tuple(views)

    @property
    def numbers(self) -> range:
        """Native frame numbers."""
        return range(self.first, self.first + self.script.count)


def plan_clips(
    subjects: int,
    seed: int,
    quirks: tuple[str, ...],
    clips: int | None = None,
    *,
    full: bool = False,
) -> list[PlannedClip]:
    """Plan a database.

    Parameters
    ----------
    subjects : int
        The first subjects are the same however many there are.
    seed : int
    quirks : tuple of str
        Names out of :data:`QUIRKS`.
    clips : int, optional
        The first so many of a subject's clips; all seven by default.
    full : bool
        All clips of the release's :data:`PEOPLE`, in place of a few of each.

    Returns
    -------
    list of PlannedClip
        By subject, then by name.
    """
    persons = cast_persons(subjects, seed)
    plan: list[PlannedClip] = []
    whole = _whole() if full else {}
    for index, person in enumerate(persons):
        cohort, place = divmod(index, COHORT)
        deck = np.random.default_rng([seed, 202, cohort]).permutation(_DECK)
        emotions = whole.get(index + 1) or [
            "happiness",
            "surprise",
            "repression" if place % 3 == 2 else "disgust",
            *(str(card) for card in deck[4 * place : 4 * place + 4]),
        ]
        generator = np.random.default_rng([seed, 303, index])
        names = _draw_names(generator, len(emotions))
        for number, (name, emotion) in enumerate(zip(names, emotions[:clips], strict=False)):
            plan.append(_plan_clip(index + 1, name, person, emotion, (seed, 404, index, number)))
    if full:
        # The two that the composite leaves out by name, whatever is odd about them.
        for subject, name in ((4, "EP12_01f"), (5, "EP09_05f")):
            at = _composed(plan, subject)
            assert at is not None
            plan[at] = replace(plan[at], name=name)
    plan = _apply_quirks(plan, subjects, seed, quirks)
    return sorted(plan, key=lambda clip: (clip.subject, clip.name))


def _whole() -> dict[int, list[str]]:
    """Everybody's emotions in the release; two people play in none of the composite's classes."""
    people = range(1, PEOPLE + 1)
    alone = {PEOPLE - 1: "others", PEOPLE: "others"}
    return deal(emotion_counts("casme2", "CASME II"), people, alone=alone)


def _composed(plan: list[PlannedClip], subject: int) -> int | None:
    """A subject's first clip of the negative class of the composite."""
    negative = ("disgust", "repression")
    places = (i for i, one in enumerate(plan) if one.subject == subject)
    return next((i for i in places if plan[i].emotion in negative), None)


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
    coded, moves = draw_units(person, emotion, generator)
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
        blinks=draw_blinks(onset, apex, count, generator),
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


def _apply_quirks(
    plan: list[PlannedClip], subjects: int, seed: int, quirks: tuple[str, ...]
) -> list[PlannedClip]:
    def nth(subject: int, number: int) -> int | None:
        places = [i for i, clip in enumerate(plan) if clip.subject == subject]
        return places[number] if number < len(places) else None

    if "irregular-names" in quirks:
        for subject, number, name in ((2, 4, "EP09f"), (1, 5, "EP01_2"), (3, 6, "EP06_02_01")):
            if (at := nth(subject, number)) is not None:
                plan[at] = replace(plan[at], name=name)
    if "missing-apex" in quirks:
        for place, other in ((_composed(plan, 4), "EP12_01f"), (nth(11, 3), None)):
            if (at := place) is not None:
                plan[at] = replace(plan[at], name=other or plan[at].name, apex_written=False)
    if "apex-on-boundary" in quirks:
        for subject, number, other in ((12, 3, "EP09_06"), (3, 3, None)):
            if (at := nth(subject, number)) is not None:
                clip = plan[at]
                script = replace(clip.script, offset=clip.script.apex, residue=1.0)
                plan[at] = replace(clip, name=other or clip.name, script=script)
    if "apex-on-onset" in quirks and (at := _composed(plan, 5)) is not None:
        script = replace(plan[at].script, apex=plan[at].script.onset)
        plan[at] = replace(plan[at], name="EP09_05f", script=script)
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
        if (at := nth(24, 0)) is not None:
            extra = _plan_clip(24, "EP02_07", plan[at].person, "others", (seed, 505, 24))
            plan.append(replace(extra, in_sheet=False))
    if "cropped-lacks-frames" in quirks and (at := nth(min(16, subjects), 0)) is not None:
        plan[at] = replace(plan[at], name="EP01_08", cropped_gap=True)
    return plan
