"""Cells under the eye mask take part in nothing, in every way that trains or looks at a network."""

from dataclasses import replace

import numpy as np
import pytest

from mexlab.data.clips import ClipKey
from mexlab.features.feature_set import FeatureSet
from mexlab.features.normalise import NORMALISATIONS
from mexlab.runs.folding import cut_folds
from mexlab.runs.resume import kept_folds as count_of
from mexlab.runs.resume import queue_again
from mexlab.runs.run import create_run
from mexlab.runs.settings import TrainingSettings
from mexlab.training import NetworkClassifier
from mexlab.training.cross_validation import cross_validate
from mexlab.training.execute import execute_run
from mexlab.training.folds import kept as kept_folds
from mexlab.training.folds.mirror import normalise_mirrored
from mexlab.training.folds.weights import load_weights
from mexlab.training.folds.work import FoldWork
from mexlab.training.occlusion import occlusion_map

QUICK = TrainingSettings(epochs=2, pretrain_epochs=2, batch_size=16, threads=1)

#: Not symmetric, so that a mask that is not mirrored along is found out.
EYES = (slice(9, 12), slice(4, 20))


@pytest.fixture
def masked(make_feature_set):
    """Clips whose eyes lie under the mask, two of its cells by a quarter."""
    plain = make_feature_set()
    share = np.zeros((len(plain), 28, 28), np.float32)
    share[:, *EYES] = 1.0
    share[:, 12, 4:6] = 0.25
    return FeatureSet(
        np.where(share[:, None] == 1, 0, plain.inputs * (1 - share[:, None])),
        plain.labels,
        plain.classes,
        plain.keys,
        plain.source,
        share,
    )


def blinking(features, seed=0):
    """The same clips with something else under the mask."""
    noise = np.random.default_rng(seed).normal(5.0, 9.0, features.inputs.shape)
    inputs = np.where(features.masked[:, None] == 1, noise, features.inputs)
    return replace(features, inputs=inputs)


@pytest.mark.parametrize("how", NORMALISATIONS)
def test_in_every_view_that_is_trained_on_they_are_zero(masked, how):
    settings = replace(QUICK, normalise=how)
    folds = cut_folds(masked.groups, settings, masked.databases)
    work = FoldWork.of(masked, settings, folds, record_epochs=False)
    straight, mirrored = work.views
    assert not straight[:, :, *EYES].any()
    assert not mirrored[:, :, EYES[0], 28 - EYES[1].stop : 28 - EYES[1].start].any()
    # Elsewhere there is motion in all but the odd cell.
    assert np.mean(straight != 0) > 0.9 * np.mean(masked.masked < 0.5)


@pytest.mark.parametrize("how", NORMALISATIONS)
def test_a_release_has_no_mask_and_is_scaled_as_before(how):
    pictures = np.random.default_rng(1).integers(0, 256, (2, 28, 28, 3), dtype=np.uint8)
    keys = [ClipKey("a", "1", name) for name in ("x", "y")]
    own = FeatureSet.from_release(pictures, [0, 1], ("a", "b"), keys)
    assert own.masked is None
    none = np.zeros((2, 28, 28), np.float32)
    np.testing.assert_allclose(
        normalise_mirrored(own.inputs, how, own.source),
        normalise_mirrored(own.inputs, how, own.source, none),
        atol=1e-4,
    )


@pytest.mark.parametrize("backend", ["fused", "stacked", "loop"])
def test_what_happens_under_the_mask_changes_no_prediction(masked, make_feature_set, backend):
    settings = replace(QUICK, backend=backend)
    others = make_feature_set(persons=4, seed=5, databases=("gamma", "delta"))
    source = replace(others, masked=masked.masked[: len(others)])
    still = cross_validate(masked, settings, source=source)
    moved = cross_validate(blinking(masked), settings, source=blinking(source, 1))
    np.testing.assert_array_equal(moved.probabilities, still.probabilities)
    # As runs had it before, a blink under the mask could not come through, but its absence did.
    counted = replace(settings, masked_cells="counted")
    plain = cross_validate(masked.without_mask(), counted, source=source.without_mask())
    same = cross_validate(masked, counted, source=source)
    np.testing.assert_array_equal(same.probabilities, plain.probabilities)
    assert not np.array_equal(same.probabilities, still.probabilities)


