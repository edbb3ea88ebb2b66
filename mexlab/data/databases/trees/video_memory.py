"""What is known of videos that were counted before, so that an unchanged one is not decoded again.

A video's frames can only be counted by decoding all of them: of an hour at 200 frames a second
that takes minutes. So an import keeps what it found, by the file's path, size and time of change.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from mexlab.data.frames.frames import VideoFrames
from mexlab.whole_files import write_whole

_FORMAT = 1

_current: ContextVar[VideoMemory | None] = ContextVar("video_memory", default=None)


class VideoMemory:
    """Counted videos, kept in a file; one that is missing or damaged is as good as empty.

    Parameters
    ----------
    file : Path
        May be deleted at any time: then videos are counted again.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._videos: dict[str, dict[str, Any]] = {}
        self._changed = False
        try:
            kept = json.loads(file.read_text("utf-8"))
            if kept["format"] == _FORMAT:
                self._videos = dict(kept["videos"])
        except (OSError, ValueError, KeyError, TypeError):
            pass

    def probe(self, path: Path, fps: float | None) -> VideoFrames:
        """The frames of a video: as they were counted, where the file has not changed since.

        Raises
        ------
        InputError
            As :meth:`VideoFrames.probe`; what cannot be read is not remembered.
        """
        state = _state(path, fps)
        kept = self._videos.get(str(path))
        if state is not None and kept is not None and kept.get("state") == state:
            try:
                return VideoFrames.from_record(kept["record"], path.parent)
            except (KeyError, TypeError, IndexError):
                pass
        frames = VideoFrames.probe(path, fps)
        if state is not None:
            record = frames.to_record(path.parent)
            self._videos[str(path)] = {"state": state, "record": record}
            self._changed = True
        return frames

    def save(self) -> None:
        """Write what was learnt; a folder that cannot be written costs time later, nothing else."""
        if not self._changed:
            return
        content = json.dumps({"format": _FORMAT, "videos": self._videos})
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, content, durable=False)
        self._changed = False


@contextmanager
def remembering(file: Path) -> Iterator[VideoMemory]:
    """Have the readers that run in this block remember videos in a file.

    A context and no argument of the readers: most of them have no videos, and all of them would
    have to hand it through.
    """
    memory = VideoMemory(file)
    token = _current.set(memory)
    try:
        yield memory
    finally:
        _current.reset(token)
        # After Ctrl-C too: the videos that were counted need not be counted again.
        memory.save()


def probe_video(path: Path, fps: float | None) -> VideoFrames:
    """The frames of a video, remembered within :func:`remembering`, else counted afresh."""
    memory = _current.get()
    return VideoFrames.probe(path, fps) if memory is None else memory.probe(path, fps)


def _state(path: Path, fps: float | None) -> list[Any] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns, fps]
