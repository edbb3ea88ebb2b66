"""Writes the STSTNet authors' feature release: u, v and strain as 28 x 28 images, fold by fold."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from mexlab.data.composite.megc2019 import OFFICIAL_COUNTS, OFFICIAL_SUBJECTS
from mexlab.data.databases.layouts.ststnet import FEATURE_SIZE
from mexlab.data.labels.schemes import THREE_CLASSES
from mexlab.synthetic.acting.expressions import UnitMove, displacement_at_apex
from mexlab.synthetic.acting.scripts import draw_units
from mexlab.synthetic.filming.takes import drawn, face_box
from mexlab.synthetic.filming.truth import truth_path
from mexlab.synthetic.layouts.census import deal
from mexlab.synthetic.layouts.samm import SUBJECTS as SAMM_SUBJECTS
from mexlab.synthetic.layouts.smic import EMOTIONS, INFIXES
from mexlab.synthetic.layouts.smic import SUBJECTS as SMIC_SUBJECTS
from mexlab.synthetic.person.faces import PersonParameters, cast_persons
from mexlab.synthetic.person.warps import Field
from mexlab.synthetic.sheets.workbook import DATE
from mexlab.synthetic.writer import LayoutWriter, Order, Quirk

TREE = "three_norm_u_v_os"
ARCHIVE = f"{TREE}.zip"
LABELS = "combined_3class_gt.csv"

#: Standard deviation of what disturbs the flow, px of a 140 px wide face.
_NOISE = 0.12

QUIRKS = (
    Quirk("space", "a space before the suffix of every image: `sub09_EP02_01f .png`"),
    Quirk("zip", f"one zip file, {ARCHIVE}, in place of the folder", default=False),
    Quirk("label-list", f"the composite's official list {LABELS} lies beside", default=False),
)


@dataclass(frozen=True)
class Sample:
    """One image of the release.

    Attributes
    ----------
    component : str
        The database that it comes from.
    folder : str
        Its subject, and its fold.
    clip : str
    label : int
        0 negative, 1 positive, 2 surprise.
    emotion : str
    seed : tuple of int
    folds : tuple of str
        All subjects: it is tested in its own fold and trained with in the others.
    suffix : str
    """

    component: str
    folder: str
    clip: str
    label: int
    emotion: str
    seed: tuple[int, ...]
    folds: tuple[str, ...]
    suffix: str

    #: Features show nobody.
    person: PersonParameters | None = None


def plan(order: Order) -> list[Sample]:
    """The samples of an order, six a subject by default; subjects of three databases in turn."""
    if order.full:
        return _whole(order)
    folds = tuple(_subject(index) for index in range(order.subjects))
    samples = []
    for index, subject in enumerate(folds):
        component = _COMPONENTS[index % 3]
        for number in range(6 if order.clips is None else order.clips):
            label = number % 3
            clip = _clip(component, subject, label, number, number // 3 + 1)
            samples.append(_sample(order, component, subject, clip, label, (index, number), folds))
    return samples


def _whole(order: Order) -> list[Sample]:
    """All samples of the release: the composite."""
    dealt: list[tuple[str, str, list[str]]] = []
    for component, counts in OFFICIAL_COUNTS.items():
        which = _COMPONENTS.index(component)
        people = [_subject(3 * turn + which) for turn in range(OFFICIAL_SUBJECTS[component])]
        classes = dict(zip(THREE_CLASSES, counts, strict=True))
        dealt += [(component, one, labels) for one, labels in deal(classes, people).items()]
    folds = tuple(subject for _, subject, _ in dealt)
    samples = []
    for index, (component, subject, labels) in enumerate(dealt):
        for number, word in enumerate(labels):
            label = THREE_CLASSES.index(word)
            serial = labels[:number].count(word) + 1
            clip = _clip(component, subject, label, number, serial)
            samples.append(_sample(order, component, subject, clip, label, (index, number), folds))
    return samples


def _sample(
    order: Order,
    component: str,
    subject: str,
    clip: str,
    label: int,
    place: tuple[int, int],
    folds: tuple[str, ...],
) -> Sample:
    seed = (order.seed, 641, *place)
    emotion = str(np.random.default_rng([*seed, 1]).choice(EMOTIONS[THREE_CLASSES[label]]))
    suffix = " .png" if "space" in order.quirks else ".png"
    return Sample(component, subject, clip, label, emotion, seed, folds, suffix)


_COMPONENTS = ("casme2", "smic", "samm")


def _subject(index: int) -> str:
    turn, which = divmod(index, 3)
    if which == 0:
        return f"sub{turn + 1:02d}"
    known = sorted(SMIC_SUBJECTS if which == 1 else SAMM_SUBJECTS)
    lap, place = divmod(turn, len(known))
    number = known[place] + 40 * lap
    return f"s{number:02d}" if which == 1 else f"{number:03d}"


def _clip(component: str, subject: str, label: int, number: int, serial: int) -> str:
    if component == "casme2":
        return f"EP{label + 1:02d}_{serial:02d}{'f' if number % 2 else ''}"
    if component == "smic":
        return f"{subject}_{INFIXES[THREE_CLASSES[label]]}_{serial:02d}"
    return f"{subject}_{label + 1}_{serial}"


def write_clip(root: Path, sample: Sample) -> int:
    """Write one sample into every fold, and its flow before it was stretched as the truth."""
    u, v, strain, moves = features(sample.seed, sample.emotion)
    image = np.dstack([stretch(channel) for channel in (strain, v, u)])
    done, data = cv2.imencode(".png", image)
    if not done:
        raise RuntimeError("OpenCV could not encode a sample as PNG")
    name = f"{sample.folder}_{sample.clip}{sample.suffix}"
    for fold in sample.folds:
        side = "u_test" if fold == sample.folder else "u_train"
        path = root / TREE / fold / side / str(sample.label) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(data))
    buffer = io.BytesIO()
    units = np.array([[move.number, move.amplitude] for move in moves], dtype=np.float32)
    np.savez_compressed(buffer, u=u, v=v, strain=strain, units=units)
    path = truth_path(root, sample.folder, sample.clip)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())
    return len(sample.folds)


def features(
    seed: tuple[int, ...], emotion: str
) -> tuple[Field, Field, Field, tuple[UnitMove, ...]]:
    """The flow of an expression on a face of 28 x 28 pixels.

    Parameters
    ----------
    seed : tuple of int
    emotion : str

    Returns
    -------
    u, v : (28, 28) float32
        px of a 140 px wide face, to the right and down.
    strain : (28, 28) float32
        Norm of their gradient's symmetric part.
    moves : tuple of UnitMove
        What moved, fidgets included.
    """
    generator = np.random.default_rng(list(seed))
    # One face for all: a feature release shows people only as far as their motion does.
    (parameters,) = cast_persons(1, 0)
    person = drawn(parameters)
    _, moves = draw_units(parameters, emotion, generator)
    box = face_box(person.landmarks)
    channels = []
    for field in displacement_at_apex(person, moves):
        small = cv2.resize(field[box], (FEATURE_SIZE, FEATURE_SIZE), interpolation=cv2.INTER_AREA)
        noise = np.asarray(generator.normal(0.0, _NOISE, small.shape), dtype=np.float32)
        drift = np.float32(generator.normal(0.0, _NOISE))
        blurred = np.float32(2.0) * cv2.GaussianBlur(noise, (0, 0), 1.0)
        channel: Field = small / np.float32(person.raw_per_crop) + blurred + drift
        channels.append(channel.astype(np.float32))
    u, v = channels
    (u_y, u_x), (v_y, v_x) = np.gradient(u), np.gradient(v)
    strain: Field = np.sqrt(u_x**2 + v_y**2 + 0.5 * (u_y + v_x) ** 2)
    return u, v, strain, moves


def stretch(channel: Field) -> npt.NDArray[np.uint8]:
    """Values to 0..255 from the least to the greatest of this image: sign and zero are lost."""
    least, most = float(channel.min()), float(channel.max())
    return np.rint((channel - least) * (255.0 / max(most - least, 1e-9))).astype(np.uint8)


def write_sheets(root: Path, samples: Sequence[Sample], order: Order) -> None:
    """The zip file and the label list, where they were ordered."""
    if "label-list" in order.quirks:
        rows = (f"{one.component},{one.folder},{one.clip},{one.label}\n" for one in samples)
        (root / LABELS).write_text("".join(rows), encoding="ascii", newline="\n")
    if "zip" in order.quirks:
        with zipfile.ZipFile(root / ARCHIVE, "w", zipfile.ZIP_STORED) as archive:
            for path in sorted((root / TREE).rglob("*.png")):
                name = path.relative_to(root).as_posix()
                archive.writestr(zipfile.ZipInfo(name, DATE.timetuple()[:6]), path.read_bytes())
        shutil.rmtree(root / TREE)


WRITER = LayoutWriter(
    name="ststnet",
    title="STSTNet feature release",
    quirks=QUIRKS,
    fps=None,
    subjects=9,
    entries=(TREE, ARCHIVE, LABELS),
    plan=plan,
    write_clip=write_clip,
    write_sheets=write_sheets,
    people=sum(OFFICIAL_SUBJECTS.values()),
)
