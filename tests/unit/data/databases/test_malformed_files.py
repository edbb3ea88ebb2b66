"""Malformed frames, videos and archives, one damage a case: the message each gives.

An import opens no frame, so a bad one is named when it is read; videos and the members of an
archive are looked at, so they are named in the report.
"""

from __future__ import annotations

import os
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mexlab.data.databases.layouts.ststnet import read_feature_image
from mexlab.data.databases.registry import read_databases
from mexlab.errors import InputError

# Frames: 10–14 of a clip of one's own, of which 12 is damaged.


def picture(suffix: str) -> bytes:
    noise = np.random.default_rng(3).integers(0, 256, (120, 160, 3), dtype=np.uint8)
    return cv2.imencode(suffix, noise)[1].tobytes()


def cut(suffix: str, keep: float) -> bytes:
    return picture(suffix)[: int(len(picture(suffix)) * keep)]


def no_start_of_frame() -> bytes:
    """A JPEG whose segment with the size is missing."""
    data = picture(".jpg")
    at = data.index(b"\xff\xc0")
    (length,) = struct.unpack(">H", data[at + 2 : at + 4])
    return data[:at] + data[at + 2 + length :]


def size_of_zero() -> bytes:
    data = bytearray(picture(".png"))
    data[16:24] = bytes(8)
    return bytes(data)


NO_IMAGE = "frame 12 is not an image that can be decoded"
FRAMES: dict[str, tuple[str, bytes, str]] = {
    "text": (".jpg", b"not a picture", NO_IMAGE),
    "one byte": (".png", b"\x89", NO_IMAGE),
    "a web page": (".jpg", b"<html>404 Not Found</html>", NO_IMAGE),
    "a zip": (".bmp", b"PK\x03\x04" + bytes(50), NO_IMAGE),
    "half a JPEG": (".jpg", cut(".jpg", 0.5), NO_IMAGE),
    "a JPEG's first bytes": (".jpg", cut(".jpg", 0.01), NO_IMAGE),
    "a JPEG without a size": (".jpg", no_start_of_frame(), NO_IMAGE),
    "half a PNG": (".png", cut(".png", 0.5), NO_IMAGE),
    "a PNG of no pixels": (".png", size_of_zero(), NO_IMAGE),
    "half a BMP": (".bmp", cut(".bmp", 0.5), NO_IMAGE),
    "half a TIFF": (".tif", cut(".tif", 0.5), NO_IMAGE),
    "half a WebP": (".webp", cut(".webp", 0.5), NO_IMAGE),
}


def own_clip(root: Path, disk: Any, suffix: str) -> Path:
    folder = disk.frames(root / "anna" / "clip", 10, 14, "img{}" + suffix)
    return folder / f"img12{suffix}"


@pytest.mark.parametrize("case", list(FRAMES))
def test_a_frame_that_is_no_picture_is_named_and_its_neighbours_read(
    tmp_path: Path, disk: Any, case: str
) -> None:
    suffix, content, words = FRAMES[case]
    file = own_clip(tmp_path, disk, suffix)
    file.write_bytes(content)
    (imported,) = read_databases("folder", tmp_path, fps=100)
    frames = imported.clips[0].frames
    assert list(frames.numbers) == [10, 11, 12, 13, 14]
    with pytest.raises(InputError, match=words) as caught:
        frames.read(12)
    assert caught.value.where == str(file)
    assert caught.value.remedy
    assert frames.read(11).shape == frames.read(13).shape == (8, 8, 3)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp"])
def test_a_frame_of_20000_pixels_is_refused_by_its_header(
    tmp_path: Path, disk: Any, huge: Callable[[str], bytes], suffix: str
) -> None:
    file = own_clip(tmp_path, disk, suffix)
    file.write_bytes(huge(suffix))
    (imported,) = read_databases("folder", tmp_path, fps=100)
    frames = imported.clips[0].frames
    with pytest.raises(InputError, match="pixels, more than 100 million") as caught:
        frames.read(12)
    assert caught.value.where == str(file)
    assert frames.read(13).shape == (8, 8, 3)


@pytest.mark.parametrize(("wrong", "mime"), [(".png", "image/png"), (".bmp", "image/bmp")])
def test_a_wrong_extension_does_no_harm(tmp_path: Path, disk: Any, wrong: str, mime: str) -> None:
    file = own_clip(tmp_path, disk, ".jpg")
    file.write_bytes(picture(wrong))
    frames = read_databases("folder", tmp_path, fps=100)[0].clips[0].frames
    assert frames.read(12).shape == (120, 160, 3)
    assert frames.encoded(12).mime == mime
    assert frames.encoded(12).data == picture(wrong)


def test_an_unreadable_frame_is_named(
    tmp_path: Path, disk: Any, refuse: Callable[[Path], None]
) -> None:
    file = own_clip(tmp_path, disk, ".jpg")
    frames = read_databases("folder", tmp_path, fps=100)[0].clips[0].frames
    refuse(file)
    with pytest.raises(InputError, match=r"frame 12 cannot be read \(Permission denied\)"):
        frames.read(12)
    refused_at_import = read_databases("folder", tmp_path, fps=100)[0]
    assert list(refused_at_import.clips[0].frames.numbers) == [10, 11, 13, 14]
    assert any("that cannot be read" in e.reason for e in refused_at_import.report.entries)


