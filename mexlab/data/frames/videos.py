"""Frames of a video file, exact by index forward and backward."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mexlab.data.frames.source import EncodedFrame, no_such_frame, relative_path
from mexlab.data.frames.video_decoder import VideoClock, VideoDecoder, open_capture
from mexlab.errors import InputError

VIDEO_SUFFIXES = frozenset({".mp4", ".avi", ".mov", ".webm", ".mkv", ".m4v", ".mpg", ".mpeg"})

#: Decoded frames kept for steps back and forth, in bytes: about 70 frames of 640 x 480.
_CACHE_BYTES = 64_000_000

#: A shorter way is decoded: about what a jump and its lead cost.
_SEEK_FROM = 96

#: Decoders kept open: one where the playhead is read from, one for what is read elsewhere (frames
#: before it, the onset), so that neither has to jump back for the other.
_DECODERS = 2

#: Decode this many frames before the wanted one after a seek, so that stepping back is served
#: from the cache and frames that lean on an earlier key frame are whole.
_SEEK_LEAD = 48

#: Frame rates outside of this are a container's placeholder, not a camera's.
_SANE_FPS = (0.5, 20_000.0)

_digests: dict[tuple[str, int, int], str] = {}


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
        self._decoders: list[VideoDecoder] = []  # the last used at the end
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
        capture = open_capture(path)
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
        return cv2.cvtColor(self._read_bgr(number), cv2.COLOR_BGR2RGB)

    def encoded(self, number: int) -> EncodedFrame:
        """The frame as a JPEG of quality 95: a browser cannot take a video frame as it is."""
        done, buffer = cv2.imencode(".jpg", self._read_bgr(number), [cv2.IMWRITE_JPEG_QUALITY, 95])
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
            while self._decoders:
                self._decoders.pop().close()
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

    def _read_bgr(self, number: int) -> np.ndarray:
        if number not in self.numbers:
            raise no_such_frame(self.path, number, self.numbers)
        index = number - 1
        with self._lock:
            picture = self._cache.get(index)
            if picture is None:
                return self._decode_to(index)
            self._cache.move_to_end(index)
            return picture

    def _decode_to(self, index: int) -> np.ndarray:
        decoder = self._decoder_for(index)
        # A frame far from the wanted one is passed, but neither converted nor kept.
        keep_from = index - self._capacity() + 1
        while decoder.next <= index:
            at = decoder.next
            if not decoder.skip():
                self._drop(decoder)
                raise InputError(
                    f"frame {at + 1} no longer decodes; {len(self.numbers)} frames did "
                    "at the import",
                    where=self.path,
                    remedy="The file changed: import it again",
                )
            if at >= keep_from and at not in self._cache:
                picture = decoder.picture()
                if picture is not None:
                    self._remember(at, picture)
        found = self._cache.get(index)
        if found is None:
            raise InputError(f"frame {index + 1} does not decode", where=self.path)
        return found

    def _decoder_for(self, index: int) -> VideoDecoder:
        """A decoder that stands at or before `index`: one that is near, or one moved there."""
        near = [one for one in self._decoders if 0 <= index - one.next <= _SEEK_FROM]
        if near:
            decoder = max(near, key=lambda one: one.next)
            self._decoders.remove(decoder)
        else:
            decoder = self._moved_to(index)
        self._decoders.append(decoder)
        return decoder

    def _moved_to(self, index: int) -> VideoDecoder:
        """A decoder moved by time stamp where that is proven, or standing at the start."""
        free = self._decoders.pop(0) if len(self._decoders) >= _DECODERS else None
        if self.clock is not None and index > _SEEK_FROM:
            decoder = free or VideoDecoder(self.path)
            if decoder.stand_before(index, self.clock, _SEEK_LEAD):
                return decoder
            decoder.close()
        elif free is not None:
            free.close()
        return VideoDecoder(self.path)

    def _drop(self, decoder: VideoDecoder) -> None:
        decoder.close()
        self._decoders.remove(decoder)

    def _capacity(self) -> int:
        width, height = self._size or (640, 480)
        return max(8, _CACHE_BYTES // (width * height * 3))

    def _remember(self, index: int, picture: np.ndarray) -> None:
        self._cache[index] = picture
        self._cached_bytes += picture.nbytes
        while self._cached_bytes > _CACHE_BYTES and len(self._cache) > 8:
            _, old = self._cache.popitem(last=False)
            self._cached_bytes -= old.nbytes

    def __getstate__(self) -> dict[str, Any]:
        return {**self.to_record(Path("/")), "path": str(self.path)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(VideoFrames.from_record(state, Path("/")).__dict__)


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
