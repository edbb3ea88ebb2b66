import numpy as np
import pytest

from mexlab.errors import FaceNotFoundError
from mexlab.features import cache as module
from mexlab.features.cache import FlowCache
from mexlab.features.settings import FlowSettings

FAST = FlowSettings(flow="dis")


@pytest.fixture
def cache(tmp_path):
    return FlowCache(tmp_path / "cache")


@pytest.fixture
def counted(monkeypatch):
    """How often flow was really computed, and faces really searched."""
    calls = {"flow": 0, "faces": 0}

    def count(name, function):
        def counting(*args, **kwargs):
            calls[name] += 1
            return function(*args, **kwargs)

        return counting

    monkeypatch.setattr(module, "compute_flow_maps", count("flow", module.compute_flow_maps))
    monkeypatch.setattr(module, "find_landmarks", count("faces", module.find_landmarks))
    return calls


def entries(cache, kind="flow"):
    return sorted((cache.folder / kind).rglob("*.npz"))


def test_second_call_is_a_hit_with_equal_arrays(cache, clip, counted):
    assert cache.lookup(clip, 10, 11, FAST) is None
    first = cache.get_or_compute(clip, 10, 11, FAST)
    clip.reads.clear()
    second = cache.get_or_compute(clip, 10, 11, FAST)
    assert counted["flow"] == 1
    assert clip.reads == []
    np.testing.assert_array_equal(first.maps, second.maps)
    np.testing.assert_array_equal(first.landmarks, second.landmarks)
    np.testing.assert_array_equal(first.mask, second.mask)
    assert (first.box, first.settings) == (second.box, second.settings)


def test_another_process_finds_it(cache, clip, counted):
    cache.get_or_compute(clip, 10, 11, FAST)
    assert FlowCache(cache.folder).lookup(clip, 10, 11, FAST) is not None


def test_frames_settings_and_code_version_each_miss(
    cache, clip, counted, memory_frames, monkeypatch
):
    cache.get_or_compute(clip, 10, 11, FAST)
    assert cache.lookup(clip, 10, 15, FAST) is None
    assert cache.lookup(clip, 10, 11, FlowSettings(flow="farneback")) is None
    changed = clip.frames[11].copy()
    changed[0, 0] ^= 1
    other = memory_frames({10: clip.frames[10], 11: changed})
    assert cache.lookup(other, 10, 11, FAST) is None
    monkeypatch.setattr(module, "FLOW_VERSION", module.FLOW_VERSION + 1)
    assert cache.lookup(clip, 10, 11, FAST) is None


def test_the_same_frames_under_other_numbers_hit(cache, clip, counted, memory_frames):
    cache.get_or_compute(clip, 10, 11, FAST)
    moved = memory_frames({1: clip.frames[10], 2: clip.frames[11]})
    found = cache.lookup(moved, 1, 2, FAST)
    assert (found.onset, found.apex) == (1, 2)


def test_switching_the_mask_computes_nothing(cache, clip, counted):
    cache.get_or_compute(clip, 10, 11, FAST)
    off = cache.get_or_compute(clip, 10, 11, FlowSettings(flow="dis", eye_mask=False))
    bare = cache.get_or_compute(clip, 10, 11, FlowSettings(flow="dis", eye_mask_margin=0.0))
    assert counted["flow"] == 1
    assert off.settings.eye_mask is False
    assert off.masked()[off.mask].any()
    assert bare.mask.sum() < off.mask.sum()


def test_moving_the_apex_searches_no_face_again(cache, clip, counted):
    cache.get_or_compute(clip, 10, 11, FAST)
    cache.get_or_compute(clip, 10, 15, FAST)
    assert counted == {"flow": 2, "faces": 1}


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-200]),
        lambda path: path.write_bytes(b"PK" + b"x" * 500),
        lambda path: path.write_bytes(
            path.read_bytes()[:4000] + b"\x00" * 64 + path.read_bytes()[4064:]
        ),
        lambda path: np.savez(path, other=np.zeros(3)),
        lambda path: path.write_bytes(np.lib.format.MAGIC_PREFIX + b"\x01\x00"),
    ],
    ids=["empty", "truncated", "garbage", "flipped bytes", "foreign", "npy head"],
)
def test_a_damaged_entry_is_computed_again(cache, clip, counted, damage):
    first = cache.get_or_compute(clip, 10, 11, FAST)
    (path,) = entries(cache)
    damage(path)
    assert cache.lookup(clip, 10, 11, FAST) is None
    again = cache.get_or_compute(clip, 10, 11, FAST)
    assert counted["flow"] == 2
    np.testing.assert_array_equal(first.maps, again.maps)
    assert cache.lookup(clip, 10, 11, FAST) is not None


def test_no_pickle_is_ever_loaded(cache, clip, counted):
    cache.get_or_compute(clip, 10, 11, FAST)
    (path,) = entries(cache)
    with np.load(path) as stored:
        arrays = dict(stored)
    arrays["maps"] = np.array([{"code": "runs on load"}], dtype=object)
    np.savez(path, **arrays)
    assert cache.lookup(clip, 10, 11, FAST) is None


def test_an_entry_of_other_frames_is_not_taken(cache, clip, counted):
    """Digests name the files; what counts is the record inside."""
    cache.get_or_compute(clip, 10, 11, FAST)
    cache.get_or_compute(clip, 10, 15, FAST)
    one, other = entries(cache)
    one.write_bytes(other.read_bytes())
    hits = [cache.lookup(clip, 10, apex, FAST) is not None for apex in (11, 15)]
    assert sorted(hits) == [False, True]


def test_an_interrupted_write_leaves_nothing_behind(cache, clip, counted, monkeypatch):
    cache.landmarks(clip, 10, 11, FAST)

    def interrupted(self, target):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module.Path, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            cache.get_or_compute(clip, 10, 11, FAST)
    assert entries(cache) == []
    assert list(cache.folder.rglob("*.part")) == []
    assert cache.lookup(clip, 10, 11, FAST) is None
    cache.get_or_compute(clip, 10, 11, FAST)
    assert len(entries(cache)) == 1


def test_a_folder_that_cannot_be_written_still_gives_results(tmp_path, clip, counted):
    blocked = tmp_path / "file"
    blocked.write_text("a file where the folder should be")
    with pytest.warns(UserWarning, match="cannot be written"):
        result = FlowCache(blocked / "cache").get_or_compute(clip, 10, 11, FAST)
    assert result.maps.shape == (170, 140, 3)


def test_a_clip_without_a_face_is_remembered(cache, counted, memory_frames):
    empty = np.full((200, 200, 3), 90, np.uint8)
    frames = memory_frames({1: empty, 2: empty + 1})
    for _ in range(2):
        with pytest.raises(FaceNotFoundError, match=r"frame 1 \(onset\) or 2 \(apex\)"):
            cache.get_or_compute(frames, 1, 2, FAST)
    assert counted["faces"] == 2  # onset and apex, once each


def test_a_face_hidden_at_the_onset(cache, clip, counted, memory_frames):
    hidden = np.full_like(clip.frames[10], 90)
    frames = memory_frames({10: hidden, 11: clip.frames[10]})
    first = cache.landmarks(frames, 10, 11, FAST)
    np.testing.assert_array_equal(cache.landmarks(frames, 10, 11, FAST), first)
    assert counted["faces"] == 2
