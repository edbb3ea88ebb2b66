"""The door to a clip's frames: image folders and videos alike.

>>> natural_number("reg_img46.jpg")
46
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mexlab.data.frames.images import (
    IMAGE_SUFFIXES,
    FolderScan,
    ImageFrames,
    index_images,
    natural_number,
    scan_images,
)
from mexlab.data.frames.source import (
    EncodedFrame,
    FrameSource,
    count_numbers,
    describe_runs,
    missing_runs,
    numbers_to_runs,
    runs_to_numbers,
)
from mexlab.data.frames.videos import VIDEO_SUFFIXES, VideoFrames
from mexlab.errors import InputError

__all__ = [
    "IMAGE_SUFFIXES",
    "VIDEO_SUFFIXES",
    "EncodedFrame",
    "FolderScan",
    "FrameSource",
    "ImageFrames",
    "VideoFrames",
    "count_numbers",
    "describe_runs",
    "frames_from_record",
    "index_images",
    "missing_runs",
    "natural_number",
    "numbers_to_runs",
    "runs_to_numbers",
    "scan_images",
]


def frames_from_record(record: dict[str, Any], root: Path) -> FrameSource:
    """Build a frame source from its record; opens no file.

    Parameters
    ----------
    record : dict
        As ``to_record(root)`` made it.
    root : Path
        The database's folder, wherever it lies now.

    Raises
    ------
    InputError
        Where the record is of no known kind.
    """
    kind = record.get("kind")
    if kind == "images":
        return ImageFrames.from_record(record, Path(root))
    if kind == "video":
        return VideoFrames.from_record(record, Path(root))
    raise InputError(
        f"frames of unknown kind {kind!r}",
        where=root,
        remedy="The workspace was written by a newer mexlab, or is damaged: import again",
    )
