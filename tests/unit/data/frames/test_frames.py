from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mexlab.data.frames.frames import (
    ImageFrames,
    count_numbers,
    describe_runs,
    frames_from_record,
    index_images,
    missing_runs,
    natural_number,
    numbers_to_runs,
    runs_to_numbers,
    scan_images,
)
from mexlab.errors import InputError


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("img46.jpg", 46),
        ("reg_img46.jpg", 46),
        ("EP01_5-113.jpg", 113),
        ("EP01_5-069.jpg", 69),
        ("006_05562.jpg", 5562),
        ("image308866.jpg", 308866),
        ("355.png", 355),
        ("img 7 .png", 7),
        ("cover.jpg", None),
        ("2024.notes", 2024),
    ],
)
def test_natural_number_is_the_last_run_of_digits(name: str, number: int | None) -> None:
    assert natural_number(name) == number


@pytest.mark.parametrize(
    ("numbers", "runs", "missing"),
    [
        ([], [], []),
        ([7], [[7, 7]], []),
        ([1, 2, 3], [[1, 3]], []),
        ([1, 2, 5, 6, 9], [[1, 2], [5, 6], [9, 9]], [[3, 4], [7, 8]]),
    ],
)
def test_runs_of_numbers(
    numbers: list[int], runs: list[list[int]], missing: list[list[int]]
) -> None:
    assert numbers_to_runs(numbers) == runs
    assert list(runs_to_numbers(runs)) == numbers
    assert missing_runs(numbers) == missing
    assert count_numbers(runs) == len(numbers)


def test_numbers_are_told_as_runs() -> None:
    assert describe_runs([[48, 49], [57, 57]]) == "48–49, 57"
    assert describe_runs([[n, n] for n in range(0, 40, 2)], limit=2) == "0, 2 and 18 more"


def test_a_time_stamp_among_the_numbers_costs_no_memory(tmp_path: Path, disk: Any) -> None:
    disk.frames(tmp_path, 1, 3)
    disk.frames(tmp_path, 20140508123456, 20140508123456)
    frames = index_images(tmp_path)
    assert list(frames.numbers) == [1, 2, 3, 20140508123456]
    assert frames.gaps == [[4, 20140508123455]]
    assert count_numbers(frames.gaps) == 20140508123452


def test_frames_are_sorted_by_number_not_by_name(tmp_path: Path, disk: Any) -> None:
    disk.frames(tmp_path, 8, 12)
    frames = index_images(tmp_path)
    assert list(frames.numbers) == [8, 9, 10, 11, 12]
    assert frames.path(10).name == "img10.jpg"
    assert frames.size == (8, 8)


