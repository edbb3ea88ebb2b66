"""One open video and where it stands, by the index of the frame that it decodes next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mexlab.data.frames.source import quiet_opencv
from mexlab.errors import InputError


@dataclass(frozen=True, slots=True)
class VideoClock:
    """Time stamps of an evenly timed video: frame ``i`` (from 0) stands at ``start + i * step`` ms.

    Seeking is only done where the probe saw every frame stand where this says.
    """

    start: float
    step: float

    def index_of(self, stamp: float) -> int | None:
        """The index at a time stamp, or None where it falls between two frames."""
        place = (stamp - self.start) / self.step
        index = round(place)
        return index if abs(place - index) < 0.1 and index >= 0 else None


class VideoDecoder:
    """Decodes the frames of a video one after another.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    next : int
        Index (from 0) of the frame that the next :meth:`skip` passes.

    Raises
    ------
    InputError
        Where the file is missing, empty or no video.
    """

    def __init__(self, path: Path) -> None:
        self._capture = open_capture(path)
        self.next = 0

    def stand_before(self, index: int, clock: VideoClock, lead: int) -> bool:
        """Jump to some frame at or before `index`, about `lead` frames ahead of it.

        False where the jump cannot be proven by the time stamp of the frame that it led to; the
        decoder then stands at no known frame and has to be closed.
        """
        self._capture.set(cv2.CAP_PROP_POS_FRAMES, float(max(0, index - lead)))
        if not self._capture.grab():
            return False
        landed = clock.index_of(float(self._capture.get(cv2.CAP_PROP_POS_MSEC)))
        if landed is None or landed >= index:
            return False
        self.next = landed + 1
        return True

    def skip(self) -> bool:
        """Decode the next frame; False where there is none."""
        if not self._capture.grab():
            return False
        self.next += 1
        return True

    def picture(self) -> np.ndarray | None:
        """The frame that was just decoded, H x W x 3 uint8 BGR, or None where it is damaged."""
        done, picture = self._capture.retrieve()
        return picture if done and picture is not None else None

    def close(self) -> None:
        self._capture.release()


def open_capture(path: Path) -> cv2.VideoCapture:
    """Open a video file for decoding.

    Raises
    ------
    InputError
        Where the file is missing, empty or no video.
    """
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise InputError("no such video file", where=path, remedy="Check the path") from None
    except OSError as error:
        raise InputError(f"the video cannot be read ({error.strerror})", where=path) from None
    if size == 0:
        raise InputError(
            "the video is empty (zero bytes)", where=path, remedy="Copy it again from its source"
        )
    quiet_opencv()
    # The FFmpeg back end alone: the image-sequence back end would take a name with digits apart.
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    if not capture.isOpened():
        raise InputError(
            "not a video that can be decoded, or truncated before its index",
            where=path,
            remedy="Copy it again from its source; mp4, avi, mov, webm and mkv are read",
        )
    return capture
