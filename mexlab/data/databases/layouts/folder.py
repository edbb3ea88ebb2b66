"""One's own recordings: folders of frames or video files, with a coding sheet or without."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.databases.folders import list_folder, shown
from mexlab.data.databases.imported import (
    SYNTHETIC_TRUTH,
    DatabaseReader,
    ImportedDatabase,
    ImportRequest,
    check_fps,
    check_name,
    is_synthetic,
)
from mexlab.data.databases.layouts.folder_rows import MatchedRows, match_rows
from mexlab.data.databases.layouts.folder_sheet import (
    find_own_sheet,
    read_own_codings,
    read_own_sheet,
    sheet_files,
)
from mexlab.data.databases.reading import Reading
from mexlab.data.databases.sheets.sheets import Sheet
from mexlab.data.databases.trees.videos import scan_video, videos_in
from mexlab.data.frames.frames import IMAGE_SUFFIXES, VIDEO_SUFFIXES, scan_images
from mexlab.data.reports import ImportReport
from mexlab.errors import InputError

LAYOUT = "folder"
TITLE = "Folder of own recordings"

#: A starting vocabulary for coders; any other word may be typed.
EMOTIONS = (
    "happiness",
    "surprise",
    "disgust",
    "repression",
    "anger",
    "contempt",
    "fear",
    "sadness",
    "others",
)

NEEDS = (
    "Your own recordings: subject/clip.mp4 (or avi, mov, webm, mkv) or subject/clip/<numbered "
    "frames>; also one video file, or one folder of frames. Frames need --fps; a video's own rate "
    "is read, and --fps overrides it. A coding sheet (CSV or XLSX) in the folder, or given with "
    "--sheet, is the ground truth; its columns are found by name or told with --columns."
)

#: The subject of clips that do not lie in a subject's folder.
UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class _Found:
    subject: str
    clip: str
    path: Path
    video: bool


def read_folder(request: ImportRequest) -> list[ImportedDatabase]:
    """Read a folder of clips, one video file, or one folder of frames.

    The database's name is made from that of the folder or file where none is given. Frames a
    second are needed for folders of frames, and override a video's own. The sheet's codings are
    taken over, each clip's numbered by time; without a sheet of its own in the request, that
    which lies in the folder is read, if one does.

    Raises
    ------
    InputError
        Nothing there, no clip in it, frames without frames a second, no clip that can be read,
        or a given sheet that cannot be used.
    """
    path, fps = request.path, request.fps
    if not path.exists():
        raise InputError("no such file or folder", where=path, remedy=NEEDS)
    reading = _begin(request)
    root, report = reading.root, reading.report
    found = list(_named_once(list(_find_clips(path, report)), root, report))
    if not found:
        raise InputError(
            "no clips found: neither videos nor folders of numbered images",
            where=path,
            remedy=NEEDS,
        )
    if fps is None and (images := [one for one in found if not one.video]):
        raise InputError(
            f"{len(images)} of {len(found)} clips are folders of frames, which do not tell their "
            f"frames a second (the first: {shown(images[0].path, root)})",
            where=path,
            remedy="Give it, for example --fps 200",
        )
    table, matched = _match_sheet(request, found, root, report)
    for index, one in enumerate(found):
        one = replace(one, subject=matched.subjects.get(index, one.subject))
        key = reading.key(one.subject, one.clip)
        if one.video:
            clip = scan_video(key, one.path, fps, root, report)
        else:
            clip = _read_frames(one, key, fps, root, report)
        rows = matched.rows.get(index, [])
        if clip is not None:
            reading.add(clip, [] if table is None else read_own_codings(reading, table, key, rows))
        reading.step(index + 1, len(found))
    if not reading.clips:
        reasons = "; ".join(f"{e.where}: {e.reason}" for e in report.of_kind("skipped")[:3])
        raise InputError(
            f"none of the {len(found)} clips can be read ({reasons})", where=path, remedy=NEEDS
        )
    unnamed = [clip for clip in reading.clips if clip.key.subject == UNNAMED]
    if unnamed:
        report.add(
            "note" if len(unnamed) == 1 else "warning",
            shown(path, root),
            f"{len(unnamed)} clips do not lie in a subject's folder: their subject is {UNNAMED!r}. "
            "Put them as subject/clip to tell people apart, which training needs",
        )
    coded = {coding.emotion for coding in reading.codings if coding.emotion}
    reading.emotions += tuple(sorted(coded.difference(EMOTIONS)))
    return [reading.finish()]


def _begin(request: ImportRequest) -> Reading:
    path, name = request.path, request.name
    single = path.is_file()
    root = path.parent if single else path
    database = (
        check_name(name) if name is not None else _name_from(path.stem if single else path.name)
    )
    synthetic = is_synthetic(root)
    title = f"{path.name} (synthetic)" if synthetic else path.name
    return Reading(
        layout=LAYOUT,
        title=title,
        needs=NEEDS,
        root=root,
        database=database,
        emotions=EMOTIONS,
        # Each clip has its own; this one is not asked for.
        fps=check_fps(request.fps) or 0.0,
        synthetic=synthetic,
        correcting=request.apply_corrections,
        report=ImportReport(database, title, str(root)),
        progress=request.progress,
    )


def _match_sheet(
    request: ImportRequest, found: list[_Found], root: Path, report: ImportReport
) -> tuple[Sheet | None, MatchedRows]:
    """The coding sheet with its rows by clip; one that was not asked for may be of no use."""
    path, given = request.path, request.sheet
    if given is None and request.columns:
        given = _only_sheet(path)
    if given is not None:
        sheet = read_own_sheet(given, request.columns, report)
        return sheet, match_rows(sheet, found, root, UNNAMED, report)
    # Beside a single video may lie anything.
    own = find_own_sheet(path, report) if path.is_dir() else None
    if own is None:
        return None, MatchedRows()
    try:
        return own, match_rows(own, found, root, UNNAMED, report)
    except InputError as error:
        report.add("warning", own.path.name, f"{error.problem}: the sheet is not used")
        return None, MatchedRows()


def _only_sheet(path: Path) -> Path:
    """The sheet in the folder, whose columns the user has named."""
    files = sheet_files(path) if path.is_dir() else []
    if len(files) != 1:
        names = ", ".join(file.name for file in files)
        raise InputError(
            f"columns of which sheet? Here lie {names}" if files else "columns of no sheet",
            where="--columns",
            remedy="Give it with --sheet",
        )
    return files[0]


def _find_clips(path: Path, report: ImportReport) -> Iterator[_Found]:
    """Clips by shape: a file, frames right here, or subjects with clips in them."""
    if path.is_file():
        if path.suffix.lower() in VIDEO_SUFFIXES:
            yield _Found(UNNAMED, _clip_name(path.stem), path, True)
            return
        raise InputError(
            "not a video file that mexlab reads",
            where=path,
            remedy=f"Videos are {', '.join(sorted(VIDEO_SUFFIXES))}; of frames give the folder",
        )
    if _has_images(path):
        yield _Found(UNNAMED, _clip_name(path.name), path, False)
    for video in videos_in(path, path, report):
        yield _Found(UNNAMED, _clip_name(video.stem), video, True)
    for subject in list_folder(path, path, report).children.values():
        if subject.name == SYNTHETIC_TRUTH and is_synthetic(path):
            continue
        if _has_images(subject):
            yield _Found(UNNAMED, _clip_name(subject.name), subject, False)
        for video in videos_in(subject, path, report):
            yield _Found(_clip_name(subject.name), _clip_name(video.stem), video, True)
        for clip in list_folder(subject, path, report).children.values():
            if _has_images(clip):
                yield _Found(_clip_name(subject.name), _clip_name(clip.name), clip, False)
            elif videos_in(clip, path, None):
                report.add(
                    "skipped",
                    shown(clip, path),
                    "videos lie one folder too deep. Put them as subject/clip.mp4",
                )
            else:
                report.add("skipped", shown(clip, path), "no images and no videos in this folder")


def _named_once(found: list[_Found], root: Path, report: ImportReport) -> Iterator[_Found]:
    """Clips with a key of their own: ``clip.avi`` beside ``clip.mp4`` becomes ``clip.avi``."""
    taken: set[tuple[str, str]] = set()
    for one in found:
        clip = one.clip
        if (one.subject, clip) in taken:
            clip = _clip_name(one.path.name)
        number = 2
        while (one.subject, clip) in taken:
            clip = f"{_clip_name(one.path.name)}-{number}"
            number += 1
        if clip != one.clip:
            report.add(
                "note",
                shown(one.path, root),
                f"a clip {one.subject}/{one.clip} is there already: this one is called {clip!r}",
            )
        taken.add((one.subject, clip))
        yield _Found(one.subject, clip, one.path, one.video)


def _read_frames(
    one: _Found, key: ClipKey, fps: float | None, root: Path, report: ImportReport
) -> Clip | None:
    scan = scan_images(one.path, root)
    for fault in scan.faults():
        report.add("warning", f"{key} ({shown(one.path, root)})", f"{fault}. Replace those files")
    if scan.frames is None:
        report.add(
            "skipped",
            f"{key} ({shown(one.path, root)})",
            "no readable frame. Frames need a number in their name and some content",
        )
        return None
    return Clip(key, fps, scan.frames)


def _has_images(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(
                not entry.name.startswith(".") and Path(entry.name).suffix.lower() in IMAGE_SUFFIXES
                for entry in entries
            )
    except OSError:
        return False


def _clip_name(text: str) -> str:
    """A name as it stands in keys: one unicode form, no outer blanks."""
    return unicodedata.normalize("NFC", text).strip() or UNNAMED


def _name_from(text: str) -> str:
    """A database name from a folder's name: ``My clips (2)`` -> ``my-clips-2``."""
    plain = re.sub(r"[^\w.+-]+", "-", unicodedata.normalize("NFC", text).lower()).strip("-_.+")
    return plain or LAYOUT


def recognise_folder(path: Path) -> str | None:
    """By any clip in it; for where no release is recognised."""
    if not path.exists():
        return None
    try:
        first = next(_find_clips(path, ImportReport("", "", "")), None)
    except InputError:
        return None
    if first is None:
        return None
    what = "a video" if first.video else "a folder of frames"
    root = path.parent if path.is_file() else path
    return f"{shown(first.path, root)} is {what}, and no coding sheet of a release is here"


READER = DatabaseReader(
    name=LAYOUT,
    title=TITLE,
    needs=NEEDS,
    emotions=EMOTIONS,
    fps=None,
    read=read_folder,
    recognise=recognise_folder,
    own_sheet=True,
    people=None,
)
