"""Kind and size of an image from its first bytes, without decoding it."""

from __future__ import annotations

import struct
from dataclasses import dataclass

#: Kinds that every browser shows; TIFF is not among them.
_SHOWN = frozenset({"image/jpeg", "image/png", "image/bmp", "image/webp"})


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What the first bytes of an image file tell.

    Attributes
    ----------
    mime : str
    width, height : int
        Pixels; 0 where the header does not tell them simply (TIFF, WebP).
    bits : int
        Bits a channel.
    rotated : bool
        Whether the file asks to be turned before it is shown, so that width and height may swap.
    """

    mime: str
    width: int = 0
    height: int = 0
    bits: int = 8
    rotated: bool = False

    @property
    def browser_shows(self) -> bool:
        """Whether the bytes can be sent to a browser as they are.

        16-bit PNGs are not: browsers differ in how they reduce them.
        """
        return self.mime in _SHOWN and self.bits <= 8


def read_header(data: bytes) -> ImageHeader | None:
    """Recognise an image by its content, never by its name; None where it is no image."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 26:
        width, height, bits = struct.unpack(">IIB", data[16:25])
        return ImageHeader("image/png", width, height, bits)
    if data[:3] == b"\xff\xd8\xff":
        return _read_jpeg(data)
    if data[:2] == b"BM" and len(data) >= 26:
        width, height = struct.unpack("<ii", data[18:26])
        return ImageHeader("image/bmp", abs(width), abs(height))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ImageHeader("image/webp")
    if data[:4] in (b"II*\x00", b"MM\x00*"):
        return ImageHeader("image/tiff")
    return None


def _read_jpeg(data: bytes) -> ImageHeader:
    """Walk the segments to the start of frame, which holds precision, height and width."""
    rotated = False
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
            continue
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            bits, height, width = struct.unpack(">BHH", data[at + 4 : at + 9])
            return ImageHeader("image/jpeg", width, height, bits, rotated)
        if marker == 0xE1 and data[at + 4 : at + 10] == b"Exif\x00\x00":
            rotated = True
        if marker == 0xDA:
            break
        at += 2 + length
    return ImageHeader("image/jpeg", rotated=rotated)
