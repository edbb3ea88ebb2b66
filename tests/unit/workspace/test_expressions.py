"""A sample is an expression: none of a clip's is passed over, and each has its own motion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError
from mexlab.features import compute_flow_maps
from mexlab.features.feature_set import FeatureSet
from mexlab.features.settings import FlowSettings
from mexlab.pages.home.rows import home_run_row
from mexlab.reports.figures import cell_heading, run_matrices
from mexlab.reports.words import run_row
from mexlab.runs.files import Prediction, read_predictions, write_predictions
from mexlab.runs.metrics import metrics_of_predictions
from mexlab.runs.provenance import describe_data
from mexlab.runs.run import Run
from mexlab.synthetic.synthesis import synthesise
from mexlab.vision.landmarks import Landmarks, register_landmark_backend
from mexlab.workspace import Workspace
from mexlab.workspace.feature_sets.build import build_feature_set, compute_features
from mexlab.workspace.feature_sets.cached import CachedFeatures, count_cached
from mexlab.workspace.feature_sets.plan import plan_training
from mexlab.workspace.feature_sets.samples import select_samples
from mexlab.workspace.importing import import_into
from mexlab.workspace.trainings.request import TrainRequest

#: Layouts whose clips hold several expressions, and one (CASME) whose clips hold one, with the
#: seconds of their clips: as short as leaves room for what is in them.
LAYOUTS = {"cas_me2": 0.5, "cas_me3": 0.3, "samm_lv": 0.2, "smic_e": 0.2, "casme": 0.1}


class _Still:
    """A landmark back end that finds the same face in every picture."""

    def detect(self, rgb: np.ndarray[Any, Any]) -> Landmarks:
        height, width = rgb.shape[:2]
        angles = np.linspace(0, 2 * np.pi, 68, endpoint=False)
        circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        centre, radii = np.array([width, height]) / 2, np.array([width, height]) * 0.4
        points: Landmarks = (centre + circle * radii).astype(np.float64)
        return points


@pytest.fixture(scope="module")
def long_videos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("long")
    made = Workspace.create(folder / "workspace")
    for layout, seconds in LAYOUTS.items():
        synthesise(layout, folder / layout, subjects=1, seconds=seconds, width=32, jobs=1)
        import_into(made, layout, folder / layout)
    yield made
    made.close()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_expression_that_came_in_is_chosen_or_named(
    long_videos: Workspace, layout: str
) -> None:
    codings = long_videos.store.codings(coder="database", database=layout)
    known = {str(one.clip.of_expression(one.expression)) for one in codings}
    for kind in (None, "micro", "macro", "both"):
        selected = select_samples(long_videos, [layout], "database", kind=kind)
        told = Counter(entry.where for entry in selected.left_out)
        chosen = Counter(str(sample.key) for sample in selected.samples)
        assert max((told + chosen).values()) == 1
        assert known <= set(told) | set(chosen)
        assert all(entry.reason for entry in selected.left_out)


def test_micro_is_the_default_where_a_database_holds_both(long_videos: Workspace) -> None:
    def kinds(layout: str, kind: str | None) -> Counter[str]:
        chosen = select_samples(long_videos, [layout], "database", marks=False, kind=kind).samples
        return Counter(sample.coding.kind for sample in chosen)

    both = kinds("cas_me2", "both")
    assert both["micro"]
    assert both["macro"]
    assert kinds("cas_me2", None) == Counter(micro=both["micro"])
    assert kinds("cas_me2", "macro") == Counter(macro=both["macro"])
    # Where only one kind is coded, all of it.
    assert set(kinds("casme", None)) == {"micro"}
    assert not kinds("casme", "macro")
    with pytest.raises(InputError, match="micro, macro, both"):
        kinds("casme", "nano")


def test_a_plan_names_expressions_and_counts_them(long_videos: Workspace) -> None:
    plan = plan_training(long_videos, ["cas_me2"], labels="native", kind="both")
    keys = [sample.key for sample, _ in plan.labelled]
    assert len({key.clip for key in keys}) < len(keys) == plan.clips
    assert plan.noun == "expression"
    for sample, _ in plan.labelled:
        assert (sample.coding.clip, sample.coding.expression) == (
            sample.key.clip,
            sample.key.expression,
        )
    assert plan_training(long_videos, ["casme"], labels="native").noun == "clip"


@pytest.fixture
def two_in_one(workspace: Workspace, tmp_path: Path) -> Workspace:
    """One clip of moving noise in which bob has found two expressions and a blink."""
    register_landmark_backend("still", lambda argument: _Still())
    folder = tmp_path / "own" / "ada" / "take"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(3)
    ground = cv2.GaussianBlur(rng.integers(0, 255, (160, 160, 3), dtype=np.uint8), (0, 0), 3)
    for number in range(1, 9):
        # Two pixels a frame to the right, then as many to the left.
        shift = 2 * (number - 1 if number <= 4 else 7 - number)
        picture = np.roll(ground, shift, axis=1)
        assert cv2.imwrite(str(folder / f"img{number}.png"), picture)
    import_into(workspace, "folder", tmp_path / "own", name="own", fps=100.0)
    key = ClipKey("own", "ada", "take")
    marks = {
        1: {"onset": 1, "apex": 3, "emotion": "happiness"},
        2: {"onset": 5, "apex": 8, "emotion": "surprise"},
        3: {"onset": 2, "offset": 4, "kind": "blink"},
    }
    for number, changes in marks.items():
        workspace.store.change_coding(key, "bob", changes, page="test", expression=number)
    return workspace


def test_each_expression_has_the_motion_between_its_own_marks(two_in_one: Workspace) -> None:
    settings = FlowSettings(landmarks="still")
    built = build_feature_set(
        two_in_one, ["own"], coder="bob", labels="native", settings=settings, jobs=1
    )
    features, left_out = built.feature_set, built.left_out
    key = ClipKey("own", "ada", "take")
    assert features.keys == [key, key.of_expression(2)]
    frames = two_in_one.store.clip(key).frames
    assert frames is not None
    for position, (onset, apex) in enumerate(((1, 3), (5, 8))):
        expected = compute_flow_maps(frames, onset, apex, settings).network_input()
        np.testing.assert_array_equal(features.inputs[position], expected)
    # To the right in the first, to the left in the second.
    u = features.inputs[:, 0].mean(axis=(1, 2))
    assert u[0] > 1
    assert u[1] < -1
    assert [features.classes[i] for i in features.labels] == ["happiness", "surprise"]
    assert [(entry.where, entry.reason) for entry in left_out if "blink" in entry.reason] == [
        ("own/ada/take#3", "a blink, not an expression")
    ]


def test_an_expression_that_a_plan_leaves_out_goes_by_its_own_number(two_in_one: Workspace) -> None:
    key = ClipKey("own", "ada", "take")
    changes = {"onset": 5, "apex": 6}
    two_in_one.store.change_coding(key, "bob", changes, page="test", expression=4)
    plan = plan_training(two_in_one, ["own"], "bob", "native")
    assert [sample.key for sample, _ in plan.labelled] == [key, key.of_expression(2)]
    assert {entry.where for entry in plan.left_out} == {"own/ada/take#3", "own/ada/take#4"}


def test_features_counts_expressions_and_clips_apart(two_in_one: Workspace) -> None:
    settings = FlowSettings(landmarks="still")
    summary = compute_features(two_in_one, ["own"], "bob", settings, jobs=1)
    assert (summary.ready, summary.clips) == (2, 1)
    counted = count_cached(two_in_one, "bob", settings)["own"]
    assert counted == CachedFeatures(ready=2, clips=2, noun="expression")


def test_a_run_says_what_it_counts(tmp_path: Path) -> None:
    first = ClipKey("own", "ada", "take")
    for keys, said in (
        ([first, first.of_expression(2)], "2 expressions"),
        ([first, ClipKey("own", "bea", "take")], "2 clips"),
    ):
        inputs, source = np.zeros((2, 3, 28, 28)), {"source": "computed"}
        features = FeatureSet(inputs, np.array([0, 1]), ("a", "b"), keys, source)
        metrics = metrics_of_predictions(
            [Prediction(key, "a", "a", {"a": 1.0, "b": 0.0}, 1, "f") for key in keys], ("a", "b")
        )
        data = describe_data(features, {})
        run = Run("r", tmp_path, _status="finished", _record={"data": data, "metrics": metrics})
        matrix, _ = run_matrices(run, {})
        noun = run.summary()["noun"]
        assert run_row(run)["detail"].startswith(said)
        assert said in home_run_row(run)["detail"]
        assert matrix["detail"] == said
        assert cell_heading(2, "a", "b", noun) == f"2 a {said[2:]} predicted b"
        # A run from before it was kept.
        del data["noun"]
        assert Run("r", tmp_path, _record={"data": data}).summary()["noun"] == "clip"


def test_predictions_keep_the_number_and_old_ones_mean_the_first(tmp_path: Path) -> None:
    first = ClipKey("own", "ada", "take")
    rows = [
        Prediction(key, "a", "a", {"a": 1.0}, 1, "own/ada")
        for key in (first, first.of_expression(2))
    ]
    path = tmp_path / "predictions.csv"
    write_predictions(path, rows, ["a"])
    assert read_predictions(path) == rows
    path.write_text("seed,fold,database,subject,clip,truth,predicted,p_a\n1,f,own,ada,take,a,a,1\n")
    assert [row.key for row in read_predictions(path)] == [first]


def test_predictions_written_under_the_old_column_names_read_as_the_new(tmp_path: Path) -> None:
    path, new = tmp_path / "predictions.csv", tmp_path / "new.csv"
    key = ClipKey("own", "ada", "take", 2)
    write_predictions(new, [Prediction(key, "a", "b", {"a": 0.25, "b": 0.75}, 1, "own/ada")], "ab")
    head, line = new.read_text().splitlines()
    assert head == "seed,fold,database,subject,clip,event,true,predicted,p_a,p_b"
    path.write_text(f"seed,fold,database,subject,clip,expression,truth,predicted,p_a,p_b\n{line}\n")
    (old,) = read_predictions(path)
    assert old == read_predictions(new)[0]
    assert (old.key, old.true, old.predicted) == (key, "a", "b")
    with pytest.warns(DeprecationWarning, match=r"Use Prediction\.true"):
        assert old.truth == "a"


def test_a_request_keeps_its_kind_and_an_old_one_has_none() -> None:
    request = TrainRequest(kind="macro")
    assert TrainRequest.from_record(request.to_record()) == request
    old = {name: value for name, value in request.to_record().items() if name != "kind"}
    assert TrainRequest.from_record(old).kind is None
    with pytest.raises(InputError, match="kind"):
        TrainRequest(kind="nano")
