"""Writes SAMM Long Videos: macro- and micro-expressions in videos whose frames start at 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mexlab.data.databases.official import official_of
from mexlab.synthetic.acting.recordings import Kind, Shown, draw_recording
from mexlab.synthetic.acting.scripts import spell_units
from mexlab.synthetic.filming.takes import Take, View, film
from mexlab.synthetic.layouts.census import deal
from mexlab.synthetic.layouts.samm import COLUMNS as SAMM_COLUMNS
from mexlab.synthetic.layouts.samm import EMOTIONS, FPS, GREY_SIZE, OBJECTIVE, WORKSHEET
from mexlab.synthetic.layouts.samm import SHEET as SAMM_SHEET
from mexlab.synthetic.layouts.samm import SUBJECTS as SAMM_SUBJECTS
from mexlab.synthetic.person.faces import cast_persons
from mexlab.synthetic.sheets.workbook import Cell, write_workbook
from mexlab.synthetic.writer import LayoutWriter, Order, Quirk

TREE = "SAMM_longvideos"
SHEET, OLD_SHEET = "SAMM_LongVideos_V3_Release.xlsx", "SAMM_LongVideos_V1_Release.xlsx"

COLUMNS = (
    "Subject", "Filename", "Inducement Code", "Onset", "Apex", "Offset", "Duration", "Type",
    "Action Units", "Notes",
)  # fmt: skip

#: Rows above the header.
ABOVE = 9

#: Seconds of a video, unless others are ordered; the release's are half a minute and more.
SECONDS = 10.0

#: Expressions whose offset runs past the end: by subject the video, and its last expression.
OVERRUNS = {20: (6, 5), 36: (7, 4)}

#: Those whose videos have something to them first.
SUBJECTS = (20, 36, *(one for one in SAMM_SUBJECTS if one not in OVERRUNS), 8)

#: What is added to a frame's number in the sheet of SAMM itself.
REBASE = 2000

QUIRKS = (
    Quirk("low-header", "the header stands on row 10 of the sheet, below a title"),
    Quirk("padding", "frame numbers padded to five digits in some videos, to four in others"),
    Quirk("onset-zero", "an onset at frame 0, where the frames start at 1"),
    Quirk("overrun", "the offsets of 020_6_5 and 036_7_4 lie behind the last frame"),
    Quirk("fractions", "frame numbers with a fraction"),
    Quirk("sheet-v1", f"the sheet is called {OLD_SHEET}", default=False),
    Quirk(
        "samm-sheet",
        "SAMM's own sheet lies beside, with the emotions of the micro-expressions and other "
        "frame numbers",
        default=False,
    ),
)


@dataclass(frozen=True, kw_only=True)
class VideoTake(Take):
    """A video with its expressions; frames of `shown` are indices."""

    subject: int
    video: int
    serial: int
    shown: tuple[Shown, ...]

    def filename(self, at: int) -> str:
        """What the sheets call one of the expressions."""
        return f"{self.subject:03d}_{self.video}_{self.serial + at}"


def plan(order: Order) -> list[VideoTake]:
    """The videos of an order, one a person by default."""
    frames = order.frames(FPS, SECONDS)
    assert frames is not None
    takes = []
    whole = _whole() if order.full else {}
    for index, person in enumerate(cast_persons(order.subjects, order.seed)):
        lap, place = divmod(index, len(SUBJECTS))
        subject = SUBJECTS[place] + 40 * lap
        start, last = OVERRUNS.get(subject, (1, 0))
        videos = len(whole[subject]) if whole else 1 if order.clips is None else order.clips
        for number in range(videos):
            seed = (order.seed, 622, index, number)
            generator = np.random.default_rng([*seed, 1])
            # About one expression in four seconds, as in the release, and always of both kinds.
            count = max(3, round(frames / FPS / 4))
            kinds: list[Kind] = ["micro" if at % 3 == 1 else "macro" for at in range(count)]
            wanted: list[tuple[Kind, str]] = []
            for kind in whole[subject][number] if whole else kinds:
                emotion = EMOTIONS[int(generator.integers(len(EMOTIONS)))]
                wanted.append((kind, "others" if emotion == "other" else emotion))
            script, shown = draw_recording(person, wanted, seed, FPS, frames)
            video = start + number
            width = 4 if "padding" in order.quirks and (index + number) % 2 else 5
            name = f"{subject:03d}_{video}"
            files = f"{TREE}/{name}/{name}_{{:0{width}d}}.jpg"
            takes.append(
                VideoTake(
                    folder=f"{subject:03d}",
                    name=name,
                    person=person,
                    script=script,
                    first=1,
                    emotion="",
                    views=(View(files, order.size(GREY_SIZE), grey=True),),
                    fps=FPS,
                    subject=subject,
                    video=video,
                    serial=max(1, last - len(shown) + 1) if number == 0 else 1,
                    shown=tuple(shown),
                )
            )
    return takes


def _whole() -> dict[int, list[list[Kind]]]:
    """The kinds of the expressions in every video of every person of the whole release."""
    official = official_of("samm_lv", "SAMM Long Videos")
    assert official is not None
    assert official.clips is not None
    assert official.micro is not None
    assert official.macro is not None
    dealt = deal({"macro": official.macro, "micro": official.micro}, range(official.clips))
    videos: dict[int, list[list[Kind]]] = {subject: [] for subject in SUBJECTS}
    for at, kinds in dealt.items():
        known: list[Kind] = ["micro" if kind == "micro" else "macro" for kind in kinds]
        videos[SUBJECTS[at % len(SUBJECTS)]].append(known)
    return videos


def write_sheets(root: Path, takes: Sequence[VideoTake], order: Order) -> None:
    """The sheet of the long videos, and SAMM's own where that was ordered."""
    rows: list[Sequence[Cell]] = []
    if "low-header" in order.quirks:
        rows = [("SAMM Long Videos",), *[()] * (ABOVE - 1)]
    rows += [COLUMNS, *(row for take in takes for row in _rows(take, order))]
    name = OLD_SHEET if "sheet-v1" in order.quirks else SHEET
    write_workbook(root / name, {"FACS_Movement_Only": rows})
    if "samm-sheet" in order.quirks:
        own = [row for take in takes for row in _samm_rows(take)]
        write_workbook(root / SAMM_SHEET, {WORKSHEET: [SAMM_COLUMNS, *own]})


