"""Writes part A of CAS(ME)3: long videos, and the clips of micro-expressions cut out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mexlab.data.labels.schemes import OBJECTIVE
from mexlab.synthetic.acting.expressions import UnitMove
from mexlab.synthetic.acting.performance import Expression, Script
from mexlab.synthetic.acting.recordings import Kind, Shown, draw_recording
from mexlab.synthetic.filming.takes import Outside, Take, View, film
from mexlab.synthetic.layouts.census import deal, published
from mexlab.synthetic.person.faces import PersonParameters, cast_persons
from mexlab.synthetic.sheets.workbook import Cell, write_workbook
from mexlab.synthetic.writer import LayoutWriter, Order, Quirk

FPS = 30.0
SIZE = (1280, 720)

#: Of the stand-ins for the depth camera's pictures: grey, as nothing here is computed in depth,
#: and small, as nobody reads them.
DEPTH_SIZE = (320, 180)

CLIPS_TREE, VIDEOS_TREE = "Part_A_ME_clip", "part_A"
SHEET = "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx"
MACRO_SHEET = "cas(me)3_part_A_MaE_label_JpgIndex_v2.xlsx"
WORKSHEET = "label"

COLUMNS = ("Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion")

#: Seconds of a video, unless others are ordered; the release's run to several minutes.
SECONDS = 6.0

#: Seconds for each expression in a video, and what they are in their order.
EVERY = 1.5
KINDS: tuple[Kind, ...] = ("micro", "macro", "micro", "micro")

#: Videos of a person; the first of the first person is the one with a quirk.
VIDEOS = "jabcdefghiklm"
ODD_VIDEO = "j"

#: As the sheet calls what is played.
EMOTIONS = {
    "disgust": "disgust",
    "others": "others",
    "surprise": "surprise",
    "anger": "anger",
    "happiness": "happy",
    "fear": "fear",
    "sadness": "sad",
}

#: Units of one lip alone: top or bottom.
LIPS = {10: "T", 17: "B", 23: "B", 24: "B", 25: "B"}

QUIRKS = (
    Quirk("text-cells", "every cell of the sheet is text, frame numbers too"),
    Quirk("upper-case-filename", "a video called J in the sheet, whose folders say j"),
    Quirk("side-prefixes", "action units with L, R, T or B before them"),
    Quirk("onset-after-apex", "a row whose onset comes after its apex"),
    Quirk("apex-on-onset", "rows whose apex is the onset frame"),
    Quirk("dropped-frames", "clips that lack a frame between onset and offset"),
    Quirk("overlapping-clips", "a clip that begins before another of the same video ends"),
    Quirk("depth", "the trees depth beside those of the colour frames"),
    Quirk("long-videos", f"the tree {VIDEOS_TREE} with the long videos beside the clips"),
    Quirk("macro-sheet", "a sheet of the macro-expressions in the long videos"),
    Quirk("without-clips", "the tree of clips is left out, as if not unpacked", default=False),
)


@dataclass(frozen=True)
class Coded:
    """What a sheet says of one expression; frames are native.

    Attributes
    ----------
    shown : Shown
    onset, apex, offset : int
    clip : Outside
        What the expression's clip lacks of the video.
    """

    shown: Shown
    onset: int
    apex: int
    offset: int
    clip: Outside


@dataclass(frozen=True, kw_only=True)
class VideoTake(Take):
    """A long video with its rows of the sheets."""

    coded: tuple[Coded, ...]


def plan(order: Order) -> list[VideoTake]:
    """The videos of an order, two a person by default."""
    frames = order.frames(FPS, SECONDS)
    assert frames is not None
    count = max(len(KINDS), round(frames / FPS / EVERY))
    usual = [KINDS[at % len(KINDS)] for at in range(count)]
    overlap = "overlapping-clips" in order.quirks
    whole = _whole(overlap) if order.full else {}
    takes = []
    for index, person in enumerate(cast_persons(order.subjects, order.seed)):
        videos = [usual] * (2 if order.clips is None else order.clips)
        for number, kinds in enumerate(whole.get(index) or videos):
            takes.append(_take(order, index, number, kinds, person))
    return takes


def _whole(overlap: bool) -> dict[int, list[list[Kind]]]:
    """The kinds of the expressions in two videos of every person of the whole release.

    How many videos and macro-expressions there are is not known for sure: only the numbers of
    persons and of micro-expressions are the published ones.
    """
    people = published("cas_me3", "CAS(ME)3 part A", "subjects")
    micro = published("cas_me3", "CAS(ME)3 part A", "micro")
    # One more is added to the first video of everybody.
    dealt = deal({"": micro - people * overlap}, range(2 * people))
    videos: dict[int, list[list[Kind]]] = {}
    for at, cards in dealt.items():
        kinds: list[Kind] = ["micro"] * len(cards)
        kinds.insert(1, "macro")
        videos.setdefault(at % people, []).append(kinds)
    return videos


def _take(
    order: Order, index: int, number: int, kinds: Sequence[Kind], person: PersonParameters
) -> VideoTake:
    frames = order.frames(FPS, SECONDS)
    assert frames is not None
    seed = (order.seed, 651, index, number)
    generator = np.random.default_rng([*seed, 1])
    words = list(EMOTIONS)
    wanted: list[tuple[Kind, str]] = [
        (kind, words[(3 * index + 2 * number + at) % len(words)]) for at, kind in enumerate(kinds)
    ]
    script, shown = draw_recording(person, wanted, seed, FPS, frames)
    if "side-prefixes" in order.quirks:
        script, shown = _lopside(script, shown)
    if "overlapping-clips" in order.quirks and number == 0:
        script, shown = _overlap(script, shown)
    first = int(generator.integers(1, 400))
    turn, place = divmod(number, len(VIDEOS))
    take = VideoTake(
        folder=f"spNO.{index + 1}",
        name=f"{VIDEOS[place]}{turn + 1 if turn else ''}",
        person=person,
        script=script,
        first=first,
        emotion="",
        views=(),
        fps=FPS,
        coded=tuple(_code(shown, first, order.quirks, index + number)),
    )
    return replace(take, views=_views(take, order))


def _lopside(script: Script, shown: list[Shown]) -> tuple[Script, list[Shown]]:
    """The first expression on the right side alone, as far as its units have sides."""
    first = shown[0]
    moves = tuple(move if move.number in LIPS else replace(move, side="R") for move in script.moves)
    first = replace(first, expression=replace(first.expression, moves=moves))
    return replace(script, moves=moves), [first, *shown[1:]]


def _overlap(script: Script, shown: list[Shown]) -> tuple[Script, list[Shown]]:
    """One more micro-expression, which begins at the apex of the first one."""
    part, moves = shown[0].expression, shown[-1].moves
    late = Expression(part.apex, part.offset, part.offset + 1, moves)
    added = Shown("micro", shown[-1].emotion, late)
    return (
        replace(script, more=(late, *script.more)),
        [shown[0], added, *shown[1:]],
    )


def _code(shown: list[Shown], first: int, quirks: tuple[str, ...], turn: int) -> list[Coded]:
    """The rows of a video, with those quirks that are in single rows; `turn` says which ones."""
    coded = []
    micro = 0
    for one in shown:
        part = one.expression
        onset, apex, offset = (first + mark for mark in (part.onset, part.apex, part.offset))
        clip = Outside(onset, offset)
        if one.kind == "micro" and micro == 0 and turn % 2 == 0 and "dropped-frames" in quirks:
            # Of what can be lacking without a mark being lost, the middle.
            between = [n for n in range(onset + 1, offset) if n != apex]
            clip = replace(clip, dropped=frozenset(between[len(between) // 2 :][:1]))
        if one.kind == "micro" and micro == 2 and turn % 3 == 0 and "apex-on-onset" in quirks:
            apex = onset
        if one.kind == "micro" and micro == 1 and turn == 1 and "onset-after-apex" in quirks:
            onset = apex + 1
        micro += one.kind == "micro"
        coded.append(Coded(one, onset, apex, offset, clip))
    return coded


def _views(take: VideoTake, order: Order) -> tuple[View, ...]:
    size = order.size(SIZE)
    small = order.size(DEPTH_SIZE)
    depth = "depth" in order.quirks
    views = []
    if "without-clips" not in order.quirks:
        for one in take.coded:
            if one.shown.kind == "micro":
                clip = f"{take.folder}_{take.name}_{one.onset}"
                files = f"{CLIPS_TREE}/frame/{clip}/{{}}.jpg"
                views.append(View(files, size, lacking=one.clip))
                if depth:
                    files = f"{CLIPS_TREE}/depth/{clip}/{{}}.png"
                    views.append(View(files, small, grey=True, lacking=one.clip))
    if "long-videos" in order.quirks or not views:
        video = f"{VIDEOS_TREE}/{take.folder}/{take.name}"
        views.append(View(f"{video}/color/{{}}.jpg", size))
        if depth:
            views.append(View(f"{video}/depth/{{}}.png", small, grey=True))
    return tuple(views)


def write_sheets(root: Path, takes: Sequence[VideoTake], order: Order) -> None:
    """The sheet of the micro-expressions, and that of the macro-expressions."""
    sheets = {SHEET: "micro"}
    if "macro-sheet" in order.quirks:
        sheets[MACRO_SHEET] = "macro"
    for sheet, kind in sheets.items():
        rows = [
            _row(take, one, order.quirks)
            for take in takes
            for one in take.coded
            if one.shown.kind == kind
        ]
        # A few frames have room for one expression alone.
        if rows:
            write_workbook(root / sheet, {WORKSHEET: [COLUMNS, *rows]})


def _row(take: VideoTake, one: Coded, quirks: tuple[str, ...]) -> list[Cell]:
    odd = "upper-case-filename" in quirks and take.name == ODD_VIDEO
    units = _spell(one.shown.moves, "side-prefixes" in quirks)
    label = OBJECTIVE.classify("cas_me3", "", units)
    assert label is not None
    row: list[Cell] = [
        take.folder,
        take.name.upper() if odd else take.name,
        one.onset,
        one.apex,
        one.offset,
        units,
        OBJECTIVE.classes.index(label) + 1,
        EMOTIONS[one.shown.emotion],
    ]
    return [str(cell) for cell in row] if "text-cells" in quirks else row


def _spell(moves: Sequence[UnitMove], prefixes: bool) -> str:
    return "+".join(
        f"{(move.side or LIPS.get(move.number, '')) if prefixes else ''}{move.number}"
        for move in moves
    )


WRITER = LayoutWriter(
    name="cas_me3",
    title="CAS(ME)3 part A",
    quirks=QUIRKS,
    fps=FPS,
    subjects=2,
    people=94,
    seconds=SECONDS,
    entries=(CLIPS_TREE, VIDEOS_TREE, SHEET, MACRO_SHEET),
    plan=plan,
    write_clip=film,
    write_sheets=write_sheets,
)
