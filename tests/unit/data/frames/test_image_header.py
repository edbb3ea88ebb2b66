"""Kind, size and depth of an image from its bytes, checked against what OpenCV writes."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from mexlab.data.frames.image_header import ImageHeader, read_header

MIMES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".webp": "image/webp",
}


def encoded(suffix: str, channels: int, bits: int, options: tuple[int, ...] = ()) -> bytes:
    noise = np.random.default_rng(1).integers(0, 1 << bits, (21, 34, channels))
    done, data = cv2.imencode(suffix, noise.astype(np.uint16 if bits > 8 else np.uint8), options)
    assert done
    return data.tobytes()


@pytest.mark.parametrize(
    ("suffix", "channels", "bits", "options"),
    [
        *((suffix, channels, 8, ()) for suffix in MIMES for channels in (1, 3)),
        *((suffix, channels, 16, ()) for suffix in (".png", ".tif") for channels in (1, 3)),
        (".webp", 3, 8, (cv2.IMWRITE_WEBP_QUALITY, 50)),
        (".webp", 4, 8, (cv2.IMWRITE_WEBP_QUALITY, 50)),
    ],
)
def test_the_header_is_what_was_written(
    suffix: str, channels: int, bits: int, options: tuple[int, ...]
) -> None:
    header = read_header(encoded(suffix, channels, bits, options))
    assert header == ImageHeader(MIMES[suffix], 34, 21, bits)


@pytest.mark.parametrize("suffix", list(MIMES))
def test_a_file_cut_anywhere_tells_less_and_never_fails(suffix: str) -> None:
    data = encoded(suffix, 3, 8)
    for keep in range(min(len(data), 700)):
        header = read_header(data[:keep])
        assert header is None or header.mime == MIMES[suffix]
        assert header is None or (header.width, header.height) in ((0, 0), (34, 21), (34, 0))


@pytest.mark.parametrize("suffix", list(MIMES))
def test_a_huge_picture_is_known_by_its_header(suffix: str, huge: Callable[[str], bytes]) -> None:
    header = read_header(huge(suffix))
    assert header is not None
    assert header.width == header.height == (16_000 if suffix == ".webp" else 20_000)


def test_bytes_between_the_segments_of_a_jpeg_are_passed_over_as_decoders_do() -> None:
    data = encoded(".jpg", 3, 8)
    at = data.index(b"\xff\xdb")
    spoiled = data[:at] + b"left by a camera" + data[at:]
    assert cv2.imdecode(np.frombuffer(spoiled, np.uint8), cv2.IMREAD_COLOR) is not None
    assert read_header(spoiled) == ImageHeader("image/jpeg", 34, 21)


@pytest.mark.parametrize("data", [b"", b"no image", b"GIF89a", b"P6 1 1 255 abc", b"%PDF-1.4"])
def test_what_is_no_image_of_the_field_has_no_header(data: bytes) -> None:
    assert read_header(data) is None
