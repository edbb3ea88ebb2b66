"""The laboratory's camera: its light's flicker, its sensor's noise, its JPEG files."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mexlab.synthetic.person.warps import Frame


@dataclass(frozen=True)
class CameraSettings:
    """How frames are recorded.

    Attributes
    ----------
    noise : float
        Standard deviation of the sensor's noise at mid grey, grey levels.
    flicker : float
        Amplitude of the lamps' flicker, as a share of the light.
    jpeg_quality : int
    fps : float
    """

    noise: float = 2.0
    flicker: float = 0.006
    jpeg_quality: int = 90
    fps: float = 200.0


class Camera:
    """Records pictures with noise and flicker from a seeded generator.

    Noise comes from a few tiles, shifted anew for every frame: drawing fresh noise would cost
    more than all the rest of a frame.
    """

    TILES = 4

    def __init__(self, settings: CameraSettings, generator: np.random.Generator) -> None:
        self.settings = settings
        self._generator = generator
        self._tiles: list[npt.NDArray[np.int16]] = []
        # Mains light at 100 Hz, filmed at 200 fps by a clock that is slightly off.
        self._beat = generator.uniform(1.5, 6.0)
        self._phase = generator.uniform(0.0, 2.0 * np.pi)

    def record(self, picture: Frame, index: int) -> Frame:
        """One frame as the camera stores it, before compression."""
        height, width = picture.shape[:2]
        if not self._tiles:
            self._tiles = [self._draw_tile(height, width) for _ in range(self.TILES)]
        tile = self._tiles[int(self._generator.integers(self.TILES))]
        row, column = (int(v) for v in self._generator.integers(0, 64, 2))
        noise = tile[row : row + height, column : column + width]
        time = index / self.settings.fps
        gain = 1.0 + self.settings.flicker * np.sin(2 * np.pi * self._beat * time + self._phase)
        lit = cv2.convertScaleAbs(picture, alpha=float(gain))
        return cv2.add(lit, noise, dtype=cv2.CV_8U).astype(np.uint8, copy=False)

    def _draw_tile(self, height: int, width: int) -> npt.NDArray[np.int16]:
        shape = (height + 64, width + 64)
        shared = self._generator.standard_normal(shape, dtype=np.float32)
        # A colour sensor's noise is partly common to the channels, and demosaicing smooths it.
        channels = [
            0.75 * shared + 0.66 * self._generator.standard_normal(shape, dtype=np.float32)
            for _ in range(3)
        ]
        noise = cv2.GaussianBlur(np.dstack(channels), (0, 0), 0.55)
        return np.rint(noise * (self.settings.noise / noise.std())).astype(np.int16)

    def encode(self, picture: npt.NDArray[np.uint8], suffix: str) -> bytes:
        """A picture (BGR or grey) as the file that its suffix says."""
        # OpenCV complains on standard error of a quality given to a format without one.
        jpeg = suffix.lower() in (".jpg", ".jpeg")
        options = [cv2.IMWRITE_JPEG_QUALITY, self.settings.jpeg_quality] if jpeg else []
        done, data = cv2.imencode(suffix, picture, options)
        if not done:
            raise RuntimeError(f"OpenCV could not encode a frame as {suffix}")
        return bytes(data)
