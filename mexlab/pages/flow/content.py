"""What the flow page shows of one clip, made in a background thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.codings import Coding
from mexlab.data.databases.layouts.ststnet import read_feature_image
from mexlab.errors import FaceNotFoundError, MexlabError
from mexlab.features.cache import FlowCache
from mexlab.features.flow_maps import FlowMaps
from mexlab.features.region_motion import RegionMotion, masked_energy, region_motion
from mexlab.features.settings import FlowSettings
from mexlab.pages.flow.clips import PAGE, coding_of
from mexlab.pages.shell.links import page_url
from mexlab.vision.colour import DIVERGING, SEQUENTIAL
from mexlab.vision.crop import crop_face
from mexlab.vision.regions import REGIONS, region_masks
from mexlab.workspace.blindness import disclose

if TYPE_CHECKING:
    from mexlab.workspace.workspace import Workspace

#: Regions by name of what the probe calls them, the last drawn on top.
_NAMED = ("nose", "cheeks", "chin", "mouth", "lip corners", "brows", "lids")
_NAMES = {"brows": "brow", "lids": "lid", "cheeks": "cheek", "lip corners": "lip corner"}


@dataclass(frozen=True, slots=True, eq=False)
class FlowRequest:
    """What the page wants to see.

    Attributes
    ----------
    sequence : int
        Grows with each request.
    key : ClipKey
    coder : str
        Whose onset and apex.
    settings : FlowSettings
    apex : int or None
        In place of the coded one.
    """

    sequence: int
    key: ClipKey
    coder: str
    settings: FlowSettings
    apex: int | None = None


@dataclass(slots=True)
class FlowContent:
    """What the view is sent: a message, its arrays as buffers, and the maps for files.

    Attributes
    ----------
    message : dict
        ``kind`` "maps", "release" or "message"; ``arrays`` names the buffers as
        ``[name, "float32" | "uint8" | "bytes", shape]``.
    buffers : list of bytes
    maps : FlowMaps or None
    inputs : array or None
        Raw network input, shape (3, side, side).
    masked : array or None
        Share of each input cell under the eye mask, shape (side, side); None without a mask.
    coding : Coding or None
    """

    message: dict[str, Any]
    buffers: list[bytes] = field(default_factory=list)
    maps: FlowMaps | None = None
    inputs: NDArray[np.float32] | None = None
    masked: NDArray[np.float32] | None = None
    coding: Coding | None = None

    def add(self, name: str, array: NDArray[Any] | bytes) -> None:
        """Append an array, or an encoded picture, to what is sent."""
        arrays = self.message.setdefault("arrays", [])
        if isinstance(array, bytes):
            arrays.append([name, "bytes", [len(array)]])
            self.buffers.append(array)
        else:
            arrays.append([name, str(array.dtype), list(array.shape)])
            self.buffers.append(np.ascontiguousarray(array).tobytes())


def load_content(workspace: Workspace, request: FlowRequest, page: str = PAGE) -> FlowContent:
    """Everything the page shows of a clip; a clip that has no maps gives a calm message.

    `page` is where it is shown, for the record of what was opened before a commit.

    Raises
    ------
    InputError
        Where there is no such clip.
    """
    clip = workspace.store.clip(request.key.clip)
    if clip.frames is None:
        content = _release(workspace, clip)
    else:
        coding = coding_of(workspace, request.key, request.coder)
        content = (
            _hidden(workspace, request, page)
            or _missing(workspace, request, coding)
            or _computed(workspace, request, clip, coding)
        )
    head = {"type": "content", "sequence": request.sequence, "clip": str(request.key)}
    content.message = {**head, "file": file_stem(request), **content.message}
    return content


def file_stem(request: FlowRequest) -> str:
    """The beginning of the names of files that are taken along."""
    key = request.key
    number = () if key.expression == 1 else (f"expression-{key.expression}",)
    return "_".join((key.database, key.subject, key.name, *number, "flow"))


def title_of(key: ClipKey) -> str:
    """A clip in the words of the pages."""
    return f"{key.database} · {key.subject} · {key.title}"


# ---- clips without maps ----------------------------------------------------------------------


def calm(heading: str, text: str = "", remedy: str = "", **links: str) -> FlowContent:
    """A message in the place of the maps; ``links`` are titles and addresses."""
    return FlowContent(
        {
            "kind": "message",
            "heading": heading,
            "text": text,
            "remedy": remedy,
            "links": [{"title": title, "url": url} for title, url in links.items()],
        }
    )


def _hidden(workspace: Workspace, request: FlowRequest, page: str) -> FlowContent | None:
    """Another's coding would show through its maps before it may be seen."""
    if disclose(workspace, (request.key,), request.coder, page):
        return None
    hidden = calm(
        f"You code here: the coding of {request.coder} stays hidden until you commit this clip.",
        "Its onset and apex would show through the maps.",
        f"Commit your coding in Annotate, or choose the coding of {workspace.coder} on the left.",
        **{"Open in Annotate": page_url("annotate", clip=request.key.clip)},
    )
    hidden.message["blind"] = True
    return hidden


def _missing(workspace: Workspace, request: FlowRequest, coding: Coding) -> FlowContent | None:
    missing = [name for name in ("onset", "apex") if getattr(coding, name) is None]
    if not missing or (missing == ["apex"] and request.apex is not None):
        return None
    whose = "The database names" if request.coder == GROUND_TRUTH else f"{request.coder} marked"
    marks = " and no ".join(missing)
    others = [
        coder
        for coder in workspace.store.coders()
        if coder != request.coder and coder in (GROUND_TRUTH, workspace.coder)
    ]
    instead = f", or choose the coding of {others[0]} on the left" if others else ""
    return calm(
        f"{whose} no {marks} for this clip.",
        "Flow is measured from the onset frame to the apex frame.",
        f"Mark the {' and the '.join(missing)} in Annotate{instead}.",
        **{"Open in Annotate": page_url("annotate", clip=request.key.clip)},
    )