def _rows(take: VideoTake, order: Order) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for at, one in enumerate(take.shown):
        part = one.expression
        marks: list[Cell] = [take.first + mark for mark in (part.onset, part.apex, part.offset)]
        filename = take.filename(at)
        if "onset-zero" in order.quirks and at == 0 and take.subject not in OVERRUNS:
            marks[0] = 0
        if "overrun" in order.quirks and filename in _overrunning():
            marks[2] = take.last + 25
        if "fractions" in order.quirks and at == 1:
            marks[1] = take.first + part.apex + 0.4
        kind = "Macro" if one.kind == "macro" else "Micro - 1/2"
        length = part.offset - part.onset + 1
        rows.append(
            [f"{take.subject:03d}", filename, take.video, *marks, length, kind,
             spell_units(one.moves), None]
        )  # fmt: skip
    return rows


def _overrunning() -> set[str]:
    return {f"{subject:03d}_{video}_{last}" for subject, (video, last) in OVERRUNS.items()}


def _samm_rows(take: VideoTake) -> list[list[Cell]]:
    """The micro-expressions as SAMM has them: with emotions, and with the camera's own numbers."""
    rows: list[list[Cell]] = []
    for at, one in enumerate(take.shown):
        if one.kind == "macro":
            continue
        emotion = "other" if one.emotion == "others" else one.emotion
        part = one.expression
        marks = [REBASE + take.first + mark for mark in (part.onset, part.apex, part.offset)]
        rows.append(
            [f"{take.subject:03d}", take.filename(at), take.video, *marks,
             part.offset - part.onset + 1, "Micro - 1/2", spell_units(one.moves),
             emotion.capitalize(), OBJECTIVE[emotion], None]
        )  # fmt: skip
    return rows


WRITER = LayoutWriter(
    name="samm_lv",
    title="SAMM Long Videos",
    quirks=QUIRKS,
    fps=FPS,
    subjects=3,
    seconds=SECONDS,
    entries=(TREE, SHEET, OLD_SHEET, SAMM_SHEET),
    plan=plan,
    write_clip=film,
    write_sheets=write_sheets,
    people=len(SUBJECTS),
)
