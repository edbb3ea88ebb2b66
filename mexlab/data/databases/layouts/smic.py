"""SMIC: three cameras, no coding sheet: the folder is the label, the frames are the expression.

Source of the layout: the release's readme and public loaders (Li et al., 2013, "A spontaneous
micro-expression database: inducement, collection and baseline").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from mexlab.data.clips import ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding
from mexlab.data.databases.folders import (
    Folder,
    children,
    find_folders,
    fold,
    list_folder,
    subject_number,
)
from mexlab.data.databases.imported import (
    DatabaseReader,
    ImportedDatabase,
    ImportRequest,
    check_folder,
    check_fps,
)
from mexlab.data.databases.reading import Reading, begin_reading
from mexlab.data.databases.sheets.cells import read_emotion
from mexlab.data.databases.trees.locate import holds_named, tree_rank
from mexlab.data.databases.trees.subject_folders import SubjectFolders
from mexlab.data.labels.schemes import THREE_CLASSES
from mexlab.errors import InputError

LAYOUT = "smic"
TITLE = "SMIC"
EMOTIONS = THREE_CLASSES


@dataclass(frozen=True, slots=True)
class Camera:
    """One of the three recordings of the same people.

    Attributes
    ----------
    title : str
    suffix : str
        What its database is called after the name of the release.
    fps : float
    """

    title: str
    suffix: str
    fps: float


#: By the name of their folder. High speed, visible light, near infrared.
CAMERAS = {
    "hs": Camera("SMIC-HS", "", 100.0),
    "vis": Camera("SMIC-VIS", "-vis", 25.0),
    "nir": Camera("SMIC-NIR", "-nir", 25.0),
}

#: Trees of the release, the one to prefer first.
TREES = ("SMIC_all_raw", "SMIC_all_cropped")

NEEDS = (
    "A licence from the Center for Machine Vision and Signal Analysis, University of Oulu. Unpack "
    "as SMIC_all_raw/{HS,VIS,NIR}/s1/micro/{negative,positive,surprise}/s1_ne_01/image000123.bmp "
    "(or SMIC_all_cropped/); no sheet. HS becomes smic, VIS smic-vis, NIR smic-nir; the folder of "
    "one camera alone is read as well."
)

CLIP_NAME = re.compile(r"s0*(\d+)_(ne|po|sur)_0*(\d+)", re.IGNORECASE)
INFIXES = {"ne": "negative", "po": "positive", "sur": "surprise"}

SUBJECT = re.compile(r"s\d+", re.IGNORECASE)

#: Whether a folder has ``s1/micro`` in it.
holds_micro = partial(holds_named, outer=SUBJECT, inner=re.compile("micro", re.IGNORECASE))

#: Clips that the cropped HS release lacks as a whole, though the raw one has them.
_NOT_CROPPED = ((18, "s18_sur_03"),)


@dataclass(frozen=True, slots=True)
class _Found:
    """A clip's folder, and the class that it lies in ("" where it lies in none)."""

    key: ClipKey
    folder: Path
    label: str


def read_smic(request: ImportRequest) -> list[ImportedDatabase]:
    """Read SMIC: one database a camera, HS first, as the three show the same people at once.

    Onset and offset are the first and the last frame of a clip. The release tells no apex. The
    name of a request is that of the high-speed recordings, or of those of a single camera:
    ``smic``, ``smic-vis`` and ``smic-nir`` by default.

    Raises
    ------
    InputError
        No tree, frames a second for several cameras at a time, or no clip with frames.
    """
    root = check_folder(request.path, f"{TITLE}, with its frames")
    trees = _find_trees(root)
    if check_fps(request.fps) is not None and len(trees) > 1:
        raise InputError(
            f"{len(trees)} cameras of different frames a second lie here ({_titles(trees)})",
            where="--fps",
            remedy="Import the folder of one camera at a time to give its own",
        )
    readings: list[tuple[Reading, SubjectFolders, list[_Found]]] = []
    for camera, (tree, rest) in trees.items():
        facts = CAMERAS[camera]
        suffix = "" if request.name is not None and len(trees) == 1 else facts.suffix
        reading = begin_reading(
            replace(request, name=(LAYOUT if request.name is None else request.name) + suffix),
            layout=LAYOUT,
            title=facts.title,
            needs=NEEDS,
            emotions=EMOTIONS,
            fps=facts.fps,
        )
        _note_tree(reading, tree, rest, camera, trees)
        folders = SubjectFolders(reading, [tree], example="s1, s2, …")
        readings.append((reading, folders, list(_find_clips(reading, folders))))
    total = sum(len(found) for _, _, found in readings)
    done = 0
    for reading, folders, found in readings:
        for one in found:
            _read_clip(reading, one)
            done += 1
            reading.step(done, total)
        _close(reading, folders.trees[0])
    read = [reading.finish() for reading, _, _ in readings if reading.clips]
    if not read:
        raise InputError(f"none of the {total} clips has readable frames", where=root, remedy=NEEDS)
    return read


