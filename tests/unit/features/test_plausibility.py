"""Flow that cannot be: too much movement, two people, several faces."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mexlab.data.clips import ClipKey
from mexlab.data.frames.frames import index_images
from mexlab.features.batch import FlowItem, compute_many
from mexlab.features.flow_maps import compute_flow_maps
from mexlab.features.plausibility import look_at
from mexlab.features.settings import FlowSettings
from mexlab.synthetic import Order
from mexlab.synthetic.filming.takes import perform
from mexlab.synthetic.layouts.ckplus import WRITER as CKPLUS
from mexlab.synthetic.person.faces import cast_persons
from mexlab.synthetic.person.persons import build_person

FAST = FlowSettings(flow="dis")


def seen(frames, onset, apex, settings=FAST):
    maps = compute_flow_maps(frames, onset, apex, settings)
    return look_at(frames.read(onset), frames.read(apex), maps)


def test_a_clip_like_any_other_gives_no_doubt(clip):
    found = seen(clip, 10, 15)
    assert found.doubts() == []
    assert found.likeness > 0.97
    assert found.faces == 1
    # All of the face moves by 3 px of the frame.
    scale = 140 / compute_flow_maps(clip, 10, 15, FAST).box.width
    assert found.movement == pytest.approx(3 * scale, abs=0.3)


@pytest.mark.parametrize("head", ["as filmed", "compensated"])
def test_nor_do_macro_expressions(memory_frames, head):
    """The strongest motion that there is: CK+, from neutral to apex."""
    takes = list(CKPLUS.plan(Order(3, 0)))[::4][:3]
    for take in takes:
        performance = perform(take)
        numbers = (take.script.onset, take.script.apex)
        frames = memory_frames(
            {i: performance.camera.record(performance.picture(i), i) for i in numbers}
        )
        assert seen(frames, *numbers, replace(FAST, head_motion=head)).doubts() == []


def test_two_people_and_20_pixels(memory_frames):
    pictures = [build_person(one).picture for one in cast_persons(4, 5)]
    doubts = {}
    for i, one in enumerate(pictures):
        for k, other in enumerate(pictures):
            if i != k:
                doubts[i, k] = " ".join(seen(memory_frames({0: one, 1: other}), 0, 1).doubts())
    # They are re-shaped from one photograph, nearer to each other than people are.
    assert np.mean(["two different faces" in text for text in doubts.values()]) > 0.6
    assert np.mean([text != "" for text in doubts.values()]) > 0.7
    moved = next(text for text in doubts.values() if "moves by" in text)
    assert "px of its crop from onset to apex" in moved


def test_several_faces(memory_frames, portrait):
    wide = np.concatenate([portrait, portrait], axis=1)
    found = seen(memory_frames({0: wide, 1: wide}), 0, 1)
    assert found.faces == 2
    assert found.doubts() == ["2 faces are in the frame, and the largest was taken"]
    # Someone far behind is not meant.
    small = np.full_like(portrait, 90)
    small[:130, :130] = cv2.resize(portrait, (130, 130))
    beside = np.concatenate([portrait, small], axis=1)
    assert seen(memory_frames({0: beside, 1: beside}), 0, 1).faces == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_many_clips_say_it_and_remember(tmp_path, portrait, jobs, monkeypatch):
    two = np.concatenate([portrait, portrait], axis=1)
    items = []
    for name, picture in (("one", portrait), ("two", two)):
        folder = tmp_path / "db" / name
        folder.mkdir(parents=True)
        for number in (1, 2):
            cv2.imwrite(str(folder / f"img{number}.png"), picture[..., ::-1])
        frames = index_images(folder)
        key = ClipKey("own", "s1", name)
        items.append(FlowItem(key, frames.to_record(tmp_path), tmp_path, 1, 2))

    def doubts(look=True):
        results = compute_many(items, FAST, tmp_path / "cache", jobs=jobs, look=look)
        return [list(maps.doubts) for _, maps in results]

    expected = [[], ["2 faces are in the frame, and the largest was taken"]]
    # Maps that were computed by a training are looked at when it is asked for.
    assert doubts(look=False) == [[], []]
    assert doubts() == expected
    monkeypatch.setattr("mexlab.features.cache.look_at", lambda *_: pytest.fail("looked again"))
    assert doubts() == expected
