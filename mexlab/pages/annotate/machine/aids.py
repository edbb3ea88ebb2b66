"""What the machine shows beside the frames: ribbon, landmarks, magnified motion. All threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mexlab.pages.annotate.clip_frames import not_yet
from mexlab.pages.annotate.machine.landmarks import FrameLandmarks
from mexlab.pages.annotate.machine.ribbon import MotionRibbon
from mexlab.pages.annotate.machine.warps import FrameWarps

if TYPE_CHECKING:
    from mexlab.data.clips import ClipKey
    from mexlab.pages.annotate.clip_frames import ClipFrames
    from mexlab.widgets.player.clip_player import ClipPlayer
    from mexlab.widgets.timeline.timeline import Timeline
    from mexlab.workspace.workspace import Workspace


class MachineAids:
    """The background work for the clip on show; none of it delays a step or an edit.

    Parameters
    ----------
    workspace : Workspace
    player : ClipPlayer
    timeline : Timeline
    found : callable
        Gets a clip and the machine's apex frames by method.
    """

    def __init__(
        self,
        workspace: Workspace,
        player: ClipPlayer,
        timeline: Timeline,
        found: Callable[[ClipKey, dict[str, int]], None],
    ) -> None:
        load, cache = workspace.store.clip, workspace.cache_dir
        self._timeline = timeline
        self._send = player.send
        self._clip: ClipKey | None = None
        self._frames: ClipFrames | None = None
        self.ribbon = MotionRibbon(load, cache, self._show_curves, found)
        self.landmarks = FrameLandmarks(load, cache, player.send)
        self.warps = FrameWarps(load, cache, player.send)
        player.observe(lambda change: self.ribbon.look(change["new"]), "frame")

    def open(
        self, key: ClipKey, frames: ClipFrames, coding: Mapping[str, Any], frame: int | None
    ) -> None:
        """A clip is on show, at a frame, with what its coder has marked in it."""
        self._clip, self._frames = key, frames
        if frames.numbers:
            self._timeline.curves = {"clip": str(key), "state": "computing"}
            self.ribbon.open(key, coding["onset"], frame, coding["offset"])

    def marks_are(self, coding: Mapping[str, Any]) -> None:
        """Onset and offset of the expression on the form, None where it has none."""
        if self._clip is not None and self._frames is not None and self._frames.numbers:
            self.ribbon.marks_changed(self._clip, coding["onset"], coding["offset"])

    def frames_sent(self) -> None:
        """Frames of the clip on show have just gone out."""
        self.ribbon.player_asked()
        if self._frames is not None and self._frames.complete:
            self.ribbon.frames_are_out()

    def answer(self, message: Mapping[str, Any]) -> None:
        """Answer what the player asks about a frame: at worst "not yet", or "no such frame"."""
        kind = message.get("kind")
        if kind not in ("landmarks", "warp"):
            return
        frames = self._frames
        number: Any = message.get("number")
        if frames is None or self._clip is None or message.get("token") != frames.token:
            # Asked before the page knew of the clip, or of one that was left: the player knows.
            self._send(not_yet(message))
            return
        asked = [number] if kind == "landmarks" else [number, message.get("reference")]
        for one in asked:
            if one not in frames.numbers:
                names = ("kind", "token", "number", "reference")
                told = {name: message[name] for name in names if name in message}
                self._send(told | {"message": f"this clip has no frame {one}"})
                return
        if kind == "landmarks":
            self.landmarks.ask(self._clip, frames.token, int(number))
        else:
            self.warps.ask(self._clip, frames.token, message)

    def _show_curves(self, record: dict[str, Any]) -> None:
        self._timeline.curves = record
