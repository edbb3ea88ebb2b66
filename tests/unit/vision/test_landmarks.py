import cv2
import numpy as np
import pytest

from mexlab.errors import InputError
from mexlab.vision import landmarks as module
from mexlab.vision.landmarks import (
    DlibLandmarks,
    LbfLandmarks,
    check_landmarks,
    landmark_backends,
    landmark_detector,
    landmark_identity,
    register_landmark_backend,
)

skimage_data = pytest.importorskip("skimage.data")


@pytest.fixture(scope="module")
def astronaut():
    return skimage_data.astronaut()


@pytest.fixture(scope="module")
def dlib_detector():
    return landmark_detector("dlib")


def test_68_points_on_a_real_face(astronaut, dlib_detector):
    points = dlib_detector.detect(astronaut)
    assert points.shape == (68, 2)
    assert points.dtype == np.float32
    right_eye, left_eye = points[36:42].mean(axis=0), points[42:48].mean(axis=0)
    mouth, chin, brow = points[48:60].mean(axis=0), points[8], points[17:22].mean(axis=0)
    # In the photograph the eyes stand near (205, 108) and (246, 108); dlib's are the image's left
    # and right.
    np.testing.assert_allclose(right_eye, (205, 108), atol=8)
    np.testing.assert_allclose(left_eye, (246, 108), atol=8)
    assert brow[1] < right_eye[1] < mouth[1] < chin[1]


def test_points_follow_a_moved_face(astronaut, dlib_detector):
    here = dlib_detector.detect(astronaut)
    moved = cv2.warpAffine(astronaut, np.float32([[1, 0, 40], [0, 1, 25]]), astronaut.shape[1::-1])
    there = dlib_detector.detect(moved)
    np.testing.assert_allclose(np.median(there - here, axis=0), (40, 25), atol=2)


def test_a_tight_crop_still_has_its_face(astronaut, dlib_detector):
    # CASME II's and SMIC's cropped releases end at the brows and the chin.
    points = dlib_detector.detect(astronaut)
    x0, y0 = points.min(axis=0).astype(int) - 4
    x1, y1 = points.max(axis=0).astype(int) + 4
    found = dlib_detector.detect(np.ascontiguousarray(astronaut[y0:y1, x0:x1]))
    assert found is not None
    error = np.hypot(*(found - (points - np.array([x0, y0]))).T)
    assert error.mean() < 0.06 * (x1 - x0)


def test_no_face_is_none(dlib_detector, rng):
    assert dlib_detector.detect(rng.integers(0, 255, (240, 320, 3), dtype=np.uint8)) is None
    assert dlib_detector.detect(np.full((240, 320), 90, np.uint8)) is None


def test_the_largest_face_counts(astronaut, dlib_detector):
    face = np.ascontiguousarray(astronaut[20:220, 120:320])
    small = cv2.resize(face, (110, 110))
    scene = np.full((200, 340, 3), 128, np.uint8)
    scene[:, :200] = face
    scene[40:150, 220:330] = small
    assert dlib_detector.detect(scene)[:, 0].max() < 200


def test_detectors_are_built_once_a_process(dlib_detector):
    assert landmark_detector("dlib") is dlib_detector


def test_unknown_back_end_and_missing_model(tmp_path):
    with pytest.raises(InputError, match="expected one of dlib, lbf"):
        landmark_detector("drmf")
    with pytest.raises(InputError, match="no such model file"):
        landmark_detector(f"dlib:{tmp_path / 'none.dat'}")
    with pytest.raises(InputError, match=r"Write lbf:PATH"):
        landmark_detector("lbf")
    broken = tmp_path / "broken.dat"
    broken.write_bytes(b"not a model")
    with pytest.raises(InputError, match="not a dlib shape predictor"):
        DlibLandmarks(str(broken))


def test_a_name_is_checked_without_loading_a_model(tmp_path, monkeypatch):
    model = tmp_path / "own.dat"
    model.write_bytes(b"looked at when it is loaded")
    monkeypatch.setattr(module, "_BACKENDS", {"dlib": None, "lbf": None, "mine": None})
    for name in ("dlib", f"dlib:{model}", f"lbf:{model}", "mine", "mine:7"):
        check_landmarks(name)
    for name, said in (
        ("drmf", "expected one of dlib, lbf, mine, got 'drmf'"),
        (f"dlib:{tmp_path / 'none.dat'}", "none.dat: no such model file"),
        (f"lbf:{tmp_path / 'none.yaml'}", "none.yaml: no such model file"),
        ("lbf", "landmarks: no such model file"),
    ):
        with pytest.raises(InputError, match=said):
            check_landmarks(name)


def test_another_back_end_can_be_put_in_its_place(monkeypatch):
    class Fixed:
        name = "fixed"

        def __init__(self, argument):
            self.argument = argument

        def detect(self, rgb):
            return np.full((68, 2), float(self.argument), np.float32)

    monkeypatch.setattr(module, "_BACKENDS", dict(module._BACKENDS))
    register_landmark_backend("fixed", Fixed)
    assert "fixed" in landmark_backends()
    assert landmark_detector("fixed:7").detect(None)[0, 0] == 7
    with pytest.raises(InputError, match="without a colon"):
        register_landmark_backend("a:b", Fixed)
    landmark_detector.cache_clear()


def test_a_dlib_model_of_ones_own(astronaut, dlib_detector, tmp_path):
    """A small predictor is trained here on one face, and then found by its path."""
    import dlib

    points = dlib_detector.detect(astronaut)
    left, top = points.min(axis=0)
    right, bottom = points.max(axis=0)
    box = dlib.rectangle(int(left), int(top), int(right), int(bottom))
    parts = [dlib.point(int(x), int(y)) for x, y in points]
    options = dlib.shape_predictor_training_options()
    options.oversampling_amount = 10
    options.cascade_depth = 2
    options.num_trees_per_cascade_level = 20
    options.num_test_splits = 10
    options.feature_pool_size = 60
    options.num_threads = 1
    shape = dlib.full_object_detection(box, parts)
    predictor = dlib.train_shape_predictor([astronaut], [[shape]], options)
    path = tmp_path / "own.dat"
    predictor.save(str(path))
    found = landmark_detector(f"dlib:{path}").detect(astronaut)
    assert np.hypot(*(found - points).T).mean() < 12
    before = landmark_identity(f"dlib:{path}")
    path.write_bytes(path.read_bytes() + b" ")
    assert landmark_identity(f"dlib:{path}") != before


def test_lbf_gets_the_face_and_gives_its_points(astronaut):
    class Facemark:
        """Stands for cv2's, whose model is the user's to bring: a grid over the given box."""

        def fit(self, grey, boxes):
            assert grey.ndim == 2
            assert boxes.shape == (1, 4)
            x, y, w, h = boxes[0]
            steps = np.linspace(0, 1, 68)
            points = np.stack([x + w * steps, y + h * steps], axis=1)[None].astype(np.float32)
            return True, [points]

    points = LbfLandmarks("own.yaml", Facemark()).detect(astronaut)
    assert points.shape == (68, 2)
    # dlib's frontal detector puts the astronaut's face around (225, 117)
    np.testing.assert_allclose(points.mean(axis=0), (225, 117), atol=25)
    assert LbfLandmarks("own.yaml", Facemark()).detect(np.zeros((99, 99, 3), np.uint8)) is None


def test_image_of_another_kind_is_refused(dlib_detector):
    with pytest.raises(InputError, match="expected an RGB uint8 image"):
        dlib_detector.detect(np.zeros((10, 10, 3), np.float32))