def test_frames_that_shrank_since_the_import_are_named(tmp_path: Path, disk: Any) -> None:
    file = own_clip(tmp_path, disk, ".jpg")
    frames = read_databases("folder", tmp_path, fps=100)[0].clips[0].frames
    file.write_bytes(b"")
    with pytest.raises(InputError, match=r"frame 12 is empty \(zero bytes\)"):
        frames.read(12)
    file.unlink()
    with pytest.raises(InputError, match="frame 12 is missing"):
        frames.read(12)


# Videos: one is damaged, another is whole.


def video(path: Path, frames: int = 12, codec: str = "MJPG") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), 25.0, (64, 48))
    for number in range(frames):
        writer.write(np.full((48, 64, 3), 20 * number % 255, np.uint8))
    writer.release()
    return path


def wave() -> bytes:
    """A second of silence: a file that FFmpeg opens, with no video in it."""
    silence = bytes(8000)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    body = b"WAVE" + form + b"data" + struct.pack("<I", len(silence)) + silence
    return b"RIFF" + struct.pack("<I", len(body)) + body


def header_alone(path: Path) -> bytes:
    whole = path.read_bytes()
    return whole[: whole.index(b"movi") + 4]


NO_VIDEO = "not a video that can be decoded, or truncated before its index"
VIDEOS: dict[str, tuple[str, Callable[[Path], bytes], str]] = {
    "zero bytes": ("a.avi", lambda path: b"", "the video is empty (zero bytes)"),
    "text": ("a.mp4", lambda path: b"no video", NO_VIDEO),
    "a picture": ("a.mov", lambda path: b"\xff\xd8\xff\xe0 cut", "no frame of the video decodes."),
    "sound alone": ("a.webm", lambda path: wave(), NO_VIDEO),
    "half of an mp4": ("a.mp4", lambda path: path.read_bytes()[:300], NO_VIDEO),
    "a header without frames": ("a.avi", header_alone, "no frame of the video decodes"),
}


@pytest.mark.parametrize("case", list(VIDEOS))
def test_a_video_that_is_none_is_told_and_the_other_is_read(tmp_path: Path, case: str) -> None:
    name, content, words = VIDEOS[case]
    path = tmp_path / "anna" / name
    video(path, codec="mp4v" if name.endswith("mp4") else "MJPG")
    path.write_bytes(content(path))
    video(tmp_path / "anna" / "whole.avi")
    (imported,) = read_databases("folder", tmp_path)
    (told,) = [e for e in imported.report.entries if e.kind == "skipped"]
    assert words in told.reason
    assert f"anna/{name}" in told.where
    assert [clip.key.name for clip in imported.clips] == ["whole"]


def test_half_a_video_keeps_what_decodes(tmp_path: Path) -> None:
    path = video(tmp_path / "anna" / "a.avi", 40)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    (imported,) = read_databases("folder", tmp_path)
    assert 5 < len(imported.clips[0].frames) < 40
    assert any("truncated or damaged" in e.reason for e in imported.report.entries)


def test_an_unreadable_video_and_a_folder_called_one(tmp_path: Path, disk: Any) -> None:
    video(tmp_path / "anna" / "whole.avi")
    (tmp_path / "anna" / "folder.mp4").mkdir()
    (tmp_path / "anna" / "loop.mp4").symlink_to("loop.mp4")
    (imported,) = read_databases("folder", tmp_path)
    assert [clip.key.name for clip in imported.clips] == ["whole"]
    reasons = [e.reason for e in imported.report.entries if e.kind == "skipped"]
    assert any("no images and no videos in this folder" in reason for reason in reasons)
    assert any("leads nowhere" in reason for reason in reasons)


# Archives: the STSTNet authors' feature release with one bad member beside a whole one.

WHOLE = "three_norm_u_v_os/sub09/u_test/0/sub09_EP02_01f .png"
OTHER = "three_norm_u_v_os/s03/u_test/1/s03_s03_po_03 .png"


def sample(size: int = 28) -> bytes:
    noise = np.random.default_rng(size).integers(0, 256, (size, size, 3), dtype=np.uint8)
    return cv2.imencode(".png", noise)[1].tobytes()


def linked() -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(OTHER)
    member.create_system, member.external_attr = 3, 0o120777 << 16
    return member


