"""What a run's record says of its data and its software, and what it keeps to itself."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np

from mexlab import __version__
from mexlab.data.people import default_person
from mexlab.features.feature_set import FeatureSet
from mexlab.training.settings import TrainingSettings

_PACKAGES = (
    "torch",
    "numpy",
    "numba",
    "opencv-contrib-python-headless",
    "scikit-learn",
    "safetensors",
)


def describe_data(feature_set: FeatureSet, provenance: Mapping[str, Any]) -> dict[str, Any]:
    names = list(dict.fromkeys(key.database for key in feature_set.keys))
    said = {str(entry.get("name")): entry for entry in provenance.get("databases", [])}
    databases = []
    for name in names:
        own = [key for key in feature_set.keys if key.database == name]
        databases.append(
            {
                "synthetic": False,
                **said.get(name, {}),
                "name": name,
                "clips": len(own),
                "subjects": len({key.subject for key in own}),
            }
        )
    described = {
        **provenance,
        "databases": databases,
        "synthetic": any(entry["synthetic"] for entry in databases),
        "clips": len(feature_set),
        "subjects": len(set(feature_set.persons)),
        "people": people_in_several(feature_set),
        "classes": list(feature_set.classes),
        "class_counts": feature_set.counts(),
        "features": feature_set.source,
        "digest": feature_set.content_digest(),
    }
    result: dict[str, Any] = _without_paths(described)
    return result


def people_in_several(feature_set: FeatureSet) -> dict[str, str]:
    """Of those whom several databases show, ``database/subject`` to the name of the person."""
    return {
        default_person(key): name
        for key, name in zip(feature_set.keys, feature_set.groups.tolist(), strict=True)
        if name != default_person(key)
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
    """All that a fold's network depends on, but for the processor: equal text, equal network."""
    versions = software_versions()
    return {
        "settings": settings.to_record(),
        "data": {"clips": len(feature_set), "digest": feature_set.content_digest()},
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
