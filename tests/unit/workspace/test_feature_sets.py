"""Feature sets: whose labels, which clips, and why the others are not in."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError
from mexlab.workspace import Workspace
from mexlab.workspace.feature_sets.build import build_feature_set, compute_features
from mexlab.workspace.feature_sets.plan import plan_training
from mexlab.workspace.importing import import_into

CLASSES = ("negative", "positive", "surprise")


@pytest.fixture
def mixed(workspace: Workspace, tmp_path: Path) -> Workspace:
    """The release, and beside it two clips of one's own: one without a face, one uncoded."""
    for name in ("coded", "uncoded"):
        folder = tmp_path / "own" / "ada" / name
        folder.mkdir(parents=True)
        for number in range(1, 6):
            cv2.imwrite(str(folder / f"img{number}.png"), np.full((99, 99, 3), 9, np.uint8))
    import_into(workspace, "folder", tmp_path / "own", name="own", fps=100.0)
    workspace.store.change_coding(
        ClipKey("own", "ada", "coded"),
        "bob",
        {"onset": 1, "apex": 3, "emotion": "happiness"},
        page="test",
    )
    return workspace


def test_a_release_becomes_inputs_labels_and_groups(workspace: Workspace) -> None:
    built = build_feature_set(workspace)
    features, left_out = built.feature_set, built.left_out
    assert features.inputs.shape == (18, 3, 28, 28)
    assert features.inputs.max() <= 1.0
    assert features.classes == CLASSES
    assert features.counts() == dict.fromkeys(CLASSES, 6)
    assert set(features.groups) == {f"casme2/sub{n:02d}" for n in (1, 2, 3)}
    assert features.source["source"] == "release"
    assert left_out == ()
    assert [sample.key for sample in built.samples] == features.keys
    # Written with a bright band whose height is the class.
    for picture, label in zip(features.inputs, features.labels, strict=True):
        rows = picture.mean(axis=(0, 2))
        assert int(rows.argmax()) // 8 == label


def test_native_labels_are_the_emotions_met(workspace: Workspace) -> None:
    key = ClipKey("casme2", "sub01", "EP01_01f")
    workspace.store.change_coding(key, "database", {"emotion": "awe"}, page="test", reserved=True)
    features = build_feature_set(workspace, labels="native").feature_set
    assert features.classes == ("awe", "negative", "positive", "surprise")
    built = build_feature_set(workspace)
    three, left_out = built.feature_set, built.left_out
    assert len(three) == 17
    assert [entry.where for entry in left_out] == [str(key)]
    assert "awe" in left_out[0].reason


def test_another_coders_labels(workspace: Workspace) -> None:
    keys = [row.key for row in workspace.store.clips()][:2]
    for key, emotion in zip(keys, ("surprise", ""), strict=True):
        changes = {"emotion": emotion, "note": "seen"}
        workspace.store.change_coding(key, "ada", changes, page="test")
    built = build_feature_set(workspace, coder="ada")
    features, left_out = built.feature_set, built.left_out
    assert features.keys == keys[:1]
    assert features.classes[features.labels[0]] == "surprise"
    assert len(left_out) == 17
    reasons = {entry.where: entry.reason for entry in left_out}
    assert "no emotion" in reasons[str(keys[1])]
    assert sum("ada has not coded it" in reason for reason in reasons.values()) == 16


def test_frames_and_a_release_are_never_mixed_silently(mixed: Workspace) -> None:
    key = next(row.key for row in mixed.store.clips(database="casme2"))
    mixed.store.change_coding(key, "bob", {"emotion": "positive"}, page="test")
    with pytest.raises(InputError, match=r"own have frames, casme2 came as ready.*--features"):
        build_feature_set(mixed, coder="bob")
    built = build_feature_set(mixed, coder="bob", source="release")
    features, left_out = built.feature_set, built.left_out
    assert features.keys == [key]
    assert any(entry.where == "own/ada/coded" for entry in left_out)


def test_clips_without_face_or_marks_are_reported(mixed: Workspace) -> None:
    told: list[tuple[int, int]] = []
    summary = compute_features(
        mixed, ["own"], coder="bob", jobs=1, progress=lambda *at: told.append(at)
    )
    assert summary.ready == 0
    reasons = {entry.where: entry.reason for entry in summary.left_out}
    assert "no face" in reasons["own/ada/coded"]
    assert "bob has not coded it" in reasons["own/ada/uncoded"]
    assert told == [(0, 1), (1, 1)]
    mixed.store.change_coding(ClipKey("own", "ada", "coded"), "bob", {"apex": None}, page="test")
    summary = compute_features(mixed, ["own"], coder="bob", jobs=1)
    assert any("no apex" in entry.reason for entry in summary.left_out)


def test_nothing_left_to_train_on_says_why(mixed: Workspace) -> None:
    with pytest.raises(InputError, match=r"no clip is left.*no face"):
        build_feature_set(mixed, ["own"], coder="bob", jobs=1)


def test_a_damaged_picture_is_reported(workspace: Workspace, release: Path) -> None:
    picture = next(release.rglob("sub02_EP01_01f*.png"))
    picture.write_bytes(picture.read_bytes()[:60])
    built = build_feature_set(workspace)
    features, left_out = built.feature_set, built.left_out
    assert len(features) == 17
    assert [entry.where for entry in left_out] == ["casme2/sub02/EP01_01f"]


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"databases": ["samm"]}, "no database 'samm'.*casme2"),
        ({"coder": "eve"}, "'eve'.*database"),
        ({"labels": "fantasy"}, "megc2019"),
    ],
)
def test_choices_that_there_are_not(
    workspace: Workspace, choice: dict[str, object], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        build_feature_set(workspace, **choice)  # type: ignore[arg-type]


def test_an_empty_workspace_says_how_to_begin(tmp_path: Path) -> None:
    empty = Workspace.create(tmp_path / "empty")
    with pytest.raises(InputError, match="mexlab import"):
        build_feature_set(empty)
    empty.close()


def test_what_was_left_out_for_its_pictures_stands_behind_the_plan(
    workspace: Workspace, release: Path
) -> None:
    next(release.rglob("sub02_EP01_01f*.png")).write_bytes(b"no picture")
    plan = plan_training(workspace)
    built = build_feature_set(workspace)
    assert plan.left_out == [], "the plan is not changed by building"
    assert len(built.left_out) == 1
    assert len(built.samples) == len(built.feature_set) == plan.clips - 1


def test_the_pair_of_before_is_unpacked_with_a_warning(workspace: Workspace, monkeypatch) -> None:
    monkeypatch.setattr("mexlab.deprecation._told", set())
    with pytest.warns(DeprecationWarning, match="feature_set and left_out of its result"):
        features, left_out = build_feature_set(workspace)
    assert (len(features), left_out) == (18, [])