def subject_name(text: str) -> str:
    """A subject as keys have it, however the release pads it: ``s1`` -> ``s01``."""
    return f"s{subject_number(text):02d}"


def infix_label(clip: str) -> str:
    """The label in a clip's name (``s1_ne_01``), "" where there is none."""
    match = CLIP_NAME.fullmatch(clip.strip())
    return INFIXES[match[2].lower()] if match else ""


def _find_trees(root: Path) -> dict[str, tuple[Path, list[Path]]]:
    """For every camera its tree, and those that are not read."""
    by_camera: dict[str, list[Path]] = {}
    for tree in find_folders(root, holds_micro, depth=4):
        by_camera.setdefault(_camera_of(tree, root), []).append(tree)
    if not by_camera:
        raise InputError(
            f"no folder of frames found; expected {TREES[0]} or {TREES[1]} with HS, VIS or NIR and "
            "folders s1/micro in it",
            where=root,
            remedy=NEEDS,
        )
    trees = {}
    for camera in CAMERAS:
        if found := by_camera.get(camera):
            chosen = min(found, key=partial(tree_rank, trees=TREES))
            trees[camera] = chosen, [tree for tree in found if tree != chosen]
    return trees


def _camera_of(tree: Path, root: Path) -> str:
    named = _named_camera(tree, root)
    return named or "hs"


def _named_camera(tree: Path, root: Path) -> str | None:
    for folder in (tree, *tree.parents):
        words = re.split(r"[^a-z]+", fold(folder.name))
        for camera in CAMERAS:
            if camera in words:
                return camera
        if folder == root:
            break
    return None


def _titles(trees: dict[str, tuple[Path, list[Path]]]) -> str:
    return ", ".join(CAMERAS[camera].title for camera in trees)


def _note_tree(
    reading: Reading,
    tree: Path,
    rest: list[Path],
    camera: str,
    trees: dict[str, tuple[Path, list[Path]]],
) -> None:
    if rest:
        reading.report.add(
            "note",
            reading.shown(tree),
            f"frames were taken from here; {', '.join(map(reading.shown, rest))} not read. Give "
            "that folder itself to import it instead, under another --name",
        )
    if _named_camera(tree, reading.root) is None:
        reading.report.add(
            "warning",
            reading.shown(tree),
            f"no folder called HS, VIS or NIR: taken as {CAMERAS[camera].title}, "
            f"{reading.fps:g} frames a second. Give the folder its name, or --fps",
        )
    if len(trees) > 1:
        reading.report.add(
            "note",
            reading.release_title,
            f"{_titles(trees)} show the same people, whom folds hold out together, and often the "
            "same moment: to train, choose one camera",
        )


