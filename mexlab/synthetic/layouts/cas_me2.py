"""Writes CAS(ME)2: long videos with macro- and micro-expressions, a sheet without headers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mexlab.synthetic.acting.recordings import Kind, Shown, draw_recording
from mexlab.synthetic.acting.scripts import calm, spell_units
from mexlab.synthetic.filming.takes import Outside, Take, View, film
from mexlab.synthetic.layouts.census import deal, published
from mexlab.synthetic.person.faces import PersonParameters, cast_persons
from mexlab.synthetic.person.photograph import FRAME_SIZE
from mexlab.synthetic.sheets.workbook import Cell, write_workbook
from mexlab.synthetic.writer import LayoutWriter, Order, Quirk

FPS = 30.0

SHEET = "CAS(ME)^2code_final.xlsx"
WORKSHEETS = ("CASFEcode_final", "naming rule1", "naming rule2")

#: What the columns of the coding hold, in their order; written only by a release with headers.
COLUMNS = (
    "participant", "expression", "onset", "apex", "offset", "AUs", "emotion", "type", "self-report",
)  # fmt: skip

CROPPED_SIZE = (280, 340)

SUBJECTS = (
    15, 16, 19, 20, 21, 22, 23, 24, 25, 26, 27, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 40,
)  # fmt: skip

#: Seconds of a video, unless others are ordered; the release's run to two minutes.
SECONDS = 8.0

#: Seconds for each expression in a video.
EVERY = 2.5

#: Expressions in their order: the release has five macro- for each micro-expression.
KINDS: tuple[Kind, ...] = ("macro", "micro", "macro", "macro")

#: The emotion column, and what plays it.
EMOTIONS = {
    "disgust": "negative",
    "anger": "negative",
    "happiness": "positive",
    "surprise": "surprise",
    "others": "others",
}


@dataclass(frozen=True)
class Film:
    """What people were shown while they were filmed.

    Attributes
    ----------
    code : str
        As the folders have it.
    title : str
        Behind the code in the folders' names.
    word : str
        As the coding has it, which naming rule 2 translates.
    emotion : str
        What it brings about most.
    """

    code: str
    title: str
    word: str
    emotion: str


FILMS = (
    Film("0101", "disgustingteeth", "disgust1", "disgust"),
    Film("0401", "girlcrashing", "anger1", "anger"),
    Film("0502", "funnyerrors", "happy1", "happiness"),
    Film("0102", "eatingworms", "disgust2", "disgust"),
    Film("0402", "beatingpregnantwoman", "anger2", "anger"),
    Film("0503", "funnyfarting", "happy2", "happiness"),
)

#: During this one nothing is expressed.
DULL = Film("0505", "funnyinnovations", "happy4", "others")

QUIRKS = (
    Quirk("no-headers", "the worksheets have no row of headers"),
    Quirk("padding", "frame numbers of three digits below 100, then unpadded"),
    Quirk("zero-offset", "rows whose offset is 0, as the face does not come back to rest"),
    Quirk("zero-apex", "rows whose apex is 0, as none was found"),
    Quirk("uncoded-video", "a long video in which no expression is coded"),
    Quirk("number-codes", "codes of naming rule 2 stored as numbers (101)", default=False),
    Quirk("cropped", "the tree cropped, with the faces of the long videos", default=False),
    Quirk("selectedpic", "the tree selectedpic, with the frames of each expression", default=False),
    Quirk("rawvideo", "the tree rawvideo, with the long videos as .avi files", default=False),
    Quirk("without-rawpic", "the tree rawpic is left out, as if not unpacked", default=False),
)


@dataclass(frozen=True, kw_only=True)
class VideoTake(Take):
    """A long video with its expressions; frames of `shown` are indices.

    Attributes
    ----------
    participant : int
        The subject's number in the coding.
    shown_film : Film
    shown : tuple of Shown
    """

    participant: int
    shown_film: Film
    shown: tuple[Shown, ...]


def plan(order: Order) -> list[VideoTake]:
    """The videos of an order, two a person by default."""
    frames = order.frames(FPS, SECONDS)
    assert frames is not None
    usual = [KINDS[at % len(KINDS)] for at in range(max(3, round(frames / FPS / EVERY)))]
    dull = "uncoded-video" in order.quirks
    whole = _whole(dull) if order.full else {}
    takes = []
    for index, person in enumerate(cast_persons(order.subjects, order.seed)):
        count = 2 if order.clips is None else order.clips
        videos = [
            (FILMS[number % len(FILMS)], kinds) for number, kinds in enumerate([usual] * count)
        ]
        if whole:
            videos = list(zip(FILMS, whole[index], strict=False))
        if dull and index == 0:
            videos.append((DULL, usual))
        for number, (shown_film, kinds) in enumerate(videos):
            takes.append(_take(order, index, number, shown_film, kinds, person))
    return takes


def _whole(dull: bool) -> dict[int, list[list[Kind]]]:
    """The kinds of the expressions in every coded video of every person of the whole release."""
    counts = {kind: published("cas_me2", "CAS(ME)2", kind) for kind in ("macro", "micro")}
    coded = published("cas_me2", "CAS(ME)2") - dull
    videos: dict[int, list[list[Kind]]] = {}
    for at, kinds in deal(counts, range(coded)).items():
        dealt: list[Kind] = ["macro" if kind == "macro" else "micro" for kind in kinds]
        videos.setdefault(at % len(SUBJECTS), []).append(dealt)
    return videos


def _take(
    order: Order,
    index: int,
    number: int,
    shown_film: Film,
    kinds: Sequence[Kind],
    person: PersonParameters,
) -> VideoTake:
    frames = order.frames(FPS, SECONDS)
    assert frames is not None
    lap, place = divmod(index, len(SUBJECTS))
    subject = SUBJECTS[place] + 40 * lap
    seed = (order.seed, 641, index, number)
    generator = np.random.default_rng([*seed, 1])
    wanted: list[tuple[Kind, str]] = []
    for kind in kinds:
        other = str(generator.choice(list(EMOTIONS)))
        emotion = shown_film.emotion if generator.random() < 0.7 else other
        wanted.append((kind, emotion))
    script, shown = draw_recording(person, wanted, seed, FPS, frames)
    if shown_film is DULL:
        script, shown = replace(calm(script), more=()), []
    turn = number // len(FILMS) if shown_film is not DULL else 0
    title = f"{shown_film.title}{turn + 1 if turn else ''}"
    name = f"{subject}_{shown_film.code}{title}"
    take = VideoTake(
        folder=f"s{subject:02d}",
        name=name,
        person=person,
        script=script,
        first=1,
        emotion=EMOTIONS[shown_film.emotion],
        views=(),
        fps=FPS,
        participant=index + 1,
        shown_film=shown_film,
        shown=tuple(shown),
    )
    return replace(take, views=_views(take, order))


def _views(take: VideoTake, order: Order) -> tuple[View, ...]:
    number = "{:03d}" if "padding" in order.quirks else "{}"
    size, small = order.size(FRAME_SIZE), order.size(CROPPED_SIZE)
    place = f"{take.folder}/{take.name}"
    views = []
    if "without-rawpic" not in order.quirks:
        views.append(View(f"rawpic/{place}/img{number}.jpg", size))
    if "cropped" in order.quirks:
        views.append(View(f"cropped/{place}/img{number}.jpg", small, crop=True))
    if "selectedpic" in order.quirks:
        for at, one in enumerate(take.shown):
            files = f"selectedpic/{take.folder}/{_word(take, at)}/img{number}.jpg"
            ends = (take.first + one.expression.onset, take.first + one.expression.offset)
            views.append(View(files, size, lacking=Outside(*ends)))
    if "rawvideo" in order.quirks or not views:
        views.append(View(f"rawvideo/{place}.avi", size))
    return tuple(views)


def _word(take: VideoTake, at: int) -> str:
    """What the coding calls an expression: ``disgust1_2``."""
    return f"{take.shown_film.word}_{at + 1}"


def write_sheets(root: Path, takes: Sequence[VideoTake], order: Order) -> None:
    """The coding with its two naming rules, each a worksheet."""
    codes = [row for take in takes for row in _rows(take, order)]
    people = {take.participant: take.folder for take in takes}
    subjects: list[Sequence[Cell]] = [
        (at, folder, participant) for at, (participant, folder) in enumerate(people.items(), 1)
    ]
    as_numbers = "number-codes" in order.quirks
    films: list[Sequence[Cell]] = [
        (int(one.code) if as_numbers else one.code, one.word) for one in (*FILMS, DULL)
    ]
    grids = [codes, subjects, films]
    if "no-headers" not in order.quirks:
        headers: tuple[Sequence[Cell], ...] = (
            COLUMNS, ("number", "folder", "participant"), ("code", "video"),
        )  # fmt: skip
        grids = [[header, *grid] for header, grid in zip(headers, grids, strict=True)]
    write_workbook(root / SHEET, dict(zip(WORKSHEETS, grids, strict=True)))


def _rows(take: VideoTake, order: Order) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = []
    for at, one in enumerate(take.shown):
        part = one.expression
        onset, apex, offset = (take.first + mark for mark in (part.onset, part.apex, part.offset))
        if "zero-offset" in order.quirks and at == 0 and take.participant % 3 == 1:
            offset = 0
        if "zero-apex" in order.quirks and at == 2 and take.participant % 3 == 2:
            apex = 0
        rows.append(
            (take.participant, _word(take, at), onset, apex, offset, spell_units(one.moves),
             EMOTIONS[one.emotion], f"{one.kind}-expression", take.shown_film.emotion)
        )  # fmt: skip
    return rows


WRITER = LayoutWriter(
    name="cas_me2",
    title="CAS(ME)2",
    quirks=QUIRKS,
    fps=FPS,
    subjects=3,
    people=len(SUBJECTS),
    seconds=SECONDS,
    entries=("rawpic", "cropped", "selectedpic", "rawvideo", SHEET),
    plan=plan,
    write_clip=film,
    write_sheets=write_sheets,
)
