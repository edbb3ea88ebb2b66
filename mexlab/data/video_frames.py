"""Frames of a video file, exact by index forward and backward."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mexlab.data.frame_source import EncodedFrame, no_such_frame, quiet_opencv, relative_path
from mexlab.errors import InputError

VIDEO_SUFFIXES = frozenset({".mp4", ".avi", ".mov", ".webm", ".mkv", ".m4v", ".mpg", ".mpeg"})

#: Decoded frames kept for steps back and forth, in bytes: about 70 frames of 640 x 480.
_CACHE_BYTES = 64_000_000

#: A shorter way is decoded from the start, which needs no trust in the container's time stamps.
_SEEK_FROM = 600

#: Decode this many frames before the wanted one after a seek, so that stepping back is served
#: from the cache and frames that lean on an earlier key frame are whole.
_SEEK_LEAD = 48

#: Frame rates outside of this are a container's placeholder, not a camera's.
_SANE_FPS = (0.5, 20_000.0)

_digests: dict[tuple[str, int, int], str] = {}


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


class VideoFrames:
    """The frames of a video, numbered from 1 in the order in which they decode.

    Build one with :meth:`probe`, which counts by decoding, because containers' frame counts are
    often wrong; from a record it opens nothing until a frame is asked for.

    Parameters
    ----------
    path : Path
    count : int
        Frames that decode.
    fps : float
    claimed : int, optional
        What the container says; more than `count` means a truncated or damaged file.
    size : tuple of int, optional
        ``(width, height)`` in pixels.
    clock : VideoClock, optional
        None where the frames are not evenly timed: seeks then decode from the start.
    """

    def __init__(
        self,
        path: Path,
        count: int,
        fps: float,
        *,
        claimed: int | None = None,
        size: tuple[int, int] | None = None,
        clock: VideoClock | None = None,
    ) -> None:
        self.path = Path(path)
        self.numbers: Sequence[int] = range(1, count + 1)
        self.fps = fps
        self.claimed = claimed
        self.clock = clock
        self._size = size
        self._capture: cv2.VideoCapture | None = None
        self._next = 0
        self._cache: OrderedDict[int, np.ndarray] = OrderedDict()
        self._cached_bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.numbers)

    def __repr__(self) -> str:
        return f"VideoFrames({str(self.path)!r}, {len(self.numbers)} frames, {self.fps:g} fps)"

    @classmethod
    def probe(cls, path: Path, fps: float | None = None) -> VideoFrames:
        """Open a video and count its frames by decoding all of them, one in memory at a time.

        Parameters
        ----------
        path : Path
        fps : float, optional
            Frames a second where the container's own rate is wrong or missing.

        Returns
        -------
        VideoFrames
            ``truncated`` tells whether fewer frames decode than the container claims.

        Raises
        ------
        InputError
            Missing, empty or undecodable file; no frame decodes; no frame rate known.
        """
        path = Path(path)
        capture = _open(path)
        try:
            rate = float(capture.get(cv2.CAP_PROP_FPS) or 0.0)
            claimed = round(float(capture.get(cv2.CAP_PROP_FRAME_COUNT) or 0))
            # Where the container does not tell, the library makes up a number of its own.
            claimed = claimed if 0 < claimed < 10**9 else 0
            stamps: list[float] = []
            while capture.grab():
                stamps.append(float(capture.get(cv2.CAP_PROP_POS_MSEC)))
                if len(stamps) == 1:
                    done, first = capture.retrieve()
                    if not done or first is None:
                        break
                    size = (int(first.shape[1]), int(first.shape[0]))
        finally:
            capture.release()
        if not stamps:
            raise InputError(
                "no frame of the video decodes" + (f" (it claims {claimed})" if claimed else ""),
                where=path,
                remedy="The file is damaged or truncated: copy it again from its source",
            )
        if fps is None:
            fps = _checked_rate(path, rate)
        frames = cls(
            path,
            len(stamps),
            float(fps),
            claimed=claimed or None,
            size=size,
            clock=even_clock(stamps),
        )
        return frames

    @property
    def truncated(self) -> bool:
        """Whether fewer frames decode than the container claims."""
        return self.claimed is not None and len(self.numbers) < self.claimed

    @property
    def evenly_timed(self) -> bool:
        """Whether all frames are the same time apart."""
        return self.clock is not None or len(self.numbers) < 2

    @property
    def gaps(self) -> list[list[int]]:
        """Always empty: a video's frames are numbered as they decode."""
        return []

    @property
    def size(self) -> tuple[int, int]:
        """``(width, height)`` in pixels."""
        if self._size is None:
            height, width = self.read(self.numbers[0]).shape[:2]
            self._size = (width, height)
        return self._size

    def read(self, number: int) -> np.ndarray:
        """Decode a frame: H x W x 3 uint8 RGB.

        Reading forward decodes one frame a step; reading backward is served from a cache of the
        frames before, refilled from a safe point.

        Raises
        ------
        InputError
            Where the video has no such frame, or the file changed since it was counted.
        """
        if number not in self.numbers:
            raise no_such_frame(self.path, number, self.numbers)
        index = number - 1
        with self._lock:
            picture = self._cache.get(index)
            if picture is None:
                picture = self._decode_to(index)
            else:
                self._cache.move_to_end(index)
        return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)

    def encoded(self, number: int) -> EncodedFrame:
        """The frame as a JPEG of quality 95: a browser cannot take a video frame as it is."""
        bgr = cv2.cvtColor(self.read(number), cv2.COLOR_RGB2BGR)
        done, buffer = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 95])
        if not done:
            raise InputError(f"frame {number} could not be encoded as JPEG", where=self.path)
        return EncodedFrame(buffer.tobytes(), "image/jpeg")

    def fingerprint(self, number: int) -> str:
        if number not in self.numbers:
            raise no_such_frame(self.path, number, self.numbers)
        return hashlib.sha256(f"{_file_digest(self.path)}:{number}".encode()).hexdigest()

    def close(self) -> None:
        """Let go of the file and of the decoded frames; a later read opens it again."""
        with self._lock:
            self._release()
            self._cache.clear()
            self._cached_bytes = 0

    def to_record(self, root: Path) -> dict[str, Any]:
        record: dict[str, Any] = {
            "kind": "video",
            "path": relative_path(self.path, root),
            "count": len(self.numbers),
            "fps": self.fps,
        }
        if self.claimed is not None:
            record["claimed"] = self.claimed
        if self._size is not None:
            record["size"] = list(self._size)
        if self.clock is not None:
            record["clock"] = [self.clock.start, self.clock.step]
        return record

    @classmethod
    def from_record(cls, record: dict[str, Any], root: Path) -> VideoFrames:
        size = record.get("size")
        clock = record.get("clock")
        return cls(
            Path(root) / record["path"],
            record["count"],
            record["fps"],
            claimed=record.get("claimed"),
            size=(size[0], size[1]) if size else None,
            clock=VideoClock(*clock) if clock else None,
        )

    def _decode_to(self, index: int) -> np.ndarray:
        if self._capture is None or index < self._next or index - self._next > _SEEK_FROM:
            self._go_near(index)
        # A frame far from the wanted one is grabbed, but neither converted nor kept.
        keep_from = index - self._capacity() + 1
        picture: np.ndarray | None = None
        while self._next <= index:
            assert self._capture is not None
            if not self._capture.grab():
                self._release()
                raise InputError(
                    f"frame {self._next + 1} no longer decodes; {len(self.numbers)} frames did "
                    "at the import",
                    where=self.path,
                    remedy="The file changed: import it again",
                )
            if self._next >= keep_from and self._next not in self._cache:
                done, picture = self._capture.retrieve()
                if done and picture is not None:
                    self._remember(self._next, picture)
            self._next += 1
        found = self._cache.get(index)
        if found is None:
            raise InputError(f"frame {index + 1} does not decode", where=self.path)
        return found

    def _go_near(self, index: int) -> None:
        """Stand the decoder at or before `index`, by time stamp where that is proven, or afresh."""
        if self.clock is not None and index > _SEEK_FROM:
            if self._capture is None:
                self._capture = _open(self.path)
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, float(index - _SEEK_LEAD))
            if self._capture.grab():
                stamp = float(self._capture.get(cv2.CAP_PROP_POS_MSEC))
                landed = self.clock.index_of(stamp)
                if landed is not None and landed < index:
                    self._next = landed + 1
                    return
        self._release()
        self._capture = _open(self.path)
        self._next = 0

    def _capacity(self) -> int:
        width, height = self._size or (640, 480)
        return max(8, _CACHE_BYTES // (width * height * 3))

    def _remember(self, index: int, picture: np.ndarray) -> None:
        self._cache[index] = picture
        self._cached_bytes += picture.nbytes
        while self._cached_bytes > _CACHE_BYTES and len(self._cache) > 8:
            _, old = self._cache.popitem(last=False)
            self._cached_bytes -= old.nbytes

    def _release(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None
        self._next = 0

    def __getstate__(self) -> dict[str, Any]:
        return {**self.to_record(Path("/")), "path": str(self.path)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(VideoFrames.from_record(state, Path("/")).__dict__)


def _open(path: Path) -> cv2.VideoCapture:
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


def _checked_rate(path: Path, rate: float) -> float:
    if not _SANE_FPS[0] <= rate <= _SANE_FPS[1]:
        raise InputError(
            "the video does not tell its frames a second",
            where=path,
            remedy="Give it, for example --fps 200",
        )
    return rate


def even_clock(stamps: list[float]) -> VideoClock | None:
    """The clock that all stamps keep within a twentieth of a frame, or None."""
    if len(stamps) < 2:
        return None
    step = (stamps[-1] - stamps[0]) / (len(stamps) - 1)
    if step <= 0:
        return None
    expected = stamps[0] + step * np.arange(len(stamps))
    # Containers round to their own time base (1 ms in Matroska), so allow for that much.
    if np.abs(np.asarray(stamps) - expected).max() > min(0.05 * step + 1.0, 0.45 * step):
        return None
    return VideoClock(stamps[0], step)


def _file_digest(path: Path) -> str:
    try:
        status = path.stat()
        key = (str(path), status.st_size, status.st_mtime_ns)
        if key not in _digests:
            with path.open("rb") as stream:
                _digests[key] = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"the video cannot be read ({error.strerror})", where=path, remedy="Check the path"
        ) from None
    return _digests[key]
