import cv2
import numpy as np
import pytest

from mexlab.errors import InputError
from mexlab.features.cache import FlowCache
from mexlab.features.curves import motion_curves
from mexlab.features.face_motion import PARTS, QUANTITIES
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
    mouth = curves.of("motion", "mouth")
    assert int(np.argmax(mouth)) == 2
    assert int(np.argmax(curves.of("motion"))) == 2
    assert mouth[2] > 1.0
    assert mouth[2] == pytest.approx(mouth[1] * 3, rel=0.4)
    assert curves.of("motion", "brows").max() < 0.2 * mouth[2]
    assert mouth[4] < 0.1


def test_strain_is_that_of_the_known_displacement(smile):
    """The steepest slope of the pull is amount / height * sqrt(2 / e), px/px."""
    curves = motion_curves(smile)
    mouth = curves.of("strain", "mouth")
    assert int(np.argmax(mouth)) == int(np.argmax(curves.of("strain"))) == 2
    steepest = 3.0 / 22 * np.sqrt(2 / np.e)
    assert 0.4 * steepest < mouth[2] < 1.3 * steepest
    assert curves.of("strain", "brows")[2] < 0.3 * mouth[2]
    assert mouth[4] < 0.02


def test_a_shift_of_the_whole_face_strains_nothing(clip):
    filmed = motion_curves(clip, 10, FlowSettings(flow="dis"))
    assert filmed.of("motion")[2] > 1.5
    assert filmed.of("strain")[2] < 0.02


def test_the_heads_motion_does_not_count(clip):
    still = motion_curves(clip, 10)
    filmed = motion_curves(clip, 10, FlowSettings(flow="dis"))
    assert still.of("motion")[2] < 0.4
    assert filmed.of("motion")[2] > 1.5


def test_reference_by_number_and_missing(clip):
    assert not motion_curves(clip, 11).values[..., 1].any()
    with pytest.raises(InputError, match="onset frame 12"):
        motion_curves(clip, 12)


def test_cached(smile, tmp_path):
    cache = FlowCache(tmp_path)
    first = motion_curves(smile, cache=cache)
    smile.reads.clear()
    again = motion_curves(smile, cache=cache)
    assert smile.reads == []
    np.testing.assert_array_equal(first.values, again.values)
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
    assert set(record) == {"numbers", "reference", *QUANTITIES}
    assert set(record["strain"]) == set(PARTS)
