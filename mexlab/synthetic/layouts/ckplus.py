"""Writes CK+: posed macro-expressions from the neutral face to the apex, with their text files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mexlab.data.databases.layouts.ckplus_files import EMOTIONS
from mexlab.data.databases.official import official_of
from mexlab.synthetic.acting.expressions import UnitMove
from mexlab.synthetic.acting.performance import Performance, Script
from mexlab.synthetic.acting.recordings import expression_moves
from mexlab.synthetic.filming.takes import Take, View, film_performance, perform
from mexlab.synthetic.layouts.census import deal
from mexlab.synthetic.person.faces import PersonParameters, cast_persons
from mexlab.synthetic.person.warps import Points
from mexlab.synthetic.writer import LayoutWriter, Order, Quirk

FPS = 30.0

IMAGES = "cohn-kanade-images"
EXTENDED = "extended-cohn-kanade-images"

#: Roots of the text files, as most copies have them, and as others.
ROOTS = {"emotion": "Emotion", "facs": "FACS", "landmarks": "Landmarks"}
LABEL_ROOTS = {**ROOTS, "emotion": "Emotion_labels/Emotion", "facs": "FACS_labels/FACS"}

#: The two sizes of the release's pictures.
SIZES = ((640, 490), (640, 480))

SUBJECTS = (
    5, 10, 11, 14, 22, 26, 28, 29, 32, 34, 35, 37, 42, 44, 45, 46, 50, 51, 52, 53, 54, 55, 56, 57,
)  # fmt: skip

#: A person's emotions in their order; as many of each in the release are 83 surprise to 18
#: contempt.
PLAYED = ("surprise", "happiness", "disgust", "anger", "sadness", "fear", "contempt")

QUIRKS = (
    Quirk("unlabelled", "every second sequence has no emotion file"),
    Quirk("ds-store", "files called .DS_Store lie among the folders"),
    Quirk("unscored-intensity", "action units whose intensity is 0: not scored"),
    Quirk("two-sizes", "pictures of 640 x 490 for some people and of 640 x 480 for others"),
    Quirk("label-roots", "text files below Emotion_labels/Emotion and FACS_labels/FACS", False),
    Quirk("extended-root", f"the images lie one folder deeper, in {EXTENDED}", False),
)


@dataclass(frozen=True, kw_only=True)
class PosedTake(Take):
    """A sequence with its text files; without an emotion, it is not labelled.

    Attributes
    ----------
    coded : tuple of UnitMove
    unscored : bool
        Whether the first unit's intensity is 0.
    roots : tuple of (str, str)
        Where the text files go, by their kind.
    """

    coded: tuple[UnitMove, ...]
    unscored: bool
    roots: tuple[tuple[str, str], ...]

    def text(self, kind: str, number: int) -> str:
        """Path of a text file below the root."""
        stem = f"{self.folder}_{self.name}_{number:08d}"
        return f"{dict(self.roots)[kind]}/{self.folder}/{self.name}/{stem}_{kind}.txt"


def plan(order: Order) -> list[PosedTake]:
    """The sequences of an order, four a person by default."""
    takes = []
    images = f"{EXTENDED}/{IMAGES}" if "extended-root" in order.quirks else IMAGES
    whole = _whole() if order.full else []
    roots = LABEL_ROOTS if "label-roots" in order.quirks else ROOTS
    for index, person in enumerate(cast_persons(order.subjects, order.seed)):
        lap, place = divmod(index, len(SUBJECTS))
        subject = f"S{SUBJECTS[place] + 100 * lap:03d}"
        size = SIZES[index % 2] if "two-sizes" in order.quirks else SIZES[0]
        clips = 4 if order.clips is None else order.clips
        emotions = (
            whole[index]
            if whole
            else [
                ""
                if number % 2 and "unlabelled" in order.quirks
                else PLAYED[(index + number) % len(PLAYED)]
                for number in range(clips)
            ]
        )
        for number, label in enumerate(emotions):
            emotion = label or "others"
            script = pose(person, emotion, (order.seed, 631, index, number), order.frames(FPS))
            name = f"{number + 1:03d}"
            files = f"{images}/{subject}/{name}/{subject}_{name}_{{:08d}}.png"
            takes.append(
                PosedTake(
                    folder=subject,
                    name=name,
                    person=person,
                    script=script,
                    first=1,
                    emotion=label,
                    views=(View(files, order.size(size), grey=True),),
                    fps=FPS,
                    coded=script.moves,
                    unscored="unscored-intensity" in order.quirks and number % 3 == 0,
                    roots=tuple(roots.items()),
                )
            )
    return takes


def _whole() -> list[list[str]]:
    """The emotions of every person's sequences in the whole release; "" for unlabelled ones."""
    official = official_of("ckplus", "CK+")
    assert official is not None
    assert official.clips is not None
    assert official.subjects is not None
    counts = dict(official.emotions)
    counts[""] = official.clips - sum(counts.values())
    return list(deal(counts, range(official.subjects)).values())


