"""Writes SMIC: three cameras of the same people, raw and cropped; folders are the labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mexlab.synthetic.acting.scripts import calm, draw_script, trim
from mexlab.synthetic.filming.takes import Take, View, film
from mexlab.synthetic.layouts.census import deal, emotion_counts
from mexlab.synthetic.person.faces import PersonParameters, cast_persons
from mexlab.synthetic.person.photograph import FRAME_SIZE
from mexlab.synthetic.writer import LayoutWriter, Order, Quirk

FPS = 100.0

#: VIS and NIR run at 25 frames a second: every fourth frame of HS.
SLOWER = 4

RAW, CROPPED = "SMIC_all_raw", "SMIC_all_cropped"

CROPPED_SIZE = (138, 170)

#: The release's people; those whose clips have something to them first, so that a small synthetic
#: database has it too.
SUBJECTS = (3, 18, 11, 1, 2, 4, 5, 6, 8, 9, 12, 13, 14, 15, 19, 20)

#: Who was also filmed by the two slow cameras.
ALL_CAMERAS = frozenset({11, 12, 13, 14, 15, 18, 19, 20})

#: High speed, visible light, near infrared; the slow ones filmed so many clips of the release.
CAMERAS = ("HS", "VIS", "NIR")
SLOW_CLIPS = 71

#: Clips of a person in their order, and the infix in their names.
CLASSES = ("negative", "positive", "surprise")
INFIXES = {"negative": "ne", "positive": "po", "surprise": "sur"}

#: What plays a class.
EMOTIONS = {
    "negative": ("disgust", "sadness", "fear", "anger", "repression"),
    "positive": ("happiness",),
    "surprise": ("surprise",),
}

#: Clips with numbers of their own, by subject and class; others are numbered from 1.
NUMBERS = {(3, "negative"): (16,), (3, "positive"): (8,), (3, "surprise"): (1, 5)}
NUMBERS[(18, "surprise")] = (3,)

#: How many frames the cropped HS release lacks.
LACKING = {"s3_po_08": 2, "s3_sur_01": 1, "s3_sur_05": 1, "s3_ne_16": 1}
NOT_CROPPED = "s18_sur_03"

QUIRKS = (
    Quirk("cropped-lacks-clip", "the cropped HS tree lacks s18_sur_03 as a whole"),
    Quirk(
        "cropped-lacks-frames",
        "the cropped HS tree lacks two frames of s3_po_08, one of s3_sur_01, s3_sur_05, s3_ne_16",
    ),
    Quirk("non-micro", "a folder non_micro beside micro, with clips in which nothing is expressed"),
)


@dataclass(frozen=True, kw_only=True)
class SmicTake(Take):
    """A clip with the class that its folder says, "" for one without an expression."""

    label: str


def plan(order: Order) -> list[SmicTake]:
    """The clips of an order, three a person by default."""
    takes: list[SmicTake] = []
    slowly, share = 0, -(-SLOW_CLIPS // len(ALL_CAMERAS))
    whole = deal(emotion_counts("smic", "SMIC-HS"), SUBJECTS) if order.full else {}
    for index, person in enumerate(cast_persons(order.subjects, order.seed)):
        lap, place = divmod(index, len(SUBJECTS))
        subject = SUBJECTS[place] + 20 * lap
        slow = SUBJECTS[place] in ALL_CAMERAS
        clips = 3 if order.clips is None else order.clips
        labels = whole.get(subject) or [CLASSES[number % 3] for number in range(clips)]
        for number, label in enumerate(labels):
            turn = labels[:number].count(label)
            own = NUMBERS.get((subject, label), ())
            serial = own[turn] if turn < len(own) else turn + 1 + (max(own, default=0))
            name = f"s{subject}_{INFIXES[label]}_{serial:02d}"
            also = slow and (not order.full or (number < share and slowly < SLOW_CLIPS))
            cameras = CAMERAS if also else ("HS",)
            slowly += len(cameras) > 1
            takes.append(_take(order, subject, person, label, name, (index, number), cameras))
        if "non-micro" in order.quirks:
            takes.append(
                _take(order, subject, person, "", f"s{subject}_non_01", (index, 1000), ("HS",))
            )
    return takes


def _take(
    order: Order,
    subject: int,
    person: PersonParameters,
    label: str,
    name: str,
    place: tuple[int, int],
    cameras: tuple[str, ...],
) -> SmicTake:
    seed = (order.seed, 611, *place)
    generator = np.random.default_rng([*seed, 1])
    emotion = str(generator.choice(EMOTIONS[label])) if label else "others"
    script, _ = draw_script(person, emotion, seed, FPS, frames=order.frames(FPS))
    script = trim(script) if label else calm(script)
    first = int(generator.integers(100, 90000))
    lacking: frozenset[int] = frozenset()
    if "cropped-lacks-frames" in order.quirks and script.count > 4:
        lacking = frozenset(range(first + 2, first + 2 + LACKING.get(name, 0)))
    inside = f"s{subject}/micro/{label}/{name}" if label else f"s{subject}/non_micro/{name}"
    views = []
    cropped = not ("cropped-lacks-clip" in order.quirks and name == NOT_CROPPED)
    size, small = order.size(FRAME_SIZE), order.size(CROPPED_SIZE)
    for camera in cameras:
        step = 1 if camera == "HS" else SLOWER
        began = first // step
        grey = camera == "NIR"
        raw = f"{RAW}/{camera}/{inside}/image{{:06d}}.bmp"
        views.append(View(raw, size, grey=grey, step=step, first=began))
        if label and (cropped or camera != "HS"):
            files = f"{CROPPED}/{camera}/{inside}/reg_image{{:06d}}.bmp"
            skipped = lacking if camera == "HS" else frozenset()
            views.append(View(files, small, True, grey, step, began, skipped))
    return SmicTake(
        folder=f"s{subject}",
        name=name,
        person=person,
        script=script,
        first=first,
        emotion=label or emotion,
        views=tuple(views),
        fps=FPS,
        label=label,
    )


def write_sheets(root: Path, takes: Sequence[SmicTake], order: Order) -> None:
    """Nothing: no sheet comes with SMIC."""


WRITER = LayoutWriter(
    name="smic",
    title="SMIC",
    quirks=QUIRKS,
    fps=FPS,
    subjects=4,
    entries=(RAW, CROPPED),
    plan=plan,
    write_clip=film,
    write_sheets=write_sheets,
    people=len(SUBJECTS),
)
