from __future__ import annotations

import json
import pickle
import struct
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from mexlab.data.databases.registry import read_databases
from mexlab.data.frames import videos as video_frames
from mexlab.data.frames.frames import VideoFrames, frames_from_record
from mexlab.data.frames.videos import even_clock
from mexlab.errors import InputError

BITS = 11


def counter_picture(value: int) -> np.ndarray:
    """A picture that says its own number in black and white blocks, which survive compression."""
    rgb = np.zeros((64, BITS * 16, 3), np.uint8)
    for bit in range(BITS):
        if value >> bit & 1:
            rgb[16:48, bit * 16 : (bit + 1) * 16] = 255
    return rgb


def counter_of(rgb: np.ndarray) -> int:
    return sum(1 << bit for bit in range(BITS) if rgb[32, bit * 16 + 8].mean() > 128)


def write_video(path: Path, count: int, codec: str, fps: float = 200.0) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), fps, (BITS * 16, 64))
    if not writer.isOpened():
        pytest.skip(f"this OpenCV cannot write {codec}")
    for value in range(1, count + 1):
        writer.write(counter_picture(value))
    writer.release()
    return path


@pytest.fixture(scope="module", params=["mp4v.mp4", "MJPG.avi", "XVID.avi"])
def video(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    codec, suffix = request.param.split(".")
    return write_video(tmp_path_factory.mktemp("video") / f"long.{suffix}", 1500, codec)


def test_probe_counts_by_decoding(video: Path) -> None:
    frames = VideoFrames.probe(video)
    assert list(frames.numbers) == list(range(1, 1501))
    assert frames.fps == 200.0
    assert frames.size == (BITS * 16, 64)
    assert not frames.truncated
    assert frames.evenly_timed


def test_forward_and_backward_and_jumps_are_exact_by_index(video: Path) -> None:
    frames = VideoFrames.probe(video)
    jumps = np.random.default_rng(5).integers(1, 1501, 40).tolist()
    walk = [*range(1, 120), *range(1500, 1380, -1), *jumps, 700, 699, 698, 1, 1500, 2]
    assert [counter_of(frames.read(number)) for number in walk] == walk


def test_a_fresh_source_may_start_anywhere(video: Path) -> None:
    record = VideoFrames.probe(video).to_record(video.parent)
    for number in (1400, 3, 601, 650):
        frames = frames_from_record(json.loads(json.dumps(record)), video.parent)
        assert counter_of(frames.read(number)) == number


def test_without_trust_in_time_stamps_jumps_are_exact_too(video: Path) -> None:
    record = VideoFrames.probe(video).to_record(video.parent)
    del record["clock"]
    frames = frames_from_record(record, video.parent)
    for number in (1400, 12, 1399):
        assert counter_of(frames.read(number)) == number


def test_a_wrong_clock_cannot_shift_a_frame(video: Path) -> None:
    """A container whose time stamps do not fit is decoded from the start instead."""
    record = VideoFrames.probe(video).to_record(video.parent)
    record["clock"] = [1.7, 4.1]
    frames = frames_from_record(record, video.parent)
    assert isinstance(frames, VideoFrames)
    stepped = [1400, 1200]
    # 4.1 ms a frame: a stamp of 5 ms x n lies between two of its frames nearly everywhere.
    assert frames.clock is not None
    assert frames.clock.index_of(1351 * 5.0) is None
    assert [counter_of(frames.read(number)) for number in stepped] == stepped


def test_two_places_read_by_turns_cost_one_jump_each(
    video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window round a playhead grows to both sides; the onset is far from both."""
    frames = VideoFrames.probe(video)
    opened: list[int] = []
    move = VideoFrames._moved_to
    monkeypatch.setattr(
        VideoFrames, "_moved_to", lambda self, index: opened.append(index) or move(self, index)
    )
    walk = [number for step in range(40) for number in (900 + step, 200 + step)]
    assert [counter_of(frames.read(number)) for number in walk] == walk
    assert opened == [899, 199]
    assert len(frames._decoders) == 2
    frames.close()
    assert counter_of(frames.read(901)) == 901


def test_no_more_frames_are_held_than_the_bound(
    video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound = 40 * BITS * 16 * 64 * 3
    monkeypatch.setattr(video_frames, "_CACHE_BYTES", bound)
    frames = VideoFrames.probe(video)
    most = 0
    for number in (*range(1, 200), *range(1500, 1300, -1), 20, 900, 899):
        assert counter_of(frames.read(number)) == number
        assert frames._cached_bytes == sum(p.nbytes for p in frames._cache.values()) <= bound
        most = max(most, len(frames._cache))
    assert most == 40


def test_a_long_video_never_sits_in_memory(tmp_path: Path) -> None:
    """Counted, walked and jumped in, in a process whose peak is measured."""
    count, width, height = 1000, 480, 360
    writer = cv2.VideoWriter(
        str(tmp_path / "long.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 200.0, (width, height)
    )
    for number in range(count):
        writer.write(np.full((height, width, 3), number % 250, np.uint8))
    writer.release()
    code = (
        "import resource, sys; from mexlab.data.frames.frames import VideoFrames\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "VideoFrames.probe(sys.argv[1]).read(1)\n"
        "before = peak(); frames = VideoFrames.probe(sys.argv[1])\n"
        "for number in [*frames.numbers, 3, 700, 699]: frames.read(number)\n"
        "print(len(frames), peak() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "long.avi")],
        capture_output=True,
        text=True,
        check=True,
    )
    decoded, grown = map(int, done.stdout.split())
    assert decoded == count
    whole = count * width * height * 3 / 1024
    # The cache of 64 MB and what the decoder needs; all frames would be 506 MB.
    assert grown < 120_000 < whole / 4


@pytest.mark.parametrize(("codec", "suffix"), [("mp4v", ".mov"), ("VP80", ".webm")])
def test_mov_and_webm_are_exact_by_index_too(tmp_path: Path, codec: str, suffix: str) -> None:
    path = write_video(tmp_path / f"clip{suffix}", 90, codec, fps=50.0)
    frames = VideoFrames.probe(path)
    assert (len(frames), frames.fps) == (90, 50.0)
    walk = [1, 2, 90, 89, 45, 44, 3]
    assert [counter_of(frames.read(number)) for number in walk] == walk


def slow_down_the_second_half(path: Path) -> None:
    """Make an MP4's frame rate variable: its table of durations gets a second, doubled row.

    OpenCV writes the table behind the pictures, so that it may grow.
    """
    data = path.read_bytes()

    def grow(box: bytes, way: tuple[bytes, ...]) -> bytes:
        kind, body = box[4:8], box[8:]
        if kind == b"stts":
            count, duration = struct.unpack_from(">II", body, 8)
            rows = (count // 2, duration, count - count // 2, 2 * duration)
            body = body[:4] + struct.pack(">I4I", 2, *rows)
        elif way:
            at, parts = 0, b""
            while at < len(body):
                (size,) = struct.unpack_from(">I", body, at)
                part = body[at : at + size]
                parts += grow(part, way[1:]) if part[4:8] == way[0] else part
                at += size
            body = parts
        return struct.pack(">I", len(body) + 8) + kind + body

    at = data.rindex(b"moov") - 4
    inner = (b"trak", b"mdia", b"minf", b"stbl", b"stts")
    # The edit list would cut what now lies behind the old end.
    path.write_bytes(data[:at] + grow(data[at:].replace(b"edts", b"free"), inner))


def test_a_variable_frame_rate_goes_by_decoded_index_and_is_said(tmp_path: Path) -> None:
    path = write_video(tmp_path / "phone.mp4", 90, "mp4v", fps=50.0)
    slow_down_the_second_half(path)
    frames = VideoFrames.probe(path)
    assert not frames.evenly_timed
    assert list(frames.numbers) == list(range(1, 91))
    again = frames_from_record(frames.to_record(tmp_path), tmp_path)
    walk = [1, 60, 59, 90, 2]
    assert [counter_of(again.read(number)) for number in walk] == walk
    (imported,) = read_databases("folder", tmp_path)
    (told,) = [e.reason for e in imported.report.entries if e.kind == "warning"]
    assert "not evenly spaced in time: they are numbered as they decode" in told


def test_nothing_is_opened_before_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_video(tmp_path / "clip.avi", 30, "MJPG")
    record = VideoFrames.probe(path).to_record(tmp_path)
    monkeypatch.setattr(cv2, "VideoCapture", lambda *a: pytest.fail("it was opened"))
    frames = frames_from_record(record, tmp_path)
    assert (len(frames.numbers), frames.size) == (30, (BITS * 16, 64))


def test_frames_are_encoded_as_jpeg_and_fingerprinted(video: Path) -> None:
    frames = VideoFrames.probe(video)
    encoded = frames.encoded(9)
    assert encoded.mime == "image/jpeg"
    shown = cv2.imdecode(np.frombuffer(encoded.data, np.uint8), cv2.IMREAD_COLOR)
    assert counter_of(shown) == 9
    assert frames.fingerprint(9) != frames.fingerprint(10)
    assert frames.fingerprint(9) == VideoFrames.probe(video).fingerprint(9)


def test_it_travels_to_another_process(video: Path) -> None:
    frames = VideoFrames.probe(video)
    frames.read(5)
    again = pickle.loads(pickle.dumps(frames))
    assert counter_of(again.read(6)) == 6


def test_a_frame_beyond_the_end_is_refused(video: Path) -> None:
    frames = VideoFrames.probe(video)
    for number in (0, 1501):
        with pytest.raises(InputError, match="its frames are 1–1500"):
            frames.read(number)


def test_a_truncated_video_keeps_what_decodes(tmp_path: Path) -> None:
    path = write_video(tmp_path / "cut.avi", 100, "MJPG")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    frames = VideoFrames.probe(path)
    assert frames.truncated
    assert frames.claimed == 100
    assert 20 < len(frames) < 80
    last = len(frames) - 1
    assert counter_of(frames.read(last)) == last


def test_a_video_cut_before_its_index_is_an_error(tmp_path: Path) -> None:
    path = write_video(tmp_path / "cut.mp4", 100, "mp4v")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match="truncated before its index") as caught:
        VideoFrames.probe(path)
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "no such video"), (b"", "zero bytes"), (b"no video" * 100, "not a video")],
)
def test_unusable_files_are_named(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "clip_01.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        VideoFrames.probe(path)
    assert caught.value.where == str(path)


def test_a_video_that_shrank_since_the_import_says_so(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.avi", 60, "MJPG")
    record = VideoFrames.probe(path).to_record(tmp_path)
    write_video(path, 20, "MJPG")
    with pytest.raises(InputError, match="import it again"):
        frames_from_record(record, tmp_path).read(50)


def test_given_fps_overrides_the_files(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.avi", 5, "MJPG", fps=25.0)
    assert VideoFrames.probe(path).fps == 25.0
    assert VideoFrames.probe(path, fps=200.0).fps == 200.0


def test_uneven_time_stamps_give_no_clock_to_seek_by() -> None:
    even = [5.0 * index for index in range(300)]
    clock = even_clock(even)
    assert clock is not None
    assert [clock.index_of(5.0 * index) for index in (0, 7, 299)] == [0, 7, 299]
    assert clock.index_of(7.5) is None
    dropped = even[:100] + [stamp + 5.0 for stamp in even[100:]]
    assert even_clock(dropped) is None
    assert even_clock([0.0] * 10) is None
    # Matroska rounds to whole milliseconds: 30 fps is still even.
    assert even_clock([float(round(index * 1000 / 30)) for index in range(300)]) is not None
