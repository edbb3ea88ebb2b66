"""CK+: posed macro-expressions from the neutral face to the apex, for pre-training.

Source of the layout: the release's readme (Lucey et al., 2010, "The extended Cohn-Kanade dataset
(CK+): a complete dataset for action unit and emotion-specified expression").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding
from mexlab.data.databases.folders import children, find_folders
from mexlab.data.databases.layouts.ckplus_files import (
    EMOTION,
    EMOTIONS,
    FACS,
    LANDMARK,
    Annotation,
    annotation_files,
    check_landmarks,
    find_annotation,
    read_action_units,
    read_emotion_code,
)
from mexlab.data.databases.reading import Reading, release_reader
from mexlab.data.databases.sheets.cells import read_units
from mexlab.data.databases.trees.locate import find_tree
from mexlab.data.databases.trees.subject_folders import SubjectFolders
from mexlab.data.frames.frames import IMAGE_SUFFIXES, natural_number
from mexlab.errors import InputError

LAYOUT = "ckplus"
TITLE = "CK+"
FPS = 30.0

TREES = ("cohn-kanade-images", "extended-cohn-kanade-images")

NEEDS = (
    "A licence from the Affect Analysis Group, University of Pittsburgh. Unpack into one folder: "
    "cohn-kanade-images/S005/001/S005_001_00000001.png, and beside it "
    "Emotion/S005/001/S005_001_00000011_emotion.txt, FACS/…_facs.txt and Landmarks/…_landmarks.txt "
    "(also as Emotion_labels/Emotion and FACS_labels/FACS). Any of the three may be missing."
)

_SUBJECT = re.compile(r"S\d+", re.IGNORECASE)
_SEQUENCE = re.compile(r"\d+")


@dataclass(slots=True)
class _Annotations:
    """The three trees of text files, and what was found in them."""

    reading: Reading
    trees: dict[str, Path | None]
    found: Counter[str] = field(default_factory=Counter)

    def file(self, annotation: Annotation, clip: Clip, folder: Path) -> Path | None:
        """The file of a sequence, which is called after its last frame."""
        assert clip.frames is not None
        files = annotation_files(
            self.trees[annotation.what], folder.parent.name, folder.name, annotation.suffix
        )
        if not files:
            return None
        last = clip.frames.numbers[-1]
        by_frame = {natural_number(_stem(file, annotation)): file for file in files}
        chosen = by_frame.get(last, files[-1])
        if len(files) > 1 or last not in by_frame:
            self.reading.report.add(
                "warning",
                clip.key,
                f"{annotation.what} files {', '.join(file.name for file in files)}, where one "
                f"called after the last frame, {last}, was expected: {chosen.name} is read",
            )
        return chosen

    def read(
        self, annotation: Annotation, clip: Clip, folder: Path, read: Callable[[Path], str]
    ) -> str:
        """What the file says; "" where there is none, or it says nothing readable."""
        file = self.file(annotation, clip, folder)
        if file is None:
            return ""
        try:
            text = read(file)
        except InputError as error:
            self._tell(clip.key, file, error)
            return ""
        self.found[annotation.what] += 1
        return text

    def check_landmarks(self, clip: Clip, folder: Path) -> None:
        """Whether every frame has its landmarks, and the files of the ends hold 68 points."""
        assert clip.frames is not None
        files = annotation_files(
            self.trees[LANDMARK.what], folder.parent.name, folder.name, LANDMARK.suffix
        )
        if not files:
            return
        self.found[LANDMARK.what] += 1
        have = {natural_number(_stem(file, LANDMARK)) for file in files}
        lacking = [number for number in clip.frames.numbers if number not in have]
        if lacking:
            self.reading.report.add(
                "warning",
                clip.key,
                f"no landmark file of {len(lacking)} of {len(clip.frames.numbers)} frames (the "
                f"first: {lacking[0]})",
            )
        for file in {files[0], files[-1]}:
            try:
                check_landmarks(file)
            except InputError as error:
                self._tell(clip.key, file, error)

    def _tell(self, key: ClipKey, file: Path, error: InputError) -> None:
        line = "" if error.row is None else f", line {error.row}"
        self.reading.report.add(
            "warning",
            f"{key} ({file.name}{line})",
            f"{error.problem}: kept without. Unpack the file again and import again",
        )


def fill_ckplus(reading: Reading) -> None:
    """Take in CK+, labelled and unlabelled sequences, each called after its folder (``S005/001``).

    The onset is the first frame and the apex the last, by the making of the database; there is
    no offset.

    Raises
    ------
    InputError
        No tree of images, or no sequence with frames.
    """
    tree = find_tree(reading, TREES, holds=holds_sequences, example="S005/001")
    annotations = _Annotations(
        reading,
        {one.what: find_annotation(reading.root, one) for one in (EMOTION, FACS, LANDMARK)},
    )
    folders = SubjectFolders(reading, [tree], example="S005, S010, …")
    sequences = [
        (reading.key(f"S{int(number):03d}", folder.name), folder)
        for number in sorted(folders.subjects, key=int)
        for folder in folders.children(number)
    ]
    for done, (key, folder) in enumerate(sequences, start=1):
        _read_sequence(reading, annotations, key, folder)
        reading.step(done, len(sequences))
    if not reading.clips:
        raise InputError(
            f"none of the {len(sequences)} sequences has readable frames",
            where=tree,
            remedy=NEEDS,
        )
    _note_annotations(reading, annotations)


def _read_sequence(reading: Reading, annotations: _Annotations, key: ClipKey, folder: Path) -> None:
    clip = reading.scan_clip(key, folder, str(key))
    if clip is None:
        return
    assert clip.frames is not None
    annotations.check_landmarks(clip, folder)
    units = annotations.read(FACS, clip, folder, read_action_units)
    coding = Coding(
        clip=key,
        coder=GROUND_TRUTH,
        onset=clip.frames.numbers[0],
        apex=clip.frames.numbers[-1],
        emotion=annotations.read(EMOTION, clip, folder, read_emotion_code),
        action_units=read_units(reading, units, str(key)),
        status="committed",
        kind="macro",
    )
    reading.add(clip, [(coding, str(key))])


def _note_annotations(reading: Reading, annotations: _Annotations) -> None:
    for one in (EMOTION, FACS, LANDMARK):
        if annotations.trees[one.what] is None:
            reading.report.add(
                "warning",
                TITLE,
                f"no folder {one.roots[0]}: the sequences are kept without {one.what} files. "
                "Unpack it beside the images and import again",
            )
    found, total = annotations.found, len(reading.clips)
    reading.report.add(
        "note",
        TITLE,
        f"{found[EMOTION.what]} of {total} sequences have an emotion, {found[FACS.what]} action "
        f"units, {found[LANDMARK.what]} landmarks; onset is the first and apex the last frame, "
        "there is no offset",
    )


def _stem(file: Path, annotation: Annotation) -> str:
    return file.name[: -len(annotation.suffix)]


def holds_sequences(folder: Path) -> bool:
    """Whether a folder has ``S005/001`` with images: the text files lie in such folders too."""
    return any(
        _SUBJECT.fullmatch(subject.name) is not None
        and any(
            _SEQUENCE.fullmatch(sequence.name) is not None and _has_images(sequence)
            for sequence in children(subject)
        )
        for subject in children(folder)
    )


def _has_images(folder: Path) -> bool:
    return any(
        file.suffix.lower() in IMAGE_SUFFIXES and not file.name.startswith(".")
        for file in children(folder)
    )


def recognise_ckplus(path: Path) -> str | None:
    """By its folders: there is no sheet."""
    tree = next(find_folders(path, holds_sequences), None) if path.is_dir() else None
    if tree is None:
        return None
    beside = [one.roots[0] for one in (EMOTION, FACS, LANDMARK) if find_annotation(path, one)]
    also = f", with {', '.join(beside)}" if beside else ""
    return f"{tree.name} holds folders S005/001 of images{also}"


READER = release_reader(LAYOUT, TITLE, NEEDS, EMOTIONS, FPS, fill_ckplus, recognise_ckplus)
