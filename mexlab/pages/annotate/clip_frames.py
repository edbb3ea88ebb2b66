"""Frames on their way to the browser: pulled in chunks, as the files' own bytes."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mexlab.errors import InputError

if TYPE_CHECKING:
    from mexlab.data.clips import Clip

#: The most frames that one answer carries, whatever was asked for.
MOST_AT_ONCE = 64

#: Of a clip that may be opened next the player fetches so many frames (frames_ahead.mjs), one of
#: them with the opening.
FIRST_FRAMES = 16

#: Shown before a frame has told its size; the browser corrects it with the first picture.
_UNKNOWN_SIZE = (640, 480)

_tokens = itertools.count(1)


class ClipFrames:
    """The frames of one opened clip.

    Parameters
    ----------
    clip : Clip

    Attributes
    ----------
    token : str
        Names this opening: answers to questions about an earlier clip are known by it.
    numbers : list of int
        Native frame numbers; empty for a clip without frames.
    opened_at : int
        Native number of the frame that the opening showed.
    size : dict
        ``width`` and ``height`` of the frames, as the opening told.
    face_told : bool
        Whether the player has been told where the face is.
    """

    def __init__(self, clip: Clip) -> None:
        self.clip = clip
        self.token = f"{clip.key}#{next(_tokens)}"
        self.numbers = [] if clip.frames is None else [int(n) for n in clip.frames.numbers]
        self.opened_at = self.numbers[0] if self.numbers else 0
        self.size: dict[str, int] = {}
        self.face_told = False
        self._served: set[int] = set()
        # A clip that is opened while its first frames still go ahead is read by two threads.
        self._reading = threading.Lock()

    @property
    def complete(self) -> bool:
        """Whether every frame has been sent or refused."""
        return len(self._served) >= len(self.numbers)

    @property
    def begun(self) -> bool:
        """Whether the frames with which the player begins have been sent, or refused."""
        return len(self._served) >= min(FIRST_FRAMES - 1, len(self.numbers) - 1)

    def opening(self, frame: int | None = None) -> tuple[dict[str, Any], bytes]:
        """What the player is told when the clip is opened, and the first frame to paint.

        Parameters
        ----------
        frame : int, optional
            Native number; the nearest one there is taken, the clip's first by default.
        """
        record: dict[str, Any] = {
            "key": str(self.clip.key),
            "token": self.token,
            "numbers": self.numbers,
            "fps": self.clip.fps,
            "message": "",
        }
        if self.clip.frames is None or not self.numbers:
            return record | {"message": no_frames_sentence(self.clip)}, b""
        first = self.numbers[0]
        at = first if frame is None else min(self.numbers, key=lambda n: abs(n - frame))
        with self._reading:
            try:
                width, height = self.clip.frames.size
            except InputError:
                width, height = _UNKNOWN_SIZE
            self.opened_at, self.size = at, {"width": width, "height": height}
            record |= {"frame": at, "width": width, "height": height, "poster_mime": ""}
            try:
                poster = self.clip.frames.encoded(at)
            except InputError:
                # The player asks for it like for any other, and is told what is wrong with it.
                return record, b""
        return record | {"poster_mime": poster.mime}, poster.data

    def rest(self) -> None:
        """Let go of an open video and of its decoded frames until frames are asked for again."""
        close = getattr(self.clip.frames, "close", None)
        if close is not None:
            with self._reading:
                close()

    def answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """Answer a ``want`` message: the frames asked for, and why some cannot be had.

        Raises
        ------
        InputError
            Where the message is not about this clip.
        """
        if message.get("token") != self.token or self.clip.frames is None:
            raise InputError("the frames asked for are not this clip's", where=str(self.clip.key))
        frames: list[dict[str, Any]] = []
        failures: list[dict[str, Any]] = []
        buffers: list[bytes] = []
        asked: Sequence[int] = message.get("indices") or []
        with self._reading:
            # In the clip's own order: a video is decoded forward.
            for index in sorted(asked[:MOST_AT_ONCE]):
                if not 0 <= index < len(self.numbers):
                    continue
                self._served.add(index)
                try:
                    encoded = self.clip.frames.encoded(self.numbers[index])
                except (InputError, OSError) as error:
                    failures.append({"index": index, "reason": str(error)})
                    continue
                except Exception as error:
                    # A decoder's own: one that went up would leave the question unanswered.
                    reason = f"{type(error).__name__}: {error}"
                    failures.append({"index": index, "reason": reason})
                    continue
                frames.append({"index": index, "mime": encoded.mime})
                buffers.append(encoded.data)
        return {
            "kind": "frames",
            "token": self.token,
            "request": message.get("request"),
            "frames": frames,
            "failures": failures,
        }, buffers


def not_yet(message: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a question about a clip that is not the open one.

    The browser asks again as soon as that clip is open, and forgets the question where the coder
    has gone on: none is left without an answer.
    """
    names = ("token", "request", "number", "reference")
    asked = {name: message[name] for name in names if name in message}
    return {"kind": "not-yet", "of": message.get("kind"), **asked}


def no_frames_sentence(clip: Clip) -> str:
    """Why a clip has no frames to show, in plain words."""
    if clip.features_file is not None:
        return (
            "This clip came as features only: its database was imported from a feature release, "
            "which holds no video frames.\n\n"
            "It can be trained on and looked at under Flow, but onset, apex and offset cannot be "
            "marked here. Choose a clip of another database on the left."
        )
    return "No frames of this clip were found when its database was imported."