def test_gaps_keep_their_numbers(tmp_path: Path, disk: Any) -> None:
    disk.frames(tmp_path, 1, 6)
    (tmp_path / "img3.jpg").unlink()
    frames = index_images(tmp_path)
    assert list(frames.numbers) == [1, 2, 4, 5, 6]
    assert frames.gaps == [[3, 3]]
    expected = cv2.imdecode(np.frombuffer(disk.picture(4), np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(frames.read(4)[:, :, ::-1], expected)
    with pytest.raises(InputError, match="no frame 3: it is a gap"):
        frames.read(3)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp"])
def test_a_browsers_kinds_pass_through_byte_for_byte(
    tmp_path: Path, suffix: str, disk: Any
) -> None:
    data = disk.picture(1, suffix)
    (tmp_path / f"img1{suffix}").write_bytes(data)
    encoded = index_images(tmp_path).encoded(1)
    assert encoded.data == data
    assert encoded.mime == "image/" + {".jpg": "jpeg"}.get(suffix, suffix[1:])


def test_the_kind_is_told_by_content_not_by_name(tmp_path: Path, disk: Any) -> None:
    (tmp_path / "img1.jpg").write_bytes(disk.picture(1, ".png"))
    assert index_images(tmp_path).encoded(1).mime == "image/png"


def test_sixteen_bit_grey_tiff_is_scaled_by_its_full_range(tmp_path: Path) -> None:
    values = np.array([[0, 255, 256, 65535]], np.uint16).repeat(4, axis=0)
    assert cv2.imwrite(str(tmp_path / "img1.tif"), values)
    frames = index_images(tmp_path)
    rgb = frames.read(1)
    assert rgb.dtype == np.uint8
    assert rgb.shape == (4, 4, 3)
    assert rgb[0, :, 0].tolist() == [0, 0, 1, 255]
    encoded = frames.encoded(1)
    assert encoded.mime == "image/png"
    shown = cv2.imdecode(np.frombuffer(encoded.data, np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(shown[:, :, ::-1], rgb)


def test_sixteen_bit_png_is_not_left_to_the_browser(tmp_path: Path) -> None:
    assert cv2.imwrite(str(tmp_path / "img1.png"), np.full((4, 4), 4096, np.uint16))
    frames = index_images(tmp_path)
    shown = cv2.imdecode(np.frombuffer(frames.encoded(1).data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert shown.dtype == np.uint8
    assert shown[0, 0, 0] == frames.read(1)[0, 0, 0] == 16


def test_channels_are_red_green_blue(tmp_path: Path) -> None:
    red = np.zeros((4, 4, 3), np.uint8)
    red[:, :, 2] = 200  # OpenCV writes blue first
    assert cv2.imwrite(str(tmp_path / "img1.png"), red)
    assert index_images(tmp_path).read(1)[0, 0].tolist() == [200, 0, 0]


def test_grey_is_replicated(tmp_path: Path) -> None:
    assert cv2.imwrite(str(tmp_path / "img1.png"), np.full((4, 5), 77, np.uint8))
    rgb = index_images(tmp_path).read(1)
    assert rgb.shape == (4, 5, 3)
    assert (rgb == 77).all()


def test_fingerprint_follows_the_content(tmp_path: Path, disk: Any) -> None:
    disk.frames(tmp_path, 1, 2)
    frames = index_images(tmp_path)
    before = frames.fingerprint(1), frames.fingerprint(2)
    assert before[0] != before[1]
    (tmp_path / "img1.jpg").write_bytes(disk.picture(99))
    assert frames.fingerprint(1) != before[0]
    assert frames.fingerprint(2) == before[1]


@pytest.mark.parametrize(
    "names",
    [
        ["img8.jpg", "img9.jpg", "img10.jpg"],
        ["img098.jpg", "img099.jpg", "img100.jpg"],
        ["006_05562.jpg", "006_05563.jpg"],
        ["a1.jpg", "b2.png", "ü 3 .JPG"],
        ["img007.jpg", "img8.jpg", "img010.jpg"],
    ],
)
def test_a_record_gives_the_same_files_and_opens_none(tmp_path: Path, names: list[str]) -> None:
    folder = tmp_path / "root" / "sub 01"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_bytes(b"x")
    frames = index_images(folder)
    record = json.loads(json.dumps(frames.to_record(tmp_path / "root")))
    assert record["folder"] == "sub 01"
    # The database moved, and is not there: a record must still open.
    again = frames_from_record(record, tmp_path / "moved")
    assert isinstance(again, ImageFrames)
    assert list(again.numbers) == list(frames.numbers)
    assert [again.path(n).name for n in again.numbers] == [
        frames.path(n).name for n in again.numbers
    ]
    assert again.path(again.numbers[0]).parent == tmp_path / "moved" / "sub 01"


def test_a_long_clip_has_a_short_record(tmp_path: Path) -> None:
    numbers = [n for n in range(1, 20_001) if n not in (500, 7000)]
    frames = ImageFrames(tmp_path / "c", numbers, [f"img{n:05d}.jpg" for n in numbers])
    assert len(json.dumps(frames.to_record(tmp_path))) < 200


def test_unknown_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown kind 'hologram'"):
        frames_from_record({"kind": "hologram"}, tmp_path)


def test_scan_reports_every_fault_and_keeps_the_rest(tmp_path: Path, disk: Any) -> None:
    folder = disk.frames(tmp_path / "db" / "clip", 1, 5)
    (folder / "img2.jpg").write_bytes(b"")
    (folder / "img003.jpg").write_bytes(disk.picture(3))
    (folder / "cover.jpg").write_bytes(disk.picture(0))
    (folder / ".img9.jpg").write_bytes(disk.picture(0))
    (folder / "Thumbs.db").write_bytes(b"x")
    outside = tmp_path / "outside.jpg"
    outside.write_bytes(disk.picture(7))
    (folder / "img7.jpg").symlink_to(outside)
    (folder / "img8.jpg").symlink_to(folder / "img1.jpg")
    scan = scan_images(folder, tmp_path / "db")
    assert scan.frames is not None
    assert list(scan.frames.numbers) == [1, 3, 4, 5, 8]
    assert scan.empty == ["img2.jpg"]
    assert scan.clashes == [("img003.jpg", "img3.jpg")]
    assert scan.unnumbered == ["cover.jpg"]
    assert scan.outside == ["img7.jpg"]
    sentences = " ".join(scan.faults())
    for name in ("img2.jpg", "img3.jpg", "cover.jpg", "img7.jpg"):
        assert name in sentences
    assert "Thumbs" not in sentences


def test_index_of_an_unusable_folder_names_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        index_images(tmp_path / "none")
    (tmp_path / "img1.jpg").write_bytes(b"")
    with pytest.raises(InputError, match=r"img1\.jpg of zero bytes") as caught:
        index_images(tmp_path)
    assert caught.value.where == str(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "frame 1 is missing"),
        (b"", "zero bytes"),
        (b"this is no picture", "not an image"),
        (b"\xff\xd8\xff\xe0 cut off", "not an image"),
    ],
)
def test_read_names_the_file_at_fault(
    tmp_path: Path, content: bytes | None, message: str, disk: Any
) -> None:
    disk.frames(tmp_path, 1, 1)
    frames = index_images(tmp_path)
    file = tmp_path / "img1.jpg"
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        frames.read(1)
    assert caught.value.where == str(file)
    assert caught.value.remedy


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp"])
def test_a_picture_that_ends_half_way_is_not_shown_as_whole(
    tmp_path: Path, disk: Any, suffix: str
) -> None:
    whole = disk.picture(1, suffix, size=200)
    (tmp_path / f"img1{suffix}").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="not an image"):
        index_images(tmp_path).read(1)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp"])
def test_a_picture_of_absurd_size_is_refused_before_it_is_decoded(
    tmp_path: Path, huge: Callable[[str], bytes], suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = huge(suffix)
    assert len(data) < 1000
    (tmp_path / f"img1{suffix}").write_bytes(data)
    monkeypatch.setattr(cv2, "imdecode", lambda *a: pytest.fail("it was decoded"))
    size = "16000 x 16000" if suffix == ".webp" else "20000 x 20000"
    with pytest.raises(InputError, match=f"{size} pixels, more than 100 million") as caught:
        index_images(tmp_path).read(1)
    assert caught.value.where == str(tmp_path / f"img1{suffix}")


@pytest.mark.parametrize("data", [b"P6 20000 20000 255 ", b"GIF89a" + bytes(20)])
def test_what_does_not_tell_its_size_is_not_decoded(
    tmp_path: Path, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "img1.png").write_bytes(data)
    monkeypatch.setattr(cv2, "imdecode", lambda *a: pytest.fail("it was decoded"))
    with pytest.raises(InputError, match="not an image"):
        index_images(tmp_path).read(1)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".tif"])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("shape", [(6, 9), (6, 9, 3)], ids=["grey", "colour"])
def test_every_kind_depth_and_colour_is_8_bit_rgb(
    tmp_path: Path, suffix: str, bits: int, shape: tuple[int, ...]
) -> None:
    if bits == 16 and suffix in (".jpg", ".bmp"):
        bits = 8  # these kinds have no 16 bit: the same picture as 8 bit
    picture = np.full(shape, 128 << (bits - 8), np.uint16 if bits == 16 else np.uint8)
    assert cv2.imwrite(str(tmp_path / f"img7{suffix}"), picture)
    frames = index_images(tmp_path)
    assert (frames.size, list(frames.numbers)) == ((9, 6), [7])
    read = frames.read(7)
    assert (read.shape, read.dtype) == ((6, 9, 3), np.uint8)
    assert np.abs(read.astype(int) - 128).max() <= 1