def problem(error: MexlabError, key: ClipKey) -> FlowContent:
    """What the page says where the maps could not be made."""
    annotate = {"Open in Annotate": page_url("annotate", clip=key.clip)}
    if isinstance(error, FaceNotFoundError):
        return calm("No face was found in this clip.", error.heading, error.advice, **annotate)
    return calm(error.heading, error.place, error.advice, **annotate)


# ---- clips of a feature release --------------------------------------------------------------


def _release(workspace: Workspace, clip: Clip) -> FlowContent:
    database = {row.name: row for row in workspace.store.databases()}[clip.key.database]
    if clip.features_file is None:
        return calm("This clip has neither frames nor features.", remedy="Import it again.")
    picture = read_feature_image(database.root, clip.features_file)
    inputs = np.moveaxis(picture, 2, 0).astype(np.float32) / np.float32(255)
    side = picture.shape[0]
    content = FlowContent(
        {
            "kind": "release",
            "note": (
                "This clip comes from a feature release: 28 × 28 maps without frames. Each map "
                "was stretched to its own range, so the sign, the zero and the size of the "
                "motion are lost."
            ),
            "title": title_of(clip.key),
            "summary": "feature release, as released",
            "width": side,
            "height": side,
            "side": side,
        },
        inputs=inputs,
    )
    content.add("input-bare", inputs)
    content.add("sequential", SEQUENTIAL)
    content.add("diverging", DIVERGING)
    return content


# ---- computed maps ---------------------------------------------------------------------------


def _computed(
    workspace: Workspace, request: FlowRequest, clip: Clip, coding: Coding
) -> FlowContent:
    frames = clip.frames
    assert frames is not None
    assert coding.onset is not None
    apex = coding.apex if request.apex is None else request.apex
    assert apex is not None
    cache = FlowCache(workspace.cache_dir, detached=True)
    maps = cache.get_or_compute(frames, coding.onset, apex, request.settings)
    height, width = maps.maps.shape[:2]
    settings = request.settings
    bare = maps.with_settings(_with_mask(settings, False))
    masked = maps.with_settings(_with_mask(settings, True))
    content = FlowContent(
        {
            "kind": "maps",
            "title": f"{title_of(clip.key)} · coding {request.coder}",
            "context": f"{title_of(clip.key)} · coding {request.coder} · "
            f"onset {coding.onset} → apex {apex}",
            "summary": f"onset {coding.onset} → apex {apex} · {settings.flow}, "
            f"{settings.head_motion}",
            "width": width,
            "height": height,
            "side": settings.input_size,
            "onset": coding.onset,
            "apex": apex,
            "coded_apex": apex if coding.apex is None else coding.apex,
            "offset": coding.offset,
            "numbers": [int(number) for number in frames.numbers],
            "fps": clip.fps,
            "landmarks": maps.landmarks.round(2).tolist(),
            "margin": settings.eye_mask_margin,
            "energy": masked_energy(masked),
            "motion": {
                "masked": [_motion_record(row) for row in region_motion(masked)],
                "bare": [_motion_record(row) for row in region_motion(bare)],
            },
            "region_names": [_NAMES.get(name, name) for name in _NAMED],
        },
        maps=maps,
        inputs=maps.network_input(),
        masked=maps.masked_share() if settings.eye_mask else None,
        coding=coding,
    )
    content.add("maps", maps.maps)
    content.add("mask", maps.mask.astype(np.uint8))
    content.add("regions", _region_index(maps))
    content.add("input-masked", masked.network_input())
    content.add("input-bare", bare.network_input())
    content.add("input-share", masked.masked_share())
    content.add("sequential", SEQUENTIAL)
    content.add("diverging", DIVERGING)
    for name, number in (("face-onset", coding.onset), ("face-apex", apex)):
        content.add(name, _face(frames.read(number), maps))
    return content


def _with_mask(settings: FlowSettings, on: bool) -> FlowSettings:
    return FlowSettings.from_record({**settings.to_record(), "eye_mask": on})


def _motion_record(row: RegionMotion) -> dict[str, Any]:
    # JSON has no NaN.
    if np.isnan(row.magnitude):
        return {"name": row.name, "magnitude": None, "u": 0.0, "v": 0.0, "strain": None}
    return {
        "name": row.name,
        "magnitude": row.magnitude,
        "u": row.u,
        "v": row.v,
        "strain": row.strain,
    }


def _region_index(maps: FlowMaps) -> NDArray[np.uint8]:
    """For each pixel, which region it belongs to: 1-based into ``region_names``, 0 for none."""
    masks = region_masks(maps.landmarks, maps.maps.shape)
    index = np.zeros(maps.maps.shape[:2], np.uint8)
    for place, name in enumerate(_NAMED, start=1):
        index[masks[name]] = place
    return index


def _face(image: NDArray[np.uint8], maps: FlowMaps) -> bytes:
    """The face as the maps cut it, at the frame's own resolution where that is finer."""
    width, height = maps.settings.face_size
    scale = min(4, max(1, round(maps.box.width / width)))
    cut = crop_face(image, maps.box, (width * scale, height * scale))
    quality = [cv2.IMWRITE_JPEG_QUALITY, 92]
    done, data = cv2.imencode(".jpg", cv2.cvtColor(cut, cv2.COLOR_RGB2BGR), quality)
    assert done
    return data.tobytes()


assert set(_NAMED) == set(REGIONS)
