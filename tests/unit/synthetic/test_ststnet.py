"""The synthetic STSTNet release read back: folds, names, stretched channels that can be learnt."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mexlab.data.composite.official_list import read_composite_list
from mexlab.data.databases.layouts.ststnet import read_feature_image
from mexlab.data.databases.registry import recognise
from mexlab.errors import InputError
from mexlab.synthetic.filming.truth import truth_path
from mexlab.synthetic.layouts.ststnet import features

PLAIN = {"seconds": None, "width": None}
FEW = {"subjects": 6, "clips": 6, **PLAIN}


@pytest.fixture(scope="module")
def root(synthetic: Any) -> Path:
    return synthetic.write("ststnet", **FEW)


def test_it_is_recognised_as_itself_alone(root: Path) -> None:
    assert [layout for layout, _ in recognise(root)] == ["ststnet"]


def test_three_databases_come_out_with_their_classes(root: Path, synthetic: Any) -> None:
    databases = synthetic.read("ststnet", root)
    assert [one.name for one in databases] == ["casme2", "smic", "samm"]
    for one in databases:
        assert one.synthetic
        assert len({clip.key.subject for clip in one.clips}) == 2
        assert {clip.fps for clip in one.clips} == {None}
        emotions = Counter(coding.emotion for coding in one.codings)
        assert emotions == {"negative": 4, "positive": 4, "surprise": 4}
        assert not synthetic.warnings(one)


def test_every_sample_is_tested_once_and_trained_with_in_the_other_folds(root: Path) -> None:
    tree = root / "three_norm_u_v_os"
    assert {fold.name for fold in tree.iterdir()} == {
        "sub01", "sub02", "s01", "s02", "006", "007",
    }  # fmt: skip
    tested = Counter(path.name for path in tree.glob("*/u_test/*/*"))
    trained = Counter(path.name for path in tree.glob("*/u_train/*/*"))
    assert set(tested.values()) == {1}
    assert len(tested) == 36
    assert trained == dict.fromkeys(tested, 5)


def test_channels_are_stretched_and_the_truth_has_their_scale(root: Path, synthetic: Any) -> None:
    (imported, *_) = synthetic.read("ststnet", root)
    clip = imported.clips[0]
    image = read_feature_image(root, clip.features_file)
    assert image.shape == (28, 28, 3)
    with np.load(truth_path(root, clip.key.subject, clip.key.name)) as truth:
        for channel, name in enumerate(("u", "v", "strain")):
            assert (image[..., channel].min(), image[..., channel].max()) == (0, 255)
            least, most = truth[name].min(), truth[name].max()
            back = least + image[..., channel] / 255.0 * (most - least)
            assert np.abs(back - truth[name]).max() < 0.51 / 255.0 * (most - least) + 1e-4


def test_a_space_stands_before_the_suffix_unless_switched_off(root: Path, synthetic: Any) -> None:
    names = [path.name for path in root.rglob("*.png")]
    assert all(name.endswith(" .png") for name in names)
    plain = synthetic.write("ststnet", quirks=(), **{**FEW, "subjects": 3, "clips": 3})
    assert not [path for path in plain.rglob("*.png") if " " in path.name]
    assert sum(len(one.clips) for one in synthetic.read("ststnet", plain)) == 9


def test_as_a_zip_file_with_the_label_list(synthetic: Any) -> None:
    few = {**FEW, "subjects": 3, "clips": 3}
    root = synthetic.write("ststnet", quirks=("space", "zip", "label-list"), **few)
    assert not (root / "three_norm_u_v_os").exists()
    archive = root / "three_norm_u_v_os.zip"
    assert [layout for layout, _ in recognise(archive)] == ["ststnet"]
    databases = synthetic.read("ststnet", archive)
    assert [len(one.clips) for one in databases] == [3, 3, 3]
    assert all(one.synthetic for one in databases)
    listed = read_composite_list(root / "combined_3class_gt.csv")
    assert (
        sorted(one.label for one in listed)
        == ["negative"] * 3 + ["positive"] * 3 + ["surprise"] * 3
    )


def test_classes_can_be_told_apart_by_their_flow() -> None:
    emotions = ("disgust", "happiness", "surprise")
    known, unknown = (
        {
            emotion: np.array([np.stack(features((9, k, i), emotion)[:2]).ravel() for i in turns])
            for k, emotion in enumerate(emotions)
        }
        for turns in (range(12), range(12, 20))
    )
    means = np.array([known[emotion].mean(0) for emotion in emotions])
    right = [
        np.argmax(means @ sample / np.linalg.norm(means, axis=1)) == which
        for which, emotion in enumerate(emotions)
        for sample in unknown[emotion]
    ]
    # Chance is a third; perfect would be nothing to learn.
    assert np.mean(right) > 0.6


@pytest.mark.parametrize("option", [{"seconds": 1.0}, {"width": 64}])
def test_features_have_no_length_and_no_width(tmp_path: Path, option: dict[str, float]) -> None:
    from mexlab.synthetic import synthesise

    with pytest.raises(InputError, match="features only, without frames"):
        synthesise("ststnet", tmp_path / "db", **option)