MEMBERS: dict[str, tuple[str | zipfile.ZipInfo, bytes, str]] = {
    "a path up": (f"../../{OTHER}", sample(), "a path that leaves the archive"),
    "a path up inside": (f"a/../../{OTHER}", sample(), "a path that leaves the archive"),
    "an absolute path": (f"/{OTHER}", sample(), "a path that leaves the archive"),
    "a drive": (f"C:/{OTHER}", sample(), "a path that leaves the archive"),
    "backslashes up": ("..\\..\\" + OTHER, sample(), "a path that leaves the archive"),
    "a link": (linked(), b"../../../etc/passwd", "not a PNG image"),
    "zero bytes": (OTHER, b"", "the image is empty (zero bytes)"),
    "a JPEG": (OTHER, picture(".jpg"), "not a PNG image"),
    "another size": (OTHER, sample(64), "expected 28 x 28 pixels, got 64 x 64"),
    "no class": (OTHER.replace("/1/", "/7/"), sample(), "class '7' is none of 0, 1, 2"),
    "no sample's name": (OTHER.replace("s03_s03", "x"), sample(), "is not called as the samples"),
}


@pytest.mark.parametrize("case", list(MEMBERS))
def test_a_bad_member_of_an_archive_is_told_and_the_other_is_read(
    tmp_path: Path, case: str
) -> None:
    member, content, words = MEMBERS[case]
    with zipfile.ZipFile(tmp_path / "release.zip", "w") as archive:
        archive.writestr(WHOLE, sample())
        archive.writestr(member, content)
    (imported,) = read_databases("ststnet", tmp_path / "release.zip")
    (told,) = [e for e in imported.report.entries if e.kind == "skipped"]
    assert words in told.reason
    assert [str(clip.key) for clip in imported.clips] == ["casme2/sub09/EP02_01f"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["release.zip"]


def flagged(path: Path, flags: int, method: int | None = None) -> None:
    """Set a member's flags or packing in both of its headers, as another program writes them."""
    data = bytearray(path.read_bytes())
    for mark, at_flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.rindex(mark)
        struct.pack_into("<H", data, at + at_flags, flags)
        if method is not None:
            struct.pack_into("<H", data, at + at_flags + 2, method)
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("flags", "method", "words"),
    [(1, None, "encrypted"), (0, 99, "damaged in the zip file")],
    ids=["encrypted", "unknown packing"],
)
def test_a_member_that_cannot_be_unpacked_is_told(
    tmp_path: Path, flags: int, method: int | None, words: str
) -> None:
    with zipfile.ZipFile(tmp_path / "release.zip", "w") as archive:
        archive.writestr(WHOLE, sample())
        archive.writestr(OTHER, sample())
    flagged(tmp_path / "release.zip", flags, method)
    (imported,) = read_databases("ststnet", tmp_path / "release.zip")
    (told,) = [e for e in imported.report.entries if e.kind == "skipped"]
    assert words in told.reason
    assert len(imported.clips) == 1


def test_a_member_that_unpacks_to_much_is_read_no_further_than_a_sample(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "release.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(WHOLE, sample() + bytes(40_000_000))
    assert (tmp_path / "release.zip").stat().st_size < 100_000
    (imported,) = read_databases("ststnet", tmp_path / "release.zip")
    clip = imported.clips[0]
    assert clip.features_file is not None
    tracemalloc.start()
    picture = read_feature_image(tmp_path / "release.zip", clip.features_file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert picture.shape == (28, 28, 3)
    assert peak < 10_000_000


def test_a_sample_that_grew_since_the_import_is_not_decoded(
    tmp_path: Path, huge: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / OTHER).parent.mkdir(parents=True)
    (tmp_path / OTHER).write_bytes(sample())
    (imported,) = read_databases("ststnet", tmp_path)
    (tmp_path / OTHER).write_bytes(huge(".png"))
    monkeypatch.setattr(cv2, "imdecode", lambda *a: pytest.fail("it was decoded"))
    with pytest.raises(InputError, match="expected 28 x 28 pixels, got 20000 x 20000"):
        read_feature_image(tmp_path, str(imported.clips[0].features_file))


def test_a_pipe_among_the_samples_is_told_and_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / WHOLE).parent.mkdir(parents=True)
    (tmp_path / WHOLE).write_bytes(sample())
    os.mkfifo((tmp_path / WHOLE).with_name("sub09_EP03_02 .png"))
    (imported,) = read_databases("ststnet", tmp_path)
    (told,) = [e for e in imported.report.entries if e.kind == "skipped"]
    assert "a pipe or a device" in told.reason
    assert len(imported.clips) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a zip file, or a truncated one"),
        (b"PK\x03\x04", "not a zip file, or a truncated one"),
        (b"Rar!\x1a\x07\x00", "not a zip file, or a truncated one"),
        (b"PK\x05\x06" + bytes(18), "no samples of the release in it"),
    ],
    ids=["zero bytes", "cut", "rar", "empty"],
)
def test_an_archive_that_is_none_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "release.zip").write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        read_databases("ststnet", tmp_path / "release.zip")
    assert caught.value.where == str(tmp_path / "release.zip")


def test_an_unreadable_archive_is_named(tmp_path: Path, refuse: Callable[[Path], None]) -> None:
    with zipfile.ZipFile(tmp_path / "release.zip", "w") as archive:
        archive.writestr(WHOLE, sample())
    refuse(tmp_path / "release.zip")
    with pytest.raises(InputError, match=r"cannot be read \(Permission denied\)"):
        read_databases("ststnet", tmp_path / "release.zip")
