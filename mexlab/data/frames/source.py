"""What every clip's frames look like from outside, whether they lie as images or in a video."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from mexlab.errors import InputError


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """One frame as the browser takes it.

    Attributes
    ----------
    data : bytes
        The file's own bytes where a browser can show them, else a re-encoded copy.
    mime : str
        ``image/jpeg``, ``image/png``, ``image/bmp`` or ``image/webp``.
    """

    data: bytes
    mime: str


class FrameSource(Protocol):
    """The frames of one clip, by the database's own (native) frame numbers."""

    @property
    def numbers(self) -> Sequence[int]:
        """Native numbers of the readable frames, ascending; gaps are kept."""
        ...

    @property
    def size(self) -> tuple[int, int]:
        """``(width, height)`` in pixels, read from the first frame when first asked for."""
        ...

    def read(self, number: int) -> np.ndarray:
        """The frame as H x W x 3 uint8 RGB (grey replicated)."""
        ...

    def encoded(self, number: int) -> EncodedFrame: ...

    def fingerprint(self, number: int) -> str:
        """SHA-256 (hex) that changes when, and only when, the frame's stored content changes."""
        ...

    def to_record(self, root: Path) -> dict[str, Any]:
        """A compact JSON-able record, paths relative to `root`."""
        ...


def numbers_to_runs(numbers: Iterable[int]) -> list[list[int]]:
    """Ascending numbers as ``[first, last]`` runs.

    >>> numbers_to_runs([46, 47, 48, 50])
    [[46, 48], [50, 50]]
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


def runs_to_numbers(runs: Iterable[Sequence[int]]) -> Sequence[int]:
    """The inverse of :func:`numbers_to_runs`; one unbroken run stays a ``range``."""
    ranges = [range(first, last + 1) for first, last in runs]
    if len(ranges) == 1:
        return ranges[0]
    return tuple(number for one in ranges for number in one)


def missing_runs(numbers: Iterable[int]) -> list[list[int]]:
    """Runs of numbers between the first and the last that have no frame.

    As runs, because a single file named by a time stamp (``20140508123456.jpg``) makes a hole of
    more numbers than a memory holds.

    >>> missing_runs([46, 47, 50])
    [[48, 49]]
    """
    runs = numbers_to_runs(numbers)
    return [[one[1] + 1, other[0] - 1] for one, other in pairwise(runs)]


def count_numbers(runs: Iterable[Sequence[int]]) -> int:
    """How many numbers are in the runs."""
    return sum(last - first + 1 for first, last in runs)


def describe_runs(runs: Sequence[Sequence[int]], limit: int = 6) -> str:
    """Runs as a reader of a report wants them: ``48–49, 57 and 3 more``."""
    shown = [str(a) if a == b else f"{a}–{b}" for a, b in runs[:limit]]
    rest = len(runs) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def no_such_frame(where: object, number: int, numbers: Sequence[int]) -> InputError:
    """The error for a frame number that a clip does not have."""
    if not numbers:
        span = "it has none"
    elif numbers[0] <= number <= numbers[-1]:
        span = f"it is a gap in {numbers[0]}–{numbers[-1]}"
    else:
        span = f"its frames are {numbers[0]}–{numbers[-1]}"
    return InputError(
        f"the clip has no frame {number}: {span}",
        where=str(where),
        remedy="Give a native frame number of the database; gaps have no picture",
    )


def as_rgb(picture: np.ndarray) -> np.ndarray:
    """A decoded picture (grey, BGR or BGRA; 8 or 16 bit) as H x W x 3 uint8 RGB.

    16-bit values are scaled by their full range, as a browser scales them.
    """
    if picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    elif picture.dtype != np.uint8:
        scaled = picture.astype(np.float32)
        if scaled.size and np.nanmax(scaled) <= 1.0:
            scaled = scaled * 255.0
        picture = np.clip(np.nan_to_num(scaled), 0, 255).astype(np.uint8)
    if picture.ndim == 2:
        return np.repeat(picture[:, :, None], 3, axis=2)
    if picture.shape[2] == 4:
        return cv2.cvtColor(picture, cv2.COLOR_BGRA2RGB)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


def relative_path(path: Path, root: Path) -> str:
    """A path as records keep it: relative to the root, with forward slashes."""
    return Path(os.path.relpath(path, root)).as_posix()


@cache
def quiet_opencv() -> None:
    """Keep OpenCV and FFmpeg from printing of a damaged file what our own errors say better."""
    # Read when FFmpeg is first used; -8 is its "quiet".
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
