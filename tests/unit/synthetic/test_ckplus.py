"""The synthetic CK+ read back: posed sequences, three kinds of text files, labelled and not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mexlab.data.databases.registry import recognise
from mexlab.synthetic import Order, load_truth
from mexlab.synthetic.filming.takes import View, perform
from mexlab.synthetic.layouts.ckplus import WRITER, picture_landmarks

FEW = {"clips": 4, "seconds": 0.2}


@pytest.fixture(scope="module")
def root(synthetic: Any) -> Path:
    return synthetic.write("ckplus", **FEW)


def test_it_is_recognised_as_itself_alone(root: Path) -> None:
    assert [layout for layout, _ in recognise(root)] == ["ckplus"]


def test_sequences_run_from_the_neutral_face_to_the_apex(root: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("ckplus", root)
    assert imported.synthetic
    assert {str(clip.key.subject) for clip in imported.clips} == {"S005", "S010"}
    assert len(imported.clips) == 8
    for clip, coding in zip(imported.clips, imported.codings, strict=True):
        assert clip.fps == 30.0
        assert list(clip.frames.numbers) == [1, 2, 3, 4, 5, 6]
        assert (coding.onset, coding.apex, coding.offset, coding.kind) == (1, 6, None, "macro")
        truth = load_truth(root, clip.key.subject, clip.key.name)
        assert truth.course[0] == 0
        assert truth.course[-1] == 1
        # Several px of a face 140 px wide.
        assert max(unit["amplitude"] for unit in truth.units) >= 3.5
        assert np.abs(truth.flow).max() > 4.0
    assert not [e for e in imported.report.entries if e.kind == "skipped"]


def test_labelled_and_unlabelled(root: Path, synthetic: Any) -> None:
    (imported,) = synthetic.read("ckplus", root)
    assert [bool(one.emotion) for one in imported.codings] == [True, False] * 4
    assert [one.emotion for one in imported.codings[::2]] == [
        "surprise", "disgust", "happiness", "anger",
    ]  # fmt: skip
    assert not synthetic.warnings(imported)
    assert synthetic.entries(imported, "4 of 8 sequences have an emotion, 8 action units, 8")
    (plain,) = synthetic.read("ckplus", synthetic.write("ckplus", quirks=(), **FEW))
    assert all(one.emotion for one in plain.codings)
    assert not synthetic.warnings(plain)


def test_units_have_intensities_unless_they_are_unscored(root: Path, synthetic: Any) -> None:
    def last_signs(root: Path) -> set[bool]:
        (imported,) = synthetic.read("ckplus", root)
        return {
            unit[-1] in "ABCDE" for one in imported.codings for unit in one.action_units.split("+")
        }

    assert last_signs(root) == {True, False}
    assert last_signs(synthetic.write("ckplus", quirks=(), **FEW)) == {True}


def test_sizes_and_stray_files(root: Path, synthetic: Any) -> None:
    shown = {take.views[0].size for take in WRITER.plan(Order(2, 0, ("two-sizes",)))}
    assert shown == {(640, 490), (640, 480)}
    assert {take.views[0].size for take in WRITER.plan(Order(2, 0))} == {(640, 490)}
    assert list(root.rglob(".DS_Store"))
    assert not list(synthetic.write("ckplus", quirks=(), **FEW).rglob(".DS_Store"))


def test_other_copies_have_other_roots(synthetic: Any) -> None:
    options = {"subjects": 1, "clips": 1, "quirks": ("label-roots", "extended-root")}
    root = synthetic.write("ckplus", **options)
    assert (root / "extended-cohn-kanade-images" / "cohn-kanade-images" / "S005").is_dir()
    assert (root / "Emotion_labels" / "Emotion" / "S005" / "001").is_dir()
    (imported,) = synthetic.read("ckplus", root)
    assert [one.emotion for one in imported.codings] == ["surprise"]
    assert imported.codings[0].action_units
    assert not synthetic.warnings(imported)


def test_landmarks_follow_the_face() -> None:
    take = WRITER.plan(Order(1, 0, clips=2, seconds=0.3))[0]
    performance = perform(take)
    view = View("x{}.png")
    first, last = (picture_landmarks(performance, view, at) for at in (0, take.script.count - 1))
    assert np.allclose(first, performance.person.landmarks)
    # The face of the last picture, sampled where its landmarks are, is the resting face.
    start, end = (
        cv2.GaussianBlur(performance.picture(at), (0, 0), 2.0).astype(float)
        for at in (0, take.script.count - 1)
    )

    def sample(picture: np.ndarray, points: np.ndarray) -> np.ndarray:
        # The brows: what a surprise moves most.
        at = np.rint(points[17:27]).astype(int)
        return picture[at[:, 1], at[:, 0]]

    followed = np.abs(sample(end, last) - sample(start, first)).mean()
    left_behind = np.abs(sample(end, first) - sample(start, first)).mean()
    assert np.hypot(*(last - first)[17:27].T).max() > 4.0
    assert followed < 0.5 * left_behind


def test_half_the_picture_has_half_the_landmarks_coordinates() -> None:
    take = WRITER.plan(Order(1, 0, clips=1, seconds=0.2))[0]
    performance = perform(take)
    full = picture_landmarks(performance, View("x{}.png"), 2)
    half = picture_landmarks(performance, View("x{}.png", (320, 240)), 2)
    wide = picture_landmarks(performance, View("x{}.png", (960, 480)), 2)
    assert np.allclose(half, full / 2)
    assert np.allclose(wide, full + np.array([160, 0]))
