import cv2
import numpy as np
import pytest

from mexlab.errors import InputError
from mexlab.features.cache import FlowCache
from mexlab.features.curves import CURVES, motion_curves
from mexlab.features.settings import FlowSettings
from mexlab.vision.landmarks import landmark_detector


def pull_mouth(image, points, amount):
    """Move the skin around the mouth up by ``amount`` pixels, fading out with distance."""
    x, y = points[48:60].mean(axis=0)
    ys, xs = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float32)
    weight = np.exp(-(((xs - x) / 45) ** 2 + ((ys - y) / 22) ** 2))
    return cv2.remap(
        image, xs, ys + amount * weight, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )


@pytest.fixture
def smile(portrait, memory_frames):
    """Frames 1 to 5: the mouth rises by 0, 1, 3, 1, 0 pixels."""
    points = landmark_detector("dlib").detect(portrait)
    heights = {1: 0.0, 2: 1.0, 3: 3.0, 4: 1.0, 5: 0.0}
    return memory_frames({n: pull_mouth(portrait, points, h) for n, h in heights.items()})


def test_the_mouth_moves_and_the_rest_does_not(smile):
    curves = motion_curves(smile)
    assert curves.numbers.tolist() == [1, 2, 3, 4, 5]
    assert curves.reference == 1
    assert int(np.argmax(curves.mouth)) == 2
    assert int(np.argmax(curves.face)) == 2
    assert curves.mouth[2] > 1.0
    assert curves.mouth[2] == pytest.approx(curves.mouth[1] * 3, rel=0.4)
    assert curves.brows.max() < 0.2 * curves.mouth[2]
    assert curves.mouth[4] < 0.1


def test_the_heads_motion_does_not_count(clip):
    still = motion_curves(clip, 10)
    filmed = motion_curves(clip, 10, FlowSettings(flow="dis"))
    assert still.face[2] < 0.4
    assert filmed.face[2] > 1.5


def test_reference_by_number_and_missing(clip):
    assert motion_curves(clip, 11).face[1] == 0
    with pytest.raises(InputError, match="onset frame 12"):
        motion_curves(clip, 12)


def test_cached(smile, tmp_path):
    cache = FlowCache(tmp_path)
    first = motion_curves(smile, cache=cache)
    smile.reads.clear()
    again = motion_curves(smile, cache=cache)
    assert smile.reads == []
    for name in ("face", *CURVES):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    motion_curves(smile, 2, cache=cache)
    assert smile.reads


def test_can_be_stopped_and_tells_of_progress(smile):
    seen = []
    assert motion_curves(smile, progress=lambda done, of: seen.append((done, of))) is not None
    assert seen == [(i, 5) for i in range(1, 6)]
    assert motion_curves(smile, should_stop=lambda: len(smile.reads) > 8) is None


def test_record_is_plain(smile):
    import json

    record = json.loads(json.dumps(motion_curves(smile).to_record()))
    assert record["numbers"] == [1, 2, 3, 4, 5]
    assert set(record) == {"numbers", "reference", "face", *CURVES}
