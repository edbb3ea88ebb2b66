"""A network as a scikit-learn classifier, for notebooks and for anything that takes one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.utils import Tags
from sklearn.utils.multiclass import unique_labels

from mexlab.errors import InputError
from mexlab.features.normalise import normalise
from mexlab.models.registry import network
from mexlab.models.sides import SIDE, side_of
from mexlab.runs.settings import TrainingSettings
from mexlab.training.backends.choice import choose_backend
from mexlab.training.backends.recipe import FoldJob, Plan, State, Watch
from mexlab.training.folds.mirror import normalise_mirrored
from mexlab.training.folds.prediction import load_state, predict
from mexlab.training.folds.weights import WHOLE, load_weights, save_weights
from mexlab.training.pretraining import transferable

#: A run's defaults are the classifier's.
_RECIPE = TrainingSettings()


class NetworkClassifier(ClassifierMixin, BaseEstimator):
    """One network, trained on all clips that it is given; normalises the maps itself.

    Parameters
    ----------
    model : str
        A network of :func:`mexlab.models.networks`.
    epochs, learning_rate, batch_size, schedule, normalise, masked_cells : optional
        As in :class:`mexlab.runs.TrainingSettings`.
    class_weighting, label_smoothing, mirror : optional
        As in :class:`mexlab.runs.TrainingSettings`.
    seed : int
        Weights, batches and dropout.

    Attributes
    ----------
    classes_ : ndarray
        The labels, sorted.
    loss_curve_ : list of float
        Training loss an epoch.
    side_ : int
        Of the maps that it was fitted to, and that it takes from then on.

    Examples
    --------
    >>> import numpy as np
    >>> inputs = np.random.default_rng(0).normal(size=(12, 3, 28, 28))
    >>> emotions = np.array(["positive", "surprise"] * 6)
    >>> LAENetClassifier(epochs=2).fit(inputs, emotions).predict_proba(inputs[:1]).shape
    (1, 2)
    """

    #: Where a class stands for one network, its name.
    _only: ClassVar[str | None] = None

    def __init__(
        self,
        model: str = _RECIPE.model,
        *,
        epochs: int = _RECIPE.epochs,
        learning_rate: float = _RECIPE.learning_rate,
        batch_size: int = _RECIPE.batch_size,
        schedule: str = _RECIPE.schedule,
        normalise: str = _RECIPE.normalise,
        masked_cells: str = _RECIPE.masked_cells,
        class_weighting: float = _RECIPE.class_weighting,
        label_smoothing: float = _RECIPE.label_smoothing,
        mirror: str = _RECIPE.mirror,
        seed: int = 1,
    ) -> None:
        self.model = model
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.schedule = schedule
        self.normalise = normalise
        self.masked_cells = masked_cells
        self.class_weighting = class_weighting
        self.label_smoothing = label_smoothing
        self.mirror = mirror
        self.seed = seed

    def fit(
        self, X: ArrayLike, y: ArrayLike, *, start: NetworkClassifier | None = None
    ) -> NetworkClassifier:
        """Train on flow maps as they are, u, v and strain in pixels: they are normalised here.

        Parameters
        ----------
        X : array_like, shape (N, 3, side, side) or (N, 4, side, side)
            u, v, strain, not normalised, as :attr:`mexlab.features.FeatureSet.inputs`. Of any side
            from 4 px up; only those of 28 are trained in compiled code, which is several times as
            fast. A fourth map is the share of each cell under the eye mask, as
            :meth:`mexlab.features.FeatureSet.estimator_inputs` has it.
        y : array_like, shape (N,)
            Labels of any kind.
        start : NetworkClassifier, optional
            Fitted before, on other people: training goes on from its weights (fine-tuning); its
            classifier is taken over where the classes are the same.

        Returns
        -------
        NetworkClassifier
            Itself.

        Raises
        ------
        InputError
            On another shape, on values that are not numbers, or fewer than two classes.
        """
        settings = self._settings()
        views = self._views(X)
        inputs = views[0]
        side = side_of(inputs.shape, "X")
        labels = np.asarray(y)
        if labels.shape != (len(inputs),):
            raise InputError(f"expected {len(inputs)} labels, got shape {labels.shape}", where="y")
        self.classes_ = unique_labels(labels)
        if len(self.classes_) < 2:
            raise InputError(f"expected at least two classes, got {self.classes_}", where="y")
        targets = torch.from_numpy(np.searchsorted(self.classes_, labels).astype(np.int64))
        begin = None if start is None else start._hand_on(self.model, side, self.classes_)
        job = FoldJob(WHOLE, self.seed, np.arange(len(inputs)), targets, begin)
        self.loss_curve_: list[float] = []
        watch = Watch(
            on_epoch=lambda jobs, epoch, losses, accuracies: self.loss_curve_.extend(losses),
            on_steps=lambda units: None,
            should_stop=lambda: False,
        )
        plan = Plan.of(settings, [len(inputs)], len(inputs) if settings.mirrors_training else None)
        backend = choose_backend(settings, side=side)
        prepared = backend.prepare(torch.cat(views) if settings.mirrors_training else inputs)
        (self.state_,) = backend.train([job], prepared, len(self.classes_), settings, plan, watch)
        self.side_ = side
        self.n_features_in_ = int(np.prod(inputs.shape[1:]))
        return self

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float32]:
        """Probabilities, shape (N, classes), in the order of ``classes_``."""
        self._must_be_fitted()
        views = self._views(X)
        if (side := views[0].shape[-1]) != self.side_:
            raise InputError(
                f"fitted to maps of {self.side_} x {self.side_} px, got {side} x {side}",
                where="X",
            )
        if self.mirror not in ("test", "both"):
            views = views[:1]
        shares = [predict(self.model, self.state_, v, len(self.classes_)) for v in views]
        mean: NDArray[np.float32] = np.mean(shares, axis=0)
        return mean

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable label of each clip."""
        best = self.predict_proba(X).argmax(axis=1)
        chosen: NDArray[Any] = self.classes_[best]
        return chosen

    def save(self, path: str | Path) -> None:
        """Write network, classes and settings to a ``.safetensors`` file."""
        self._must_be_fitted()
        save_weights(
            Path(path),
            {WHOLE: self.state_},
            model=self.model,
            classes=self.classes_.tolist(),
            side=self.side_,
            parameters=self.get_params(),
        )

    @classmethod
    def load(cls, path: str | Path) -> NetworkClassifier:
        """Read :meth:`save` back.

        Raises
        ------
        InputError
            Where the file is damaged, or its weights are not those of the network it names, or
            of the class that is asked to load them.
        """
        states, about = load_weights(Path(path))
        name = Path(path).name
        if WHOLE not in states:
            raise InputError("holds the networks of a run's folds, not a classifier", where=name)
        known = cls._get_param_names()
        # One from before it could be chosen counted masked cells, as it will.
        said = {"masked_cells": "counted", **about["parameters"], "model": about["model"]}
        if cls._only not in (None, about["model"]):
            raise InputError(
                f"is a {about['model']}, not a {cls._only}",
                where=name,
                remedy="Load it with NetworkClassifier.load",
            )
        classifier = cls(**{key: value for key, value in said.items() if key in known})
        # One from before it could be chosen is of 28.
        classifier.side_ = about.get("side", SIDE)
        load_state(about["model"], states[WHOLE], len(about["classes"]), classifier.side_)
        classifier.state_ = states[WHOLE]
        classifier.classes_ = np.asarray(about["classes"])
        classifier.loss_curve_ = []
        return classifier

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        # Maps, not a row of features a clip.
        tags.input_tags.two_d_array = False
        return tags

    def _settings(self) -> TrainingSettings:
        if self._only not in (None, self.model):
            raise InputError(
                f"{type(self).__name__} is {self._only} alone, got {self.model!r}",
                where="model",
                remedy="Use NetworkClassifier",
            )
        values = self.get_params()
        seed = values.pop("seed")
        return TrainingSettings(**values, seeds=(seed,))

    def _views(self, values: ArrayLike) -> list[torch.Tensor]:
        """The inputs on the network's scale; then their mirror images, where it uses any."""
        maps = np.asarray(values, dtype=np.float32)
        spec = network(self.model)
        channels = spec.channels
        if maps.ndim != 4 or maps.shape[1] not in (channels, channels + 1) or not len(maps):
            raise InputError(
                f"expected shape (N, {channels}, side, side), or one map more for the mask, got "
                f"{maps.shape}",
                where="X",
            )
        if fault := spec.fault_of_side(side_of(maps.shape, "X")):
            raise InputError(fault, where="X")
        if not np.isfinite(maps).all():
            rows = np.flatnonzero(~np.isfinite(maps).reshape(len(maps), -1).all(axis=1))
            raise InputError(f"not a number in rows {rows[:5].tolist()}", where="X")
        masked = maps[:, channels] if maps.shape[1] > channels else None
        maps = maps[:, :channels]
        if masked is not None and not ((masked >= 0) & (masked <= 1)).all():
            raise InputError("expected masked shares from 0 to 1 as the last map", where="X")
        if self.masked_cells == "counted":
            masked = None
        views = [torch.from_numpy(normalise(maps, self.normalise, masked))]
        if self.mirror != "off":
            views.append(torch.from_numpy(normalise_mirrored(maps, self.normalise, {}, masked)))
        return views

    def _hand_on(self, model: str, side: int, classes: NDArray[Any]) -> State:
        self._must_be_fitted()
        if self.model != model:
            raise InputError(f"is a {self.model}, not a {model}", where="start")
        if self.side_ != side:
            raise InputError(
                f"was fitted to maps of {self.side_} x {self.side_} px, these are {side} x {side}",
                where="start",
            )
        return transferable(self.state_, np.array_equal(self.classes_, classes))

    def _must_be_fitted(self) -> None:
        if not hasattr(self, "state_"):
            raise NotFittedError(f"this {type(self).__name__} is not fitted yet: call fit first")


class LAENetClassifier(NetworkClassifier):
    """LAENet (843 parameters) as a scikit-learn classifier; see :class:`NetworkClassifier`."""

    _only = "laenet"
