"""Clips that lie as video files."""

from __future__ import annotations

import os
from pathlib import Path

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.databases.folders import shown, stays_inside
from mexlab.data.databases.trees.video_memory import probe_video
from mexlab.data.frames.frames import VIDEO_SUFFIXES
from mexlab.data.reports import ImportReport
from mexlab.errors import InputError


def videos_in(folder: Path, root: Path, report: ImportReport | None) -> list[Path]:
    """The video files of a folder by name; links that leave the root go into the report."""
    real_root = os.path.realpath(root)
    videos: list[Path] = []
    try:
        listed = sorted(folder.iterdir())
    except OSError:
        return []
    for file in listed:
        if file.name.startswith(".") or file.suffix.lower() not in VIDEO_SUFFIXES:
            continue
        if file.is_symlink() and not stays_inside(str(file), real_root):
            if report is not None:
                report.add(
                    "skipped",
                    shown(file, root),
                    "a link that leaves the folder or leads nowhere: not followed. Copy the file",
                )
        elif file.is_file():
            videos.append(file)
    return videos


def scan_video(
    key: ClipKey, path: Path, fps: float | None, root: Path, report: ImportReport
) -> Clip | None:
    """The clip of a video file, its frames counted by decoding; faults go into the report.

    Parameters
    ----------
    key : ClipKey
    path : Path
    fps : float or None
        By default the file's own.
    root : Path
    report : ImportReport
    """
    where = f"{key} ({shown(path, root)})"
    try:
        frames = probe_video(path, fps)
    except InputError as error:
        report.add("skipped", where, f"{error.problem}. {error.remedy or ''}".strip())
        return None
    if frames.truncated:
        report.add(
            "warning",
            where,
            f"truncated or damaged: {len(frames)} of the {frames.claimed} frames that it claims "
            "decode; those are kept. Copy it again from its source",
        )
    if not frames.evenly_timed:
        report.add(
            "warning",
            where,
            "the frames are not evenly spaced in time: they are numbered as they decode, and "
            f"times are reckoned with {frames.fps:g} frames a second",
        )
    return Clip(key, frames.fps, frames)