def pose(
    person: PersonParameters, emotion: str, seed: tuple[int, ...], frames: int | None
) -> Script:
    """A posed expression of several px that ends at its apex, about 18 frames long."""
    generator = np.random.default_rng(list(seed))
    count = int(generator.integers(12, 25))
    count = count if frames is None else min(count, frames)
    return Script(
        count=count,
        onset=0,
        apex=count - 1,
        offset=count - 1,
        moves=expression_moves(person, "macro", emotion, generator),
        blinks=(),
        head_travel=float(np.exp(generator.normal(0.0, 0.5))),
        glare=person.glasses,
        residue=1.0,
        seed=seed,
    )


def write_clip(root: Path, take: PosedTake) -> int:
    """Draw a sequence, and write its emotion, FACS and landmark files."""
    performance = perform(take)
    for index in range(take.script.count):
        points = picture_landmarks(performance, take.views[0], index)
        rows = "".join(f"   {x:.7e}   {y:.7e}\n" for x, y in points)
        _write(root / take.text("landmarks", take.first + index), rows)
    if take.emotion:
        code = f"   {float(EMOTIONS.index(take.emotion)):.7e}\n"
        _write(root / take.text("emotion", take.last), code)
    _write(root / take.text("facs", take.last), _facs_rows(take))
    return film_performance(root, take, performance)


def picture_landmarks(performance: Performance, view: View, index: int) -> Points:
    """The 68 landmarks in one picture, px of the picture.

    Parameters
    ----------
    performance : Performance
    view : View
    index : int
        Of the frame.

    Returns
    -------
    (68, 2) float64
    """
    resting = performance.person.landmarks
    moved = resting.copy()
    dx, dy = performance.displacement(index)
    # The displacement is known where a point arrives, so that arriving there takes a few steps.
    for _ in range(4):
        columns = np.clip(np.rint(moved[:, 0]).astype(int), 0, dx.shape[1] - 1)
        rows = np.clip(np.rint(moved[:, 1]).astype(int), 0, dx.shape[0] - 1)
        moved = resting + np.column_stack([dx[rows, columns], dy[rows, columns]])
    down, across = view.box(resting)
    scale = np.array(
        [
            view.size[0] / (across.stop - across.start + 2 * view.margin),
            view.size[1] / (down.stop - down.start),
        ]
    )
    return (moved - (across.start - view.margin, down.start)) * scale


def _facs_rows(take: PosedTake) -> str:
    rows = []
    for at, move in enumerate(take.coded):
        intensity = 0 if take.unscored and at == 0 else min(5, max(1, round(move.amplitude)))
        rows.append(f"   {float(move.number):.7e}   {float(intensity):.7e}\n")
    return "".join(rows)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="ascii", newline="\n")


def write_sheets(root: Path, takes: Sequence[PosedTake], order: Order) -> None:
    """No sheet; where ordered, the files that a Mac leaves in folders."""
    if "ds-store" not in order.quirks:
        return
    for take in takes:
        folder = (root / take.views[0].files).parent
        for place in (folder, folder.parent, (root / take.text("facs", 1)).parent):
            place.mkdir(parents=True, exist_ok=True)
            (place / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")


WRITER = LayoutWriter(
    name="ckplus",
    title="CK+",
    quirks=QUIRKS,
    fps=FPS,
    subjects=8,
    entries=(
        IMAGES,
        EXTENDED,
        *(one.partition("/")[0] for one in (*ROOTS.values(), *LABEL_ROOTS.values())),
    ),
    plan=plan,
    write_clip=write_clip,
    write_sheets=write_sheets,
    people=123,
)
