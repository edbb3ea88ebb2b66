"""Kind and size of an image from its bytes, without decoding it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

#: Kinds that every browser shows; TIFF is not among them.
_SHOWN = frozenset({"image/jpeg", "image/png", "image/bmp", "image/webp"})

#: TIFF tags, and how many bytes a value of the types SHORT and LONG has.
_WIDTH, _HEIGHT, _BITS = 256, 257, 258
_TIFF_TYPES = {3: "H", 4: "I"}


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What the first bytes of an image file tell.

    Attributes
    ----------
    mime : str
    width, height : int
        Pixels; 0 where the file ends before it tells them.
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
    """Recognise an image by its content, never by its name; None where it is no image.

    Parameters
    ----------
    data : bytes
        The whole file, as a TIFF may tell its size at the end.
    """
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return _sized("image/png", _unpack(">IIB", data, 16))
    if data[:3] == b"\xff\xd8\xff":
        return _read_jpeg(data)
    if data[:2] == b"BM":
        # The headers of OS/2 have 12 bytes and 16-bit sizes; a negative height is top-down.
        layout = "<HH" if data[14:18] == b"\x0c\0\0\0" else "<ii"
        return _sized("image/bmp", [abs(value) for value in _unpack(layout, data, 18)])
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _sized("image/webp", _webp_size(data))
    if data[:4] in (b"II*\x00", b"MM\x00*"):
        return _read_tiff(data)
    return None


def _sized(mime: str, told: Sequence[int]) -> ImageHeader:
    """Width, height and, where it is told, bits."""
    width, height, bits = (*told, 8)[:3] if told else (0, 0, 8)
    return ImageHeader(mime, width, height, bits)


def _unpack(layout: str, data: bytes, at: int) -> tuple[int, ...]:
    """Whole numbers at a place; none where the data ends before."""
    if at < 0 or at + struct.calcsize(layout) > len(data):
        return ()
    return struct.unpack_from(layout, data, at)


def _webp_size(data: bytes) -> tuple[int, ...]:
    kind = data[12:16]
    if kind == b"VP8 ":
        return tuple(value & 0x3FFF for value in _unpack("<HH", data, 26))
    if kind == b"VP8L":
        packed = _unpack("<I", data, 21)
        return tuple((packed[0] >> shift & 0x3FFF) + 1 for shift in (0, 14)) if packed else ()
    if kind == b"VP8X" and len(data) >= 30:
        return tuple(int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    return ()


def _read_tiff(data: bytes) -> ImageHeader:
    """Size and bits from the first directory of the file."""
    order = "<" if data[:2] == b"II" else ">"
    found = {_BITS: 8}
    start = _unpack(order + "I", data, 4)
    entries = _unpack(order + "H", data, start[0]) if start else ()
    for number in range(entries[0] if entries else 0):
        at = start[0] + 2 + 12 * number
        head = _unpack(order + "HHI", data, at)
        if head and head[0] in (_WIDTH, _HEIGHT, _BITS) and head[1] in _TIFF_TYPES:
            one = order + _TIFF_TYPES[head[1]]
            place = at + 8
            # Values of more than four bytes (bits of three channels) lie elsewhere.
            if head[2] * struct.calcsize(one) > 4:
                place = next(iter(_unpack(order + "I", data, place)), len(data))
            found[head[0]] = next(iter(_unpack(one, data, place)), 0)
    return ImageHeader("image/tiff", found.get(_WIDTH, 0), found.get(_HEIGHT, 0), found[_BITS])


def _read_jpeg(data: bytes) -> ImageHeader:
    """Walk the segments to the start of frame, which holds precision, height and width."""
    rotated = False
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            # Decoders pass over bytes between two segments, so some cameras' files have them.
            found = data.find(b"\xff", at)
            if found < 0:
                break
            at = found
            continue
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
