from __future__ import annotations

from pathlib import Path

import pytest

from mexlab.data.clips import Clip, ClipKey
from mexlab.errors import InputError
from mexlab.pages.annotate.clip_frames import MOST_AT_ONCE, ClipFrames


@pytest.fixture
def clip(annotated, key):
    return annotated.store.clip(key)


def file_of(annotated, number):
    root = annotated.store.databases()[0].root
    return root / "s1" / "clip1" / f"img{number}.jpg"


def test_opening_carries_the_first_picture(clip, annotated):
    record, poster = ClipFrames(clip).opening()
    assert record["frame"] == 46
    assert record["numbers"] == list(range(46, 66))
    assert (record["width"], record["height"]) == (32, 24)
    assert poster == file_of(annotated, 46).read_bytes()


@pytest.mark.parametrize(("asked", "opened"), [(50, 50), (1, 46), (9999, 65)])
def test_opening_at_a_frame_takes_the_nearest(clip, asked, opened):
    assert ClipFrames(clip).opening(asked)[0]["frame"] == opened


def test_frames_are_the_files_own_bytes(clip, annotated):
    frames = ClipFrames(clip)
    answer, buffers = frames.answer({"token": frames.token, "request": 3, "indices": [4, 0]})
    assert answer["request"] == 3
    # In the clip's order, as a video has to be decoded.
    assert [frame["index"] for frame in answer["frames"]] == [0, 4]
    assert buffers == [file_of(annotated, n).read_bytes() for n in (46, 50)]
    assert not frames.complete


def test_complete_when_all_have_been_asked_for(clip):
    frames = ClipFrames(clip)
    frames.answer({"token": frames.token, "request": 1, "indices": list(range(20))})
    assert frames.complete


def test_a_broken_frame_fails_alone_with_its_reason(clip, annotated):
    file_of(annotated, 48).write_bytes(b"")
    frames = ClipFrames(clip)
    answer, buffers = frames.answer({"token": frames.token, "request": 1, "indices": [1, 2, 3]})
    assert [frame["index"] for frame in answer["frames"]] == [1, 3]
    assert len(buffers) == 2
    assert answer["failures"][0]["index"] == 2
    assert "img48.jpg" in answer["failures"][0]["reason"]


def test_a_decoder_that_fails_in_its_own_way_is_told_of_that_frame(clip, monkeypatch):
    encoded = type(clip.frames).encoded

    def fails(source, number):
        if number == 47:
            raise ValueError("nobody foresaw it")
        return encoded(source, number)

    monkeypatch.setattr(type(clip.frames), "encoded", fails)
    frames = ClipFrames(clip)
    answer, buffers = frames.answer({"token": frames.token, "request": 1, "indices": [0, 1, 2]})
    assert len(buffers) == 2
    assert answer["failures"] == [{"index": 1, "reason": "ValueError: nobody foresaw it"}]


def test_a_broken_first_frame_does_not_keep_the_clip_shut(clip, annotated):
    file_of(annotated, 46).unlink()
    record, poster = ClipFrames(clip).opening()
    assert record["numbers"][0] == 46
    assert record["width"] > 0
    assert poster == b""


def test_questions_about_an_earlier_clip_are_refused(clip):
    old, new = ClipFrames(clip), ClipFrames(clip)
    assert old.token != new.token
    with pytest.raises(InputError, match="not this clip's"):
        new.answer({"token": old.token, "request": 1, "indices": [0]})


def test_one_answer_is_bounded(clip):
    frames = ClipFrames(clip)
    asked = {"token": frames.token, "request": 1, "indices": [0] * (MOST_AT_ONCE + 5) + [-1, 99]}
    assert len(frames.answer(asked)[0]["frames"]) == MOST_AT_ONCE


def test_a_clip_of_features_says_so_in_plain_words():
    clip = Clip(ClipKey("smic", "s1", "c"), None, None, Path("s1/c.png"))
    record, poster = ClipFrames(clip).opening()
    assert record["numbers"] == []
    assert "features only" in record["message"]
    assert poster == b""
