"""A feature set: what a network is trained on, and where each sample comes from."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mexlab.data.clips import ClipKey
from mexlab.data.people import default_person, name_people
from mexlab.errors import InputError


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """Inputs (not normalised: a network's training does that), labels, clip keys, settings.

    Attributes
    ----------
    inputs : array of float32, shape (N, 3, side, side)
        u, v, strain; not normalised.
    labels : array of int64, shape (N,)
        Indices into ``classes``.
    classes : tuple of str
    keys : list of ClipKey
        One for each sample; unique.
    source : dict
        Plain record of what made the inputs, saved with every result.
    masked : array of float32, shape (N, side, side), or None
        The share of each cell's area under the eye mask, 0 to 1; None where nothing is masked, as
        in a feature release. Masked cells are no measurement
        (:func:`mexlab.features.normalise.normalise`).
    persons : tuple of str
        Who is seen in each sample, equal for equal people in whatever databases
        (:mod:`mexlab.data.people`); by default each ``(database, subject)`` is somebody else.

    Raises
    ------
    InputError
        Where lengths disagree, a label has no class, a key occurs twice or a value is not
        finite; all faults at once.
    """

    inputs: NDArray[np.float32]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    keys: list[ClipKey]
    source: dict[str, Any] = field(default_factory=dict)
    masked: NDArray[np.float32] | None = None
    persons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", np.ascontiguousarray(self.inputs, dtype=np.float32))
        object.__setattr__(self, "labels", np.asarray(self.labels, dtype=np.int64).reshape(-1))
        object.__setattr__(self, "classes", tuple(self.classes))
        object.__setattr__(self, "keys", list(self.keys))
        persons = tuple(self.persons) or tuple(map(default_person, self.keys))
        object.__setattr__(self, "persons", persons)
        if self.masked is not None:
            shares = np.ascontiguousarray(self.masked, dtype=np.float32)
            object.__setattr__(self, "masked", shares)
        faults = self._faults()
        if faults:
            raise InputError("; ".join(faults), where="feature set")

    def _faults(self) -> list[str]:
        faults = []
        if self.inputs.ndim != 4 or self.inputs.shape[1] != 3:
            faults.append(f"inputs: expected shape (N, 3, side, side), got {self.inputs.shape}")
        elif self.inputs.shape[2] != self.inputs.shape[3]:
            faults.append(f"inputs: expected square maps, got {self.inputs.shape}")
        counts = (len(self.inputs), len(self.labels), len(self.keys))
        if len(set(counts)) != 1:
            faults.append(
                "expected one label and one key a sample, got {} inputs, {} labels and {} "
                "keys".format(*counts)
            )
        if self.labels.size and not (
            self.labels.min() >= 0 and self.labels.max() < len(self.classes)
        ):
            faults.append(
                f"labels: expected 0 to {len(self.classes) - 1}, "
                f"got {self.labels.min()} to {self.labels.max()}"
            )
        if len(self.persons) != len(self.keys):
            faults.append(f"persons: expected {len(self.keys)}, got {len(self.persons)}")
        twice = [str(key) for key, count in Counter(self.keys).items() if count > 1]
        if twice:
            faults.append(f"keys: {', '.join(twice[:3])} occurs more than once")
        bad = ~np.isfinite(self.inputs).all(axis=tuple(range(1, self.inputs.ndim)))
        if bad.any():
            names = [str(self.keys[i]) for i in np.flatnonzero(bad)[:3] if i < len(self.keys)]
            faults.append(f"inputs: not a number in {', '.join(names) or 'a sample'}")
        if self.masked is not None:
            expected = (len(self.inputs), *self.inputs.shape[2:])
            if self.masked.shape != expected:
                faults.append(f"masked: expected shape {expected}, got {self.masked.shape}")
            elif not ((self.masked >= 0) & (self.masked <= 1)).all():
                faults.append("masked: expected shares from 0 to 1")
        return faults

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def side(self) -> int:
        """Rows, and columns, of each map."""
        return int(self.inputs.shape[-1])

    @property
    def groups(self) -> NDArray[np.str_]:
        """The name of each sample's person, shape (N,): scikit-learn's ``groups=``.

        ``database/subject``, or the name of a person whom several databases of the set show.
        """
        return np.array(name_people(self.keys, self.persons), dtype=np.str_)

    @property
    def databases(self) -> list[str]:
        """The database of each sample."""
        return [key.database for key in self.keys]

    def counts(self) -> dict[str, int]:
        """Samples a class, in the order of the classes."""
        return {
            name: int(count)
            for name, count in zip(
                self.classes, np.bincount(self.labels, minlength=len(self.classes)), strict=True
            )
        }

    def spell_counts(self) -> str:
        """``3 negative, 2 positive``, without classes that have none; ``none`` of an empty set."""
        return ", ".join(f"{count} {name}" for name, count in self.counts().items() if count) or (
            "none"
        )

    def subset(self, mask: NDArray[np.bool_] | NDArray[np.integer]) -> FeatureSet:
        """The samples that a boolean mask or indices choose, in that order."""
        chosen = np.asarray(mask)
        if chosen.dtype == bool and chosen.shape != (len(self),):
            raise InputError(
                f"expected a mask of {len(self)} samples, got shape {chosen.shape}", where="mask"
            )
        indices = np.flatnonzero(chosen) if chosen.dtype == bool else chosen.astype(np.int64)
        return FeatureSet(
            self.inputs[indices],
            self.labels[indices],
            self.classes,
            [self.keys[i] for i in indices],
            self.source,
            None if self.masked is None else self.masked[indices],
            tuple(self.persons[i] for i in indices),
        )

    def without_mask(self) -> FeatureSet:
        """The same set with masked cells as cells without motion, as earlier runs had it."""
        return self if self.masked is None else replace(self, masked=None)

    def estimator_inputs(self) -> NDArray[np.float32]:
        """What :class:`mexlab.training.NetworkClassifier` takes as ``X``: the maps of each sample
        and, where there is a mask, its shares as a fourth, shape (N, 3 or 4, side, side).
        """
        if self.masked is None:
            return self.inputs
        return np.concatenate([self.inputs, self.masked[:, None]], axis=1)

    def content_digest(self) -> str:
        """Digest of inputs, mask, labels, classes and keys: equal content, equal digest."""
        digest = hashlib.sha256()
        head = {
            "shape": list(self.inputs.shape),
            "classes": list(self.classes),
            "keys": [str(key) for key in self.keys],
        }
        groups = self.groups.tolist()
        if groups != list(map(default_person, self.keys)):
            # Otherwise the digest is the one that it was before anybody was in two databases.
            head["people"] = groups
        digest.update(json.dumps(head, sort_keys=True).encode())
        digest.update(self.inputs.astype("<f4").tobytes())
        digest.update(self.labels.astype("<i8").tobytes())
        # A set without a mask keeps the digest that it had before there was any.
        if self.masked is not None:
            digest.update(self.masked.astype("<f4").tobytes())
        return digest.hexdigest()

    @classmethod
    def from_release(
        cls,
        images: NDArray[np.uint8],
        labels: Sequence[int] | NDArray[np.integer],
        classes: Sequence[str],
        keys: Sequence[ClipKey],
        source: dict[str, Any] | None = None,
    ) -> FeatureSet:
        """Feature set of pictures as the STSTNet authors release them.

        Parameters
        ----------
        images : array of uint8, shape (N, 28, 28, 3)
            R = u, G = v, B = strain, each stretched to 0..255 per picture, so that sign, zero
            and amplitude are lost; kept as 0..1.
        """
        pictures = np.asarray(images)
        if pictures.ndim != 4 or pictures.shape[3] != 3 or pictures.dtype != np.uint8:
            raise InputError(
                f"expected uint8 pictures of shape (N, side, side, 3), got {pictures.shape} "
                f"of {pictures.dtype}",
                where="images",
            )
        inputs = np.moveaxis(pictures, 3, 1).astype(np.float32) / np.float32(255)
        return cls(
            inputs,
            np.asarray(labels, dtype=np.int64),
            tuple(classes),
            list(keys),
            source or {"source": "release", "scale": "min-max per channel and sample, 0..1"},
        )
