"""The settings of the flow maps: one frozen record, saved with every result."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from mexlab.errors import InputError
from mexlab.features.knob import Knob

#: Kept beside :data:`mexlab.vision.flow.FLOW_METHODS` (a test compares them), so that settings
#: can be read and shown without loading OpenCV.
FLOW_METHODS = ("tvl1-micro", "tvl1", "farneback", "dis")
HEAD_MOTIONS = ("as filmed", "compensated")


def _whole_numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _two_sides(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.lower().replace("\u00d7", "x").split("x"))


def _pixels(text: str) -> float:
    return float(text.lower().removesuffix("px"))


_LANDMARKS = Knob(
    "--landmarks",
    "landmarks",
    "Landmark back end: dlib (default), or name:argument.",
    "a back end's name, or name:argument",
)
_MARGINS = Knob(
    "--margins",
    "crop margins",
    "Pixels of the frame around the outermost landmarks: top,bottom,left,right; 25,0,5,5.",
    "four whole numbers, top,bottom,left,right",
    read=_whole_numbers,
    spell=lambda value: ",".join(map(str, value)),
    unit="px",
)
_FACE_SIZE = Knob(
    "--face-size",
    "face size",
    "Width and height of the resized crop, px; 140x170.",
    "width and height in px, as 140x170",
    read=_two_sides,
    spell=lambda value: "x".join(map(str, value)),
    unit="px",
)
_FLOW = Knob(
    "--flow",
    "flow",
    "Optical flow: tvl1-micro (default), tvl1, farneback or dis.",
    f"one of {', '.join(FLOW_METHODS)}",
    choices=FLOW_METHODS,
)
_HEAD = Knob(
    "--head-motion",
    "head motion",
    "The head's own motion: 'as filmed' (default) stays in, compensated is taken off.",
    f"one of {', '.join(HEAD_MOTIONS)}",
    read=lambda text: text.strip().replace("-", " "),
    choices=HEAD_MOTIONS,
)
_MASK = Knob(
    "--mask/--no-mask", "eye mask", "Whether the eye regions are masked.", "on or off", switch=True
)
_MASK_MARGIN = Knob(
    "--mask-margin",
    "mask margin",
    "Pixels of the resized crop around the eyes' polygons; 5, and 0 in the paper.",
    "pixels, 0 to 100",
    read=_pixels,
    spell=lambda value: f"{value:g}",
    unit="px",
)
_INPUT_SIZE = Knob(
    "--input-size",
    "input size",
    "Side of the network's square input, px; 28. Others are trained by torch, more slowly.",
    "a whole number of pixels",
    read=int,
    unit="px",
)


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """How two frames become a network's input.

    Attributes
    ----------
    landmarks : str
        Back end of :mod:`mexlab.vision.landmarks`, ``name`` or ``name:argument``.
    margins : (top, bottom, left, right)
        Pixels of the frame around the outermost landmarks; the paper's 25, 0, 5, 5.
    face_size : (width, height)
        Pixels of the resized crop; CASME II and SMIC publish theirs at 140 x 170.
    flow : {"tvl1-micro", "tvl1", "farneback", "dis"}
        See :func:`mexlab.vision.flow.compute_flow`.
    head_motion : {"as filmed", "compensated"}
        The paper leaves the head's motion in; ``compensated`` takes off the similarity motion
        of the nose and the inner eye corners.
    eye_mask : bool
        Set u, v and strain of the eye regions to zero.
    eye_mask_margin : float
        Pixels of the resized crop around the eyes' polygons. The paper names none, and with 0
        the rim that moving lids leave outside the polygon stays in the picture; the default
        covers it.
    input_size : int
        Side of the network's square input; the paper's 28. The networks are built for it
        (:mod:`mexlab.models.sides`), from 4 up, which leaves one pooled cell.

    Raises
    ------
    InputError
        All faults at once.
    """

    landmarks: str = field(default="dlib", metadata={"knob": _LANDMARKS})
    margins: tuple[int, int, int, int] = field(default=(25, 0, 5, 5), metadata={"knob": _MARGINS})
    face_size: tuple[int, int] = field(default=(140, 170), metadata={"knob": _FACE_SIZE})
    flow: str = field(default="tvl1-micro", metadata={"knob": _FLOW})
    head_motion: str = field(default="as filmed", metadata={"knob": _HEAD})
    eye_mask: bool = field(default=True, metadata={"knob": _MASK})
    eye_mask_margin: float = field(default=5.0, metadata={"knob": _MASK_MARGIN})
    input_size: int = field(default=28, metadata={"knob": _INPUT_SIZE})

    def __post_init__(self) -> None:
        for name in ("margins", "face_size"):
            value = getattr(self, name)
            if isinstance(value, list):
                object.__setattr__(self, name, tuple(value))
        # 5 and 5.0 are one setting and must have one key.
        if isinstance(self.eye_mask_margin, int) and not isinstance(self.eye_mask_margin, bool):
            object.__setattr__(self, "eye_mask_margin", float(self.eye_mask_margin))
        faults = self._faults()
        if faults:
            raise InputError("; ".join(faults), where="flow settings")

    def _faults(self) -> list[str]:
        faults = []
        if not isinstance(self.landmarks, str) or not self.landmarks:
            faults.append(f"landmarks: expected a back end's name, got {self.landmarks!r}")
        if not _integers(self.margins, 4, 0):
            faults.append(
                f"margins: expected four whole numbers from 0 up (top, bottom, left, right), "
                f"got {self.margins!r}"
            )
        if not _integers(self.face_size, 2, 32):
            faults.append(
                f"face_size: expected width and height from 32 px up, got {self.face_size!r}"
            )
        if self.flow not in FLOW_METHODS:
            faults.append(f"flow: expected one of {', '.join(FLOW_METHODS)}, got {self.flow!r}")
        if self.head_motion not in HEAD_MOTIONS:
            faults.append(
                f"head_motion: expected one of {', '.join(HEAD_MOTIONS)}, got {self.head_motion!r}"
            )
        if not isinstance(self.eye_mask, bool):
            faults.append(f"eye_mask: expected True or False, got {self.eye_mask!r}")
        if not isinstance(self.eye_mask_margin, float) or not 0 <= self.eye_mask_margin <= 100:
            faults.append(f"eye_mask_margin: expected 0 to 100 px, got {self.eye_mask_margin!r}")
        if not _integers((self.input_size,), 1, 4):
            faults.append(f"input_size: expected a side from 4 px up, got {self.input_size!r}")
        return faults

    def key(self) -> str:
        """Digest of all fields: equal settings, equal key, across processes and machines."""
        return _digest(self.to_record())

    def maps_key(self) -> str:
        """Digest of the fields that the maps themselves depend on.

        Mask and input size are applied when the maps are used, so that switching the mask
        computes no flow anew.
        """
        record = self.to_record()
        for name in ("eye_mask", "eye_mask_margin", "input_size"):
            del record[name]
        return _digest(record)

    def to_record(self) -> dict[str, Any]:
        """Plain values for JSON."""
        record = asdict(self)
        record["margins"] = list(self.margins)
        record["face_size"] = list(self.face_size)
        return record

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> FlowSettings:
        """Read :meth:`to_record` back; unknown fields are an error, missing ones take defaults."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(record) - known)
        if unknown:
            raise InputError(
                f"unknown fields {', '.join(unknown)}; known are {', '.join(sorted(known))}",
                where="flow settings",
            )
        return cls(**record)


def _integers(values: object, count: int, least: int) -> bool:
    return (
        isinstance(values, tuple)
        and len(values) == count
        and all(isinstance(v, int) and not isinstance(v, bool) and v >= least for v in values)
    )


def _digest(record: dict[str, Any]) -> str:
    text = json.dumps(record, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
