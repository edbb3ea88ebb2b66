import cv2
import numpy as np
import pytest

from mexlab.data.clips import ClipKey
from mexlab.data.frames.frames import index_images
from mexlab.errors import InputError
from mexlab.features.batch import FlowFailure, FlowItem, compute_many
from mexlab.features.cache import FlowCache
from mexlab.features.flow_maps import FlowMaps
from mexlab.features.settings import FlowSettings

FAST = FlowSettings(flow="dis")


@pytest.fixture
def items(tmp_path, clip):
    """Three clips on disk: two with a face, the middle one without."""
    root = tmp_path / "database"
    made = []
    for name, faces in (("a", True), ("b", False), ("c", True)):
        folder = root / name
        folder.mkdir(parents=True)
        for number in (10, 11):
            image = clip.frames[number] if faces else np.full((200, 200, 3), 90, np.uint8)
            if name == "c":  # the cache goes by content: no two clips may be alike here
                image = np.ascontiguousarray(image[:, ::-1])
            cv2.imwrite(str(folder / f"img{number}.png"), image[..., ::-1])
        frames = index_images(folder)
        key = ClipKey("own", "s1", name)
        made.append(FlowItem(key, frames.to_record(root), root, 10, 11))
    return made


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_in_order_and_failures_reported(items, tmp_path, jobs):
    seen = []
    results = list(
        compute_many(
            items, FAST, tmp_path / "cache", jobs=jobs, on_result=lambda *pair: seen.append(pair)
        )
    )
    assert [key.name for key, _ in results] == ["a", "b", "c"]
    assert isinstance(results[0][1], FlowMaps)
    assert isinstance(results[1][1], FlowFailure)
    assert results[1][1].kind == "FaceNotFoundError"
    assert "no face found" in results[1][1].reason
    assert [key for key, _ in seen] == [key for key, _ in results]


def test_interrupted_and_resumed(items, tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    stream = compute_many(items, FAST, folder, jobs=1)
    next(stream)
    stream.close()  # what Ctrl-C in a loop over the results comes to
    cache = FlowCache(folder)
    from mexlab.data.frames.frames import frames_from_record

    def cached():
        return [
            cache.lookup(frames_from_record(i.frames, i.root), i.onset, i.apex, FAST) is not None
            for i in (items[0], items[2])
        ]

    assert cached() == [True, False]
    computed = []
    import mexlab.features.cache as module

    original = module.compute_flow_maps
    monkeypatch.setattr(
        module, "compute_flow_maps", lambda *a, **k: computed.append(a) or original(*a, **k)
    )
    assert len(list(compute_many(items, FAST, folder, jobs=1))) == 3
    assert len(computed) == 1
    assert cached() == [True, True]


def test_a_missing_file_is_a_failure_that_names_it(items, tmp_path):
    (items[0].root / "a" / "img11.png").write_bytes(b"")
    results = dict(compute_many(items[:1], FAST, tmp_path / "cache", jobs=1))
    failure = results[items[0].key]
    assert isinstance(failure, FlowFailure)
    assert "img11.png" in failure.reason


def test_without_a_cache_and_without_items(items):
    assert isinstance(next(iter(compute_many(items[:1], FAST, jobs=1)))[1], FlowMaps)
    assert list(compute_many([], FAST)) == []


def test_jobs_are_checked_before_anything_is_computed(items):
    with pytest.raises(InputError, match="jobs: expected 1 or more, got 0"):
        compute_many(items, FAST, jobs=0)


def test_what_is_kept_is_read_without_workers(items, tmp_path, monkeypatch):
    good = [items[0], items[2]]
    assert len(list(compute_many(good, FAST, tmp_path / "cache", jobs=1))) == 2
    monkeypatch.setattr("mexlab.features.batch._compute_in_worker", lambda *_: 1 / 0)
    results = list(compute_many(good, FAST, tmp_path / "cache", jobs=2))
    assert all(isinstance(result, FlowMaps) for _, result in results)
