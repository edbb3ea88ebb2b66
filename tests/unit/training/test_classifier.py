import numpy as np
import pytest
from safetensors.torch import save_file
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GroupKFold, cross_val_score

from mexlab.errors import InputError
from mexlab.training import LAENetClassifier, NetworkClassifier
from mexlab.training.folds.weights import load_weights, save_weights


@pytest.fixture(scope="module")
def data(feature_set):
    return feature_set.inputs, np.array(feature_set.classes)[feature_set.labels]


@pytest.fixture(scope="module")
def fitted(data):
    return LAENetClassifier(epochs=25, batch_size=16).fit(*data)


def test_learns_and_speaks_in_the_users_labels(fitted, data):
    inputs, emotions = data
    assert fitted.classes_.tolist() == ["negative", "positive", "surprise"]
    assert fitted.score(inputs, emotions) > 0.9
    shares = fitted.predict_proba(inputs)
    assert shares.shape == (36, 3)
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert fitted.loss_curve_[-1] < fitted.loss_curve_[0]
    assert len(fitted.loss_curve_) == 25


def test_same_seed_same_network(data):
    first = LAENetClassifier(epochs=2, seed=3).fit(*data).predict_proba(data[0])
    assert np.array_equal(
        LAENetClassifier(epochs=2, seed=3).fit(*data).predict_proba(data[0]), first
    )
    other = LAENetClassifier(epochs=2, seed=4).fit(*data).predict_proba(data[0])
    assert not np.allclose(first, other, atol=1e-3)


def test_is_a_scikit_learn_estimator(data, feature_set):
    classifier = NetworkClassifier("ststnet", epochs=2, batch_size=16)
    copy = clone(classifier)
    assert copy.get_params() == classifier.get_params()
    scores = cross_val_score(
        copy, *data, groups=feature_set.groups, cv=GroupKFold(2), error_score="raise"
    )
    assert scores.shape == (2,)


@pytest.mark.parametrize("kind", [LAENetClassifier, NetworkClassifier])
def test_saved_and_loaded_it_predicts_the_same(fitted, data, tmp_path, kind):
    path = tmp_path / "mine.safetensors"
    fitted.save(path)
    # LAENetClassifier's parameters have no model, since it has but one.
    loaded = kind.load(path)
    assert np.array_equal(loaded.predict_proba(data[0]), fitted.predict_proba(data[0]))
    assert loaded.predict(data[0]).tolist() == fitted.predict(data[0]).tolist()
    assert loaded.epochs == 25


def test_weights_of_another_network(data, tmp_path):
    path = tmp_path / "ststnet.safetensors"
    NetworkClassifier("ststnet", epochs=1).fit(*data).save(path)
    assert NetworkClassifier.load(path).model == "ststnet"
    with pytest.raises(InputError, match="is a ststnet, not a laenet"):
        LAENetClassifier.load(path)
    states, about = load_weights(path)
    about["model"] = "laenet"
    save_weights(path, states, **{k: v for k, v in about.items() if k != "parts"})
    with pytest.raises(InputError, match="not those of laenet with 3 classes"):
        NetworkClassifier.load(path)


def test_files_that_are_no_weights(tmp_path, fitted):
    missing = tmp_path / "none.safetensors"
    with pytest.raises(InputError, match=r"no such file.*|none\.safetensors"):
        NetworkClassifier.load(missing)
    rubbish = tmp_path / "rubbish.safetensors"
    rubbish.write_bytes(b"\x80\x04pickle?")
    with pytest.raises(InputError, match=r"rubbish\.safetensors: the weights cannot be read"):
        NetworkClassifier.load(rubbish)
    foreign = tmp_path / "foreign.safetensors"
    save_file(fitted.state_, foreign)
    with pytest.raises(InputError, match="no weights of mexlab"):
        NetworkClassifier.load(foreign)
    folds = tmp_path / "seed-1.safetensors"
    save_weights(folds, {"alpha/01": fitted.state_}, model="laenet", classes=["a", "b", "c"])
    with pytest.raises(InputError, match="not a classifier"):
        NetworkClassifier.load(folds)
    cut = tmp_path / "cut.safetensors"
    fitted.save(cut)
    cut.write_bytes(cut.read_bytes()[:-100])
    with pytest.raises(InputError, match="damaged"):
        NetworkClassifier.load(cut)


def test_bad_input_is_named(data):
    inputs, emotions = data
    classifier = LAENetClassifier(epochs=1)
    with pytest.raises(NotFittedError, match="call fit first"):
        classifier.predict(inputs)
    with pytest.raises(InputError, match=r"X: expected shape"):
        classifier.fit(inputs[:, :2], emotions)
    with pytest.raises(InputError, match="expected 36 labels"):
        classifier.fit(inputs, emotions[:5])
    with pytest.raises(InputError, match="at least two classes"):
        classifier.fit(inputs, ["same"] * 36)
    broken = inputs.copy()
    broken[4, 0, 0, 0] = np.inf
    with pytest.raises(InputError, match=r"not a number in rows \[4\]"):
        classifier.fit(broken, emotions)
    with pytest.raises(InputError, match="epochs"):
        LAENetClassifier(epochs=0).fit(inputs, emotions)