def _find_clips(reading: Reading, folders: SubjectFolders) -> Iterator[_Found]:
    seen: dict[tuple[str, str], Path] = {}
    calm: list[Path] = []
    for number in sorted(folders.subjects, key=int):
        for folder in folders.folders(number):
            for name, child in folder.children.items():
                if name.startswith("non"):
                    calm += _listed(reading, child).children.values()
                elif name != "micro":
                    reading.report.add(
                        "note", reading.shown(child), "neither micro nor non_micro: passed over"
                    )
            micro = folder.child("micro")
            if micro is None:
                reading.report.add(
                    "skipped",
                    reading.shown(folder.path),
                    "no folder micro in it. Unpack it again",
                )
                continue
            for clip, label in _clips_of(reading, micro):
                key = reading.key(subject_name(folder.path.name), clip.name.strip())
                first = seen.setdefault((key.subject, fold(clip.name)), clip)
                if first is clip:
                    yield _Found(key, clip, label)
                else:
                    reading.report.add(
                        "skipped",
                        reading.shown(clip),
                        f"a clip of that name lies in {reading.shown(first)}, which is read. "
                        "Remove one of them",
                    )
    if calm:
        reading.report.add(
            "note",
            "non_micro",
            f"{len(calm)} clips without a micro-expression were left out (the first: "
            f"{reading.shown(calm[0])})",
        )


def _clips_of(reading: Reading, micro: Path) -> Iterator[tuple[Path, str]]:
    for name, child in _listed(reading, micro).children.items():
        label = name if name in EMOTIONS else INFIXES.get(name, "")
        if not label:
            yield child, ""
            continue
        for clip in _listed(reading, child).children.values():
            yield clip, label
        for file in children(child):
            if file.is_file() and CLIP_NAME.fullmatch(file.name):
                reading.report.add(
                    "skipped",
                    reading.shown(file),
                    "a file where the folder of a clip is expected. Unpack it again",
                )


def _listed(reading: Reading, folder: Path) -> Folder:
    return list_folder(folder, reading.root, reading.report)


def _read_clip(reading: Reading, found: _Found) -> None:
    key = found.key
    where = f"{key} ({reading.shown(found.folder)})"
    clip = reading.scan_clip(key, found.folder, str(key))
    if clip is None:
        return
    inside = infix_label(key.name)
    if found.label and inside and found.label != inside:
        reading.report.add(
            "warning",
            where,
            f"lies in {found.label}, but is called after {inside}: taken as {found.label}. "
            "Check which is right",
        )
    match = CLIP_NAME.fullmatch(key.name)
    if match and int(match[1]) != subject_number(key.subject):
        reading.report.add(
            "warning",
            where,
            f"lies in the folder of {key.subject}, but is called after subject {match[1]}: taken "
            f"as {key.subject}. Check which is right",
        )
    assert clip.frames is not None
    coding = Coding(
        clip=key,
        coder=GROUND_TRUTH,
        onset=clip.frames.numbers[0],
        offset=clip.frames.numbers[-1],
        emotion=read_emotion(reading, found.label or inside, where),
        status="committed",
        kind="micro",
    )
    reading.add(clip, [(coding, str(key))])


def _close(reading: Reading, tree: Path) -> None:
    if not reading.clips:
        return
    reading.report.add(
        "note",
        reading.release_title,
        f"onset and offset are the first and last frame; the release tells no apex, so that none "
        f"of the {len(reading.clips)} clips can be trained on before one is coded or spotted",
    )
    if "crop" not in fold(f"{tree.name} {tree.parent.name}"):
        return
    if reading.release_title != CAMERAS["hs"].title:
        return
    have = {(subject_number(clip.key.subject), fold(clip.key.name)) for clip in reading.clips}
    people = {number for number, _ in have}
    for number, name in _NOT_CROPPED:
        if number in people and (number, name) not in have:
            reading.report.add(
                "note", name, "the cropped release is known to lack this clip; the raw one has it"
            )


def recognise_smic(path: Path) -> str | None:
    """By its folders: there is no sheet."""
    tree = next(find_folders(path, holds_micro, depth=4), None) if path.is_dir() else None
    return None if tree is None else f"{tree.name} holds folders s1/micro"


READER = DatabaseReader(
    name=LAYOUT,
    title=TITLE,
    needs=NEEDS,
    emotions=EMOTIONS,
    fps=CAMERAS["hs"].fps,
    read=read_smic,
    recognise=recognise_smic,
)
