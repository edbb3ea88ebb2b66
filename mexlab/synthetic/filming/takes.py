"""Filming: from a planned take to the files of its frames, one frame in memory at a time."""

from __future__ import annotations

from collections.abc import Container, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import cv2

from mexlab.data.frames.frames import VIDEO_SUFFIXES
from mexlab.synthetic.acting.performance import Performance, Script
from mexlab.synthetic.filming.camera import CameraSettings
from mexlab.synthetic.filming.truth import Played, truth_bytes, truth_path
from mexlab.synthetic.person.faces import PersonParameters
from mexlab.synthetic.person.persons import Person, build_person
from mexlab.synthetic.person.photograph import FRAME_SIZE
from mexlab.synthetic.person.warps import Frame, Points

#: Codecs by suffix: those whose bytes depend on the pictures alone.
_CODECS = {".mp4": "mp4v", ".avi": "MJPG", ".mov": "mp4v"}


@dataclass(frozen=True)
class Outside:
    """All numbers but a span: what a clip that is cut out of a longer recording lacks.

    Attributes
    ----------
    first, last : int
        The span, both ends in it.
    dropped : frozenset of int
        Numbers within the span that are lacking too.
    """

    first: int
    last: int
    dropped: frozenset[int] = frozenset()

    def __contains__(self, number: object) -> bool:
        return number not in range(self.first, self.last + 1) or number in self.dropped