def test_nor_any_of_the_classifiers(masked):
    def shares(features, **more):
        classifier = NetworkClassifier(epochs=2, batch_size=16, **more)
        inputs = features.estimator_inputs()
        assert inputs.shape == (36, 4, 28, 28)
        return classifier.fit(inputs, features.labels).predict_proba(inputs)

    still = shares(masked)
    np.testing.assert_array_equal(shares(blinking(masked)), still)
    assert not np.array_equal(shares(masked, masked_cells="counted"), still)


def test_covering_what_is_masked_takes_nothing_away(masked, tmp_path):
    run = create_run(tmp_path, {"training": QUICK.to_record()})
    execute_run(run, masked, QUICK)
    # Squares of one pixel: a cell of the mask is covered by nothing else.
    arguments = (run, "/".join(masked.keys[0].group), masked.inputs[0], run.classes[0], 1)
    loss, now = occlusion_map(*arguments, masked=masked.masked[0])
    assert not loss[EYES].any()
    assert np.count_nonzero(loss) > 400
    recorded = next(one for one in run.predictions() if one.key == masked.keys[0])
    assert now == pytest.approx(recorded.probabilities[run.classes[0]], abs=1e-5)


# ---- runs from before -------------------------------------------------------------------------


def test_a_record_without_the_setting_counted_them_and_stays_as_it_is():
    before = {name: value for name, value in QUICK.to_record().items() if name != "masked_cells"}
    settings = TrainingSettings.from_record(before)
    assert settings.masked_cells == "counted"
    assert settings.to_record() == before
    assert TrainingSettings.from_record(QUICK.to_record()) == QUICK


def test_a_run_from_before_is_taken_on_and_ends_as_it_would_have(masked, tmp_path, monkeypatch):
    monkeypatch.setattr(kept_folds, "_EVERY_S", 0.0)
    before = replace(QUICK, masked_cells="counted")
    # Of mexlab as it was: sets had no mask.
    whole = cross_validate(masked.without_mask(), before)
    run = create_run(tmp_path, {"training": before.to_record()})
    stop = lambda: count_of(run) >= 2  # noqa: E731
    execute_run(run, masked.without_mask(), before, should_stop=stop)
    assert run.status == "cancelled"
    queue_again(run)
    again = TrainingSettings.from_record(run.record["request"]["training"])
    execute_run(run, masked, again)
    assert run.status == "finished"
    assert run.record["resumed"][0]["folds_kept"] >= 2
    got = {one.key: list(one.probabilities.values()) for one in run.predictions()}
    expected = dict(zip(masked.keys, whole.probabilities[0].tolist(), strict=True))
    assert all(got[key] == pytest.approx(own, abs=1e-6) for key, own in expected.items())


def test_a_mask_is_part_of_what_a_set_holds(masked):
    assert masked.content_digest() != masked.without_mask().content_digest()
    half = masked.subset(np.arange(3))
    np.testing.assert_array_equal(half.masked, masked.masked[:3])


def test_weights_and_classifiers_say_how_masked_cells_were_taken(masked, tmp_path):
    classifier = NetworkClassifier(epochs=1, batch_size=16)
    classifier.fit(masked.estimator_inputs(), masked.labels).save(tmp_path / "c.safetensors")
    assert load_weights(tmp_path / "c.safetensors")[1]["parameters"]["masked_cells"] == "apart"
    assert NetworkClassifier.load(tmp_path / "c.safetensors").masked_cells == "apart"
