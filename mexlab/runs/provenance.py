"""What a run's record says of its data and its software, and what it keeps to itself."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np

from mexlab import __version__
from mexlab.data.clips import ClipKey, noun_of
from mexlab.data.people import people_in_several
from mexlab.features.feature_set import FeatureSet
from mexlab.runs.settings import TrainingSettings

_PACKAGES = (
    "torch",
    "numpy",
    "numba",
    "opencv-contrib-python-headless",
    "scikit-learn",
    "safetensors",
)


def describe_data(feature_set: FeatureSet, provenance: Mapping[str, Any]) -> dict[str, Any]:
    said = {str(entry.get("name")): entry for entry in provenance.get("databases", [])}
    described = {
        **provenance,
        **describe_clips(feature_set.keys, feature_set.persons, said),
        "classes": list(feature_set.classes),
        "class_counts": feature_set.counts(),
        "features": feature_set.source,
        "side": feature_set.side,
        "digest": feature_set.content_digest(),
    }
    result: dict[str, Any] = _without_paths(described)
    return result


def describe_clips(
    keys: Sequence[ClipKey], persons: Sequence[str], said: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """How many clips and people a run has, in each database and in all, and who is who.

    The same of a trained run and of an imported one: whatever counts people or draws them reads it.

    Parameters
    ----------
    keys, persons : sequence
        One a clip; ``persons`` are equal for equal people (:mod:`mexlab.data.people`).
    said : mapping
        What else is known of a database, by its name.
    """
    databases = []
    for name in dict.fromkeys(key.database for key in keys):
        own = [one for key, one in zip(keys, persons, strict=True) if key.database == name]
        databases.append(
            {
                "synthetic": False,
                **said.get(name, {}),
                "name": name,
                "clips": len(own),
                "subjects": len(set(own)),
            }
        )
    return {
        "databases": databases,
        "synthetic": any(bool(entry["synthetic"]) for entry in databases),
        "clips": len(keys),
        "noun": noun_of(keys),
        "subjects": len(set(persons)),
        "people": people_in_several(keys, persons),
    }


def _without_paths(value: Any) -> Any:
    """Cut absolute paths down to their last part: a record says nothing of the machine."""
    if isinstance(value, Mapping):
        return {str(key): _without_paths(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_paths(one) for one in value]
    if isinstance(value, Path):
        value = str(value)
    if isinstance(value, str):
        for flavour in (PurePosixPath, PureWindowsPath):
            if flavour(value).is_absolute():
                return flavour(value).name
        return value
    if isinstance(value, np.generic):
        return value.item()
    return value


def describe_training(
    feature_set: FeatureSet,
    settings: TrainingSettings,
    backend: str,
    device: str,
    pretraining: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """All that a fold's network depends on, but for the processor: equal text, equal network.

    Parameters
    ----------
    feature_set : FeatureSet
        By the digest of its content.
    settings : TrainingSettings
    backend, device : str
        Those that were chosen, ``fused`` and ``cpu``; never ``auto``.
    pretraining : mapping or None
        Its ``clips`` and ``digest``, where there is one.

    Returns
    -------
    dict
        Plain JSON types.
    """
    versions = software_versions()
    data = {"clips": len(feature_set), "digest": feature_set.content_digest()}
    return {
        "settings": settings.to_record(),
        "data": {**data, "side": feature_set.side},
        "pretraining": pretraining
        and {"clips": pretraining["clips"], "digest": pretraining["digest"]},
        "backend": backend,
        "device": device,
        "versions": {name: versions[name] for name in ("mexlab", "torch", "numpy", "numba")},
    }


def software_versions() -> dict[str, str]:
    versions = {"mexlab": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = "not installed under this name"
    return versions
