"""The truth of a synthetic clip, saved beside the database for tests and benchmarks."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from mexlab.data.databases.imported import SYNTHETIC_TRUTH
from mexlab.errors import InputError
from mexlab.synthetic.acting.performance import Performance, Script
from mexlab.synthetic.person.faces import PersonParameters
from mexlab.synthetic.person.photograph import FRAME_SIZE

TRUTH_FOLDER = SYNTHETIC_TRUTH


@dataclass(frozen=True)
class Truth:
    """What really happened in a synthetic clip. Frame numbers are native.

    Attributes
    ----------
    onset, apex, offset : int
    numbers : (N,) int64
        Every frame's number.
    flow : (480, 640, 2) float32
        Forward flow onset to apex on the onset frame's pixels, frame px; lids and glare are
        not part of it. Stored to 1/128 px.
    course : (N,) float32
        Share of the expression in every frame.
    closed : (N,) float32
        How far the eyes are closed in every frame, 1 shut.
    head : (N, 3) float32
        The head's shift (px) and rotation (radians) in every frame.
    landmarks : (68, 2) float32
        Of the resting face, frame px.
    frame_px_per_crop_px : float
        Frame pixels for one pixel of the face cropped to 140 px width.
    units : list of dict
        Action units with side and amplitude (px of a 140 px wide face).
    person : dict
        Parameters of the person.
    expressions : list of dict
        Onset, apex, offset and units of all of them, in a long video; onset to flow above are
        the first one's, and the course is that of whatever shows most.
    """

    onset: int
    apex: int
    offset: int
    numbers: npt.NDArray[np.int64]
    flow: npt.NDArray[np.float32]
    course: npt.NDArray[np.float32]
    closed: npt.NDArray[np.float32]
    head: npt.NDArray[np.float32]
    landmarks: npt.NDArray[np.float32]
    frame_px_per_crop_px: float
    units: list[dict[str, Any]]
    person: dict[str, Any]
    expressions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def blinks(self) -> npt.NDArray[np.int64]:
        """Native numbers of the frames in which the lids are at least a fifth closed."""
        return self.numbers[self.closed >= 0.2]


def truth_path(root: Path, subject: str, name: str) -> Path:
    return root / TRUTH_FOLDER / subject / f"{name}.npz"


class Played(Protocol):
    """A clip as far as its truth tells of it."""

    @property
    def first(self) -> int: ...
    @property
    def script(self) -> Script: ...
    @property
    def person(self) -> PersonParameters: ...
    @property
    def emotion(self) -> str: ...


def truth_bytes(clip: Played, performance: Performance) -> bytes:
    """The truth of a clip as an ``.npz`` without pickle."""
    script, person = clip.script, performance.person
    flow = performance.flow(script.onset, script.apex)
    rows = np.flatnonzero(np.abs(flow).max((1, 2)) > 1e-3)
    columns = np.flatnonzero(np.abs(flow).max((0, 2)) > 1e-3)
    top, left = (int(v[0]) if len(v) else 0 for v in (rows, columns))
    bottom, right = (int(v[-1]) + 1 if len(v) else 1 for v in (rows, columns))
    patch = np.rint(flow[top:bottom, left:right] * 128.0).astype(np.int16)
    about: dict[str, Any] = {
        "onset": clip.first + script.onset,
        "apex": clip.first + script.apex,
        "offset": clip.first + script.offset,
        "frame_px_per_crop_px": person.raw_per_crop,
        "units": [asdict(move) for move in script.moves],
        "person": clip.person.to_record(),
        "emotion": clip.emotion,
    }
    if script.more:
        about["expressions"] = [
            {
                "onset": clip.first + one.onset,
                "apex": clip.first + one.apex,
                "offset": clip.first + one.offset,
                "units": [asdict(move) for move in one.moves],
            }
            for one in script.expressions
        ]
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        numbers=np.arange(clip.first, clip.first + script.count, dtype=np.int64),
        flow_128th_px=patch,
        flow_origin=np.array([top, left], dtype=np.int64),
        course=performance.course.astype(np.float32),
        closed=performance.closed.astype(np.float32),
        head=performance.head.astype(np.float32),
        landmarks=person.landmarks.astype(np.float32),
        about=np.frombuffer(json.dumps(about, sort_keys=True).encode(), dtype=np.uint8),
    )
    return buffer.getvalue()


def load_truth(root: str | Path, subject: str, name: str) -> Truth:
    """Read the truth of one synthetic clip.

    Parameters
    ----------
    root : path
        Folder of the synthetic database.
    subject, name : str
        As the tree has them: ``sub01``, ``EP02_01f``.

    Raises
    ------
    InputError
        Where there is no truth for that clip.
    """
    path = truth_path(Path(root), subject, name)
    if not path.is_file():
        raise InputError(
            f"no truth is saved for {subject}/{name}",
            where=path,
            remedy="Only databases written by `mexlab synthesise` have truth",
        )
    with np.load(path, allow_pickle=False) as stored:
        width, height = FRAME_SIZE
        flow = np.zeros((height, width, 2), np.float32)
        top, left = (int(v) for v in stored["flow_origin"])
        patch = stored["flow_128th_px"]
        flow[top : top + patch.shape[0], left : left + patch.shape[1]] = patch / 128.0
        about = json.loads(stored["about"].tobytes())
        return Truth(
            onset=about["onset"],
            apex=about["apex"],
            offset=about["offset"],
            numbers=stored["numbers"],
            flow=flow,
            course=stored["course"],
            closed=stored["closed"],
            head=stored["head"],
            landmarks=stored["landmarks"],
            frame_px_per_crop_px=about["frame_px_per_crop_px"],
            units=about["units"],
            person=about["person"],
            expressions=about.get("expressions", []),
        )
