"""The STSTNet authors' feature release: u, v and strain of the MEGC2019 clips as 28 x 28 images.

Only the ``u_test`` side is read: it holds each sample exactly once, and the training side of a
fold is derived from it. Source: Liong et al. (2019), "Shallow triple stream three-dimensional CNN
(STSTNet) for micro-expression recognition".
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding
from mexlab.data.databases.folders import find_folders, shown
from mexlab.data.databases.imported import (
    DatabaseReader,
    ImportedDatabase,
    ImportRequest,
    Progress,
    check_fps,
    check_name,
    is_synthetic,
)
from mexlab.data.databases.trees.archives import list_members, read_member
from mexlab.data.labels.schemes import THREE_CLASSES
from mexlab.data.reports import ImportReport, ReportEntry
from mexlab.errors import InputError

LAYOUT = "ststnet"
TITLE = "STSTNet feature release"
FEATURE_SIZE = 28

NEEDS = (
    "The optical-flow features that the STSTNet authors publish with their code: the zip file, or "
    "the folder three_norm_u_v_os/<held-out subject>/u_test/{0,1,2}/<sample> .png. No frames and "
    "no licence needed; for training and results only."
)

#: Component -> title and how its samples are called (``<subject>_<clip>``).
_COMPONENTS = {
    "casme2": ("CASME II (STSTNet features)", re.compile(r"(sub\d+)_(EP\w+)", re.IGNORECASE)),
    "smic": ("SMIC (STSTNet features)", re.compile(r"(s\d+)_(s\d+_(?:ne|po|sur)_\d+)", re.I)),
    "samm": ("SAMM (STSTNet features)", re.compile(r"(\d+)_(\d+_\d+_\d+)")),
}

#: A sample is 2 to 3 KB; a member that unpacks to more than this is no sample.
_LARGEST = 1_000_000

#: Bytes of a PNG file up to its width and height.
_PNG_HEAD = 33

_CLASSES = dict(enumerate(THREE_CLASSES))


@dataclass(frozen=True, slots=True)
class _Sample:
    component: str
    subject: str
    clip: str
    label: str
    member: str


def read_ststnet(request: ImportRequest) -> list[ImportedDatabase]:
    """Read the release, as its zip file or unpacked: a database for each that is in it.

    They are called ``casme2``, ``smic`` and ``samm`` by default, so that folds and tables name
    them so; with a name, ``<name>-casme2`` and so on. Features have no frames, and so no frames
    a second.

    Raises
    ------
    InputError
        Nothing there, a damaged zip, or no sample in it; single samples that cannot be used are
        in the reports.
    """
    path, name = request.path, request.name
    check_fps(request.fps)
    if name is not None:
        check_name(name)
    entries: list[ReportEntry] = []
    samples = list(_read_samples(path, entries, request.progress))
    if not samples:
        detail = f"; {entries[0].where}: {entries[0].reason}" if entries else ""
        raise InputError(
            f"no samples of the release in it (expected …/u_test/0/<sample> .png){detail}",
            where=path,
            remedy=NEEDS,
        )
    synthetic = is_synthetic(path)
    databases = []
    present = [key for key in _COMPONENTS if any(one.component == key for one in samples)]
    for component in present:
        one_name = component if name is None else f"{name}-{component}"
        title = _COMPONENTS[component][0] + (" (synthetic)" if synthetic else "")
        report = ImportReport(one_name, title, str(path))
        imported = ImportedDatabase(
            name=one_name,
            title=title,
            layout=LAYOUT,
            root=path,
            synthetic=synthetic,
            emotions=THREE_CLASSES,
            clips=[],
            codings=[],
            report=report,
        )
        for sample in samples:
            if sample.component == component:
                key = ClipKey(one_name, sample.subject, sample.clip)
                imported.clips.append(Clip(key, None, None, Path(sample.member)))
                imported.codings.append(
                    Coding(key, GROUND_TRUTH, emotion=sample.label, status="committed")
                )
        report.add(
            "note",
            TITLE,
            "features only: u, v and strain were stretched to 0–255 for each image, so that their "
            "sign and scale are lost; the clips have no frames to look at or to code",
        )
        databases.append(imported.finish())
    # Faults that cannot be laid at one database's door are told once.
    databases[0].report.extend(entries)
    return databases


def read_feature_image(root: Path, member: str | Path) -> np.ndarray:
    """The picture of one sample.

    Parameters
    ----------
    root : Path
        The release's folder or zip file: the database's root.
    member : str or Path
        The clip's ``features_file``.

    Returns
    -------
    ndarray of uint8, 28 x 28 x 3
        R = u, G = v, B = strain.

    Raises
    ------
    InputError
        Missing, damaged, not an image, or of another size.
    """
    import cv2

    root = Path(root)
    where = f"{root}/{member}"
    data = read_member(root, Path(member).as_posix(), _LARGEST)
    # The size is looked at first: a small file can ask for gigabytes.
    fault = _png_fault(data)
    picture = None if fault else cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise InputError(
            fault or "not an image that can be decoded",
            where=where,
            remedy="Fetch the release again from its authors, then import it again",
        )
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


def _read_samples(
    path: Path, entries: list[ReportEntry], progress: Progress | None
) -> Iterator[_Sample]:
    if not path.exists():
        raise InputError("no such file or folder", where=path, remedy=NEEDS)
    tested = [member for member in list_members(path, entries) if _is_tested(member)]
    seen: dict[tuple[str, str, str], str] = {}
    for done, member in enumerate(tested, start=1):
        sample = _read_sample(path, member, entries)
        if sample is not None:
            key = (sample.component, sample.subject, sample.clip.casefold())
            if key in seen:
                entries.append(
                    ReportEntry(
                        "skipped",
                        member,
                        f"the same sample as {seen[key]}. Remove one of the two",
                    )
                )
            else:
                seen[key] = member
                yield sample
        if progress is not None:
            progress(done, len(tested))


def _is_tested(member: str) -> bool:
    parts = PurePosixPath(member).parts
    return (
        len(parts) >= 4
        and parts[-3].casefold() == "u_test"
        and parts[-1].casefold().endswith(".png")
        and not parts[-1].startswith("._")
        and "__MACOSX" not in parts
    )


def _read_sample(root: Path, member: str, entries: list[ReportEntry]) -> _Sample | None:
    def skip(reason: str) -> None:
        entries.append(ReportEntry("skipped", member, reason))

    parts = PurePosixPath(member).parts
    folder, label = parts[-4], parts[-2]
    # The release writes a space before the suffix ("sub09_EP02_01f .png").
    sample = PurePosixPath(parts[-1]).stem.strip()
    found = next(
        (
            (component, match)
            for component, (_, pattern) in _COMPONENTS.items()
            if (match := pattern.fullmatch(sample))
        ),
        None,
    )
    if found is None:
        skip(
            f"{sample!r} is not called as the samples are (sub09_EP02_01f, s03_s03_ne_03, "
            "006_006_1_2). Rename the file"
        )
        return None
    component, match = found
    if not label.isdigit() or int(label) not in _CLASSES:
        skip(f"class {label!r} is none of 0, 1, 2. Move the file to its class")
        return None
    try:
        start = read_member(root, member, _PNG_HEAD)
    except InputError as error:
        skip(f"{error.problem}. {error.remedy}")
        return None
    fault = _png_fault(start)
    if fault:
        skip(f"{fault}. Fetch the release again from its authors")
        return None
    subject, clip = match.groups()
    if folder.casefold() != subject.casefold():
        entries.append(
            ReportEntry(
                "warning",
                member,
                f"lies in the fold of {folder!r}, but is of subject {subject!r}: taken as "
                f"{subject!r}. Check the folder",
            )
        )
    return _Sample(component, subject.lower(), clip, _CLASSES[int(label)], member)


def _png_fault(start: bytes) -> str:
    if not start:
        return "the image is empty (zero bytes)"
    if start[:8] != b"\x89PNG\r\n\x1a\n" or len(start) < _PNG_HEAD:
        return "not a PNG image"
    width, height = struct.unpack(">II", start[16:24])
    if (width, height) != (FEATURE_SIZE, FEATURE_SIZE):
        return f"expected {FEATURE_SIZE} x {FEATURE_SIZE} pixels, got {width} x {height}"
    return ""


def recognise_ststnet(path: Path) -> str | None:
    """By the folders ``u_test`` of the release, in a folder or a zip file."""
    if path.is_dir():
        fold = next(find_folders(path, lambda folder: (folder / "u_test").is_dir()), None)
        return None if fold is None else f"{shown(fold, path)} holds u_test"
    if path.suffix.lower() != ".zip":
        return None
    try:
        member = next(filter(_is_tested, list_members(path, [])), None)
    except InputError:
        return None
    return None if member is None else f"the zip file holds {member}"


READER = DatabaseReader(
    name=LAYOUT,
    title=TITLE,
    needs=NEEDS,
    emotions=THREE_CLASSES,
    fps=None,
    read=read_ststnet,
    recognise=recognise_ststnet,
)
