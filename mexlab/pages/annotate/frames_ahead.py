"""Frames of the clips that may be opened next, read in the background and sent ahead."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError
from mexlab.pages.annotate.clip_frames import ClipFrames
from mexlab.pages.shell.latest_task import LatestTask

#: Clips whose opening is remembered: to do, next and previous.
MOST_CLIPS = 3


class FramesAhead:
    """Answers the player's ``ahead`` messages; only the latest question is worked on.

    Pictures only: what is sent is the clip's numbers, size and frames, and where it would open.
    Nobody's coding of it goes out before the clip is opened.

    Parameters
    ----------
    load : callable
        Gives the clip of a key, with a frame source of its own.
    open_at : callable
        Gives the native number of the frame at which a clip would open, or None for its first.
    tell : callable
        Gets the answer and its buffers; called in the background thread.
    face : callable, optional
        Gives where the face is in a frame of a clip, None where there is none. It is told once
        the frames have gone: the clip then opens with its face, and not with a whole frame first.
    """

    def __init__(
        self,
        load: Callable[[ClipKey], Any],
        open_at: Callable[[ClipKey], int | None],
        tell: Callable[[dict[str, Any], list[bytes]], None],
        face: Callable[[ClipKey, int], dict[str, int] | None] | None = None,
    ) -> None:
        self._face = face
        self._load = load
        self._open_at = open_at
        self._tell = tell
        self._lock = threading.Lock()
        self._held: OrderedDict[ClipKey, ClipFrames] = OrderedDict()
        self._task: LatestTask[Mapping[str, Any]] = LatestTask(self._answer, "ahead")

    def ask(self, message: Mapping[str, Any]) -> None:
        """Send the frames that a message names, and at first what the clip is; returns at once."""
        self._task.ask(message)

    def take(self, key: ClipKey) -> ClipFrames | None:
        """The opening of a clip of which frames were sent ahead, if it is remembered.

        The browser knows the frames by this opening's token: a clip that is opened now goes on
        with it. It is forgotten here.
        """
        with self._lock:
            return self._held.pop(key, None)

    def named(self, token: str) -> ClipFrames | None:
        """The remembered opening of that token: its clip was chosen, but is not open yet.

        The browser shows what was sent ahead at once, and asks for more of it before the page
        knows of the choice. It stays remembered.
        """
        with self._lock:
            return next((held for held in self._held.values() if held.token == token), None)

    def wait(self, timeout: float) -> bool:
        """Wait until nothing is left to answer; False where that took longer."""
        return self._task.wait(timeout)

    def _answer(self, message: Mapping[str, Any]) -> None:
        # Answered in any case: the player asks for the next only then.
        answer: dict[str, Any] = {"kind": "ahead", "request": message.get("request")}
        nothing: dict[str, Any] = {"frames": [], "failures": []}
        try:
            key = ClipKey.parse(str(message.get("clip", "")))
            indices = list(message.get("indices") or [])
            told, buffers = self._frames(key, indices)
        except Exception:
            # An aid: opening the clip in earnest says what is wrong with it.
            self._tell(answer | nothing, [])
            return
        self._tell(nothing | told | answer, buffers)
        if indices:
            self._tell_face(key)

    def _tell_face(self, key: ClipKey) -> None:
        """Where the face is, when the last of the first frames has gone."""
        with self._lock:
            held = self._held.get(key)
        if self._face is None or held is None or held.face_told or not held.begun:
            return
        held.face_told = True
        record = {"kind": "face", "clip": str(key), "size": held.size}
        try:
            self._tell(record | (self._face(key, held.opened_at) or {}), [])
        except Exception:
            # An aid of an aid: the ribbon looks for it, too, when the clip is open.
            return

    def _frames(self, key: ClipKey, indices: list[int]) -> tuple[dict[str, Any], list[bytes]]:
        if not indices:
            opened = ClipFrames(self._load(key))
            record, poster = opened.opening(self._open_at(key))
            self._hold(key, opened)
            if not poster:
                return {"record": record}, []
            index = opened.numbers.index(record["frame"])
            frames = [{"index": index, "mime": record["poster_mime"]}]
            return {"record": record, "frames": frames}, [poster]
        with self._lock:
            held = self._held.get(key)
        if held is None:
            raise InputError("frames of a clip that was not asked for first", where=str(key))
        answer, buffers = held.answer({"token": held.token, "indices": indices})
        return answer, buffers

    def _hold(self, key: ClipKey, frames: ClipFrames) -> None:
        with self._lock:
            for other in self._held.values():
                other.rest()
            self._held[key] = frames
            self._held.move_to_end(key)
            while len(self._held) > MOST_CLIPS:
                self._held.popitem(last=False)