@dataclass(frozen=True)
class View:
    """One set of files that a take is kept in; a take may have several (raw and cropped).

    Attributes
    ----------
    files : str
        Below the root, with a place for the number: ``HS/s1/s1_ne_01/image{:06d}.bmp``; without
        one for a video. The suffix says how the picture is stored.
    size : (int, int)
        Width and height, px.
    crop : bool
        Only the face, as the cropped releases have it: one box a clip, from the resting face.
    grey : bool
        One channel.
    step : int
        Every how many frames one is kept: a slower camera.
    first : int or None
        Number of the first file; the take's own by default.
    lacking : container of int
        Numbers of frames that are not written; see :class:`Outside`.
    """

    files: str
    size: tuple[int, int] = FRAME_SIZE
    crop: bool = False
    grey: bool = False
    step: int = 1
    first: int | None = None
    lacking: Container[int] = frozenset()

    def box(self, landmarks: Points) -> tuple[slice, slice]:
        """Rows and columns of the drawn frame that this view shows, scaled to its size."""
        return face_box(landmarks) if self.crop else _tallest(self.size)

    @property
    def margin(self) -> int:
        """Columns added on both sides of the drawn frame, for pictures that are wider than it."""
        width, height = FRAME_SIZE
        wanted = 0 if self.crop else round(height * self.size[0] / self.size[1])
        return max(0, (wanted - width) // 2)

    @property
    def is_video(self) -> bool:
        return Path(self.files).suffix.lower() in VIDEO_SUFFIXES


class Filmed(Played, Protocol):
    """What can be filmed; :class:`Take` is one."""

    @property
    def name(self) -> str: ...
    @property
    def folder(self) -> str: ...
    @property
    def views(self) -> Sequence[View]: ...
    @property
    def fps(self) -> float: ...


@dataclass(frozen=True, kw_only=True)
class Take:
    """One clip to be filmed; layouts add what their sheets say of it.

    Attributes
    ----------
    folder : str
        The subject, as the truth calls it.
    name : str
    person : PersonParameters
    script : Script
    first : int
        Native number of the first frame.
    emotion : str
    views : tuple of View
    fps : float
    """

    folder: str
    name: str
    person: PersonParameters
    script: Script
    first: int
    emotion: str
    views: tuple[View, ...]
    fps: float

    @property
    def onset(self) -> int:
        """Native number of the onset."""
        return self.first + self.script.onset

    @property
    def apex(self) -> int:
        return self.first + self.script.apex

    @property
    def offset(self) -> int:
        return self.first + self.script.offset

    @property
    def last(self) -> int:
        """Native number of the last frame."""
        return self.first + self.script.count - 1


@lru_cache(maxsize=4)
def drawn(parameters: PersonParameters) -> Person:
    """The person of these parameters, drawn once for the clips that follow each other."""
    return build_person(parameters)


def perform(take: Filmed) -> Performance:
    """The take's performance, from which every frame can be drawn."""
    # One thread each: clips are drawn side by side in processes.
    cv2.setNumThreads(1)
    return Performance(drawn(take.person), take.script, CameraSettings(fps=take.fps))


def film(root: Path, take: Filmed) -> int:
    """Draw a take and write its frames and its truth.

    Parameters
    ----------
    root : Path
    take : Filmed

    Returns
    -------
    int
        Frames written, of all views together. Memory does not grow with their number.
    """
    return film_performance(root, take, perform(take))


def film_performance(root: Path, take: Filmed, performance: Performance) -> int:
    """As :func:`film`, for writers that have drawn something of the performance themselves."""
    written = 0
    with ExitStack() as closing:
        sinks = [_Sink(root, view, take, performance) for view in take.views]
        for sink in sinks:
            closing.callback(sink.close)
        for index, frame in enumerate(performance.recorded()):
            written += sum(sink.take_in(frame, index) for sink in sinks)
    path = truth_path(root, take.folder, take.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(truth_bytes(take, performance))
    return written


class _Sink:
    """Takes in frames and writes those of one view."""

    def __init__(self, root: Path, view: View, take: Filmed, performance: Performance) -> None:
        self._root, self._view = root, view
        self._first = take.first if view.first is None else view.first
        self._camera = performance.camera
        self._box = view.box(performance.person.landmarks)
        path = root / view.files
        path.parent.mkdir(parents=True, exist_ok=True)
        self._video: cv2.VideoWriter | None = None
        if view.is_video:
            codec: Any = cv2.VideoWriter.fourcc(*_CODECS[path.suffix.lower()])
            self._video = cv2.VideoWriter(str(path), codec, take.fps / view.step, view.size)
            if not self._video.isOpened():
                raise RuntimeError(f"OpenCV cannot write {path.suffix} videos")

    def take_in(self, frame: Frame, index: int) -> int:
        """Write the frame if this view keeps it; how many files or video frames that made."""
        at, rest = divmod(index, self._view.step)
        number = self._first + at
        if rest or number in self._view.lacking:
            return 0
        picture = self._picture(frame)
        if self._video is not None:
            self._video.write(
                cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR) if self._view.grey else picture
            )
        else:
            path = self._root / self._view.files.format(number)
            path.write_bytes(self._camera.encode(picture, path.suffix))
        return 1

    def _picture(self, frame: Frame) -> Any:
        code = cv2.COLOR_RGB2GRAY if self._view.grey else cv2.COLOR_RGB2BGR
        rows, columns = self._box
        picture = cv2.cvtColor(frame, code)[rows, columns]
        if margin := self._view.margin:
            # The wall goes on beside the drawn frame.
            picture = cv2.copyMakeBorder(picture, 0, 0, margin, margin, cv2.BORDER_REFLECT_101)
        if (picture.shape[1], picture.shape[0]) != self._view.size:
            picture = cv2.resize(picture, self._view.size, interpolation=cv2.INTER_AREA)
        return picture

    def close(self) -> None:
        if self._video is not None:
            self._video.release()


def face_box(landmarks: Points) -> tuple[slice, slice]:
    """Rows and columns of the cropped face, from brows to chin with a margin."""
    width, height = FRAME_SIZE
    (left, top), (right, bottom) = landmarks.min(0), landmarks.max(0)
    margin = 0.06 * (right - left)
    return (
        slice(max(0, int(top - 3 * margin)), min(height, int(bottom + margin))),
        slice(max(0, int(left - margin)), min(width, int(right + margin))),
    )


def _tallest(size: tuple[int, int]) -> tuple[slice, slice]:
    """The drawn frame in full height, its sides cut where the wanted picture is narrower."""
    width, height = FRAME_SIZE
    across = min(width, round(height * size[0] / size[1]))
    left = (width - across) // 2
    return slice(0, height), slice(left, left + across)
