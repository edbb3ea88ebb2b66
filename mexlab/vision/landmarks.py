"""Facial landmarks: the 68 points of the iBUG scheme, and who finds them.

Back ends are registered by name; ``name:argument`` hands the rest to the back end, such as the
path of a model of one's own. The points model that ``dlib`` loads by default was trained on
iBUG 300-W, whose licence excludes commercial use: ``dlib:PATH`` and ``lbf:PATH`` put a model
with other terms in its place.
"""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from mexlab.errors import InputError

Landmarks = NDArray[np.float32]

#: Left, top, right, bottom.
Box = tuple[float, float, float, float]

DLIB_MODEL = "shape_predictor_68_face_landmarks.dat"
POINTS = 68

# HOG finds faces from 80 px up; larger frames are shrunk for the search alone.
_SEARCH_SIDE = 640


class LandmarkDetector(Protocol):
    """Finds one face and its 68 points."""

    name: str

    def detect(self, rgb: NDArray[np.uint8]) -> Landmarks | None:
        """Points (68, 2), x and y in pixels, of the largest face; None where there is none."""
        ...


Factory = Callable[[str], LandmarkDetector]
_BACKENDS: dict[str, Factory] = {}


def register_landmark_backend(name: str, factory: Factory) -> None:
    """Add a back end; ``factory`` gets what follows the colon of ``name:argument``."""
    if ":" in name or not name:
        raise InputError(f"expected a name without a colon, got {name!r}", where="landmarks")
    _BACKENDS[name] = factory
    landmark_detector.cache_clear()


def landmark_backends() -> tuple[str, ...]:
    """Names of the registered back ends."""
    return tuple(_BACKENDS)


@lru_cache(maxsize=8)
def landmark_detector(name: str = "dlib") -> LandmarkDetector:
    """The detector called ``name``; built once a process, as models take long to load.

    Raises
    ------
    InputError
        Where no back end has the name, or its model is missing.
    """
    backend, _, argument = name.partition(":")
    if backend not in _BACKENDS:
        raise _unknown(name)
    return _BACKENDS[backend](argument)


def check_landmarks(name: str) -> None:
    """Whether there is such a back end, and the model file that it names; loads no model.

    Raises
    ------
    InputError
        As :func:`landmark_detector`, before any work was done.
    """
    backend, _, argument = name.partition(":")
    if backend not in _BACKENDS:
        raise _unknown(name)
    if backend == "dlib" and not argument:
        dlib_model_path()
    elif backend == "dlib" and not Path(argument).expanduser().is_file():
        raise InputError(
            "no such model file", where=Path(argument).expanduser(), remedy="Check dlib:PATH"
        )
    elif backend == "lbf" and (not argument or not Path(argument).expanduser().is_file()):
        raise _no_lbf(argument)


def _unknown(name: str) -> InputError:
    return InputError(
        f"expected one of {', '.join(_BACKENDS)}, got {name!r}",
        where="landmarks",
        remedy="register_landmark_backend adds one",
    )


def _no_lbf(model: str) -> InputError:
    return InputError(
        "no such model file",
        where=Path(model).expanduser() if model else "landmarks",
        remedy="Write lbf:PATH with the path of an LBF model (lbfmodel.yaml)",
    )


def landmark_identity(name: str) -> str:
    """Text that changes when the model behind ``name`` changes; loads nothing.

    A model's file enters by its size and time, so that another model under the same path does
    not meet the cached points of the first.
    """
    argument = name.partition(":")[2]
    if not argument:
        return name
    try:
        stat = Path(argument).expanduser().stat()
    except OSError:
        return name
    return f"{name}#{stat.st_size}-{stat.st_mtime_ns}"


def dlib_model_path() -> Path:
    """Where the points model of ``face_recognition_models`` lies.

    The package is located and not imported: its import needs pkg_resources, which new
    setuptools no longer carry.
    """
    spec = importlib.util.find_spec("face_recognition_models")
    places = list(spec.submodule_search_locations or []) if spec else []
    for place in places:
        path = Path(place) / "models" / DLIB_MODEL
        if path.is_file():
            return path
    raise InputError(
        f"{DLIB_MODEL} was not found",
        where="landmarks",
        remedy="Install the package face_recognition_models, or name a model: dlib:PATH",
    )


