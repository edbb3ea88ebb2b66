"""scikit-learn's own checks of an estimator, on rows of features laid out as maps.

Those checks bring rows of two to twenty features, and an estimator of maps is not asked any of
them. :class:`Rows` repeats each row over three maps, so that fitting, predicting, cloning, pickling
and every order of doing so are asked of the classifier itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import Tags
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import validate_data

from mexlab.errors import InputError
from mexlab.training import LAENetClassifier, NetworkClassifier

#: What is not met, and why it is not meant to be.
EXPECTED_TO_FAIL = {
    "check_classifiers_one_label": "one class is refused: there is nothing to tell apart",
    "check_fit2d_1sample": "one sample is one class, refused as an InputError, no ValueError",
    "check_classifiers_train": "wants 83 % on blobs of a few features after any training; one "
    "epoch on maps that repeat them is for speed",
}


class Rows(LAENetClassifier):
    """The classifier of rows, each repeated until it fills three maps of 28 x 28."""

    def fit(self, X: ArrayLike, y: ArrayLike, **more: Any) -> Rows:
        X, y = validate_data(self, X, y)
        features = self.n_features_in_
        super().fit(self._maps(X), y, **more)
        self.n_features_in_ = features
        return self

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float32]:
        self._must_be_fitted()
        return super().predict_proba(self._maps(validate_data(self, X, reset=False)))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags

    @staticmethod
    def _maps(rows: NDArray[Any]) -> NDArray[Any]:
        return np.stack([np.resize(row, (3, 28, 28)) for row in rows])


@pytest.mark.slow
def test_it_is_an_estimator_as_far_as_the_checks_apply() -> None:
    done = check_estimator(
        Rows(epochs=1, mirror="off"),
        expected_failed_checks=EXPECTED_TO_FAIL,
        on_fail=None,
        on_skip=None,
    )
    failed = {one["check_name"]: one["exception"] for one in done if one["status"] == "failed"}
    assert failed == {}
    passed = {one["check_name"] for one in done if one["status"] == "passed"}
    assert {"check_estimators_pickle", "check_dict_unchanged", "check_n_features_in"} <= passed
    assert len(passed) > 30


def test_maps_are_told_to_be_no_table() -> None:
    assert not LAENetClassifier().__sklearn_tags__().input_tags.two_d_array


def test_laenets_class_is_the_other_with_one_network() -> None:
    assert LAENetClassifier().get_params() == NetworkClassifier("laenet").get_params()
    inputs = np.zeros((2, 3, 28, 28))
    with pytest.raises(InputError, match="is laenet alone, got 'ststnet'"):
        LAENetClassifier("ststnet").fit(inputs, ["a", "b"])
