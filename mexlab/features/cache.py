"""The feature cache: computed once for given frames, settings and code, kept on disk."""

from __future__ import annotations

import hashlib
import io
import json
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mexlab.errors import FaceNotFoundError
from mexlab.features.flow_maps import FlowMaps, check_frames, compute_flow_maps, find_landmarks
from mexlab.features.plausibility import Plausibility, look_at
from mexlab.features.settings import FlowSettings
from mexlab.vision.crop import CropBox
from mexlab.vision.detached_landmarks import DetachedLandmarks
from mexlab.vision.landmarks import landmark_identity
from mexlab.vision.masks import eye_mask
from mexlab.whole_files import write_whole

if TYPE_CHECKING:
    from mexlab.data.frames.frames import FrameSource

#: Raised whenever a change of code changes what is computed from the same frames and settings.
FLOW_VERSION = 1
LANDMARKS_VERSION = 1
PLAUSIBILITY_VERSION = 1

_BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, KeyError, EOFError, OSError, IndexError)


class FlowCache:
    """Flow maps and landmarks by content: frames' fingerprints, settings and code version.

    Entries are written whole or not at all, and hold a check sum: an interrupted write leaves
    nothing behind, and a damaged entry is computed again. Several processes may share a folder.

    Parameters
    ----------
    folder : path
        Made when first written to.
    detached : bool
        Find faces in a process of their own: for pages, whose kernel must go on answering while
        dlib loads its model.
    """

    def __init__(self, folder: str | Path, *, detached: bool = False) -> None:
        self.folder = Path(folder)
        self.detached = detached

    def lookup(
        self, frames: FrameSource, onset: int, apex: int, settings: FlowSettings | None = None
    ) -> FlowMaps | None:
        """The maps if they are here and sound, else None; computes nothing.

        Parameters
        ----------
        frames : FrameSource
            Of one clip.
        onset, apex : int
            Native frame numbers.
        settings : FlowSettings, optional
            The defaults where None.

        Raises
        ------
        InputError
            Where `onset` or `apex` is no frame of the clip.
        """
        settings = settings or FlowSettings()
        check_frames(frames, onset=onset, apex=apex)
        record = self._maps_record(frames, onset, apex, settings)
        found = self._load("flow", record)
        if found is None:
            return None
        try:
            maps, landmarks = found["maps"], found["landmarks"]
            box = CropBox(*(int(side) for side in found["box"]))
            if maps.ndim != 3 or maps.shape[2] != 3 or landmarks.shape != (68, 2):
                return None
        except (KeyError, TypeError, ValueError):
            return None
        mask = eye_mask(landmarks, maps.shape, settings.eye_mask_margin)
        return FlowMaps(maps, landmarks, box, mask, onset, apex, settings)

    def holds(
        self, frames: FrameSource, onset: int, apex: int, settings: FlowSettings | None = None
    ) -> bool:
        """Whether there is an entry for the maps; cheap, and does not look whether it is sound.

        Parameters
        ----------
        frames : FrameSource
            Of one clip.
        onset, apex : int
            Native frame numbers.
        settings : FlowSettings, optional
            The defaults where None.
        """
        record = self._maps_record(frames, onset, apex, settings or FlowSettings())
        return self.path_of("flow", record).is_file()

    def get_or_compute(
        self, frames: FrameSource, onset: int, apex: int, settings: FlowSettings | None = None
    ) -> FlowMaps:
        """The maps from the cache, or computed and stored.

        Parameters
        ----------
        frames : FrameSource
            Of one clip.
        onset, apex : int
            Native frame numbers.
        settings : FlowSettings, optional
            The defaults where None.

        Returns
        -------
        FlowMaps
            u, v in pixels of the resized crop and strain in px/px, from onset to apex.

        Raises
        ------
        FaceNotFoundError, InputError
            As :func:`mexlab.features.flow_maps.compute_flow_maps`.
        """
        settings = settings or FlowSettings()
        found = self.lookup(frames, onset, apex, settings)
        if found is not None:
            return found
        landmarks = self.landmarks(frames, onset, apex, settings)
        result = compute_flow_maps(frames, onset, apex, settings, landmarks=landmarks)
        self._save(
            "flow",
            self._maps_record(frames, onset, apex, settings),
            maps=result.maps,
            landmarks=result.landmarks,
            box=np.array(result.box, dtype=np.int32),
        )
        return result

    def plausibility(self, frames: FrameSource, maps: FlowMaps) -> Plausibility:
        """What was looked at in these maps and their frames; from the cache, or now and kept."""
        found = self._load(*self._plausibility_record(frames, maps.onset, maps.apex, maps.settings))
        if found is not None and found.get("seen", np.empty(0)).shape == (3,):
            movement, likeness, faces = (float(one) for one in found["seen"])
            return Plausibility(movement, likeness, int(faces))
        seen = look_at(frames.read(maps.onset), frames.read(maps.apex), maps)
        kind, record = self._plausibility_record(frames, maps.onset, maps.apex, maps.settings)
        self._save(kind, record, seen=np.array([seen.movement, seen.likeness, seen.faces]))
        return seen

    def holds_plausibility(
        self, frames: FrameSource, onset: int, apex: int, settings: FlowSettings
    ) -> bool:
        """Whether :meth:`plausibility` only has to be read; `onset`, `apex` as :meth:`lookup`."""
        return self.path_of(*self._plausibility_record(frames, onset, apex, settings)).is_file()

    def _plausibility_record(
        self, frames: FrameSource, onset: int, apex: int, settings: FlowSettings
    ) -> tuple[str, dict[str, Any]]:
        own = self._maps_record(frames, onset, apex, settings)
        return "plausibility", {**own, "plausibility": PLAUSIBILITY_VERSION}

    def landmarks(
        self, frames: FrameSource, onset: int, apex: int, settings: FlowSettings
    ) -> NDArray[np.float32]:
        """Landmarks of the clip's face, in pixels of the frame.

        Kept by themselves: moving the apex, or another flow method, needs the same points.

        Raises
        ------
        FaceNotFoundError
            Remembered too, so that asking again for a clip without a face is cheap.
        """
        own = self._landmarks_record(frames, onset, settings)
        found = self._load("landmarks", own)
        if found is not None and found.get("points", np.empty(0)).shape == (68, 2):
            return found["points"]
        pair = dict(own, apex=frames.fingerprint(apex))
        found = self._load("landmarks", pair)
        if found is not None and "points" in found:
            points = found["points"]
            if points.shape == (68, 2):
                return points
            raise self._no_face(onset, apex)
        detector = DetachedLandmarks(settings.landmarks) if self.detached else None
        try:
            points = find_landmarks(frames, onset, onset, settings, detector)
            self._save("landmarks", own, points=points)
            return points
        except FaceNotFoundError:
            pass
        try:
            points = find_landmarks(frames, apex, apex, settings, detector)
        except FaceNotFoundError:
            self._save("landmarks", pair, points=np.empty((0, 2), np.float32))
            raise self._no_face(onset, apex) from None
        self._save("landmarks", pair, points=points)
        return points

    @staticmethod
    def _no_face(onset: int, apex: int) -> FaceNotFoundError:
        return FaceNotFoundError(
            f"no face found in frame {onset} (onset) or {apex} (apex)",
            where="landmarks",
            remedy=(
                "Look at the clip: the face must be upright, nearly frontal and at least 80 px "
                "wide; another landmark back end can be chosen in the settings"
            ),
        )

    def arrays(self, kind: str, record: dict[str, Any]) -> dict[str, NDArray[Any]] | None:
        """Arrays stored under a record by :meth:`store_arrays`, or None."""
        return self._load(kind, record)

    def store_arrays(self, kind: str, record: dict[str, Any], **arrays: NDArray[Any]) -> None:
        """Store arrays of another kind (such as motion curves) under a record that names them."""
        self._save(kind, record, **arrays)

    def _maps_record(
        self, frames: FrameSource, onset: int, apex: int, settings: FlowSettings
    ) -> dict[str, Any]:
        return {
            "version": FLOW_VERSION,
            "opencv": cv2.__version__,
            "landmarks": landmark_identity(settings.landmarks),
            "settings": settings.maps_key(),
            "onset": frames.fingerprint(onset),
            "apex": frames.fingerprint(apex),
        }

    @staticmethod
    def _landmarks_record(
        frames: FrameSource, onset: int, settings: FlowSettings
    ) -> dict[str, Any]:
        return {
            "version": LANDMARKS_VERSION,
            "landmarks": landmark_identity(settings.landmarks),
            "frame": frames.fingerprint(onset),
        }

    def path_of(self, kind: str, record: dict[str, Any]) -> Path:
        """The file of an entry, whether or not it exists."""
        text = json.dumps(record, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).hexdigest()[:40]
        # Two levels: some file systems grow slow over folders of many thousand entries.
        return self.folder / kind / digest[:2] / f"{digest[2:]}.npz"

    def _load(self, kind: str, record: dict[str, Any]) -> dict[str, NDArray[Any]] | None:
        try:
            with np.load(self.path_of(kind, record), allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            if json.loads(str(arrays.pop("record"))) != record:
                return None
        except _BROKEN:
            return None
        return arrays

    def _save(self, kind: str, record: dict[str, Any], **arrays: NDArray[Any]) -> None:
        path = self.path_of(kind, record)
        buffer = io.BytesIO()
        np.savez_compressed(buffer, record=np.array(json.dumps(record)), **arrays)  # type: ignore[arg-type]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Not worth waiting for the disk: an entry that a power cut damages is computed again.
            write_whole(path, buffer.getvalue(), durable=False)
        except OSError as error:
            # A read-only or full disk must not keep anyone from looking at a clip.
            warnings.warn(
                f"{self.folder}: the feature cache cannot be written ({error.strerror}); "
                "results are computed anew each time",
                stacklevel=3,
            )