class FaceFinder:
    """dlib's frontal face detector, which carries its model in its code."""

    def __init__(self) -> None:
        import dlib

        self._dlib = dlib
        self._detector = dlib.get_frontal_face_detector()
        # dlib's detectors keep scratch memory: two threads must not share one call.
        self.lock = threading.Lock()
        self._last: tuple[Any, list[Box]] = (None, [])

    def find(self, rgb: NDArray[np.uint8]) -> Box | None:
        """Left, top, right, bottom of the largest face, in pixels of the image."""
        return next(iter(self.find_all(rgb)), None)

    def find_all(self, rgb: NDArray[np.uint8]) -> list[Box]:
        """The faces, the largest first; smaller ones are searched for only where there is none."""
        # The same frame is asked for its face and then for its faces.
        identity = (rgb.shape, hash(rgb.tobytes()))
        if self._last[0] == identity:
            return self._last[1]
        found: list[Box] = []
        for pad, shortest in ((0.0, 0), (0.0, 400), (0.25, 560)):
            found = self._search(rgb, pad, shortest)
            if found:
                break
        self._last = identity, found
        return found

    def _search(self, rgb: NDArray[np.uint8], pad: float, shortest: int) -> list[Box]:
        """One attempt: small or tightly cropped faces want magnifying and a border."""
        height, width = rgb.shape[:2]
        edge = round(pad * min(height, width))
        image: Any = rgb
        if edge:
            image = cv2.copyMakeBorder(rgb, edge, edge, edge, edge, cv2.BORDER_REFLECT_101)
        sides = image.shape[:2]
        scale = min(1.0, _SEARCH_SIDE / max(sides))
        if shortest:
            scale = max(scale, shortest / min(sides))
        if scale != 1.0:
            how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=how)
        with self.lock:
            faces = list(self._detector(np.ascontiguousarray(image), 0))
        faces.sort(key=lambda box: box.width() * box.height(), reverse=True)
        found: list[Box] = []
        for face in faces:
            sides_px = (face.left(), face.top(), face.right() + 1, face.bottom() + 1)
            left, top, right, bottom = (side / scale - edge for side in sides_px)
            found.append((left, top, right, bottom))
        return found


@lru_cache(maxsize=1)
def _face_finder() -> FaceFinder:
    return FaceFinder()


def count_faces(rgb: NDArray[np.uint8]) -> int:
    """Faces in a frame that could be meant: at least half as wide as the widest."""
    found = _face_finder().find_all(_as_rgb(rgb))
    return sum(2 * (right - left) >= found[0][2] - found[0][0] for left, _, right, _ in found)


class DlibLandmarks:
    """dlib's regression-tree points, with its own model or one of the user's."""

    def __init__(self, model: str = "") -> None:
        path = Path(model).expanduser() if model else dlib_model_path()
        if not path.is_file():
            raise InputError("no such model file", where=path, remedy="Check dlib:PATH")
        import dlib

        self.name = f"dlib:{model}" if model else "dlib"
        self._dlib = dlib
        try:
            self._predictor = dlib.shape_predictor(str(path))
        except RuntimeError as error:
            raise InputError(f"not a dlib shape predictor ({error})", where=path) from error
        self._finder = _face_finder()

    def detect(self, rgb: NDArray[np.uint8]) -> Landmarks | None:
        rgb = _as_rgb(rgb)
        face = self._finder.find(rgb)
        if face is None:
            return None
        left, top, right, bottom = (round(side) for side in face)
        with self._finder.lock:
            shape = self._predictor(
                rgb, self._dlib.rectangle(left, top, max(left, right - 1), max(top, bottom - 1))
            )
        if shape.num_parts != POINTS:
            raise InputError(
                f"expected a model of {POINTS} points, got {shape.num_parts}", where=self.name
            )
        return np.array([(part.x, part.y) for part in shape.parts()], dtype=np.float32)


class LbfLandmarks:
    """OpenCV's local binary features points, with a model file of the user's."""

    def __init__(self, model: str, facemark: Any = None) -> None:
        if facemark is None:
            path = Path(model).expanduser()
            if not model or not path.is_file():
                raise _no_lbf(model)
            facemark = cv2.face.createFacemarkLBF()
            facemark.loadModel(str(path))
        self.name = f"lbf:{model}"
        self._facemark = facemark
        self._finder = _face_finder()

    def detect(self, rgb: NDArray[np.uint8]) -> Landmarks | None:
        rgb = _as_rgb(rgb)
        face = self._finder.find(rgb)
        if face is None:
            return None
        left, top, right, bottom = (round(side) for side in face)
        box = np.array([[left, top, right - left, bottom - top]], dtype=np.int32)
        with self._finder.lock:
            found, points = self._facemark.fit(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), box)
        if not found:
            return None
        shape = np.asarray(points[0], dtype=np.float32).reshape(-1, 2)
        if len(shape) != POINTS:
            raise InputError(
                f"expected a model of {POINTS} points, got {len(shape)}", where=self.name
            )
        return shape


def _as_rgb(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if image.ndim == 2:
        image = np.repeat(image[..., None], 3, axis=2)
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise InputError(
            f"expected an RGB uint8 image, got shape {image.shape} of {image.dtype}", where="frame"
        )
    return np.ascontiguousarray(image)


register_landmark_backend("dlib", DlibLandmarks)
register_landmark_backend("lbf", LbfLandmarks)
